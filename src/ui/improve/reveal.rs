//! The button beside a password that shows it.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, Node};

use super::page::{document, each, on};

pub fn listen() -> Option<()> {
    let document = document()?;
    each(&document, ".reveal", |button| drop(button.remove_attribute("hidden")));
    on(&document, "click", |event: Event| {
        pressed(&event);
    });
    Some(())
}

fn pressed(event: &Event) -> Option<()> {
    let button = event.target()?.dyn_into::<Element>().ok()?.closest(".reveal").ok()??;
    let shown = button.get_attribute("aria-pressed")? == "true";
    show(&button, !shown)
}

/// Hides every password below `root` that is being shown.
pub fn hide_all(root: &Node) {
    each(root, ".reveal[aria-pressed=true]", |button| {
        show(button, false);
    });
}

fn show(button: &Element, shown: bool) -> Option<()> {
    let input = document()?.get_element_by_id(&button.get_attribute("aria-controls")?)?;
    input.set_attribute("type", if shown { "text" } else { "password" }).ok()?;
    button.set_attribute("aria-pressed", if shown { "true" } else { "false" }).ok()
}
