use leptos::prelude::*;
use leptos_meta::ServerMetaContext;

use super::*;

/// What the server sends for a view.
fn html<V: IntoView>(view: impl FnOnce() -> V) -> String {
    let owner = Owner::new_root(None);
    owner.with(|| {
        let (meta, _output) = ServerMetaContext::new();
        provide_context(meta);
        view().into_view().to_html()
    })
}

/// The opening tag in `html` that has `needle` in it.
fn tag<'a>(html: &'a str, needle: &str) -> &'a str {
    let at = html.find(needle).unwrap_or_else(|| panic!("no {needle} in {html}"));
    let start = html[..at].rfind('<').unwrap_or_default();
    let end = at + html[at..].find('>').unwrap_or_default();
    &html[start..=end]
}

fn sign_in(error: Option<FormError>) -> String {
    html(|| {
        view! {
            <Form id="sign-in" action="/form/sign-in" error>
                <Field name="identifier" label="E-mail" autocomplete="username" help="Either will do" autofocus=true />
                <PasswordField name="password" label="Password" autocomplete="current-password" />
                <PrimaryButton>"Sign in"</PrimaryButton>
            </Form>
        }
    })
}

fn refused(field: Option<&'static str>) -> String {
    sign_in(Some(FormError { field, message: "Try <b>again</b>".to_owned() }))
}

#[test]
fn a_form_is_complete_without_script() {
    let html = sign_in(None);
    let form = tag(&html, "id=\"sign-in\"");
    assert!(form.contains(r#"method="post""#) && form.contains(r#"action="/form/sign-in""#), "{form}");
    assert!(!html.contains("style="), "inline styles are blocked by the CSP: {html}");
    assert!(tag(&html, "class=\"reveal\"").contains("hidden"), "a button that needs script shows without it");
}

#[test]
fn every_field_names_its_help_and_the_error_it_may_get() {
    let html = sign_in(None);
    assert!(tag(&html, "name=\"identifier\"").contains(r#"aria-describedby="identifier-help identifier-error""#));
    assert!(tag(&html, "name=\"password\"").contains(r#"aria-describedby="password-error""#));
    for id in ["identifier-error", "password-error", "sign-in-error"] {
        let alert = tag(&html, &format!("id=\"{id}\""));
        assert!(alert.contains(r#"role="alert""#) && alert.contains("hidden"), "{alert}");
    }
    assert!(!html.contains("aria-invalid"));
}

#[test]
fn an_error_of_a_field_stands_at_that_field_and_nowhere_else() {
    let html = refused(Some("password"));
    let input = tag(&html, "name=\"password\"");
    assert!(input.contains(r#"aria-invalid="true""#) && input.contains("autofocus"), "{input}");
    assert!(!tag(&html, "id=\"password-error\"").contains("hidden"));
    assert!(tag(&html, "id=\"identifier-error\"").contains("hidden"));
    assert!(tag(&html, "id=\"sign-in-error\"").contains("hidden"));
    assert!(!tag(&html, "name=\"identifier\"").contains("autofocus"), "the browser would go to the first of two");
    assert_eq!(html.matches("again&lt;").count(), 1, "{html}");
}

#[test]
fn an_error_of_no_field_stands_above_the_form_as_text() {
    let html = refused(None);
    assert!(!tag(&html, "id=\"sign-in-error\"").contains("hidden"));
    assert!(!html.contains("<b>") && !html.contains("aria-invalid"), "{html}");
}

#[test]
fn the_error_of_one_form_does_not_reach_the_next() {
    let html = html(|| {
        let error = Some(FormError { field: Some("email"), message: "Wrong".to_owned() });
        view! {
            <Form id="first" action="/first" error>
                <QuietButton>"One"</QuietButton>
            </Form>
            <Form id="second" action="/second">
                <Field name="email" label="E-mail" kind="email" autocomplete="email" />
            </Form>
        }
    });
    assert!(!html.contains("Wrong"), "{html}");
}

#[test]
fn a_front_door_has_one_heading_one_main_and_a_way_to_skip_to_it() {
    let html = html(|| view! { <FrontDoor title="Sign in">"inside"</FrontDoor> });
    assert_eq!((html.matches("<h1").count(), html.matches("<main").count()), (1, 1), "{html}");
    assert!(html.contains(r##"href="#main""##) && tag(&html, "<main").contains(r#"id="main""#));
}

#[test]
fn an_account_page_marks_where_one_is_and_always_offers_to_sign_out() {
    let html = html(|| {
        let nav = ["/account", "/account/profile"]
            .map(|href| NavItem { href, label: href.to_owned(), glyph: Glyph::Home })
            .to_vec();
        view! {
            <AccountFrame title="Profile" current="/account/profile" nav person="Ada" sign_out="/form/sign-out">
                <Section heading="Name">"inside"</Section>
            </AccountFrame>
        }
    });
    assert_eq!((html.matches("<h1").count(), html.matches("aria-current").count()), (1, 1), "{html}");
    assert!(tag(&html, "aria-current").contains("/account/profile"));
    assert!(html.contains(r#"action="/form/sign-out""#));
}

#[test]
fn a_filter_is_a_plain_form_that_asks_for_its_page_and_shows_what_was_chosen() {
    let html = html(|| {
        let options =
            [("any", "At any time"), ("day", "Today")].map(|(value, label)| (value, label.to_owned())).to_vec();
        view! {
            <FilterForm action="/list" button="Apply">
                <Select name="time" label="When" options selected="day" />
            </FilterForm>
        }
    });
    let form = tag(&html, "<form");
    assert!(form.contains(r#"method="get""#) && form.contains(r#"action="/list""#), "{form}");
    assert!(!form.contains("data-offline"), "the island would post it");
    assert_eq!(html.matches("selected").count(), 1, "{html}");
    assert!(tag(&html, " selected").contains(r#"value="day""#), "{html}");
    assert!(tag(&html, "<label").contains(r#"for="time""#) && tag(&html, "<select").contains(r#"id="time""#));
}

#[test]
fn only_danger_interrupts_a_screen_reader() {
    let role = |kind| html(move || view! { <Notice kind>"x"</Notice> }).contains(r#"role="alert""#);
    use NoticeKind::*;
    assert_eq!([Info, Success, Warning, Danger].map(role), [false, false, false, true]);
}

#[test]
fn times_are_told_as_people_tell_them() {
    const SECOND: i64 = 1_000_000;
    let now = 1_795_442_700 * SECOND;
    let told = |seconds_ago: i64| relative(now - seconds_ago * SECOND, now);
    assert_eq!(told(59), "just now");
    assert_eq!(told(60), "1 minute ago");
    assert_eq!(told(3_599), "59 minutes ago");
    assert_eq!(told(7_200), "2 hours ago");
    assert_eq!(told(86_400), "yesterday");
    assert_eq!(told(29 * 86_400), "29 days ago");
    assert_eq!(told(30 * 86_400), "24 October 2026, 14:05 UTC");
    assert_eq!(told(-3_600), "in 1 hour");
    assert_eq!(told(-29), "just now");
    assert_eq!(told(-43_199), "in 12 hours");
    assert_eq!(told(-3_599), "in 1 hour");
    assert_eq!(told(-86_000), "tomorrow", "not in 24 hours");
    assert_eq!(relative(i64::MAX, i64::MIN), "", "no calendar holds it");
}

#[test]
fn the_exact_time_is_at_hand_and_said_only_once() {
    let html = html(|| view! { <When micros=0 now=0 /> });
    assert!(html.contains(r#"datetime="1970-01-01T00:00:00Z""#) && html.contains(", 1 January 1970, 00:00 UTC"));
    let dated = self::html(|| view! { <When micros=0 now=86_400_000_000_000 /> });
    assert!(!dated.contains("visually-hidden"), "{dated}");
}

#[test]
fn a_page_whose_form_was_filled_in_before_comes_filled_in_but_for_passwords() {
    let html = html(|| {
        let before = [("identifier", "Ada \"&\""), ("shared", "on"), ("time", "week"), ("password", "never")];
        provide_context(Typed::new(before.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()));
        let options = vec![("day", "A day".to_owned()), ("week", "A week".to_owned())];
        view! {
            <Form id="sign-in" action="/form/sign-in">
                <Field name="identifier" label="E-mail" autocomplete="username" value="stored" />
                <PasswordField name="password" label="Password" autocomplete="current-password" />
                <CheckBox name="shared" label="Shared" />
                <CheckBox name="remember" label="Own" checked=true />
                <Select name="time" label="When" options selected="day" />
            </Form>
        }
    });
    assert!(tag(&html, "name=\"identifier\"").contains("value=\"Ada &quot;&amp;&quot;\""), "{html}");
    assert!(!html.contains("never") && !html.contains("stored"), "{html}");
    assert!(tag(&html, "name=\"shared\"").contains("checked"), "{html}");
    assert!(!tag(&html, "name=\"remember\"").contains("checked"), "a box that was not ticked: {html}");
    assert!(tag(&html, "value=\"week\"").contains("selected") && !tag(&html, "value=\"day\"").contains("selected"));
}
