//! What the address of the page asks for, and the page that names the consequence before it is
//! done. Anybody can write an address, so whatever makes no sense is as if it were not there.

use super::acts::{AdminSendInvitation, AdminTakeBackInvitation};
use crate::base::paths::Then;
use crate::domain::invitations::{Invitation, InvitationId, Place};
use crate::pages::admin::QuestionPage;
use crate::request::page_query::refusal;
use crate::ui::words::{word, word_with};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use strum::VariantArray;

/// What can be done to an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Act {
    SendAgain,
    TakeBack,
}

impl Act {
    pub const ALL: &[Self] = Self::VARIANTS;

    pub fn name(self) -> &'static str {
        self.into()
    }

    pub fn label(self) -> String {
        match self {
            Self::SendAgain => word("admin-invitations-send-again"),
            Self::TakeBack => word("admin-invitations-take-back"),
        }
    }

    /// Where its form is posted.
    pub fn form(self) -> &'static str {
        match self {
            Self::SendAgain => AdminSendInvitation::PATH,
            Self::TakeBack => AdminTakeBackInvitation::PATH,
        }
    }
}

/// Which page of the list is asked for, or what about which invitation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InvitationsQuery {
    pub act: Option<(Act, InvitationId)>,
    pub place: Option<Place>,
}

impl InvitationsQuery {
    pub fn read(value: impl Fn(&str) -> Option<String>) -> Self {
        let id = |key| value(key).and_then(|text| text.parse().ok()).map(InvitationId);
        let act = value("act");
        let act = Act::ALL.iter().copied().find(|known| act.as_deref() == Some(known.name()));
        Self {
            act: act.zip(id("invitation")),
            place: id("before").map(Place::Before).or_else(|| id("after").map(Place::After)),
        }
    }
}

/// The page that asks whether to do `act`.
pub fn path_of(act: Act, InvitationId(id): InvitationId) -> String {
    format!("{}?act={}&invitation={id}", Then::AdminInvitations.page(), act.name())
}

/// The list at `place`.
pub fn path_at(place: Place) -> String {
    let page = Then::AdminInvitations.page();
    match place {
        Place::Newest => page.to_owned(),
        Place::Before(InvitationId(id)) => format!("{page}?before={id}"),
        Place::After(InvitationId(id)) => format!("{page}?after={id}"),
    }
}

#[component]
pub fn ActQuestion(act: Act, invitation: Invitation) -> impl IntoView {
    let Invitation { id: InvitationId(id), email, .. } = invitation;
    let to = [("email", email.to_string())];
    let (text, error) = match act {
        Act::SendAgain => (word_with("admin-invitations-send-again-text", &to), refusal::<AdminSendInvitation>()),
        Act::TakeBack => (word_with("admin-invitations-take-back-text", &to), refusal::<AdminTakeBackInvitation>()),
    };
    view! {
        <QuestionPage
            title=act.label()
            current=Then::AdminInvitations
            heading=email.to_string()
            action=act.form()
            error=error.map(|error| error.above_a_form_without("email"))
            fields=vec![("invitation", id.to_string())]
            is_danger=act == Act::TakeBack
            back=Then::AdminInvitations.page().to_owned()
        >
            <p>{text}</p>
        </QuestionPage>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::paths::path_asking;
    use crate::request::page_query::query_of;
    use uuid::Uuid;

    fn asked(path: &str) -> InvitationsQuery {
        InvitationsQuery::read(query_of(path.split_once('?').unwrap().1))
    }

    #[test]
    fn an_address_asks_for_what_its_links_say() {
        let id = InvitationId(Uuid::from_u128(7));
        for act in Act::ALL {
            let path = path_of(*act, id);
            assert_eq!(asked(&path), InvitationsQuery { act: Some((*act, id)), place: None });
            assert_eq!(path_asking(&path), path, "it survives a confirmation");
        }
        for place in [Place::Before(id), Place::After(id)] {
            let path = path_at(place);
            assert_eq!(asked(&path), InvitationsQuery { act: None, place: Some(place) });
            assert_eq!(path_asking(&path), path);
        }
        for hostile in
            ["?", "?act=take_back", "?act=send_again&invitation=x", "?act=x&invitation=7&before=//evil.example"]
        {
            assert_eq!(asked(hostile), InvitationsQuery::default(), "{hostile}");
        }
    }
}
