//! Reads out what a page says of what was just done. A live region that is there with its words
//! when a page comes is silent to screen readers; one that is filled afterwards is not.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, HtmlElement};

use super::page::{document, each, window};

/// By then a screen reader has begun with the page and knows the region, in milliseconds.
const FILLED_AFTER: i32 = 1_000;
/// By then it was read out; whoever reads on to the end of the page does not meet it again.
const EMPTIED_AFTER: i32 = 10_000;

pub fn listen() -> Option<()> {
    let document = document()?;
    let words = std::cell::RefCell::new(String::new());
    each(&document, "[role=status]:not([hidden])", |status| {
        let mut words = words.borrow_mut();
        words.push_str(&status.unchecked_ref::<HtmlElement>().inner_text());
        words.push(' ');
    });
    let words = words.into_inner();
    if words.trim().is_empty() {
        return None;
    }
    let region = document.create_element("p").ok()?;
    region.set_attribute("class", "visually-hidden").ok()?;
    region.set_attribute("aria-live", "polite").ok()?;
    // What is said by then is not what was done before.
    region.set_attribute("data-until-refused", "").ok()?;
    document.body()?.append_child(&region).ok()?;
    say_later(region.clone(), words, FILLED_AFTER);
    say_later(region, String::new(), EMPTIED_AFTER);
    Some(())
}

fn say_later(region: Element, words: String, milliseconds: i32) {
    let say = Closure::once_into_js(move || region.set_text_content(Some(&words)));
    let _ = window()
        .map(|window| window.set_timeout_with_callback_and_timeout_and_arguments_0(say.unchecked_ref(), milliseconds));
}
