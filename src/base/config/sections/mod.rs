//! One struct per section of the file, with the defaults. What each key is for the operator stands
//! in `Leptos.toml`.

mod access;
mod mail;
mod records;
mod server;
mod sign_in;

pub use access::{LimitsConfig, RegistrationConfig, TokensConfig};
pub use mail::MailConfig;
pub use records::{AuditConfig, LogConfig, MetricsConfig};
pub use server::{DatabaseConfig, ServerConfig, SiteConfig};
pub use sign_in::{PasswordConfig, SecondFactorConfig, SessionConfig};
