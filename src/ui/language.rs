use leptos::prelude::*;

use super::form::Form;
use crate::words::{languages, word};

/// Where the choice of a language is posted. The app provides it as context; without it no page offers one.
#[derive(Clone, Copy, Debug)]
pub struct LanguageForm(pub &'static str);

/// The other languages, each in its own words: for whoever can't read the page. Nothing where there is no choice.
#[component]
pub(super) fn LanguageSwitch() -> impl IntoView {
    let languages = languages();
    let form = use_context::<LanguageForm>().filter(|_| languages.len() > 1);
    form.map(|LanguageForm(action)| {
        let choices = languages.into_iter().map(|(tag, name, current)| {
            view! {
                <li>
                    <button
                        class="button plain"
                        type="submit"
                        name="language"
                        value=tag
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
