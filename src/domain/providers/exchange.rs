//! What OAuth 2 itself asks for, the same at every provider: where the browser goes, and the code
//! in exchange for tokens.

use super::Refused;
use super::attempts::Secrets;
use super::outbound::{CallFailed, Outbound};
use crate::base::config::{ProviderConfig, Secret};
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, AuthorizationRequest, Client, ClientId, ClientSecret, CsrfToken,
    EndpointNotSet, EndpointSet, ExtraTokenFields, HttpRequest, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    RequestTokenError, Scope, StandardRevocableToken, StandardTokenResponse, TokenUrl,
};
use serde::{Deserialize, Serialize};
use std::fmt;
use url::Url;

/// What a provider's token endpoint gives beside the access token.
#[derive(Deserialize, Serialize)]
pub(super) struct Beside {
    pub id_token: Option<String>,
}

impl fmt::Debug for Beside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Beside(..)")
    }
}

impl ExtraTokenFields for Beside {}

pub(super) type Tokens = StandardTokenResponse<Beside, BasicTokenType>;

type OAuth = Client<
    BasicErrorResponse,
    Tokens,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// Where a provider is spoken to.
pub(super) struct Endpoints {
    pub authorization: Url,
    pub token: Url,
    /// Whether it takes the secret in the body alone, and not as HTTP Basic.
    pub secret_in_body: bool,
}

/// This site as a client of one provider.
#[derive(Debug)]
pub(super) struct Exchange {
    pub client_id: String,
    client_secret: Option<Secret>,
    callback: String,
    scopes: Vec<String>,
    pub outbound: Outbound,
}

impl Exchange {
    pub fn new(config: &ProviderConfig, callback: String, outbound: Outbound) -> Self {
        Self {
            client_id: config.client_id.clone(),
            client_secret: config.client_secret.clone(),
            callback,
            scopes: config.scopes(),
            outbound,
        }
    }

    fn client(&self, endpoints: &Endpoints) -> Result<OAuth, Refused> {
        // It was a callback and a client before it came here; the library reads both once more.
        let callback =
            RedirectUrl::new(self.callback.clone()).map_err(|error| CallFailed::NotAllowed(error.to_string()))?;
        let mut client = Client::new(ClientId::new(self.client_id.clone()))
            .set_auth_uri(AuthUrl::from_url(endpoints.authorization.clone()))
            .set_token_uri(TokenUrl::from_url(endpoints.token.clone()))
            .set_redirect_uri(callback);
        if let Some(secret) = &self.client_secret {
            client = client.set_client_secret(ClientSecret::new(secret.expose().to_owned()));
        }
        if endpoints.secret_in_body || self.client_secret.is_none() {
            client = client.set_auth_type(AuthType::RequestBody);
        }
        Ok(client)
    }

    /// Where the browser goes; `more` are parameters besides those of every provider.
    pub fn authorization_url(
        &self,
        endpoints: &Endpoints,
        secrets: &Secrets<'_>,
        more: &[(&'static str, String)],
    ) -> Result<Url, Refused> {
        let client = self.client(endpoints)?;
        let state = CsrfToken::new(secrets.state.to_text().to_string());
        let verifier = PkceCodeVerifier::new(secrets.verifier().to_string());
        let mut request: AuthorizationRequest<'_> = client
            .authorize_url(|| state)
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .add_scopes(self.scopes.iter().cloned().map(Scope::new));
        for (name, value) in more {
            request = request.add_extra_param(*name, value.clone());
        }
        Ok(request.url().0)
    }

    /// Gives the code back for what it stands for. It can be used once, and only with the verifier
    /// of this attempt.
    pub async fn tokens(
        &self,
        endpoints: &Endpoints,
        code: AuthorizationCode,
        secrets: &Secrets<'_>,
    ) -> Result<Tokens, Refused> {
        let client = self.client(endpoints)?;
        let call = |request: HttpRequest| {
            let outbound = self.outbound.clone();
            async move {
                let answer = outbound.call(request).await?;
                // Down, as against a provider that says no.
                if answer.status().is_server_error() {
                    return Err(CallFailed::Status(answer.status()));
                }
                Ok(answer.map(only_tokens))
            }
        };
        client
            .exchange_code(code)
            .set_pkce_verifier(PkceCodeVerifier::new(secrets.verifier().to_string()))
            .request_async(&call)
            .await
            .map_err(|error| match error {
                RequestTokenError::Request(failed) => Refused::Unreachable(failed),
                // Its description may hold anything, the code included.
                RequestTokenError::ServerResponse(said) => Refused::CodeRefused(short(said.error().as_ref())),
                RequestTokenError::Parse(..) => Refused::CodeRefused("its answer holds no tokens".to_owned()),
                RequestTokenError::Other(why) => Refused::CodeRefused(short(&why)),
            })
    }
}

/// Of what a token endpoint gives, what is used here: the library refuses all of it for an
/// `expires_in` in quotes, or for scopes in a list. An error, and what is no JSON, stays as it is.
fn only_tokens(body: Vec<u8>) -> Vec<u8> {
    const USED: [&str; 5] = ["access_token", "token_type", "id_token", "error", "error_description"];
    match serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&body) {
        Ok(mut fields) => {
            fields.retain(|name, value| USED.contains(&name.as_str()) && !value.is_null());
            serde_json::to_vec(&fields).unwrap_or(body)
        }
        Err(_) => body,
    }
}

/// For the log.
fn short(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(200).collect()
}
