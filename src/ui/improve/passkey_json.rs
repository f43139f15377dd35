//! The answer of an authenticator as JSON (WebAuthn Level 3 §5.1.8, §5.1.9), made from its members. `toJSON` is not asked: password managers
//! that answer in the browser's place (1Password, Bitwarden and Proton did) leave it out, or have one that throws.

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::JsValue;

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
        members = [members.as_str(), if members.is_empty() { "\"" } else { ",\"" }, name, "\":", &value].concat();
    }
    let json = ["{\"type\":\"public-key\",\"id\":\"", &id, "\",\"rawId\":\"", &id, "\",\"response\":{", &members, "}}"]
        .concat();
    Some((id, json))
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
    (!text.is_empty() && text.bytes().all(|byte| ALPHABET.contains(&byte))).then_some(text)
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
