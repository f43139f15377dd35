//! Times in which far more failed than usual, and what fails at the moment.

use super::{AdminPage, shown};
use crate::base::error::AppError;
use crate::base::paths::Then;
use crate::domain::limits::Door;
use crate::domain::limits::attacks::{self, Attack, Pressure, Shape};
use crate::request::app::App;
use crate::ui::words::{word, word_with};
use crate::ui::{Badge, Empty, Glyph, Item, Items, Notice, NoticeKind, Section, When};
use leptos::prelude::*;

#[component]
pub fn AdminAttacksPage() -> impl IntoView {
    shown(Then::AdminAttacks.page(), |app, _| async move {
        let list = view! { <Attacks seen={seen(&app).await?} /> };
        Ok::<_, AppError>(
            view! {
                <AdminPage title=word("admin-attacks-title") lead=|| word("admin-attacks-text") current=Then::AdminAttacks>
                    {list}
                </AdminPage>
            }
            .into_any(),
        )
    })
}

/// What [`Attacks`] shows.
pub struct Seen {
    attacks: Vec<Attack>,
    pressure: Pressure,
    now: i64,
}

pub async fn seen(app: &App) -> Result<Seen, AppError> {
    let now = app.clock.now();
    let attacks = attacks::lately(&app.db, now).await?;
    Ok(Seen { attacks, pressure: attacks::pressure(&app.db, now).await?, now: now.0 })
}

/// How much fails, and the attacks of the last 90 days.
#[component]
pub fn Attacks(seen: Seen) -> impl IntoView {
    let Seen { attacks, pressure, now } = seen;
    let figures = [("count", pressure.failures.to_string()), ("usual", pressure.usual_an_hour.to_string())];
    let list = match attacks.is_empty() {
        true => {
            view! { <Empty glyph=Glyph::Check heading=word("admin-attacks-none") text=word("admin-attacks-none-text") /> }
                .into_any()
        }
        false => {
            let items: Vec<_> = attacks.into_iter().map(|attack| view! { <OneAttack attack now /> }).collect();
            view! { <Items>{items}</Items> }.into_any()
        }
    };
    view! {
        {pressure
            .strict
            .then(|| view! { <Notice kind=NoticeKind::Danger>{word("admin-attacks-strict")}</Notice> })}
        <Section heading=word("admin-attacks-heading") text=word_with("admin-attacks-pressure", &figures)>
            {list}
        </Section>
    }
}

#[component]
fn OneAttack(attack: Attack, now: i64) -> impl IntoView {
    let Attack { began_at, last_at, failures, names, networks, doors, shape, is_under_way } = attack;
    let heading = match shape {
        Shape::OneNetwork => word("admin-attacks-one-network"),
        Shape::ManyNames => word("admin-attacks-many-names"),
        Shape::FewNames => word("admin-attacks-few-names"),
    };
    let figures =
        [("failures", failures.to_string()), ("names", names.to_string()), ("networks", networks.to_string())];
    let told = match shape {
        Shape::OneNetwork => word_with("admin-attacks-figures-one", &figures),
        Shape::ManyNames | Shape::FewNames => word_with("admin-attacks-figures", &figures),
    };
    let doors = doors.into_iter().map(name_of).collect::<Vec<_>>().join(", ");
    let glyph = if is_under_way { Glyph::Warning } else { Glyph::Shield };
    let badge = is_under_way.then(|| view! { <Badge>{word("admin-attacks-under-way")}</Badge> });
    view! {
        <Item glyph heading=move || view! { {heading} " " {badge} }>
            <p>{told}</p>
            <p>{word_with("admin-attacks-doors", &[("doors", doors)])}</p>
            <p>
                {word("admin-attacks-began")} " " <When micros=began_at.0 now /> ". " {word("admin-attacks-last")} " "
                <When micros=last_at.0 now /> "."
            </p>
        </Item>
    }
}

fn name_of(door: Door) -> String {
    match door {
        Door::SignIn => word("admin-attacks-door-sign-in"),
        Door::Token => word("admin-attacks-door-token"),
        Door::Confirm => word("admin-attacks-door-confirm"),
        // Nothing can be guessed there, so their failures are counted apart.
        _ => word("admin-attacks-door-other"),
    }
}
