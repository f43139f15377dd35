//! Things that are stored, each with its types, its SQL and its tests. Knows `base`, and no
//! request.

pub mod access_tokens;
pub mod accounts;
pub mod audit;
pub mod devices;
pub mod directory;
pub mod factor_kind;
pub mod factors;
pub mod figures;
pub mod groups;
pub mod invitations;
pub mod limits;
pub mod links;
pub mod logins;
pub mod mail;
pub mod newcomers;
pub mod pending;
pub mod personal_tokens;
pub mod providers;
pub mod refresh_tokens;
pub mod scopes;
pub mod sessions;
pub mod set_up_links;
pub mod signing_keys;
pub mod waiting_deletions;
pub mod ways_in;
