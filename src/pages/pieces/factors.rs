//! What several pages say of the second factors of an account.

use super::new_password::{NewPasswordField, OwnerOfPassword};
use crate::base::clock::UnixMicros;
use crate::base::paths::Then;
use crate::domain::accounts::Account;
use crate::domain::factors::FactorKind;
use crate::domain::factors::policy::{self, Demand};
use crate::domain::factors::recovery_codes::FEW;
use crate::request::app::App;
use crate::ui::words::{moment, word, word_with};
use crate::ui::{Notice, NoticeKind, When};
use leptos::prelude::*;

/// Says until when somebody is let in without a second factor, where one is asked for; with a
/// `link` to where it is set up.
#[component]
pub fn AskedFor(demand: Demand, link: bool) -> impl IntoView {
    let Demand::Soon(until) = demand else { return ().into_any() };
    view! {
        <Notice kind=NoticeKind::Warning>
            {word_with("factor-asked-for", &[("until", moment(until.0).0)])}
            {link.then(|| view! { " " <a href=Then::SecondFactor.page()>{word("overview-next-factor")}</a> })}
        </Notice>
    }
    .into_any()
}

/// Says in time that recovery codes run out; nothing where there are enough, or none are needed.
#[component]
pub fn Few(on: bool, codes: i64) -> impl IntoView {
    (on && codes <= FEW).then(|| {
        view! {
            <Notice kind=NoticeKind::Warning>
                {word_with("factor-few-codes", &[("count", codes.to_string())])} " "
                <a href=Then::RecoveryCodes.page()>{word("factor-few-codes-link")}</a>
            </Notice>
        }
    })
}

/// Since when something lets its owner in, and when it did so last.
#[component]
pub fn Since(label: String, at: UnixMicros, used: Option<UnixMicros>, now: i64) -> impl IntoView {
    let used = used.map(|used| {
        view! {
            " · "
            {word("factor-used")}
            " "
            <When micros=used.0 now />
        }
    });
    view! {
        <p>
            {label} " " <When micros=at.0 now /> {used}
        </p>
    }
}

/// Which codes an account with these has; none if there are none.
pub fn code_help(kinds: &[FactorKind]) -> Option<String> {
    match (kinds.contains(&FactorKind::Totp), kinds.contains(&FactorKind::RecoveryCode)) {
        (true, true) => Some(word("second-factor-help")),
        (true, false) => Some(word("second-factor-help-app")),
        (false, true) => Some(word("second-factor-help-recovery")),
        (false, false) => None,
    }
}

/// What turning a factor off means for the account.
#[derive(Clone, Debug)]
pub enum Off {
    OneOfSeveral,
    Last,
    /// The policy asks for a second factor.
    LastAndRequired,
    /// The password of this address, too short to stand alone, is replaced by one of so many
    /// characters.
    LastOfShortPassword {
        email: String,
        minimum: u16,
    },
}

impl Off {
    pub fn of(app: &App, account: &Account, last: bool) -> Self {
        if !last {
            Self::OneOfSeveral
        } else if policy::covers(&app.config.second_factor, account.role) {
            Self::LastAndRequired
        } else if account.password_stands_alone {
            Self::Last
        } else {
            Self::LastOfShortPassword { email: account.email.to_string(), minimum: app.config.password.minimum }
        }
    }
}

/// The field for the password that is to stand alone; nothing where the old one can.
#[component]
pub fn InPlaceOfShortPassword(off: Off) -> impl IntoView {
    let Off::LastOfShortPassword { email, minimum } = off else { return ().into_any() };
    view! {
        <OwnerOfPassword name=email />
        <NewPasswordField minimum autofocus=true />
    }
    .into_any()
}
