//! The line below a new password that says how good it is.

use js_sys::Reflect;
use leptos::task::spawn_local;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, HtmlInputElement, UrlSearchParams};

use super::forms::send;
use super::page::{document, on, window};

/// A pause in typing this long is an end of it.
const PAUSE_MILLISECONDS: i32 = 600;
/// Where the wait that is under way is noted, so that the next key can end it.
const WAIT: &str = "data-meter-wait";

pub fn listen() -> Option<()> {
    let document = document()?;
    on(&document, "input", |event: Event| {
        typed(&event);
    });
    Some(())
}

fn typed(event: &Event) -> Option<()> {
    let input: HtmlInputElement = event.target()?.dyn_into().ok()?;
    let judge = input.get_attribute("data-meter")?;
    let window = window()?;
    if let Some(wait) = input.get_attribute(WAIT).and_then(|wait| wait.parse().ok()) {
        window.clear_timeout_with_handle(wait);
    }
    let waiting = input.clone();
    let ask = Closure::once_into_js(move || spawn_local(async move { drop(show(waiting, judge).await) }));
    let wait =
        window.set_timeout_with_callback_and_timeout_and_arguments_0(ask.unchecked_ref(), PAUSE_MILLISECONDS).ok()?;
    input.set_attribute(WAIT, &wait.to_string()).ok()
}

async fn show(input: HtmlInputElement, judge: String) -> Result<(), JsValue> {
    let line = document().and_then(|document| document.get_element_by_id(&format!("{}-meter", input.id())));
    let Some(line) = line else { return Ok(()) };
    let password = input.value();
    if password.is_empty() {
        line.set_text_content(None);
        return Ok(());
    }
    let body = UrlSearchParams::new()?;
    body.append(&input.name(), &password);
    if let Some(minimum) = input.get_attribute("minlength") {
        body.append("minimum", &minimum);
    }
    let response = send(&judge, &body).await?;
    // Too busy, or typed on meanwhile: no word is better than a wrong one.
    if !response.ok() || input.value() != password {
        return Ok(());
    }
    let answer = JsFuture::from(response.json()?).await?;
    let score = Reflect::get(&answer, &"score".into())?.as_f64().unwrap_or_default();
    line.set_attribute("data-score", &score.to_string())?;
    line.set_text_content(Reflect::get(&answer, &"words".into())?.as_string().as_deref());
    Ok(())
}
