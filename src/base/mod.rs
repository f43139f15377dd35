//! What everything stands on: database, clock, vault, configuration, words, password hashing, ids and parsed names, errors, paths.
//! Knows nobody: it imports no other floor.

pub mod error;
pub mod own_path;
pub mod words;

#[cfg(feature = "ssr")]
pub mod cells;
#[cfg(feature = "ssr")]
pub mod clock;
#[cfg(feature = "ssr")]
pub mod config;
#[cfg(feature = "ssr")]
pub mod db;
#[cfg(feature = "ssr")]
pub mod header_text;
#[cfg(feature = "ssr")]
pub mod listing;
#[cfg(feature = "ssr")]
pub mod locations;
#[cfg(feature = "ssr")]
pub mod loopback;
#[cfg(feature = "ssr")]
pub mod names;
#[cfg(feature = "ssr")]
pub mod normal_path;
#[cfg(feature = "ssr")]
pub mod one_use_token;
#[cfg(feature = "ssr")]
pub mod output;
#[cfg(feature = "ssr")]
pub mod passwords;
#[cfg(feature = "ssr")]
pub mod paths;
#[cfg(feature = "ssr")]
pub mod secret;
#[cfg(feature = "ssr")]
pub mod token_text;
#[cfg(feature = "ssr")]
pub mod unicode;
#[cfg(feature = "ssr")]
pub mod user_agent;
#[cfg(feature = "ssr")]
pub mod vault;
