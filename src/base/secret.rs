//! Typed text that must not be shown: what arrives in a form field and lets somebody in.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A credential on its way into a server function. The structures that the `#[server]` macro makes
/// derive Debug; this keeps what was typed out of it.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(feature = "ssr")]
impl Drop for Secret {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.0);
    }
}
