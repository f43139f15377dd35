//! From a command line to a running server: start, listeners, router, background tasks.

pub mod cli;
pub mod health;
pub mod listen;
pub mod metrics;
pub mod router;
pub mod start;
pub mod tasks;
