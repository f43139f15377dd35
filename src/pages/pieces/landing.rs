//! Where somebody lands who signed in, and the cookies that their browser is given on the way:
//! after the commit.

use crate::base::paths::Then;
use crate::flows::session_start::Started;
use crate::flows::sign_in::Next;
use crate::request::visitor;
use leptos_axum::redirect;
use std::borrow::Cow;

/// Leads on from a login.
pub fn lead(next: Next) {
    redirect(&give(next));
}

/// Gives the browser its cookie; where to go from here.
pub fn give(next: Next) -> Cow<'static, str> {
    match next {
        Next::SignedIn(started, then) => {
            let kept = started.keeps_account() && !matches!(then, Then::App(_));
            visitor::give(started);
            if kept { "/account?kept".into() } else { then.path() }
        }
        Next::Waits(token, stage) => {
            visitor::give_pending(&token, stage);
            stage.page().into()
        }
    }
}

/// To the recovery codes that were made with the session, and from there to `then`.
pub fn lead_to_codes(started: Started, then: &Then) {
    visitor::give(started);
    redirect(&then.through(Then::RecoveryCodes.page()));
}

/// Gives a session in use its new id, if it got one.
pub fn give_new_id(started: Option<Started>) {
    if let Some(started) = started {
        visitor::give(started);
    }
}
