//! An authenticator and the browser before it, made by other people than those of our relying party
//! (1Password's passkey-rs).

use crate::browser::{Answer, Browser};
use crate::world::World;
use data_encoding::BASE64URL_NOPAD;
use passkey::authenticator::{Authenticator, UiHint, UserCheck, UserValidationMethod};
use passkey::client::{Client, DefaultClientData};
use passkey::crypto::AvailableBackend;
use passkey::types::Passkey;
use passkey::types::ctap2::{Aaguid, Ctap2Error};
use passkey::types::webauthn::{CredentialCreationOptions, CredentialRequestOptions};
use public_suffix::PublicSuffixList;
use serde_json::Value;
use url::Url;

/// Holds one passkey.
#[derive(Clone)]
pub struct SoftKey {
    pub passkey: Option<Passkey>,
    /// Whether it asks for a finger, a face or a PIN.
    pub verifies: bool,
    /// Where its browser thinks it is.
    pub origin: String,
}

struct User {
    verifies: bool,
}

#[async_trait::async_trait]
impl UserValidationMethod for User {
    type PasskeyItem = Passkey;

    async fn check_user<'a>(
        &self,
        _: UiHint<'a, Passkey>,
        presence: bool,
        verification: bool,
    ) -> Result<UserCheck, Ctap2Error> {
        Ok(UserCheck { presence, verification: verification && self.verifies })
    }

    fn is_presence_enabled(&self) -> bool {
        true
    }

    fn is_verification_enabled(&self) -> Option<bool> {
        Some(self.verifies)
    }
}

/// What the server asked for: the options for the browser, and the challenge to be sent back.
pub struct Asked {
    pub options: Value,
    pub challenge: String,
}

/// Asks the server as the script does.
pub async fn ask(browser: &mut Browser, act: &str, token: &str) -> Asked {
    asked(&ask_in_full(browser, act, token).await)
}

/// What stands in the server's answer.
pub fn asked(answer: &Answer) -> Asked {
    assert_eq!(answer.status, 200, "{}", answer.in_full());
    let asked: Value = serde_json::from_str(&answer.body).unwrap();
    Asked { options: asked["options"].clone(), challenge: asked["challenge"].as_str().unwrap().to_owned() }
}

pub async fn ask_in_full(browser: &mut Browser, act: &str, token: &str) -> Answer {
    ask_for(browser, act, token, "").await
}

/// Of a form with an address in it, and with the fields that are filled in later.
pub async fn ask_for(browser: &mut Browser, act: &str, token: &str, email: &str) -> Answer {
    let fields = [("token", token), ("email", email), ("challenge", ""), ("credential", ""), ("act", act)];
    browser.call("/form/passkey-challenge", &fields).await
}

impl SoftKey {
    pub fn new(world: &World) -> Self {
        let origin = world.app().config.server.public_url.origin().to_owned();
        Self { passkey: None, verifies: true, origin }
    }

    fn client(&self) -> Client<Option<Passkey>, User, AvailableBackend, PublicSuffixList, ()> {
        let user = User { verifies: self.verifies };
        let mut authenticator = Authenticator::new(Aaguid::new_empty(), self.passkey.clone(), user, AvailableBackend);
        authenticator.set_make_credentials_with_signature_counter(true);
        Client::new(authenticator).allows_insecure_localhost(true)
    }

    fn options(&self, asked: &Asked) -> Value {
        let mut options = asked.options.clone();
        if !self.verifies {
            // A browser that does as it is told would refuse here already.
            options["userVerification"] = "discouraged".into();
            options["authenticatorSelection"]["userVerification"] = "discouraged".into();
        }
        if options["allowCredentials"].as_array().is_some_and(Vec::is_empty) {
            options.as_object_mut().unwrap().remove("allowCredentials");
        }
        serde_json::json!({ "publicKey": options })
    }

    /// Makes a passkey, and gives the answer.
    pub async fn create(&mut self, asked: &Asked) -> String {
        let origin = Url::parse(&self.origin).unwrap();
        let request: CredentialCreationOptions = serde_json::from_value(self.options(asked)).unwrap();
        let mut client = self.client();
        let created = client.register(&origin, request, DefaultClientData).await.unwrap();
        self.passkey.clone_from(client.authenticator().store());
        in_base64(serde_json::to_value(&created).unwrap()).to_string()
    }

    /// Signs what was asked for.
    pub async fn sign(&mut self, asked: &Asked) -> String {
        let origin = Url::parse(&self.origin).unwrap();
        let request: CredentialRequestOptions = serde_json::from_value(self.options(asked)).unwrap();
        let mut client = self.client();
        let signed = client.authenticate(&origin, request, DefaultClientData).await.unwrap();
        self.passkey.clone_from(client.authenticator().store());
        in_base64(serde_json::to_value(&signed).unwrap()).to_string()
    }

    /// Adds a passkey to the account that `browser` is signed in to.
    pub async fn add(&mut self, browser: &mut Browser) -> Answer {
        let asked = ask(browser, "add", "").await;
        let credential = self.create(&asked).await;
        browser.submit("/form/add-passkey", &[("challenge", &asked.challenge), ("credential", &credential)]).await
    }

    /// Answers one of the forms that take a passkey.
    pub async fn answer(&mut self, browser: &mut Browser, act: &str, form: &str) -> Answer {
        let asked = ask(browser, act, "").await;
        let credential = self.sign(&asked).await;
        let fields =
            [("challenge", asked.challenge.as_str()), ("credential", &credential), ("then", "/account/profile")];
        browser.call(form, &fields).await
    }

    pub async fn sign_in(&mut self, browser: &mut Browser) -> Answer {
        self.answer(browser, "sign-in", "/form/sign-in-with-passkey").await
    }
}

/// Bytes as `toJSON` of a browser writes them (WebAuthn Level 3 §5.1).
fn in_base64(value: Value) -> Value {
    match value {
        Value::Array(items) if !items.is_empty() && items.iter().all(Value::is_u64) => {
            let bytes: Vec<u8> = items.iter().map(|item| u8::try_from(item.as_u64().unwrap()).unwrap()).collect();
            BASE64URL_NOPAD.encode(&bytes).into()
        }
        Value::Object(fields) => fields.into_iter().map(|(name, field)| (name, in_base64(field))).collect(),
        other => other,
    }
}
