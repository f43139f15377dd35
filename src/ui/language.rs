use leptos::prelude::*;

use super::form::Form;
use crate::ui::words::{languages, word};

/// Where the choice of a language is posted. The app provides it as context; without it no page
/// offers one.
#[derive(Clone, Copy, Debug)]
pub struct LanguageForm(pub &'static str);

/// The other languages, each in its own words: for whoever can't read the page. Nothing where there
/// is no choice. The buttons send the form `keeps` along, which the server gives back filled in.
#[component]
pub(super) fn LanguageSwitch(#[prop(optional_no_strip)] keeps: Option<&'static str>) -> impl IntoView {
    let languages = languages();
    let form = use_context::<LanguageForm>().filter(|_| languages.len() > 1);
    form.map(|LanguageForm(action)| {
        let choices = languages.into_iter().map(move |(tag, name, current)| {
            view! {
                <li>
                    <button
                        class="button plain"
                        type="submit"
                        name="language"
                        value=tag
                        form=keeps
                        formaction=keeps.map(|_| action)
                        lang=tag
                        aria-current=current.then_some("true")
                    >
                        {name}
                    </button>
                </li>
            }
        });
        view! {
            <nav class="languages" aria-label=word("language-switch")>
                <Form id="language-switch" action=action>
                    <ul>{choices.collect_view()}</ul>
                </Form>
            </nav>
        }
    })
}
