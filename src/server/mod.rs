pub mod clock;
pub mod config;
pub mod db;
pub mod vault;
