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
mod peers;
mod person;
mod program;
mod soft_key;
mod world;

mod activity;
mod admin;
mod admin_guard;
mod admin_invitations;
mod admin_people;
mod admin_search;
mod api;
mod asked_too_often;
mod asvs;
mod attacks;
mod audit;
mod connections;
mod deletion;
mod devices;
mod email_change;
mod enrolment;
mod factor_policy;
mod factor_resets;
mod factors;
mod foreign_hashes;
mod forms;
mod forward_auth;
mod freezes;
mod groups;
mod guides;
mod hand_over;
mod headers;
mod imports;
mod invitations;
mod known_browsers;
mod languages;
mod lifetimes;
mod limits;
mod mail;
mod metrics;
mod on_the_way;
mod own_sessions;
mod passkey_sign_up;
mod passkeys;
mod password;
mod personal_data;
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
