//! `[providers.NAME]`: other services that people may sign in with.

use std::{collections::BTreeMap, fmt, path::PathBuf, str::FromStr};

use serde::Deserialize;
use url::Url;

use super::check::{Checked, refusal, secret_in};
use super::entries::{entries, list, optional, optional_path, shown};
use super::values::{MAIL_DOMAINS, Secret, choice, is_mail_domain, optional_text, text};
use crate::base::loopback::is_loopback_host;

choice! {
    /// A service that is known here, with what is peculiar to it.
    Preset, "must be google, microsoft, gitlab or github; any other OpenID Connect provider is named by its issuer" {
        Google = "google",
        Microsoft = "microsoft",
        Gitlab = "gitlab",
        /// Speaks OAuth 2 alone: whose account it is, its API says.
        Github = "github",
    }
}

impl Preset {
    fn issuer(self) -> &'static str {
        match self {
            Self::Google => "https://accounts.google.com",
            // Accounts of people. An organisation has an issuer of its own; those of all of them at
            // once have none that could be checked, and anybody can make an organisation.
            Self::Microsoft => "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0",
            Self::Gitlab => "https://gitlab.com",
            Self::Github => "https://github.com",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Google => "Google",
            Self::Microsoft => "Microsoft",
            Self::Gitlab => "GitLab",
            Self::Github => "GitHub",
        }
    }
}

/// An issuer, exactly as its tokens name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer(String);

impl FromStr for Issuer {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const SHAPE: &str = "must be the provider's issuer, an address such as https://login.example.org";
        let url = Url::parse(text).map_err(|_| SHAPE)?;
        let plain = url.username().is_empty() && url.password().is_none();
        if !plain || url.host().is_none() || url.query().is_some() || url.fragment().is_some() {
            return Err(SHAPE);
        }
        if ["/common/", "/organizations/"].iter().any(|every| text.contains(every)) && text.contains("microsoftonline")
        {
            return Err(
                "stands for every organisation there is, and anybody can make one: name one tenant, https://login.microsoftonline.com/TENANT/v2.0",
            );
        }
        match url.scheme() {
            "https" => Ok(Self(text.to_owned())),
            "http" if url.host_str().is_some_and(is_loopback_host) => Ok(Self(text.to_owned())),
            _ => Err("must start with https:// (http is accepted for a provider on this machine only)"),
        }
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One provider.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProviderConfig {
    #[serde(deserialize_with = "optional_text")]
    pub preset: Option<Preset>,
    /// See [`Self::issuer`].
    #[serde(deserialize_with = "optional_text")]
    issuer: Option<Issuer>,
    /// What the provider calls this site.
    #[serde(deserialize_with = "text")]
    pub client_id: String,
    /// Holds the content of `client_secret_file` too, once loaded.
    #[serde(deserialize_with = "optional_text")]
    pub client_secret: Option<Secret>,
    #[serde(deserialize_with = "optional_text")]
    client_secret_file: Option<PathBuf>,
    /// See [`Self::label`].
    #[serde(deserialize_with = "optional_text")]
    label: Option<String>,
    /// See [`Self::scopes`].
    scopes: Vec<String>,
    /// Whether somebody without an account gets one here.
    pub create_accounts: bool,
    /// Domains of the addresses that may get an account; any if there is none.
    pub allowed_domains: Vec<String>,
    /// Values of `amr`, of which one says that the provider asked for a second factor.
    pub second_factor_amr: Vec<String>,
    /// Values of `acr` that say the same.
    pub second_factor_acr: Vec<String>,
    /// Whether the provider may be in a private network, or on this machine.
    pub allow_private_addresses: bool,
}

impl Default for ProviderConfig {
    fn default() -> Self {
        Self {
            preset: None,
            issuer: None,
            client_id: String::new(),
            client_secret: None,
            client_secret_file: None,
            label: None,
            scopes: Vec::new(),
            create_accounts: true,
            allowed_domains: Vec::new(),
            second_factor_amr: Vec::new(),
            second_factor_acr: Vec::new(),
            allow_private_addresses: false,
        }
    }
}

impl ProviderConfig {
    /// As its tokens name it, to the letter; for GitHub, which has none, where it is.
    #[must_use]
    pub fn issuer(&self) -> &str {
        let preset = self.preset.map_or("", Preset::issuer);
        self.issuer.as_ref().map_or(preset, |issuer| &issuer.0)
    }

    /// What buttons call it.
    #[must_use]
    pub fn label(&self, name: &str) -> String {
        let otherwise = || self.preset.map_or_else(|| name.to_owned(), |preset| preset.label().to_owned());
        self.label.clone().unwrap_or_else(otherwise)
    }

    #[must_use]
    pub fn scopes(&self) -> Vec<String> {
        if !self.scopes.is_empty() {
            return self.scopes.clone();
        }
        let usual: &[&str] = match self.preset {
            Some(Preset::Github) => &["read:user", "user:email"],
            _ => &["openid", "email", "profile"],
        };
        usual.iter().map(|scope| (*scope).to_owned()).collect()
    }

    /// What there is to set, in the order of the fields.
    pub(super) fn keys() -> Vec<&'static str> {
        Self::default().entries().into_iter().map(|(key, _)| key).collect()
    }
}

entries!(ProviderConfig, "" {
    preset: optional, issuer: optional, client_id: shown, client_secret: optional, client_secret_file: optional_path,
    label: optional, scopes: list, create_accounts: shown, allowed_domains: list, second_factor_amr: list,
    second_factor_acr: list, allow_private_addresses: shown,
});

/// Puts what `client_secret_file` holds where `client_secret` is.
pub(super) fn read_secret_files(providers: &mut BTreeMap<String, ProviderConfig>) -> Checked {
    for (name, provider) in providers {
        let Some(path) = &provider.client_secret_file else { continue };
        let key = format!("providers.{name}.client_secret_file");
        if provider.client_secret.is_some() {
            return Err(refusal(key, "client_secret and client_secret_file are both set: keep one"));
        }
        provider.client_secret = Some(secret_in(path).map_err(|reason| refusal(key, reason))?);
    }
    Ok(())
}

pub(super) fn check(name: &str, provider: &ProviderConfig) -> Checked {
    let require = |holds: bool, key: &str, reason: &str| {
        if holds { Ok(()) } else { Err(refusal(format!("providers.{name}.{key}"), reason)) }
    };
    let is_github = provider.preset == Some(Preset::Github);
    require(
        !provider.issuer().is_empty(),
        "issuer",
        "must be set: the issuer of an OpenID Connect provider, or preset instead",
    )?;
    require(
        !provider.client_id.is_empty(),
        "client_id",
        "must be set: the provider gives it when you register this site there",
    )?;
    require(
        !is_github || provider.client_secret.is_some(),
        "client_secret",
        "must be set for GitHub, or client_secret_file",
    )?;
    let label = provider.label(name);
    let fits = (1..=40).contains(&label.trim().chars().count()) && !label.chars().any(char::is_control);
    require(fits, "label", "must be 1 to 40 characters on one line")?;
    let openid = provider.scopes().iter().any(|scope| scope == "openid");
    require(is_github || openid, "scopes", "must contain openid")?;
    let plain = |scope: &String| !scope.is_empty() && scope.bytes().all(|byte| byte.is_ascii_graphic());
    require(provider.scopes.iter().all(plain), "scopes", "each must be one word")?;
    require(provider.allowed_domains.iter().all(is_mail_domain), "allowed_domains", MAIL_DOMAINS)?;
    require(
        !is_github || (provider.second_factor_amr.is_empty() && provider.second_factor_acr.is_empty()),
        "second_factor_amr",
        "GitHub does not say how somebody signed in there",
    )?;
    let loopback = Url::parse(provider.issuer()).is_ok_and(|url| url.host_str().is_some_and(is_loopback_host));
    require(
        !loopback || provider.allow_private_addresses,
        "issuer",
        "is on this machine: set allow_private_addresses to true, if it is meant to be",
    )
}
