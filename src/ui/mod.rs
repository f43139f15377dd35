//! The pieces every page is made of. They know nothing of authentication: what a page says comes in
//! as properties, only the words of the frame itself (skip link, "Show password", "2 minutes ago")
//! are looked up here.
//!
//! All are server components, so they cost no byte of WASM; [`improve`] holds the one island, which
//! makes any form on the page work without a reload. `style/` has one file for each piece.

mod button;
mod facts;
mod field;
mod filter;
mod form;
mod icon;
mod improve;
mod language;
mod layout;
mod notice;
pub mod own_path;
mod passkey;
mod table;
mod time;
mod typed;
pub mod words;

pub use button::*;
pub use facts::*;
pub use field::*;
pub use filter::*;
pub use form::*;
pub use icon::*;
pub use language::LanguageForm;
pub use layout::*;
pub use notice::*;
pub use passkey::*;
pub use table::*;
pub use time::*;
pub use typed::Typed;

#[cfg(all(test, feature = "ssr"))]
mod tests;
