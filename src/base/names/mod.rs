//! Names that the configuration, the database and requests have in common, each parsed once.

pub mod group;
pub mod host;
pub mod method;
pub mod provider;

pub use group::GroupName;
pub use host::HostName;
pub use method::Method;
pub use provider::ProviderName;
