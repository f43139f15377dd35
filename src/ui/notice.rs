use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// What a notice is about; never told by colour alone, each has its icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    Info,
    Success,
    Warning,
    Danger,
}

impl NoticeKind {
    fn class(self) -> &'static str {
        match self {
            Self::Info => "notice info",
            Self::Success => "notice success",
            Self::Warning => "notice warning",
            Self::Danger => "notice danger",
        }
    }

    fn glyph(self) -> Glyph {
        match self {
            Self::Info => Glyph::Info,
            Self::Success => Glyph::Check,
            Self::Warning => Glyph::Warning,
            Self::Danger => Glyph::Alert,
        }
    }

    /// Danger interrupts a screen reader, the rest waits for its turn.
    fn role(self) -> &'static str {
        if self == Self::Danger { "alert" } else { "status" }
    }
}

/// A sentence or two set apart at the top of a page, about what just happened.
#[component]
pub fn Notice(
    kind: NoticeKind,
    /// About what led to this page: [`super::improve`] takes it away once a form is refused, which
    /// is what counts then.
    #[prop(optional)]
    until_refused: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <div class=kind.class() role=kind.role() data-until-refused=until_refused>
            <Icon glyph=kind.glyph() />
            <div>{children()}</div>
        </div>
    }
}
