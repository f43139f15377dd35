//! What everything stands on: database, clock, vault, configuration, words, password hashing, ids
//! and parsed names, errors, paths. Knows nobody: it imports no other floor.

pub mod cells;
pub mod clock;
pub mod config;
pub mod db;
pub mod device_tokens;
pub mod error;
pub mod header_text;
pub mod ids;
pub mod listing;
pub mod locations;
pub mod loopback;
pub mod metrics;
pub mod names;
pub mod normal_path;
pub mod one_use_token;
pub mod output;
pub mod passwords;
pub mod paths;
pub mod secret;
pub mod token_text;
pub mod unicode;
pub mod user_agent;
pub mod vault;
pub mod visit;
pub mod words;
