//! Doorward: a self-hosted sign-in service in one binary. ARCHITECTURE.md is the map.
//!
//! One package, compiled twice. The browser half is `ui` alone, with what it shares (`error`, `own_path`, `words`): its one island
//! improves every form, whatever the form is for. All the rest, pages included, runs on the server only.

#![cfg_attr(
    not(test),
    deny(clippy::print_stdout, clippy::print_stderr, reason = "they panic on a closed pipe: server/output.rs")
)]

pub mod error;
pub mod own_path;
pub mod ui;
pub mod words;

#[cfg(feature = "ssr")]
pub use pages::*;

/// What people do, one file each: server functions and the pages around them.
#[cfg(feature = "ssr")]
#[path = ""]
mod pages {
    pub mod account;
    pub mod account_deletion;
    pub mod activity;
    pub mod admin;
    pub mod api_reference;
    pub mod app;
    pub mod confirm;
    pub mod connections;
    pub mod dev_mail;
    pub mod device;
    pub mod email_change;
    pub mod language;
    pub mod lifetime;
    pub mod page;
    pub mod passkeys;
    pub mod password;
    pub mod password_strength;
    pub mod paths;
    pub mod personal_data;
    pub mod profile;
    pub mod providers;
    pub mod refusal;
    pub mod registration;
    pub mod second_factor;
    pub mod second_factor_sign_in;
    pub mod secret;
    pub mod sessions;
    pub mod set_up;
    pub mod sign_in;
    pub mod tokens;
    pub mod was_it_you;
}

/// Everything behind the pages: nouns, their SQL, and what every request passes through.
#[cfg(feature = "ssr")]
pub mod server;

/// Starts the browser half.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
