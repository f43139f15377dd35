//! What a request passes on its way in: who visits, cookies, step-up, cross-site, client address,
//! headers, refusals in words.

pub mod app;
pub mod assets;
pub mod client_address;
pub mod cookies;
pub mod cross_site;
pub mod document;
pub mod error_status;
pub mod headers;
pub mod page_query;
pub mod problem;
pub mod reader;
pub mod refusals;
pub mod refused;
pub mod site_map;
pub mod typed;
pub mod under_way;
pub mod visit;
pub mod visitor;
