//! Watches the session while a page is open: says when it is about to end, leaves the page once it
//! has, and keeps the list of sessions as it is. Asking does not lengthen the session: a page that
//! lies open is no sign of a person.

use js_sys::{Date, Object, Reflect};
use leptos::task::spawn_local;
use std::cell::Cell;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, DomParser, Element, Event, HtmlElement, RequestInit, Response, SupportedType};

use super::forms::{here, leave_for};
use super::page::{document, each, on, window};

/// Milliseconds before the end from which on it is told.
const TOLD: f64 = 300_000.0;
/// While the notice stands: the session may be used in another window.
const ASK_EVERY: f64 = 20_000.0;
/// How often an open list of sessions is compared, in milliseconds.
const COMPARE_EVERY: i32 = 4_000;
/// The longest wait that browsers can count.
const LONGEST_WAIT: f64 = 3_600_000.0;

thread_local! {
    /// When the session ends if it is not used, when it ends however it is used, and when that was
    /// asked: milliseconds since 1970, by this browser's clock.
    static ENDS: Cell<(f64, f64, f64)> = const { Cell::new((0.0, 0.0, 0.0)) };
}

pub fn listen() -> Option<()> {
    let document = document()?;
    let notice = notice(&document)?;
    // Whole milliseconds: reading fractions would bring 20 KB of tables into the WASM.
    let number = |name: &str| notice.get_attribute(name)?.parse::<i64>().ok().map(|number| number as f64);
    set(number("data-left")?, number("data-longest")?);
    on(&document, "visibilitychange", |_: Event| {
        // After a computer slept its timers come late.
        if super::page::document().is_some_and(|document| !document.hidden()) {
            look();
        }
    });
    wait();
    if let Ok(Some(_)) = document.query_selector("[data-watch]") {
        compare_later();
    }
    Some(())
}

fn notice(document: &Document) -> Option<Element> {
    document.query_selector("[data-session]").ok()?
}

fn set(left: f64, longest: f64) {
    let now = Date::now();
    ENDS.set((now + left, now + longest, now));
}

/// Asks how the session stands, and shows or hides the notice accordingly.
pub fn look() {
    spawn_local(async {
        // Without an answer what was known before goes on to count.
        let _ = ask().await;
        tick();
    });
}

fn later(milliseconds: f64, then: fn()) {
    let Some(window) = window() else { return };
    let then = Closure::once_into_js(then);
    // At most an hour, so it fits.
    let wait = milliseconds.clamp(0.0, LONGEST_WAIT) as i32;
    let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(then.unchecked_ref(), wait);
}

/// Until there is something to tell; then every second.
fn wait() {
    let (left, _, _) = ENDS.get();
    let quiet = left - Date::now() - TOLD;
    later(if quiet > 0.0 { quiet } else { 1_000.0 }, || {
        let (left, _, asked) = ENDS.get();
        let now = Date::now();
        // Once at the very end, and then no more often than before: the server may be gone.
        if left - now <= TOLD && (now - asked > ASK_EVERY || (left <= now && asked < left)) {
            look();
        } else {
            tick();
        }
        wait();
    });
}

fn tick() -> Option<()> {
    let notice = notice(&document()?)?;
    let (ends, longest, _) = ENDS.get();
    let left = ends - Date::now();
    notice.toggle_attribute_with_force("hidden", left > TOLD).ok()?;
    if left > TOLD {
        return Some(());
    }
    // The two fall together when no use can lengthen it any more.
    let because = if longest - ends < 1_000.0 { "longest" } else { "idle" };
    each(&notice, "[data-because]", |reason| {
        let other = reason.get_attribute("data-because").as_deref() != Some(because);
        let _ = reason.toggle_attribute_with_force("hidden", other);
    });
    let seconds = (left / 1_000.0).max(0.0) as u32;
    let clock = format!("{}:{:02}", seconds / 60, seconds % 60);
    each(&notice, "[data-countdown]", |countdown| countdown.set_text_content(Some(&clock)));
    Some(())
}

/// How the session stands; leaves the page when it is over. The server then says why, and leads
/// back here after a sign-in.
async fn ask() -> Result<Option<String>, JsValue> {
    let document = document().ok_or(JsValue::NULL)?;
    let (left, longest, _) = ENDS.get();
    ENDS.set((left, longest, Date::now()));
    let path = notice(&document).and_then(|notice| notice.get_attribute("data-session")).ok_or(JsValue::NULL)?;
    let compared = document.query_selector("[data-watch]")?.is_some();
    let response = fetch(&if compared { format!("{path}?version") } else { path }).await?;
    if response.status() == 401 {
        leave_for(&here());
        return Ok(None);
    }
    if !response.ok() {
        return Err(JsValue::NULL);
    }
    let state = JsFuture::from(response.json()?).await?;
    let number = |name: &str| Reflect::get(&state, &name.into()).ok()?.as_f64();
    if let (Some(left), Some(longest)) = (number("left"), number("longest")) {
        set(left, longest);
    }
    Ok(Reflect::get(&state, &"version".into())?.as_string())
}

async fn fetch(path: &str) -> Result<Response, JsValue> {
    let headers = Object::new();
    Reflect::set(&headers, &"Doorward-Watching".into(), &"1".into())?;
    let request = RequestInit::new();
    request.set_headers(&headers);
    let fetch = window().ok_or(JsValue::NULL)?.fetch_with_str_and_init(path, &request);
    JsFuture::from(fetch).await.map(JsCast::unchecked_into)
}

fn compare_later() {
    later(f64::from(COMPARE_EVERY), || {
        spawn_local(async {
            if document().is_some_and(|document| !document.hidden()) {
                // Offline, or the server is busy: the next try comes.
                let _ = compare().await;
            }
            compare_later();
        });
    });
}

async fn compare() -> Result<(), JsValue> {
    let Some(version) = ask().await? else { return Ok(()) };
    let document = document().ok_or(JsValue::NULL)?;
    let Some(list) = document.query_selector("[data-watch]")? else { return Ok(()) };
    // A form that is on its way brings a new page anyway, and what is being typed is not taken
    // away.
    let typing =
        document.active_element().is_some_and(|focused| focused.tag_name() == "INPUT" && list.contains(Some(&focused)));
    if list.get_attribute("data-version") == Some(version)
        || typing
        || list.query_selector("[data-under-way]")?.is_some()
    {
        return Ok(());
    }
    let response = fetch(&here()).await?;
    if !response.ok() || response.redirected() {
        return Ok(());
    }
    let page = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    // Without its head, whose style has that page's own nonce: this one's policy would refuse and
    // report it.
    let body = page.find("<body").map_or("", |start| &page[start..]);
    let page = DomParser::new()?.parse_from_string(body, SupportedType::TextHtml)?;
    let Some(new) = page.query_selector("[data-watch]")? else { return Ok(()) };
    let focused = focused_form(&document, &list);
    list.replace_with_with_node_1(&new)?;
    super::times::tell();
    if let Some((form, button)) = focused {
        // What had the focus is gone, or a copy of it stands there now.
        let button = document.get_element_by_id(&form).and_then(|form| form.query_selector(button).ok()?);
        let target = button.unwrap_or(new);
        if target.has_attribute("data-watch") {
            target.set_attribute("tabindex", "-1")?;
        }
        target.unchecked_into::<HtmlElement>().focus()?;
    }
    Ok(())
}

/// The id of the form in `list` that has the focus ("" for anything else in it that has), and which
/// of its buttons: two may stand there, and the next press of a key must not be for the other one.
fn focused_form(document: &Document, list: &Element) -> Option<(String, &'static str)> {
    let focused = document.active_element().filter(|focused| list.contains(Some(focused)))?;
    let button = if focused.has_attribute("name") { "button[name]" } else { "button:not([name])" };
    Some((focused.closest("form").ok()?.map(|form| form.id()).unwrap_or_default(), button))
}
