use super::*;
use crate::base::clock::Randomness;
use crate::base::config::SigningAlgorithm;
use crate::domain::signing_keys::State;
use crate::domain::signing_keys::key::PrivateKey;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

const NOW: UnixMicros = UnixMicros(1_772_366_400_000_000);
const SECOND: i64 = 1_772_366_400;
const ISSUER: &str = "https://id.example.org";
const AUDIENCE: &str = "https://app.example.org";

fn key() -> SigningKey {
    key_of(SigningAlgorithm::Es256)
}

fn key_of(algorithm: SigningAlgorithm) -> SigningKey {
    let private = PrivateKey::new(algorithm, &Randomness::system()).unwrap();
    let kid = private.public().kid();
    SigningKey { kid, private, created_at: NOW, signs_from: NOW, retired_at: None, state: State::Signing }
}

fn claims() -> Claims {
    Claims {
        iss: ISSUER.to_owned(),
        sub: "01890a5d-ac96-774b-bcce-b302099a8057".to_owned(),
        aud: AUDIENCE.to_owned(),
        client_id: "app".to_owned(),
        exp: SECOND + 600,
        iat: SECOND,
        nbf: SECOND,
        jti: "one".to_owned(),
        sid: "session".to_owned(),
        auth_time: SECOND,
        amr: vec!["pwd".to_owned()],
        acr: "1".to_owned(),
        scope: "profile".to_owned(),
    }
}

fn verified(token: &str, key: &SigningKey, now: UnixMicros) -> Result<Claims, Refused> {
    let audiences = [AUDIENCE.to_owned()];
    let expected = Expected { issuer: ISSUER, audiences: &audiences };
    verify(token, [(key.kid.as_str(), key.private.public())], expected, now)
}

fn part(text: &str) -> String {
    BASE64URL_NOPAD.encode(text.as_bytes())
}

/// A token that says just this, rightly signed.
fn signed(header: &str, payload: &str, key: &SigningKey) -> String {
    let signed = format!("{}.{}", part(header), part(payload));
    let signature = BASE64URL_NOPAD.encode(&key.private.sign(signed.as_bytes()).unwrap());
    format!("{signed}.{signature}")
}

fn header(key: &SigningKey) -> String {
    format!(r#"{{"alg":"ES256","typ":"at+jwt","kid":"{}"}}"#, key.kid)
}

fn payload() -> String {
    serde_json::to_string(&claims()).unwrap()
}

/// The usual token with one claim set to `value`, rightly signed.
fn saying(name: &str, value: Value, key: &SigningKey) -> String {
    let mut said = serde_json::to_value(claims()).unwrap();
    said[name] = value;
    signed(&header(key), &said.to_string(), key)
}

#[test]
fn what_was_signed_is_read_back_and_says_what_rfc_9068_asks_for() {
    for algorithm in [SigningAlgorithm::Es256, SigningAlgorithm::EdDsa, SigningAlgorithm::Rs256] {
        let key = key_of(algorithm);
        let token = sign(&claims(), &key).unwrap();
        assert_eq!(verified(&token, &key, NOW), Ok(claims()));
        let header = BASE64URL_NOPAD.decode(token.split('.').next().unwrap().as_bytes()).unwrap();
        let header: Value = serde_json::from_slice(&header).unwrap();
        assert_eq!(header, json!({ "alg": algorithm.to_string(), "typ": "at+jwt", "kid": key.kid }));
    }
}

/// Two keys of different algorithms stand beside each other for a while: a token names one of them,
/// and gets no say in how it is used.
#[test]
fn each_key_verifies_with_its_own_algorithm_alone() {
    let keys = [key(), key_of(SigningAlgorithm::EdDsa)];
    let audiences = [AUDIENCE.to_owned()];
    let expected = Expected { issuer: ISSUER, audiences: &audiences };
    for (signer, other) in [(0, 1), (1, 0)].map(|(signer, other)| (&keys[signer], &keys[other])) {
        let head = |alg: &SigningKey, kid: &SigningKey| {
            format!(r#"{{"alg":"{}","typ":"at+jwt","kid":"{}"}}"#, alg.private.algorithm(), kid.kid)
        };
        let verdict = |header: String| {
            let published = keys.iter().map(|key| (key.kid.as_str(), key.private.public()));
            verify(&signed(&header, &payload(), signer), published, expected, NOW)
        };
        assert_eq!(verdict(head(signer, signer)), Ok(claims()));
        assert_eq!(verdict(head(other, signer)), Err(Refused::Algorithm));
        assert_eq!(verdict(head(signer, other)), Err(Refused::Algorithm));
        assert_eq!(verdict(head(other, other)), Err(Refused::Signature));
    }
}

#[test]
fn any_changed_letter_is_refused() {
    let key = key();
    let token = sign(&claims(), &key).unwrap();
    for at in 0..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert!(verified(&changed, &key, NOW).is_err(), "letter {at} was changed: {changed}");
    }
}

#[test]
fn no_other_algorithm_is_accepted_whatever_the_header_says() {
    let key = key();
    for alg in ["none", "None", "", "es256", "ES384", "RS256", "PS256", "EdDSA", "HS256"] {
        let head = header(&key).replace("ES256", alg);
        assert_eq!(verified(&signed(&head, &payload(), &key), &key, NOW), Err(Refused::Algorithm), "{alg}");
        let bare = format!("{}.{}.", part(&head), part(&payload()));
        assert_eq!(verified(&bare, &key, NOW), Err(Refused::Algorithm), "{alg} without a signature");
    }
    let bare = format!("{}.{}.", part(&header(&key)), part(&payload()));
    assert_eq!(verified(&bare, &key, NOW), Err(Refused::Signature));
}

/// The public key is known to everybody; taken for the secret of an HMAC it would let everybody
/// sign.
#[test]
fn the_public_key_is_no_shared_secret() {
    let key = key();
    let secret = serde_json::to_vec(&key.private.public().jwk()).unwrap();
    for alg in ["HS256", "ES256"] {
        let signed = format!("{}.{}", part(&header(&key).replace("ES256", alg)), part(&payload()));
        let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&secret).unwrap();
        mac.update(signed.as_bytes());
        let token = format!("{signed}.{}", BASE64URL_NOPAD.encode(&mac.finalize().into_bytes()));
        let refused = if alg == "HS256" { Refused::Algorithm } else { Refused::Signature };
        assert_eq!(verified(&token, &key, NOW), Err(refused));
    }
}

#[test]
fn a_key_that_the_token_brings_or_names_is_not_used() {
    let (own, foreign) = (key(), key());
    let jwk = serde_json::to_string(&foreign.private.public().jwk()).unwrap();
    let with = |member: &str| header(&own).replace('}', &format!(",{member}}}"));
    for member in [
        format!(r#""jwk":{jwk}"#),
        r#""jku":"https://evil.example/jwks.json""#.to_owned(),
        r#""x5u":"http://169.254.169.254/""#.to_owned(),
        r#""x5c":["MIIB"]"#.to_owned(),
        r#""crit":["exp"]"#.to_owned(),
        r#""b64":false"#.to_owned(),
    ] {
        for signer in [&own, &foreign] {
            let token = signed(&with(&member), &payload(), signer);
            assert_eq!(verified(&token, &own, NOW), Err(Refused::Malformed), "{member}");
        }
    }
    for kid in ["", "../../dev/null", "' OR 1=1 --", &foreign.kid] {
        let head = format!(r#"{{"alg":"ES256","typ":"at+jwt","kid":"{kid}"}}"#);
        assert_eq!(verified(&signed(&head, &payload(), &foreign), &own, NOW), Err(Refused::UnknownKey), "{kid}");
    }
    let token = signed(&header(&own), &payload(), &foreign);
    assert_eq!(verified(&token, &own, NOW), Err(Refused::Signature));
}

#[test]
fn only_access_tokens_from_here_and_for_this_audience_are_accepted() {
    let key = key();
    for typ in ["JWT", "at+JWT", "application/at+jwt", "logout+jwt", ""] {
        let token = signed(&header(&key).replace("at+jwt", typ), &payload(), &key);
        assert_eq!(verified(&token, &key, NOW), Err(Refused::Type), "{typ}");
    }
    for (name, other, refused) in [
        ("iss", "https://id.example.org/", Refused::Issuer),
        ("iss", "", Refused::Issuer),
        ("aud", "https://app.example.org.evil.example", Refused::Audience),
        ("aud", "", Refused::Audience),
    ] {
        assert_eq!(verified(&saying(name, json!(other), &key), &key, NOW), Err(refused), "{name} {other}");
    }
    let several = saying("aud", json!([AUDIENCE, "https://other.example"]), &key);
    assert_eq!(verified(&several, &key, NOW), Err(Refused::Malformed));
}

#[test]
fn a_token_is_good_from_its_beginning_to_its_end() {
    let key = key();
    let token = sign(&claims(), &key).unwrap();
    let end = UnixMicros((SECOND + 600) * 1_000_000);
    assert!(verified(&token, &key, UnixMicros(end.0 - 1)).is_ok());
    assert_eq!(verified(&token, &key, end), Err(Refused::Over));
    let early = NOW.before(CLOCK_TOLERANCE);
    assert!(verified(&token, &key, early).is_ok());
    assert_eq!(verified(&token, &key, UnixMicros(early.0 - 1)), Err(Refused::NotYet));
    for name in ["nbf", "iat"] {
        let token = saying(name, json!(SECOND + 301), &key);
        assert_eq!(verified(&token, &key, NOW), Err(Refused::NotYet), "{name}");
    }
    for bad in [json!(i64::MIN), json!(-1), json!(0)] {
        assert_eq!(verified(&saying("exp", bad, &key), &key, NOW), Err(Refused::Over));
    }
    for bad in [json!("9999999999"), json!(1e300), json!(9_999_999_999.5), Value::Null, json!(u64::MAX)] {
        assert_eq!(verified(&saying("exp", bad.clone(), &key), &key, NOW), Err(Refused::Malformed), "{bad}");
    }
}

#[test]
fn what_is_there_twice_missing_or_unknown_is_refused() {
    let key = key();
    let twice = |text: &str, member: &str| text.replacen('{', &format!("{{{member},"), 1);
    for member in [r#""sub":"eve""#, r#""aud":"https://app.example.org""#, r#""exp":9999999999"#, r#""admin":true"#] {
        let token = signed(&header(&key), &twice(&payload(), member), &key);
        assert_eq!(verified(&token, &key, NOW), Err(Refused::Malformed), "{member}");
    }
    for member in [r#""alg":"none""#, r#""alg":"ES256""#, r#""kid":"other""#] {
        let token = signed(&twice(&header(&key), member), &payload(), &key);
        assert_eq!(verified(&token, &key, NOW), Err(Refused::Malformed), "{member}");
    }
    let said = serde_json::to_value(claims()).unwrap();
    for name in said.as_object().unwrap().keys() {
        let mut without = said.clone();
        without.as_object_mut().unwrap().remove(name);
        let token = signed(&header(&key), &without.to_string(), &key);
        assert_eq!(verified(&token, &key, NOW), Err(Refused::Malformed), "without {name}");
    }
}

#[test]
fn what_is_no_token_is_refused_without_a_fuss() {
    let key = key();
    let token = sign(&claims(), &key).unwrap();
    let nested = format!("{}.{}.AA", part(&"[".repeat(2_000)), part("{}"));
    let long = format!("{token}{}", "A".repeat(LONGEST));
    for bad in ["", ".", "..", "...", "a.b.c", "é.é.é", &nested, &long, &format!("{token}."), &format!(".{token}")] {
        assert!(verified(bad, &key, NOW).is_err(), "{bad}");
    }
    for bad in [format!("{token}="), format!(" {token}"), format!("{token}\n")] {
        assert_eq!(verified(&bad, &key, NOW).err(), Some(Refused::Malformed), "{bad:?}");
    }
}
