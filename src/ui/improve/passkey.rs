//! Passkeys: asks the server for a challenge, the browser for its answer, and puts both into the
//! form before it is sent.
//!
//! The browser turns the server's JSON into what it works with (WebAuthn Level 3, all engines since
//! 2025); one that can't shows words in the place of the button. Its answer is made into JSON by
//! `passkey_json.rs`.

use js_sys::{Function, Object, Promise, Reflect};
use leptos::task::spawn_local;
use std::cell::RefCell;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Element, Event, HtmlFormElement, HtmlInputElement};

use super::forms::{Answer, answer_of, body, send};
use super::page::{document, each, on, window};
use super::passkey_json::{self, get};

/// A challenge lives for ten minutes; one that waits in a field for longer is replaced before.
const RENEW_MILLISECONDS: i32 = 9 * 60 * 1000;
/// Marks the document while a passkey is offered in a field: the browser answers one question at a
/// time.
const OFFERED: &str = "passkeyOffered";

/// Codes of refusals after which a new passkey may be stored all the same: by an earlier post of
/// the same press, or before the answer was lost.
const MAY_BE_STORED: [&str; 6] =
    ["passkey_known", "link_expired", "sign_in_required", "unavailable", "too_busy", "internal"];

thread_local! {
    /// The passkey that was created and is not known to be stored: whom it is for, and its id, as
    /// JSON has them.
    static CREATED: RefCell<Option<(JsValue, String)>> = const { RefCell::new(None) };
}

pub fn listen() -> Option<()> {
    let (document, window) = (document()?, window()?);
    let able = credential_class().and_then(|class| function(&class, "parseRequestOptionsFromJSON"));
    let shown = if able.is_some() { "[data-passkey]" } else { "[data-no-passkeys]" };
    each(&document, shown, |part| drop(part.remove_attribute("hidden")));
    able?;
    offer();
    on(&window, "pageshow", |event: Event| {
        // Back from the back-forward cache, where a waiting question ends.
        if Reflect::get(&event, &"persisted".into()).is_ok_and(|persisted| persisted.is_truthy()) {
            offer();
        }
    });
    Some(())
}

/// How asking ended.
pub enum Filled {
    /// The form can be sent.
    Yes,
    /// Somewhere else to go first.
    GoTo(String),
    /// Why not, in words; none to say that nothing answered.
    No(Option<String>),
}

/// Fills in what `fields` (an element with `data-passkey`) asks for.
pub async fn fill(form: &HtmlFormElement, fields: &Element) -> Filled {
    withdraw();
    let filled = ask(form, fields, None).await;
    if !matches!(filled, Filled::Yes) {
        offer();
    }
    filled
}

/// Offers passkeys in the field for the name, without being asked (WebAuthn Level 3 §5.1.4,
/// conditional mediation).
fn offer() {
    spawn_local(async {
        let _ = wait_for_choice().await;
    });
}

async fn wait_for_choice() -> Option<()> {
    let document = document()?;
    let fields = document.query_selector("[data-autofill]").ok()??;
    let form: HtmlFormElement = fields.closest("form").ok()??.dyn_into().ok()?;
    let class = credential_class()?;
    let available = function(&class, "isConditionalMediationAvailable")?.call0(&class).ok()?;
    let available = available.dyn_into::<Promise>().ok()?;
    if !JsFuture::from(available).await.ok()?.is_truthy() {
        return None;
    }
    withdraw();
    let controller = AbortController::new().ok()?;
    Reflect::set(&document, &OFFERED.into(), &controller).ok()?;
    let again = Closure::once_into_js({
        let controller = controller.clone();
        move || {
            if !controller.signal().aborted() {
                offer();
            }
        }
    });
    let renewal = window()?
        .set_timeout_with_callback_and_timeout_and_arguments_0(again.unchecked_ref(), RENEW_MILLISECONDS)
        .ok()?;
    let filled = ask(&form, &fields, Some(&controller)).await;
    if matches!(filled, Filled::Yes) {
        window()?.clear_timeout_with_handle(renewal);
        form.request_submit().ok()?;
    }
    Some(())
}

/// After the form was sent that a passkey was created for: where it is certain that it was not
/// stored, whatever keeps it is told so, and offers it no more (WebAuthn Level 3 §5.1.10).
/// Otherwise it would be offered at each sign-in, and refused.
pub fn settle(answer: &Answer) {
    let Some((party, id)) = CREATED.take() else { return };
    let is_lost = match answer {
        Answer::Refused { code: Some(code), .. } => !MAY_BE_STORED.contains(&code.as_str()),
        // Asked once more who they are, before anything was done.
        Answer::GoTo(address) => address.starts_with("/confirm"),
        Answer::Refused { code: None, .. } | Answer::Accepted => false,
    };
    if is_lost {
        disown(&party, &id);
    }
}

fn disown(party: &JsValue, id: &str) -> Option<()> {
    let class = credential_class()?;
    let signal = function(&class, "signalUnknownCredential")?;
    let about = Object::new();
    Reflect::set(&about, &"rpId".into(), party).ok()?;
    Reflect::set(&about, &"credentialId".into(), &id.into()).ok()?;
    let told = Promise::resolve(&signal.call1(&class, &about).ok()?);
    // Whether anybody listened is not told.
    spawn_local(async move { drop(JsFuture::from(told).await) });
    Some(())
}

/// Takes back what [`offer`] offers.
fn withdraw() -> Option<()> {
    let document = document()?;
    let controller = Reflect::get(&document, &OFFERED.into()).ok()?.dyn_into::<AbortController>().ok()?;
    controller.abort();
    Reflect::delete_property(&document, &OFFERED.into()).ok()?;
    Some(())
}

/// The class as an object: its static functions are newer than any list of them.
fn credential_class() -> Option<Object> {
    let window = window()?;
    Reflect::get(&window, &"PublicKeyCredential".into()).ok()?.dyn_into().ok()
}

fn function(of: &Object, name: &str) -> Option<Function> {
    Reflect::get(of, &name.into()).ok()?.dyn_into().ok()
}

async fn ask(form: &HtmlFormElement, fields: &Element, offered: Option<&AbortController>) -> Filled {
    let text = |name: &str| fields.get_attribute(name).unwrap_or_default();
    let asked = match challenge(form, fields, &text("data-act")).await {
        Ok(Ok(asked)) => asked,
        Ok(Err(Answer::GoTo(address))) => return Filled::GoTo(address),
        Ok(Err(Answer::Refused { message, .. })) => return Filled::No(message),
        Ok(Err(Answer::Accepted)) | Err(_) => return Filled::No(None),
    };
    let create = text("data-passkey") == "create";
    match answer(&asked, create, offered).await {
        Ok(answer) => {
            set(form, "challenge", &get(&asked, "challenge").as_string().unwrap_or_default());
            set(form, "credential", &answer);
            Filled::Yes
        }
        Err(error) => Filled::No(Some(text(why(&error, create)))),
    }
}

/// The attribute with the words for an `error` of the browser's WebAuthn. By its name alone: a
/// password manager that answers in the browser's place may throw what is no `DOMException`.
fn why(error: &JsValue, create: bool) -> &'static str {
    match get(error, "name").as_string().unwrap_or_default().as_str() {
        "NotAllowedError" | "AbortError" => "data-cancelled",
        "InvalidStateError" if create => "data-known",
        "NotSupportedError" | "ConstraintError" | "SecurityError" => "data-impossible",
        _ => "data-failed",
    }
}

/// What the server asks for.
async fn challenge(form: &HtmlFormElement, fields: &Element, act: &str) -> Result<Result<JsValue, Answer>, JsValue> {
    // With what else the form knows, such as the token of a link.
    let body = body(form, None)?;
    body.append("act", act);
    let response = send(&fields.get_attribute("data-ask").unwrap_or_default(), &body).await?;
    if !response.ok() || response.headers().has("serverfnredirect")? {
        return Ok(Err(answer_of(response).await?));
    }
    Ok(Ok(JsFuture::from(response.json()?).await?))
}

/// What the authenticator answers, as JSON.
async fn answer(asked: &JsValue, create: bool, offered: Option<&AbortController>) -> Result<String, JsValue> {
    let class = credential_class().ok_or(JsValue::NULL)?;
    let (parse, act) =
        if create { ("parseCreationOptionsFromJSON", "create") } else { ("parseRequestOptionsFromJSON", "get") };
    let parse = function(&class, parse).ok_or(JsValue::NULL)?;
    let options = Object::new();
    Reflect::set(&options, &"publicKey".into(), &parse.call1(&class, &get(asked, "options"))?)?;
    if let Some(controller) = offered {
        Reflect::set(&options, &"mediation".into(), &"conditional".into())?;
        Reflect::set(&options, &"signal".into(), &controller.signal())?;
    }
    let credentials: Object = get(&window().ok_or(JsValue::NULL)?.navigator(), "credentials").dyn_into()?;
    let act = function(&credentials, act).ok_or(JsValue::NULL)?;
    let credential = JsFuture::from(Promise::resolve(&act.call1(&credentials, &options)?)).await?;
    let (id, json) = passkey_json::of(&credential).ok_or(JsValue::NULL)?;
    if create {
        let party = get(&get(&get(asked, "options"), "rp"), "id");
        CREATED.replace(Some((party, id)));
    }
    Ok(json)
}

fn input(form: &HtmlFormElement, name: &str) -> Option<HtmlInputElement> {
    form.query_selector(&format!("[name='{name}']")).ok()??.dyn_into().ok()
}

fn set(form: &HtmlFormElement, name: &str, value: &str) {
    if let Some(input) = input(form, name) {
        input.set_value(value);
    }
}
