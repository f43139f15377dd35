//! In which language and by which clock somebody reads: chosen on their profile, or below a page by
//! whoever is not signed in.

use crate::base::error::AppError;
use crate::base::words::bundles::Language;
use crate::base::words::reader::Zone;
use crate::request::refused::Refused;
use crate::request::visitor;
use crate::ui::Select;
use crate::ui::words::word;
use leptos::prelude::*;

/// What a choice is called that leaves it to the browser.
const BROWSER: &str = "browser";

/// Speaks to this browser in `language` from now on. No account is touched: whoever has chosen
/// there is offered none here.
#[server(prefix = "/form", endpoint = "choose-language")]
pub async fn choose_language(#[server(default)] language: String) -> Result<(), Refused> {
    visitor::give_language(Language::known(&language).ok_or(AppError::BadRequest)?);
    Ok(())
}

/// What a form says about a choice; absent from forms of those who don't know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen<T> {
    AsBefore,
    Browser,
    Own(T),
}

impl<T> Chosen<T> {
    /// `BadRequest` for what no form of ours offers.
    pub fn read(typed: Option<&str>, own: impl FnOnce(&str) -> Option<T>) -> Result<Self, AppError> {
        match typed {
            None | Some("") => Ok(Self::AsBefore),
            Some(BROWSER) => Ok(Self::Browser),
            Some(typed) => own(typed).map(Self::Own).ok_or(AppError::BadRequest),
        }
    }

    pub fn or(self, before: Option<T>) -> Option<T> {
        match self {
            Self::AsBefore => before,
            Self::Browser => None,
            Self::Own(chosen) => Some(chosen),
        }
    }
}

/// The fields of both choices; none is `chosen` where it is left to the browser.
#[component]
pub fn ReadingFields(
    #[prop(optional_no_strip)] language: Option<Language>,
    #[prop(optional_no_strip)] zone: Option<Zone>,
) -> impl IntoView {
    let browser = |label| vec![(BROWSER.to_owned(), label)];
    let mut languages = browser(word("field-language-browser"));
    languages.extend(Language::all().map(|language| (language.tag().to_owned(), language.name())));
    let mut zones = browser(word("field-time-zone-browser"));
    zones.extend(Zone::names().into_iter().map(|name| (name.clone(), name.replace('_', " "))));
    let language = language.map_or(BROWSER, Language::tag).to_owned();
    let zone = zone.map_or_else(|| BROWSER.to_owned(), |zone| zone.name().to_owned());
    view! {
        <Select
            name="language"
            label=word("field-language")
            help=word("field-language-help")
            options=languages
            selected=language
        />
        <Select
            name="time_zone"
            label=word("field-time-zone")
            help=word("field-time-zone-help")
            options=zones
            selected=zone
        />
    }
}

#[cfg(test)]
mod tests {
    use super::ChooseLanguage;
    use crate::base::paths::CHOOSE_LANGUAGE;
    use leptos::server_fn::ServerFn;

    #[test]
    fn the_layer_that_keeps_what_was_typed_knows_where_a_language_is_chosen() {
        assert_eq!(ChooseLanguage::PATH, CHOOSE_LANGUAGE);
    }
}
