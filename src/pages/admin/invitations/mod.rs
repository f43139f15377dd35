//! Who is invited and has no account yet: inviting, inviting again, and taking it back.

mod acts;
mod asked;

pub use acts::{
    AdminInvite, AdminSendInvitation, AdminTakeBackInvitation, admin_invite, admin_send_invitation,
    admin_take_back_invitation,
};

use super::{AdminPage, shown};
use crate::base::clock::UnixMicros;
use crate::base::config::{RegistrationConfig, RegistrationMode};
use crate::base::paths::Then;
use crate::domain::accounts::Role;
use crate::domain::invitations::{self, Invitation, InvitationId, Page, Place};
use crate::flows::administration;
use crate::request::page_query::{just_done, query, refusal};
use crate::ui::words::{word, word_with};
use crate::ui::{
    Badge, Cell, Empty, Field, Form, Glyph, LinkButton, Notice, NoticeKind, Pager, PrimaryButton, Row, Section, Table,
    When,
};
use asked::{Act, ActQuestion, InvitationsQuery, path_at, path_of};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Invitations a page shows.
const PAGE: usize = 50;

#[component]
pub fn AdminInvitationsPage() -> impl IntoView {
    let asked = InvitationsQuery::read(query);
    let (done, undone) = (just_done("done"), just_done("undone"));
    let error = refusal::<AdminInvite>();
    shown(Then::AdminInvitations.page(), move |app, person| async move {
        let registration = &app.config.registration;
        let acts = possible(person.account.role, registration.mode);
        let mut is_gone = undone.is_some();
        if let Some((act, id)) = asked.act.filter(|(act, _)| acts.contains(act)) {
            match invitations::one(&app.db, id).await? {
                Some(invitation) => return Ok(view! { <ActQuestion act invitation /> }.into_any()),
                None => is_gone = true,
            }
        }
        let page = invitations::page(&app.db, asked.place.unwrap_or(Place::Newest), PAGE).await?;
        let may_invite = registration.mode != RegistrationMode::Closed
            && administration::allows(person.account.role, AdminInvite::PATH);
        let (is_first, rule) = (asked.place.is_none(), rule(registration));
        let now = app.clock.now();
        Ok(view! {
            <AdminPage
                title=word("admin-invitations-title")
                lead=|| word("admin-invitations-lead")
                current=Then::AdminInvitations
            >
                {outcome(done.as_deref(), is_gone)}
                {rule}
                {may_invite
                    .then(|| {
                        view! {
                            <Section
                                heading=word("admin-invitations-form-heading")
                                text=word("admin-invitations-form-text")
                            >
                                <Form id="admin-invite" action=AdminInvite::PATH error>
                                    <Field
                                        name="email"
                                        label=word("field-email")
                                        kind="email"
                                        autocomplete="off"
                                        max_length=254
                                    />
                                    <PrimaryButton>{word("admin-invitations-invite")}</PrimaryButton>
                                </Form>
                            </Section>
                        }
                    })}
                <Section heading=word("admin-invitations-heading")>
                    <Unused page acts is_first now />
                </Section>
            </AdminPage>
        }
        .into_any())
    })
}

/// What somebody of `role` can do to an invitation.
fn possible(role: Role, mode: RegistrationMode) -> Vec<Act> {
    let fits = |act: &Act| *act != Act::SendAgain || mode != RegistrationMode::Closed;
    Act::ALL.iter().copied().filter(fits).filter(|act| administration::allows(role, act.form())).collect()
}

/// What became of the last act. `is_gone`: of one on an invitation that was not there any more.
fn outcome(done: Option<&str>, is_gone: bool) -> Option<AnyView> {
    let said = match done {
        Some("invite") => word("admin-invitations-done-invite"),
        Some("send_again") => word("admin-invitations-done-send-again"),
        Some("take_back") => word("admin-invitations-done-take-back"),
        _ if is_gone => {
            return Some(
                view! { <Notice kind=NoticeKind::Info until_refused=true>{word("admin-invitations-gone")}</Notice> }
                    .into_any(),
            );
        }
        _ => return None,
    };
    Some(view! { <Notice kind=NoticeKind::Success until_refused=true>{said}</Notice> }.into_any())
}

/// What invitations are good for as the server is set up, where that is not plain.
fn rule(registration: &RegistrationConfig) -> Option<AnyView> {
    let domains = || [("domains", registration.allowed_domains.join(", "))];
    let (kind, text) = match registration.mode {
        RegistrationMode::Invite => return None,
        RegistrationMode::Closed => (NoticeKind::Warning, word("admin-invitations-closed")),
        RegistrationMode::Open if !registration.allowed_domains.is_empty() => {
            (NoticeKind::Info, word_with("admin-invitations-domains", &domains()))
        }
        RegistrationMode::Open if registration.verify_email => (NoticeKind::Info, word("admin-invitations-open")),
        RegistrationMode::Open => (NoticeKind::Info, word("admin-invitations-open-unverified")),
    };
    Some(view! { <Notice kind>{text}</Notice> }.into_any())
}

#[component]
fn Unused(
    page: Page,
    acts: Vec<Act>,
    /// It is the beginning of the list.
    is_first: bool,
    now: UnixMicros,
) -> impl IntoView {
    let (newer, older) = (page.newer.map(path_at), page.older.map(path_at));
    let list = match (page.rows.is_empty(), is_first) {
        (true, true) => view! {
            <Empty glyph=Glyph::Mail heading=word("admin-invitations-none") text=word("admin-invitations-none-text") />
        }
        .into_any(),
        (true, false) => view! {
            <Empty
                glyph=Glyph::Mail
                heading=word("admin-invitations-no-more")
                text=word("admin-invitations-no-more-text")
            />
        }
        .into_any(),
        (false, _) => view! { <List rows=page.rows acts now=now /> }.into_any(),
    };
    view! {
        {list}
        <Pager newer older />
    }
}

#[component]
fn List(rows: Vec<Invitation>, acts: Vec<Act>, now: UnixMicros) -> impl IntoView {
    let columns = vec![
        word("field-email"),
        word("admin-invitations-by"),
        word("admin-invitations-since"),
        word("admin-invitations-until"),
    ];
    let labels = columns.clone();
    let rows: Vec<_> = rows
        .into_iter()
        .map(|invitation| view! { <InvitationRow labels=labels.clone() invitation acts=acts.clone() now /> })
        .collect();
    view! {
        <Table caption=word("admin-invitations-heading") columns acts=word("admin-users-acts")>
            {rows}
        </Table>
    }
}

#[component]
fn InvitationRow(labels: Vec<String>, invitation: Invitation, acts: Vec<Act>, now: UnixMicros) -> impl IntoView {
    let mut labels = labels.into_iter();
    let mut label = move || labels.next().unwrap_or_default();
    let is_over = invitation.is_over(now);
    let Invitation { id, email, inviter, created_at, expires_at } = invitation;
    let by = inviter.name().map_or_else(|| word("admin-invitations-by-nobody"), str::to_owned);
    let email = email.to_string();
    let links: Vec<_> = acts.into_iter().map(|act| act_link(act, id, email.clone())).collect();
    view! {
        <Row>
            <Cell label=label()>
                <span class="item-heading">{email}</span>
            </Cell>
            <Cell label=label()>{by}</Cell>
            <Cell label=label()>
                <When micros=created_at.0 now=now.0 />
            </Cell>
            <Cell label=label()>
                {is_over
                    .then(|| {
                        view! {
                            <span>
                                <Badge>{word("admin-invitations-over")}</Badge>
                            </span>
                        }
                    })} <When micros=expires_at.0 now=now.0 />
            </Cell>
            <Cell>
                <div class="links">{links}</div>
            </Cell>
        </Row>
    }
}

/// Leads to the page that asks once more.
fn act_link(act: Act, id: InvitationId, email: String) -> impl IntoView {
    let whom = word_with("admin-invitations-whom", &[("email", email)]);
    view! {
        <LinkButton href=path_of(act, id)>
            {act.label()} <span class="visually-hidden">{whom}</span>
        </LinkButton>
    }
}
