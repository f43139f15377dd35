//! Pieces of several pages that know of authentication; those of `ui` know nothing of it. Pages
//! import them, they import no page.

pub mod factors;
pub mod landing;
pub mod mailed_link;
pub mod new_password;
pub mod step_up;
pub mod too_late;
