//! Doorward: a self-hosted sign-in service in one binary. ARCHITECTURE.md is the map.

pub mod error;
pub mod words;

/// Everything that never reaches a browser.
#[cfg(feature = "ssr")]
pub mod server;
