//! How it goes: what happens, and what somebody should look at.

use super::{AdminPage, shown};
use crate::base::paths::Then;
use crate::base::words::{word, word_with};
use crate::domain::figures::{self, Attention, Figures, Lately};
use crate::domain::limits::attacks;
use crate::ui::{Empty, Fact, Facts, Glyph, Item, Items, LinkButton, Section};
use leptos::prelude::*;

#[component]
pub fn AdminOverviewPage() -> impl IntoView {
    shown(Then::Admin.page(), |app, _| async move {
        let (db, now) = (&app.db, app.clock.now());
        let (figures, attention) = (figures::figures(db, now).await?, figures::attention(db, now).await?);
        let attacks = attacks::count_under_way(&app.db, app.clock.now()).await?;
        Ok(view! {
            <AdminPage title=word("admin-overview-title") lead=|| word("admin-overview-text") current=Then::Admin>
                <Needed attacks attention />
                <Happening figures />
            </AdminPage>
        }
        .into_any())
    })
}

/// What needs somebody's attention, the most urgent first.
#[component]
fn Needed(attacks: i64, attention: Attention) -> impl IntoView {
    let Attention { factor_resets, locked, unprotected, mails_given_up, mails_late } = attention;
    let users = |query: &str| Some((format!("{}?{query}", Then::AdminUsers.page()), word("admin-show-people")));
    let all = [
        (
            attacks,
            Glyph::Warning,
            "admin-needed-attacks",
            word("admin-needed-attacks-text"),
            Some((Then::AdminAttacks.page().to_owned(), word("admin-show-attacks"))),
        ),
        (
            factor_resets,
            Glyph::Clock,
            "admin-needed-factor-resets",
            word("admin-needed-factor-resets-text"),
            users("state=factor-reset"),
        ),
        (mails_given_up, Glyph::Mail, "admin-needed-mails-given-up", word("admin-needed-mails-text"), None),
        (mails_late, Glyph::Mail, "admin-needed-mails-late", word("admin-needed-mails-text"), None),
        (
            unprotected,
            Glyph::Shield,
            "admin-needed-unprotected",
            word("admin-needed-unprotected-text"),
            users("state=unprotected&role=staff"),
        ),
        (locked, Glyph::Key, "admin-needed-locked", word("admin-needed-locked-text"), users("state=locked")),
    ];
    let items: Vec<_> = all
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, glyph, key, text, href)| {
            let heading = word_with(key, &[("count", count.to_string())]);
            view! {
                <Item
                    glyph
                    heading=move || heading
                    action=move || {
                        href.map(|(href, label)| view! { <LinkButton href>{label}</LinkButton> })
                    }
                >
                    {text}
                </Item>
            }
        })
        .collect();
    view! {
        <Section heading=word("admin-needed-heading")>
            {if items.is_empty() {
                view! {
                    <Empty
                        glyph=Glyph::Check
                        heading=word("admin-needed-nothing")
                        text=word("admin-needed-nothing-text")
                    />
                }
                    .into_any()
            } else {
                view! { <Items>{items}</Items> }.into_any()
            }}
        </Section>
    }
}

#[component]
fn Happening(figures: Figures) -> impl IntoView {
    let Figures { sign_ins, refused, new_accounts, open_sessions } = figures;
    let lately = |Lately { day, week }: Lately| {
        word_with("admin-figures-lately", &[("day", day.to_string()), ("week", week.to_string())])
    };
    let activity = |kind: &str| format!("{}?kind={kind}", Then::AdminActivity.page());
    let fact = |label, href, text| {
        view! {
            <Fact label>
                <a href=href>{text}</a>
            </Fact>
        }
    };
    view! {
        <Section heading=word("admin-figures-heading")>
            <Facts>
                {fact(word("admin-figures-sign-ins"), activity("signed-in"), lately(sign_ins))}
                {fact(word("admin-figures-refused"), activity("refused"), lately(refused))}
                {fact(
                    word("admin-figures-accounts"),
                    Then::AdminUsers.page().to_owned(),
                    lately(new_accounts),
                )}
                {fact(
                    word("admin-figures-sessions"),
                    Then::AdminSessions.page().to_owned(),
                    open_sessions.to_string(),
                )}
            </Facts>
        </Section>
    }
}
