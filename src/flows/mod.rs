//! What several things do together in one transaction. Knows `domain` and `base`.

pub mod administration;
pub mod backup;
pub mod data_export;
pub mod deletions;
pub mod disables;
pub mod email_changes;
pub mod evictions;
pub mod factor_resets;
pub mod first_start;
pub mod freezes;
pub mod imports;
pub mod password_resets;
pub mod password_sign_in;
pub mod program_sessions;
pub mod roles;
pub mod taking_back;
