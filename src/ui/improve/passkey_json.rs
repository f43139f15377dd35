//! The answer of an authenticator as JSON (WebAuthn Level 3 §5.1.8, §5.1.9), made from its members.
//! `toJSON` is not asked: password managers that answer in the browser's place (1Password,
//! Bitwarden and Proton did) leave it out, or have one that throws.

use js_sys::{Array, Function, JSON, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

/// What the server reads of a response, whether a passkey was made or used.
const MEMBERS: [&str; 5] = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The id of `credential`, and all of it as JSON; none if it has no id.
pub fn of(credential: &JsValue) -> Option<(String, String)> {
    let id = binary(&get(credential, "rawId")).or_else(|| binary(&get(credential, "id")))?;
    let response = get(credential, "response");
    let mut members = String::new();
    for name in MEMBERS {
        // An empty user handle is none.
        let value =
            binary(&get(&response, name)).map_or_else(|| "null".to_owned(), |text| ["\"", &text, "\""].concat());
        members = [members.as_str(), "\"", name, "\":", &value, ","].concat();
    }
    let json = [
        "{\"type\":\"public-key\",\"id\":\"",
        &id,
        "\",\"rawId\":\"",
        &id,
        "\",\"response\":{",
        &members,
        "\"transports\":",
        &transports(&response),
        "},\"clientExtensionResults\":",
        &extensions(credential),
        "}",
    ]
    .concat();
    Some((id, json))
}

/// How a new passkey can be reached, as its browser tells it. Nothing where it tells none, and of
/// what in its list is no word.
fn transports(response: &JsValue) -> String {
    let told = call(response, "getTransports").and_then(|told| told.dyn_into::<Array>().ok());
    told.map_or_else(
        || "null".to_owned(),
        |told| {
            let words = told.iter().filter_map(|word| word.as_string()).filter(|word| is_plain(word));
            ["[", &words.map(|word| ["\"", &word, "\""].concat()).collect::<Vec<_>>().join(","), "]"].concat()
        },
    )
}

/// What became of the extensions that were asked for; none of them answers with bytes. What is told
/// may throw while it is read, or be no object.
fn extensions(credential: &JsValue) -> String {
    let told = call(credential, "getClientExtensionResults");
    let json = told.and_then(|told| JSON::stringify(&told).ok()?.as_string());
    json.filter(|json| json.starts_with('{')).unwrap_or_else(|| "{}".to_owned())
}

/// What the method `name` gives; none if there is no such method, or it throws.
fn call(of: &JsValue, name: &str) -> Option<JsValue> {
    get(of, name).dyn_into::<Function>().ok()?.call0(of).ok()
}

fn is_plain(word: &str) -> bool {
    word.bytes().all(|byte| ALPHABET.contains(&byte))
}

/// The member `name`; undefined if there is none, or reading it throws.
pub fn get(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// Base64url of a buffer or of bytes in another shape, and of what is base64url already.
fn binary(value: &JsValue) -> Option<String> {
    let text = match value.as_string() {
        Some(text) => text.trim_end_matches('=').replace('+', "-").replace('/', "_"),
        None if value.is_object() => base64url(&Uint8Array::new(value).to_vec()),
        None => return None,
    };
    (!text.is_empty() && is_plain(&text)).then_some(text)
}

fn base64url(bytes: &[u8]) -> String {
    let mut text = String::new();
    for part in bytes.chunks(3) {
        let bits = part.iter().fold(0, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - part.len()));
        for at in 0..=part.len() {
            // Six bits: always one of the 64.
            text.push(char::from(ALPHABET[(bits >> (18 - 6 * at) & 63) as usize]));
        }
    }
    text
}
