//! The buttons that copy and print what stands on the page.

use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, Event, HtmlElement};

use super::page::{document, each, on, window};

pub fn listen() -> Option<()> {
    let document = document()?;
    // Browsers have a clipboard for https and this machine alone.
    if window()?.is_secure_context() {
        each(&document, "[data-copy]", |button| drop(button.remove_attribute("hidden")));
    }
    each(&document, "[data-print]", |button| drop(button.remove_attribute("hidden")));
    on(&document, "click", |event: Event| {
        pressed(&event);
    });
    Some(())
}

fn pressed(event: &Event) -> Option<()> {
    let button = event.target()?.dyn_into::<Element>().ok()?.closest("[data-copy], [data-print]").ok()??;
    let Some(of) = button.get_attribute("data-copy") else {
        return window()?.print().ok();
    };
    let text = document()?.get_element_by_id(&of)?.dyn_into::<HtmlElement>().ok()?.inner_text();
    let copied = window()?.navigator().clipboard().write_text(&text);
    spawn_local(async move {
        // Refused by the browser or its user: then nothing says that it was copied.
        if JsFuture::from(copied).await.is_ok()
            && let (Some(done), Ok(Some(words))) = (button.get_attribute("data-done"), button.query_selector("span"))
        {
            words.set_text_content(Some(&done));
        }
    });
    Some(())
}
