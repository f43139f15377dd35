use leptos::prelude::*;

/// A line drawing on a 24 by 24 grid, as one path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyph {
    Alert,
    Check,
    Clock,
    Device,
    Eye,
    Home,
    Info,
    Key,
    Link,
    Mail,
    Person,
    Phone,
    Shield,
    Warning,
}

impl Glyph {
    fn path(self) -> &'static str {
        match self {
            Self::Alert => "M12 8v5m0 3.2v.1M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z",
            Self::Check => "m8 12.3 2.8 2.7L16 9.5M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z",
            Self::Clock => "M12 7v5l3.2 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z",
            Self::Device => "M5 5h14a1 1 0 0 1 1 1v9H4V6a1 1 0 0 1 1-1ZM2.5 19h19",
            Self::Eye => {
                "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12ZM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6Z"
            }
            Self::Home => "M4 11l8-7 8 7v8a1 1 0 0 1-1 1h-4.5v-6h-5v6H5a1 1 0 0 1-1-1Z",
            Self::Info => "M12 11v5m0-8.2v-.1M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z",
            Self::Key => "M8 11.5a4 4 0 1 0 0 8 4 4 0 0 0 0-8Zm2.9 1.1L19.5 4m-4 4 3 3",
            Self::Link => {
                "M10 14.5a4 4 0 0 0 5.7 0l3.1-3.1a4 4 0 0 0-5.7-5.7L12 6.8m2 2.7a4 4 0 0 0-5.7 0l-3.1 3.1a4 4 0 0 0 5.7 5.7l1.1-1.1"
            }
            Self::Mail => {
                "M4 5.5h16a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1v-11a1 1 0 0 1 1-1Zm-.7.7L12 13l8.7-6.8"
            }
            Self::Person => "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM4.5 20a7.5 7.5 0 0 1 15 0",
            Self::Phone => "M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1Zm3 15h2",
            Self::Shield => "M12 3.2l7.5 2.6V11c0 4.7-3 8-7.5 9.8C7.5 19 4.5 15.7 4.5 11V5.8Zm-3.2 8.6 2.3 2.2 4.2-4.3",
            Self::Warning => {
                "M12 9.5v4m0 3v.1M10.6 4.3 2.9 18a1.6 1.6 0 0 0 1.4 2.4h15.4a1.6 1.6 0 0 0 1.4-2.4L13.4 4.3a1.6 1.6 0 0 0-2.8 0Z"
            }
        }
    }
}

/// An icon that says nothing by itself: there is always a word beside it, so screen readers skip
/// it.
#[component]
pub fn Icon(glyph: Glyph) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
            <path d=glyph.path()></path>
        </svg>
    }
}

/// The mark of the site: a door that is a lock. `public/favicon.svg` is the same drawing.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">
            <rect width="32" height="32" rx="8"></rect>
            <path d="M9.5 26V13.5a6.5 6.5 0 0 1 13 0V26ZM16 13.2a2.3 2.3 0 0 1 1.25 4.2l.75 4.1h-4l.75-4.1A2.3 2.3 0 0 1 16 13.2Z"></path>
        </svg>
    }
}
