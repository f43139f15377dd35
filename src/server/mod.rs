pub mod assets;
pub mod client_address;
pub mod clock;
pub mod config;
pub mod db;
pub mod vault;
pub mod cross_site;
pub mod db;
pub mod error_status;
pub mod headers;
pub mod listen;

pub mod passwords;
