//! What Doorward does, seen from outside: whole requests through the real router, on both databases.
//!
//! Files mirror the routes; a test's name is the sentence that it proves. [`world`] is where each begins.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on fails")]

mod browser;
mod database;
mod person;
mod world;

mod password;
mod registration;
mod sessions;
mod sign_in;

use world::each_database;
