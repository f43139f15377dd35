//! What reverse proxies ask.

pub mod forward_auth;
