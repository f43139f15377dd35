//! GitHub, and GitHub Enterprise Server, which speak OAuth 2 without OpenID Connect: whose account
//! it is, the API says.

use super::attempts::Secrets;
use super::exchange::{Endpoints, Exchange};
use super::outbound::CallFailed;
use super::{Claimed, Refused, shown_name};
use crate::domain::accounts::Email;
use oauth2::{AuthorizationCode, TokenResponse};
use serde::Deserialize;
use url::Url;

#[derive(Debug)]
pub(super) struct GitHub {
    /// `https://github.com`, or where an Enterprise Server is.
    issuer: String,
    exchange: Exchange,
}

#[derive(Deserialize)]
struct User {
    /// Unlike the name, never given to anybody else.
    id: u64,
    login: String,
    name: Option<String>,
}

#[derive(Deserialize)]
struct Address {
    email: String,
    primary: bool,
    verified: bool,
}

impl GitHub {
    pub fn new(issuer: &str, exchange: Exchange) -> Self {
        Self { issuer: issuer.trim_end_matches('/').to_owned(), exchange }
    }

    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    fn at(&self, path: &str) -> Result<Url, Refused> {
        let url = format!("{}{path}", self.issuer);
        Ok(url.parse().map_err(|_| CallFailed::NotAllowed(url))?)
    }

    fn api(&self, path: &str) -> Result<Url, Refused> {
        if self.issuer == "https://github.com" {
            let url = format!("https://api.github.com{path}");
            return Ok(url.parse().map_err(|_| CallFailed::NotAllowed(url))?);
        }
        self.at(&format!("/api/v3{path}"))
    }

    fn endpoints(&self) -> Result<Endpoints, Refused> {
        Ok(Endpoints {
            authorization: self.at("/login/oauth/authorize")?,
            token: self.at("/login/oauth/access_token")?,
            secret_in_body: true,
        })
    }

    pub fn authorization_url(&self, secrets: &Secrets<'_>) -> Result<Url, Refused> {
        self.exchange.authorization_url(&self.endpoints()?, secrets, &[])
    }

    pub fn expects(&self, issuer: Option<&str>) -> Result<(), Refused> {
        // It does not say who it is so far; should it begin to, it has to say this.
        let names_itself = |said: &str| said == self.issuer || said == format!("{}/login/oauth", self.issuer);
        if issuer.is_none_or(names_itself) { Ok(()) } else { Err(Refused::OtherIssuer) }
    }

    pub async fn claimed(&self, code: AuthorizationCode, secrets: &Secrets<'_>) -> Result<Claimed, Refused> {
        let tokens = self.exchange.tokens(&self.endpoints()?, code, secrets).await?;
        let bearer = Some(tokens.access_token().secret().as_str());
        let user: User = self.exchange.outbound.document(&self.api("/user")?, bearer).await?;
        let addresses: Vec<Address> = self.exchange.outbound.document(&self.api("/user/emails")?, bearer).await?;
        let primary = addresses.into_iter().find(|address| address.primary);
        let email = primary.as_ref().and_then(|address| Email::told(&address.email).ok());
        Ok(Claimed {
            issuer: self.issuer.clone(),
            subject: user.id.to_string(),
            email_verified: email.is_some() && primary.is_some_and(|address| address.verified),
            email,
            name: user.name.as_deref().and_then(shown_name).or_else(|| shown_name(&user.login)),
            second_factor: false,
        })
    }
}
