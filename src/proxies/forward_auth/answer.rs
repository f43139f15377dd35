//! What a proxy is answered.

use super::hand_over::{BrowserToken, TIME_TO_SIGN_IN};
use super::{APP_COOKIE, BROWSER_COOKIE, Known, own_pages};
use crate::base::names::GroupName;
use crate::domain::sessions::apps::AppToken;
use crate::request::visitor::set_cookie;
use crate::ui::words::{language, word};
use axum::response::{Html, IntoResponse, Response};
use data_encoding::BASE64;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use leptos::prelude::*;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use sha2::{Digest, Sha256};

/// All of them stand in every 200, empty where nobody is signed in: a proxy that copies them
/// overwrites what the client sent.
const REMOTE: [HeaderName; 6] = [
    HeaderName::from_static("remote-id"),
    HeaderName::from_static("remote-user"),
    HeaderName::from_static("remote-email"),
    HeaderName::from_static("remote-email-verified"),
    HeaderName::from_static("remote-name"),
    HeaderName::from_static("remote-groups"),
];

#[derive(Debug)]
pub(super) enum Answer {
    Pass(Option<Known>),
    /// Nobody is signed in, and nobody looks at what comes.
    SignInFirst,
    /// To the sign-in page and back. The browser is given what it is known by when it comes back;
    /// none where it is here already.
    SignIn {
        location: String,
        browser: Option<BrowserToken>,
    },
    /// Somebody came back, and is signed in at this host from now on.
    Enter {
        location: String,
        app: AppToken,
    },
    /// Elsewhere, as they are.
    Go {
        location: String,
    },
    Denied,
    /// The same, to somebody who reads it; `known`: who is signed in.
    DeniedPage {
        known: bool,
    },
    /// A code that lets nobody in. `page`: where to begin again.
    NoCode {
        page: String,
    },
    NoSuchPage,
    /// No question of a proxy's; says why.
    Refused(&'static str),
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = match self {
            Self::Pass(known) => (StatusCode::OK, remote(known.as_ref())).into_response(),
            Self::SignInFirst => (StatusCode::UNAUTHORIZED, "sign in first\n").into_response(),
            Self::SignIn { location, browser } => {
                let lifetime = Some(TIME_TO_SIGN_IN);
                found(&location, browser.and_then(|browser| set_cookie(BROWSER_COOKIE, &browser.to_text(), lifetime)))
            }
            // It ends with the browser or with the session, whichever is first; the session knows
            // when that is.
            Self::Enter { location, app } => found(&location, set_cookie(APP_COOKIE, &app.to_text(), None)),
            Self::Go { location } => found(&location, None),
            Self::Denied => (StatusCode::FORBIDDEN, "denied\n").into_response(),
            Self::DeniedPage { known } => page(
                StatusCode::FORBIDDEN,
                word("forward-denied-title"),
                word("forward-denied-text"),
                known.then(|| (own_pages::SIGN_OUT.to_owned(), word("forward-denied-link"))),
            ),
            Self::NoCode { page: href } => page(
                StatusCode::FORBIDDEN,
                word("forward-no-code-title"),
                word("forward-no-code-text"),
                Some((href, word("forward-no-code-link"))),
            ),
            Self::NoSuchPage => page(StatusCode::NOT_FOUND, word("not-found-title"), word("not-found-text"), None),
            Self::Refused(why) => (StatusCode::FORBIDDEN, format!("{why}\n")).into_response(),
        };
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

/// 302 and not 303: it is what proxies pass on.
fn found(location: &str, cookie: Option<HeaderValue>) -> Response {
    let mut headers = HeaderMap::new();
    let Ok(location) = HeaderValue::from_str(location) else {
        return Answer::DeniedPage { known: false }.into_response();
    };
    headers.insert(header::LOCATION, location);
    if let Some(cookie) = cookie {
        headers.insert(header::SET_COOKIE, cookie);
    }
    (StatusCode::FOUND, headers).into_response()
}

fn remote(known: Option<&Known>) -> HeaderMap {
    let values = known.map_or_else(Default::default, |Known { person, groups, .. }| {
        let account = &person.account;
        let email = account.email.known().filter(|_| account.email_verified_at.is_some());
        let groups: Vec<&str> = groups.iter().map(GroupName::as_str).collect();
        [
            account.id.0.to_string(),
            account.username.as_str().to_owned(),
            // Apps know people by it, so one that anybody may have typed is none.
            email.unwrap_or_default().to_owned(),
            email.is_some().to_string(),
            account.display_name.as_str().to_owned(),
            groups.join(","),
        ]
    });
    let values = values.map(|value| HeaderValue::from_str(&in_header(&value)).unwrap_or(HeaderValue::from_static("")));
    REMOTE.into_iter().zip(values).collect()
}

/// Printable ASCII as it is; all else, and `%`, percent-encoded as UTF-8: every server passes that
/// on unchanged, and whatever decodes URLs reads it (`urllib.parse.unquote`, `decodeURIComponent`).
/// No value can end the line.
fn in_header(value: &str) -> String {
    const ENCODED: &AsciiSet = &CONTROLS.add(b'%');
    utf8_percent_encode(value, ENCODED).to_string()
}

/// The look of our own pages, for the few that stand at an app's host, where no style sheet of ours
/// is.
const STYLE: &str = include_str!("page.css");

/// Nothing counts on such a page but [`STYLE`], named by its hash: a nonce would have to be another
/// for each answer that proxies pass on.
fn policy() -> String {
    let style = BASE64.encode(&Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
}

/// A document that needs nothing else.
fn page(status: StatusCode, title: String, text: String, link: Option<(String, String)>) -> Response {
    let (lang, dir) = language();
    let document = Owner::new().with(|| {
        view! {
            <!DOCTYPE html>
            <html lang=lang dir=dir>
                <head>
                    <meta charset="utf-8" />
                    <meta name="viewport" content="width=device-width, initial-scale=1" />
                    <meta name="color-scheme" content="light dark" />
                    <meta name="robots" content="noindex" />
                    <title>{title.clone()}</title>
                    <style inner_html=STYLE></style>
                </head>
                <body>
                    <main>
                        <h1>{title}</h1>
                        <p>{text}</p>
                        {link.map(|(href, label)| view! { <a href=href>{label}</a> })}
                    </main>
                </body>
            </html>
        }
        .to_html()
    });
    (status, [(header::CONTENT_SECURITY_POLICY, policy())], Html(document)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_fits_into_a_header_and_comes_back_out() {
        for (name, written) in [
            ("Ada Lovelace", "Ada Lovelace"),
            ("Zoë Ångström", "Zo%C3%AB %C3%85ngstr%C3%B6m"),
            ("李小龍", "%E6%9D%8E%E5%B0%8F%E9%BE%8D"),
            ("100% Ada", "100%25 Ada"),
            ("a\r\nRemote-User: admin", "a%0D%0ARemote-User: admin"),
            ("a\0b\u{7f}", "a%00b%7F"),
            ("%41", "%2541"),
        ] {
            assert_eq!(in_header(name), written);
            assert!(HeaderValue::from_str(written).unwrap().to_str().is_ok());
            let back = url::form_urlencoded::parse(format!("n={}", written.replace('+', "%2B")).as_bytes())
                .next()
                .unwrap()
                .1
                .into_owned();
            assert_eq!(back, name);
        }
    }

    #[tokio::test]
    async fn the_style_of_a_page_is_the_one_that_its_policy_names() {
        let (head, body) = Answer::DeniedPage { known: true }.into_response().into_parts();
        let body = axum::body::to_bytes(body, 64 * 1024).await.unwrap();
        let body = std::str::from_utf8(&body).unwrap();
        let (_, rest) = body.split_once("<style>").unwrap();
        let hash = BASE64.encode(&Sha256::digest(rest.split_once("</style>").unwrap().0));
        let policy = head.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains(&format!("style-src 'sha256-{hash}';")), "{policy}");
    }

    #[test]
    fn every_answer_that_lets_somebody_through_sets_all_six_headers() {
        let headers = remote(None);
        assert_eq!(headers.len(), 6);
        for name in
            ["Remote-Id", "Remote-User", "Remote-Email", "Remote-Email-Verified", "Remote-Name", "Remote-Groups"]
        {
            assert_eq!(headers.get(name).unwrap(), "", "{name}");
        }
    }
}
