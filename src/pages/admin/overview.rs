//! How it goes: what happens, and what somebody should look at.

use super::{AdminPage, shown};
use crate::base::paths::Then;
use crate::domain::figures::{self, Attention, Figures, Lately};
use crate::domain::limits::attacks;
use crate::ui::words::{word, word_with};
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
    let how_many = |count: i64| [("count", count.to_string())];
    let all = [
        (
            attacks,
            Glyph::Warning,
            word_with("admin-needed-attacks", &how_many(attacks)),
            word("admin-needed-attacks-text"),
            Some((Then::AdminAttacks.page().to_owned(), word("admin-show-attacks"))),
        ),
        (
            factor_resets,
            Glyph::Clock,
            word_with("admin-needed-factor-resets", &how_many(factor_resets)),
            word("admin-needed-factor-resets-text"),
            users("state=factor-reset"),
        ),
        (
            mails_given_up,
            Glyph::Mail,
            word_with("admin-needed-mails-given-up", &how_many(mails_given_up)),
            word("admin-needed-mails-text"),
            None,
        ),
        (
            mails_late,
            Glyph::Mail,
            word_with("admin-needed-mails-late", &how_many(mails_late)),
            word("admin-needed-mails-text"),
            None,
        ),
        (
            unprotected,
            Glyph::Shield,
            word_with("admin-needed-unprotected", &how_many(unprotected)),
            word("admin-needed-unprotected-text"),
            users("state=unprotected&role=staff"),
        ),
        (
            locked,
            Glyph::Key,
            word_with("admin-needed-locked", &how_many(locked)),
            word("admin-needed-locked-text"),
            users("state=locked"),
        ),
    ];
    let items: Vec<_> = all
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(_, glyph, heading, text, href)| {
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
