//! What Doorward does, seen from outside: whole requests through the real router, on both databases.
//!
//! Files mirror the routes; a test's name is the sentence that it proves. [`world`] is where each begins.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on fails")]

mod browser;
mod caller;
mod changes;
mod command_line;
mod database;
mod oidc_peer;
mod person;
mod program;
mod soft_key;
mod world;

mod activity;
mod admin;
mod api;
mod asvs;
mod audit;
mod connections;
mod devices;
mod enrolment;
mod factor_policy;
mod factor_resets;
mod factors;
mod forms;
mod forward_auth;
mod freezes;
mod groups;
mod guides;
mod hand_over;
mod headers;
mod known_browsers;
mod languages;
mod lifetimes;
mod mail;
mod metrics;
mod own_sessions;
mod passkey_sign_up;
mod passkeys;
mod password;
mod personal_tokens;
mod process;
mod provider_answers;
mod providers;
mod refresh_tokens;
mod refused;
mod registration;
mod relying_party;
mod second_factor;
mod second_factor_policy;
mod second_factor_sign_in;
mod secrets;
mod session_commands;
mod session_model;
mod session_races;
mod sessions;
mod set_up;
mod short_passwords;
mod sign_in;
mod signing_keys;
mod stages;
mod step_up;
mod storage;
mod trusted;
mod well_known;

use world::each_database;
