//! The first thing on the overview: what is wrong with the account, the worst first. It says that
//! all is well only when nothing is.

use crate::base::paths::Then;
use crate::domain::accounts::Account;
use crate::domain::factors::recovery_codes::FEW;
use crate::ui::words::{word, word_with};
use crate::ui::{Glyph, Item, Items, LinkButton, Section};
use leptos::prelude::*;

/// What its owner had better do something about. In the order in which they are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Concern {
    /// Its owner said that somebody else was in, and the password is the one of then.
    SomebodyWasIn,
    /// One of the recovery codes there are was used: by the owner, who has lost something then, or
    /// by somebody else.
    CodeUsed,
    NoSecondFactor,
    AddressUnconfirmed,
    FewCodes(i64),
    /// It is called by the start of its address.
    Unnamed,
}

/// What protects the account beside the password.
#[derive(Clone, Copy, Debug)]
pub struct Protected {
    pub has_factor: bool,
    /// Recovery codes that are left, and those of the same set that were used.
    pub codes: i64,
    pub codes_used: i64,
}

fn concerns(account: &Account, protected: Protected) -> Vec<Concern> {
    let Protected { has_factor, codes, codes_used } = protected;
    // Of an account without a password nobody knows one.
    let in_by_password = account.password_hash.is_some()
        && account.disowned_at.is_some_and(|said| account.password_changed_at.is_none_or(|changed| changed <= said));
    let all = [
        (in_by_password, Concern::SomebodyWasIn),
        (has_factor && codes_used > 0, Concern::CodeUsed),
        (!has_factor, Concern::NoSecondFactor),
        (account.email_verified_at.is_none() && account.email.known().is_some(), Concern::AddressUnconfirmed),
        (has_factor && codes <= FEW, Concern::FewCodes(codes)),
        (account.display_name.as_str() == account.email.local_part(), Concern::Unnamed),
    ];
    all.into_iter().filter(|(holds, _)| *holds).map(|(_, concern)| concern).collect()
}

/// How one is told: what it is, what to do about it, and where.
struct Told {
    glyph: Glyph,
    heading: String,
    text: String,
    page: &'static str,
    label: String,
}

impl Concern {
    fn told(self) -> Told {
        match self {
            Self::SomebodyWasIn => Told {
                glyph: Glyph::Warning,
                heading: word("overview-next-somebody"),
                text: word("overview-next-somebody-text"),
                page: Then::Password.page(),
                label: word("overview-password-link"),
            },
            Self::CodeUsed => Told {
                glyph: Glyph::Warning,
                heading: word("overview-next-code-used"),
                text: word("overview-next-code-used-text"),
                page: Then::SecondFactor.page(),
                label: word("overview-factor-link"),
            },
            Self::NoSecondFactor => Told {
                glyph: Glyph::Shield,
                heading: word("overview-next-factor"),
                text: word("overview-factor-off"),
                page: Then::SecondFactor.page(),
                label: word("overview-factor-turn-on"),
            },
            Self::AddressUnconfirmed => Told {
                glyph: Glyph::Mail,
                heading: word("overview-next-address"),
                text: word("overview-next-address-text"),
                page: Then::Profile.page(),
                label: word("overview-next-address-link"),
            },
            Self::FewCodes(count) => Told {
                glyph: Glyph::Shield,
                heading: word("overview-next-codes"),
                text: word_with("factor-few-codes", &[("count", count.to_string())]),
                page: Then::RecoveryCodes.page(),
                label: word("factor-few-codes-link"),
            },
            Self::Unnamed => Told {
                glyph: Glyph::Person,
                heading: word("overview-next-name"),
                text: word("overview-next-name-text"),
                page: Then::Profile.page(),
                label: word("overview-next-name-link"),
            },
        }
    }
}

/// What would make the account better; says so when there is nothing.
#[component]
pub fn Next(account: Account, protected: Protected) -> impl IntoView {
    let concerns = concerns(&account, protected);
    if concerns.is_empty() {
        return view! {
            <Section heading=word("overview-next-heading")>
                <p class="quiet">{word("overview-next-nothing")}</p>
            </Section>
        }
        .into_any();
    }
    let items = concerns.into_iter().map(|concern| {
        let Told { glyph, heading, text, page, label } = concern.told();
        view! {
            <Item
                glyph
                heading=move || heading
                action=move || view! { <LinkButton href=page>{label}</LinkButton> }
            >
                {text}
            </Item>
        }
    });
    view! {
        <Section heading=word("overview-next-heading")>
            <Items>{items.collect_view()}</Items>
        </Section>
    }
    .into_any()
}
