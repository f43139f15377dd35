//! What people do, a room for each thing: server functions and the pages around them.

pub mod account;
pub mod account_deletion;
pub mod activity;
pub mod admin;
pub mod api_reference;
pub mod app;
pub mod confirm;
pub mod connections;
pub mod dev_mail;
pub mod email_change;
pub mod language;
pub mod lifetime;
pub mod passkeys;
pub mod password;
pub mod password_strength;
pub mod personal_data;
pub mod profile;
pub mod providers;
pub mod registration;
pub mod second_factor;
pub mod second_factor_sign_in;
pub mod sessions;
pub mod set_up;
pub mod sign_in;
pub mod tokens;
pub mod was_it_you;
