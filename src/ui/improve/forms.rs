//! Sends forms by `fetch`, so that a refused one keeps what was typed and says what was wrong where
//! it was typed.
//!
//! What comes back: a header `serverfnredirect` means "go to `Location`"; any other success means
//! "show the page anew"; anything else is `{"code", "message", "field"}`, its words already in the
//! visitor's language. The words for "no answer at all" wait in the form's `data-offline`.

use js_sys::{Object, Reflect};
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Element, Event, FormData, HtmlElement, HtmlFormElement, HtmlInputElement, RequestInit, Response, SubmitEvent,
    UrlSearchParams,
};

use super::page::{self, document, each, on, window};
use super::passkey::{self, Filled};
use super::reveal;
use crate::ui::own_path::own_or_home;

/// Marks a form whose answer has not come yet.
const UNDER_WAY: &str = "data-under-way";

pub fn listen() -> Option<()> {
    let (document, window) = (document()?, window()?);
    on(&document, "change", |event: Event| {
        chosen(&event);
    });
    on(&document, "input", |event: Event| {
        typed(&event);
    });
    on(&document, "submit", |event: SubmitEvent| {
        submitted(&event);
    });
    // A page that comes back from the back-forward cache is as it was left: with its button still
    // busy.
    on(&window, "pageshow", |_: Event| {
        if let Some(document) = page::document() {
            each(&document, &format!("[{UNDER_WAY}]"), rest);
        }
    });
    Some(())
}

/// Of two choices that exclude each other, the one made last holds.
fn chosen(event: &Event) -> Option<()> {
    let chosen: HtmlInputElement = event.target()?.dyn_into().ok()?;
    let excluded = chosen.get_attribute("data-excludes").filter(|_| chosen.checked())?;
    document()?.get_element_by_id(&excluded)?.dyn_into::<HtmlInputElement>().ok()?.set_checked(false);
    Some(())
}

/// What was wrong with a field is said until somebody types there.
fn typed(event: &Event) -> Option<()> {
    let input: Element = event.target()?.dyn_into().ok()?;
    if input.has_attribute("aria-invalid") {
        input.remove_attribute("aria-invalid").ok()?;
        say(&document()?.get_element_by_id(&format!("{}-error", input.id()))?, "");
    }
    Some(())
}

fn submitted(event: &SubmitEvent) -> Option<()> {
    let form: HtmlFormElement = event.target()?.dyn_into().ok()?;
    // Read as attributes: `form.action` would be a field that happens to be called so.
    let offline = form.get_attribute("data-offline")?;
    let elsewhere = event.submitter().and_then(|button| button.get_attribute("formaction"));
    let action = elsewhere.or_else(|| form.get_attribute("action"))?;
    event.prevent_default();
    if form.has_attribute(UNDER_WAY) {
        return None;
    }
    // Browsers keep and offer what was typed into a text field, so a password is none when it is
    // sent.
    reveal::hide_all(&form);
    each(&form, ".form-error, .field-error", |alert| say(alert, ""));
    each(&form, "[aria-invalid]", |input| drop(input.remove_attribute("aria-invalid")));
    let button = event.submitter().map(Into::into).or_else(|| form.query_selector("[type=submit]").ok()?);
    begin(&form, button.as_ref());
    spawn_local(async move {
        match answer(&form, &action, button.as_ref()).await {
            Answer::GoTo(address) => leave_for(&address),
            Answer::Accepted if form.has_attribute("data-in-place") => {
                rest(&form);
                super::session::look();
            }
            Answer::Accepted => leave_for(&here()),
            Answer::Refused { message, field, .. } => {
                rest(&form);
                forget_what_was_before(&form);
                refuse(&form, message.as_deref().unwrap_or(&offline), field.as_deref());
            }
        }
    });
    Some(())
}

/// Sends the form, once a passkey has filled in what it asks for.
async fn answer(form: &HtmlFormElement, action: &str, button: Option<&Element>) -> Answer {
    let filled_in = form.query_selector("[name=credential]").ok().flatten();
    let empty = filled_in.is_some_and(|input| input.unchecked_into::<HtmlInputElement>().value().is_empty());
    if let Some(fields) = form.query_selector("[data-passkey]").ok().flatten().filter(|_| empty) {
        match passkey::fill(form, &fields).await {
            Filled::Yes => {}
            Filled::GoTo(address) => return Answer::GoTo(address),
            Filled::No(message) => return Answer::Refused { message, field: None, code: None },
        }
    }
    let answer = match body(form, button) {
        Ok(body) => post(action, &body).await,
        Err(error) => Err(error),
    };
    // An answer of a passkey is good once.
    each(form, "[name=challenge], [name=credential]", |input| {
        input.unchecked_ref::<HtmlInputElement>().set_value("");
    });
    let answer = answer.unwrap_or(Answer::Refused { message: None, field: None, code: None });
    passkey::settle(&answer);
    answer
}

pub enum Answer {
    GoTo(String),
    Accepted,
    /// Without a `code` nothing that could be read came back.
    Refused {
        message: Option<String>,
        field: Option<String>,
        code: Option<String>,
    },
}

/// The form as the browser itself would send it, the button that was pressed included.
pub fn body(form: &HtmlFormElement, button: Option<&Element>) -> Result<UrlSearchParams, JsValue> {
    let fields = FormData::new_with_form(form)?;
    let body = UrlSearchParams::new_with_str_sequence_sequence(&fields)?;
    if let Some((button, name)) = button.and_then(|button| Some((button, button.get_attribute("name")?))) {
        body.append(&name, &button.get_attribute("value").unwrap_or_default());
    }
    for id in form.get_attribute("data-also").unwrap_or_default().split_whitespace() {
        let field = document().and_then(|document| document.get_element_by_id(id)?.dyn_into::<HtmlInputElement>().ok());
        let counts =
            |field: &HtmlInputElement| (field.checked() || field.type_() != "checkbox") && !form.contains(Some(field));
        if let Some(field) = field.filter(counts) {
            body.append(id, &field.value());
        }
    }
    Ok(body)
}

/// Posts `body` as a script does: the answer says what happened instead of leading somewhere.
pub async fn send(action: &str, body: &UrlSearchParams) -> Result<Response, JsValue> {
    let headers = Object::new();
    Reflect::set(&headers, &"Accept".into(), &"application/json".into())?;
    let request = RequestInit::new();
    request.set_method("POST");
    request.set_headers(&headers);
    request.set_body(body);
    let fetch = window().ok_or(JsValue::NULL)?.fetch_with_str_and_init(action, &request);
    JsFuture::from(fetch).await.map(JsCast::unchecked_into)
}

async fn post(action: &str, body: &UrlSearchParams) -> Result<Answer, JsValue> {
    answer_of(send(action, body).await?).await
}

/// What the server did with what was sent.
pub async fn answer_of(response: Response) -> Result<Answer, JsValue> {
    if response.headers().has("serverfnredirect")? {
        return Ok(response.headers().get("location")?.map_or(Answer::Accepted, Answer::GoTo));
    }
    if response.redirected() {
        return Ok(Answer::GoTo(response.url()));
    }
    if response.ok() {
        return Ok(Answer::Accepted);
    }
    let answer = JsFuture::from(response.json()?).await?;
    let text = |key: &str| Reflect::get(&answer, &key.into()).ok()?.as_string().filter(|text| !text.is_empty());
    Ok(Answer::Refused { message: text("message"), field: text("field"), code: text("code") })
}

/// The address of this page without the error that an earlier try without script left in it. Of
/// `https://id.example//evil.example/` the path alone would lead elsewhere.
pub fn here() -> String {
    let Some(location) = window().map(|window| window.location()) else { return String::new() };
    let path = location.pathname().unwrap_or_default();
    let Ok(query) = UrlSearchParams::new_with_str(&location.search().unwrap_or_default()) else { return path };
    query.delete("__path");
    query.delete("__err");
    let query = String::from(query.unchecked_ref::<Object>().to_string());
    let address = if query.is_empty() { path } else { format!("{path}?{query}") };
    own_or_home(&address).to_owned()
}

/// Takes the form's place in the history: going back to a form that was accepted would only offer
/// to send it again. Never leaves the site, whoever named the address: a mistake on the server must
/// not become a way out.
pub fn leave_for(address: &str) {
    let Some(location) = window().map(|window| window.location()) else { return };
    // What a redirect led to is absolute.
    let origin = location.origin().unwrap_or_default();
    let _ = location.replace(own_or_home(address.strip_prefix(&origin).unwrap_or(address)));
}

/// `aria-disabled` instead of `disabled`: a disabled button loses the focus, and with it the place
/// of who uses the keyboard. A second press is held back by [`UNDER_WAY`].
fn begin(form: &HtmlFormElement, button: Option<&Element>) {
    let _ = form.set_attribute(UNDER_WAY, "");
    if let Some(button) = button {
        let _ = button.set_attribute("aria-busy", "true");
        let _ = button.set_attribute("aria-disabled", "true");
    }
}

fn rest(form: &Element) {
    let _ = form.remove_attribute(UNDER_WAY);
    let rest = |button: &Element| {
        let _ = button.remove_attribute("aria-busy");
        let _ = button.remove_attribute("aria-disabled");
    };
    each(form, "[aria-busy]", rest);
    // Those that stand elsewhere and belong to it.
    if let Some(document) = document() {
        each(&document, &format!("[aria-busy][form='{}']", form.id()), rest);
    }
}

/// Takes away what the page says of an earlier act: "You are signed out" beside a wrong password
/// would be read as one answer with it. What the form itself stands in stays.
fn forget_what_was_before(form: &HtmlFormElement) -> Option<()> {
    let document = document()?;
    each(&document, "[data-until-refused]", |notice| {
        if !notice.contains(Some(form)) {
            notice.remove();
        }
    });
    Some(())
}

/// Says what was wrong: at its field, which takes the focus with its text selected; else above the
/// form.
fn refuse(form: &HtmlFormElement, message: &str, field: Option<&str>) -> Option<()> {
    let find = |selector: String| form.query_selector(&selector).ok()?;
    let spot = field.and_then(|name| Some((find(format!("[name='{name}']"))?, find(format!("[id='{name}-error']"))?)));
    match spot {
        Some((input, alert)) => {
            say(&alert, message);
            let _ = input.set_attribute("aria-invalid", "true");
            let input: HtmlInputElement = input.dyn_into().ok()?;
            input.focus().ok()?;
            input.select();
        }
        None => {
            let alert = find(".form-error".to_owned())?;
            say(&alert, message);
            alert.set_attribute("tabindex", "-1").ok()?;
            alert.unchecked_into::<HtmlElement>().focus().ok()?;
        }
    }
    Some(())
}

/// Fills an alert that is in the page already, or empties and hides it.
fn say(alert: &Element, message: &str) {
    if let Ok(Some(words)) = alert.query_selector("span") {
        words.set_text_content(Some(message));
    }
    let _ = alert.toggle_attribute_with_force("hidden", message.is_empty());
}
