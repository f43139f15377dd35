//! The few things both listeners need of the browser.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Document, Element, Event, EventTarget, Node, Window};

pub fn window() -> Option<Window> {
    web_sys::window()
}

pub fn document() -> Option<Document> {
    window()?.document()
}

/// Calls `handle` for every `kind` of event that reaches `target`, for as long as the page lives.
pub fn on<E: JsCast + 'static>(target: &EventTarget, kind: &str, handle: fn(E)) {
    let closure = Closure::<dyn Fn(Event)>::new(move |event: Event| handle(event.unchecked_into()));
    // Can't fail with a function as the listener; if it did, the plain page would go on working.
    let _ = target.add_event_listener_with_callback(kind, closure.as_ref().unchecked_ref());
    closure.forget();
}

/// Calls `act` for every element below `root` that matches. `root` is a document or an element:
/// both have the method, and going through `Element` for both saves a copy of this function in the
/// WASM.
pub fn each(root: &Node, selector: &str, act: impl Fn(&Element)) {
    let Ok(found) = root.unchecked_ref::<Element>().query_selector_all(selector) else { return };
    for index in 0..found.length() {
        if let Some(element) = found.item(index) {
            act(element.unchecked_ref());
        }
    }
}
