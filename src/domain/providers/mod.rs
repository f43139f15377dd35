//! Other services that people may sign in with: what each says of somebody, and how it is asked.
//!
//! An answer counts only if it belongs to an attempt that this browser began (`attempts.rs`), comes
//! from the provider that it was sent to, and names somebody in a token that passes every check
//! (`openid.rs`; `github.rs` for the one that has no such token). All calls go through
//! `outbound.rs`. Whose account it opens is `identities.rs`.

mod addresses;
pub mod attempts;
mod exchange;
mod github;
mod id_token;
pub mod identities;
mod openid;
mod outbound;

pub use oauth2::AuthorizationCode;
pub use outbound::NoClient;

use crate::base::clock::UnixMicros;
use crate::base::config::{Preset, ProviderConfig};
use crate::base::names::ProviderName;
use crate::domain::accounts::Email;
use addresses::Reach;
use attempts::Secrets;
use exchange::Exchange;
use github::GitHub;
use openid::OpenId;
use outbound::{CallFailed, Outbound};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;
use strum::{EnumDiscriminants, IntoStaticStr, VariantNames};
use url::Url;

/// What one step of a sign-in waits for a provider in all: nobody looks at an empty page for
/// longer.
const PATIENCE: Duration = Duration::from_secs(12);

/// All that are configured, by name.
#[derive(Debug, Default)]
pub struct Providers(BTreeMap<ProviderName, Arc<Provider>>);

/// One of them.
#[derive(Debug)]
pub struct Provider {
    pub name: ProviderName,
    /// What people call it.
    pub label: String,
    /// Whether somebody without an account gets one here, and with an address of which domains; any
    /// if there is none.
    pub creates_accounts: bool,
    pub allowed_domains: Vec<String>,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    OpenId(OpenId),
    GitHub(GitHub),
}

/// Who somebody is at a provider, as it just said. Not Serialize.
#[derive(Clone, Debug)]
pub struct Claimed {
    pub issuer: String,
    pub subject: String,
    pub email: Option<Email>,
    /// Whether the provider says that mail to it reaches this person.
    pub email_verified: bool,
    pub name: Option<String>,
    /// Whether it asked for a second factor, and the operator takes its word for it.
    pub second_factor: bool,
}

/// How fresh the sign-in at the provider must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Being signed in there is enough.
    Any,
    /// The provider must have asked who is there after this moment.
    Since(UnixMicros),
}

/// What comes back in the address of the callback.
#[derive(Debug)]
pub struct Answer {
    pub code: AuthorizationCode,
    /// Who says so (RFC 9207).
    pub issuer: Option<String>,
}

/// Why an answer is not taken. The names are stored; the details are in the log.
#[derive(Debug, IntoStaticStr, VariantNames, EnumDiscriminants)]
#[strum(serialize_all = "snake_case")]
#[strum_discriminants(name(Reason), derive(IntoStaticStr), strum(serialize_all = "snake_case"))]
pub enum Refused {
    /// The provider is down, slow, or answers nonsense.
    Unreachable(CallFailed),
    /// The answer, or the provider's description of itself, is from somebody else.
    OtherIssuer,
    /// The provider does not take its own code back.
    CodeRefused(String),
    /// The token is not what it must be.
    BadToken(String),
    /// The provider says two different things about who this is.
    OtherSubject,
    /// The provider did not ask again who is there.
    NotFresh,
    /// Somebody else came back than whoever was to confirm who they are.
    OtherPerson,
}

impl Refused {
    /// One of each name, for the activity page.
    pub const NAMES: &[&'static str] = Self::VARIANTS;

    pub fn name(&self) -> &'static str {
        self.into()
    }

    /// Writes down what the operator has to know.
    fn log(&self, provider: ProviderName) {
        match self {
            Self::Unreachable(why) => tracing::warn!(%provider, %why, "a provider can't be reached"),
            Self::CodeRefused(why) => tracing::warn!(%provider, why, "a provider did not take its code back"),
            Self::BadToken(why) => tracing::warn!(%provider, why, "a provider's token was refused"),
            Self::OtherIssuer | Self::OtherSubject | Self::NotFresh | Self::OtherPerson => {
                tracing::warn!(%provider, reason = self.name(), "a provider's answer was refused");
            }
        }
    }
}

impl From<CallFailed> for Refused {
    fn from(failed: CallFailed) -> Self {
        Self::Unreachable(failed)
    }
}

impl Providers {
    /// From what was configured; `origin` is the public URL. Nothing is called yet.
    pub fn new(configured: &BTreeMap<String, ProviderConfig>, origin: &str) -> Result<Self, NoClient> {
        let mut clients: HashMap<Reach, Outbound> = HashMap::new();
        let mut providers = BTreeMap::new();
        for (name, config) in configured {
            // The configuration was checked: it holds no other names.
            let Ok(name) = name.parse::<ProviderName>() else { continue };
            let reach = if config.allow_private_addresses { Reach::PrivateToo } else { Reach::Public };
            let outbound = match clients.get(&reach) {
                Some(outbound) => outbound.clone(),
                None => clients.entry(reach).or_insert(Outbound::new(reach)?).clone(),
            };
            let callback = format!("{origin}/providers/{name}/callback");
            let exchange = Exchange::new(config, callback, outbound);
            let kind = match config.preset {
                Some(Preset::Github) => Kind::GitHub(GitHub::new(config.issuer(), exchange)),
                _ => Kind::OpenId(OpenId::new(config, exchange)),
            };
            let provider = Provider {
                name,
                label: config.label(name.as_str()),
                creates_accounts: config.create_accounts,
                allowed_domains: config.allowed_domains.clone(),
                kind,
            };
            providers.insert(name, Arc::new(provider));
        }
        Ok(Self(providers))
    }

    pub fn all(&self) -> impl Iterator<Item = &Arc<Provider>> {
        self.0.values()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn named(&self, name: &str) -> Option<&Arc<Provider>> {
        self.0.get(&name.parse().ok()?)
    }

    /// The one whose people have `issuer`; the one called `name` if there are several.
    pub fn of_issuer(&self, issuer: &str, name: &str) -> Option<&Arc<Provider>> {
        let serves = |provider: &&Arc<Provider>| provider.issuer() == issuer;
        self.named(name).filter(serves).or_else(|| self.all().find(serves))
    }
}

impl Provider {
    pub fn issuer(&self) -> &str {
        match &self.kind {
            Kind::OpenId(openid) => openid.issuer(),
            Kind::GitHub(github) => github.issuer(),
        }
    }

    /// Whether it can be asked to have its people prove once more who they are, and to say when
    /// they did.
    pub fn asks_again(&self) -> bool {
        matches!(self.kind, Kind::OpenId(_))
    }

    /// Whether it can be gone to at all just now.
    pub async fn ready(&self, now: UnixMicros) -> Result<(), Refused> {
        let ready = async {
            match &self.kind {
                Kind::OpenId(openid) => openid.ready(now).await,
                Kind::GitHub(_) => Ok(()),
            }
        };
        self.in_time(ready).await
    }

    /// Where the browser is sent, to come back with an answer.
    pub async fn authorization_url(
        &self,
        secrets: &Secrets<'_>,
        freshness: Freshness,
        now: UnixMicros,
    ) -> Result<Url, Refused> {
        let url = async {
            match &self.kind {
                Kind::OpenId(openid) => openid.authorization_url(secrets, freshness, now).await,
                Kind::GitHub(github) => github.authorization_url(secrets),
            }
        };
        self.in_time(url).await
    }

    /// Whether an answer that says it is from `issuer` may be this provider's. Asked before
    /// anything is sent to it.
    pub async fn expects(&self, issuer: Option<&str>, now: UnixMicros) -> Result<(), Refused> {
        let expected = async {
            match &self.kind {
                Kind::OpenId(openid) => openid.expects(issuer, now).await,
                Kind::GitHub(github) => github.expects(issuer),
            }
        };
        self.in_time(expected).await
    }

    /// Who came back, once the answer has passed every check.
    pub async fn claimed(
        &self,
        answer: Answer,
        secrets: &Secrets<'_>,
        freshness: Freshness,
        now: UnixMicros,
    ) -> Result<Claimed, Refused> {
        let claimed = async {
            match &self.kind {
                Kind::OpenId(openid) => {
                    openid.expects(answer.issuer.as_deref(), now).await?;
                    openid.claimed(answer.code, secrets, freshness, now).await
                }
                Kind::GitHub(github) => {
                    github.expects(answer.issuer.as_deref())?;
                    github.claimed(answer.code, secrets).await
                }
            }
        };
        self.in_time(claimed).await
    }

    async fn in_time<T>(&self, step: impl Future<Output = Result<T, Refused>>) -> Result<T, Refused> {
        // On the heap: it holds several calls, and the future of a page would carry it all along.
        let done = match tokio::time::timeout(PATIENCE, Box::pin(step)).await {
            Ok(done) => done,
            Err(_) => Err(CallFailed::Network(format!("nothing came within {} s", PATIENCE.as_secs())).into()),
        };
        done.inspect_err(|refused| refused.log(self.name))
    }
}

/// A name as the provider says it: short, and without what would rewrite the words around it.
fn shown_name(said: &str) -> Option<String> {
    let name = crate::domain::accounts::DisplayName::parse(said).ok()?;
    Some(name.as_str().to_owned())
}
