//! Every server function at once, taken from their own register so that a new one can't be
//! forgotten.

use crate::browser::{Answer, Browser, send};
use crate::database::Engine;
use crate::each_database;
use crate::person::is_signed_in;
use crate::world::World;
use axum::body::{Body, HttpBody};
use doorward::base::error::AppError;
use doorward::flows::administration;
use doorward::request::refused::{Message, Refused};
use http::{Method, Request, header};
use leptos::prelude::FromServerFnError;
use leptos::server_fn::axum::server_fn_paths;
use leptos::server_fn::error::ServerFnUrlError;

/// Who may call them. A new server function fails the tests until it stands here.
const FOR_EVERYBODY: [&str; 21] = [
    "/form/choose-language",
    "/form/confirm-email",
    "/form/create-account",
    "/form/create-account-with-passkey",
    "/form/enrol-passkey",
    "/form/enrol-totp",
    "/form/forgot-password",
    "/form/register",
    "/form/passkey-challenge",
    "/form/password-strength",
    "/form/register-with-passkey",
    "/form/reset-password",
    "/form/second-factor",
    "/form/second-factor-passkey",
    "/form/set-up",
    "/form/set-up-with-passkey",
    "/form/sign-in",
    "/form/sign-in-with-passkey",
    "/form/sign-out",
    "/form/start-provider",
    "/form/was-it-you",
];
const WITH_A_SESSION: [&str; 41] = [
    "/form/add-passkey",
    "/form/admin-add-to-group",
    "/form/admin-disable",
    "/form/admin-enable",
    "/form/admin-end-session",
    "/form/admin-end-sessions",
    "/form/admin-invite",
    "/form/admin-keep-factors",
    "/form/admin-remove-from-group",
    "/form/admin-reset-factors",
    "/form/admin-reset-password",
    "/form/admin-send-invitation",
    "/form/admin-set-role",
    "/form/admin-take-back-invitation",
    "/form/admin-unlock",
    "/form/change-email",
    "/form/change-password",
    "/form/confirm",
    "/form/confirm-with-code",
    "/form/confirm-with-passkey",
    "/form/confirm-with-provider",
    "/form/delete-account",
    "/form/end-other-sessions",
    "/form/end-session",
    "/form/link-provider",
    "/form/make-recovery-codes",
    "/form/make-token",
    "/form/name-authenticator",
    "/form/name-device",
    "/form/name-passkey",
    "/form/recovery-codes-saved",
    "/form/remove-passkey",
    "/form/revoke-token",
    "/form/save-profile",
    "/form/stay-signed-in",
    "/form/stop-factor-reset",
    "/form/stop-trusting",
    "/form/token-saved",
    "/form/turn-off-totp",
    "/form/turn-on-totp",
    "/form/unlink-provider",
];

/// They read nothing of what is sent; the second factor, nothing of whoever has not given the
/// password, or has none to show.
const WITHOUT_FIELDS: [&str; 13] = [
    "/form/confirm-with-code",
    "/form/delete-account",
    "/form/end-other-sessions",
    "/form/enrol-passkey",
    "/form/enrol-totp",
    "/form/make-recovery-codes",
    "/form/recovery-codes-saved",
    "/form/second-factor",
    "/form/second-factor-passkey",
    "/form/sign-out",
    "/form/stay-signed-in",
    "/form/stop-factor-reset",
    "/form/token-saved",
];

/// For those who look at each door that a session opens.
pub fn with_a_session() -> &'static [&'static str] {
    &WITH_A_SESSION
}

/// For those who look at each door that is open to strangers.
pub fn for_everybody() -> &'static [&'static str] {
    &FOR_EVERYBODY
}

/// All there are.
pub fn all() -> Vec<&'static str> {
    let mut paths: Vec<&str> = server_fn_paths().map(|(path, _)| path).collect();
    paths.sort_unstable();
    paths
}

/// Everything in the database that a form could have changed.
async fn everything(world: &World) -> Vec<String> {
    let mut rows = Vec::new();
    for query in [
        "SELECT display_name || username || role || COALESCE(password_hash, '') FROM accounts ORDER BY username",
        "SELECT CAST(started_at AS TEXT) || CAST(last_seen_at AS TEXT) || COALESCE(end_reason, '') FROM sessions ORDER BY started_at",
        "SELECT purpose || CAST(created_at AS TEXT) FROM links ORDER BY 1",
        "SELECT CAST(COUNT(*) AS TEXT) FROM mails",
        "SELECT CAST(sequence AS TEXT) || kind FROM audit_entries ORDER BY sequence",
    ] {
        rows.extend(world.texts(query).await);
    }
    rows
}

/// What would do something in each of them.
const FIELDS: [(&str, &str); 8] = [
    ("email", "eve@example.org"),
    ("identifier", "ada@example.org"),
    ("password", crate::person::PASSWORD),
    ("new_password", crate::person::NEW_PASSWORD),
    ("display_name", "Eve"),
    ("username", "eve-name"),
    ("remember", "on"),
    ("then", "/account"),
];

async fn raw(browser: &Browser, path: &str, content_type: &str, accept: &str, body: impl Into<Body>) -> Answer {
    let (mut parts, _) = browser.posting(path, &[], accept).into_parts();
    let body: Body = body.into();
    parts.headers.insert(header::CONTENT_TYPE, content_type.parse().unwrap());
    if let Some(length) = HttpBody::size_hint(&body).exact() {
        parts.headers.insert(header::CONTENT_LENGTH, length.into());
    }
    browser.clone().send(Request::from_parts(parts, body)).await
}

#[test]
fn every_server_function_is_known_to_these_tests() {
    let mut known = [&FOR_EVERYBODY[..], &WITH_A_SESSION].concat();
    known.sort_unstable();
    assert_eq!(all(), known);
    assert!(server_fn_paths().all(|(_, method)| method == Method::POST));
}

each_database! {
    async fn no_server_function_answers_anything_but_a_post(world: World) {
        let ada = world.register("ada@example.org").await;
        let before = everything(&world).await;
        for path in all() {
            for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS, Method::TRACE] {
                let (mut parts, body) = ada.browser.posting(path, &FIELDS, "text/html").into_parts();
                parts.method = method.clone();
                parts.headers.insert("x-http-method-override", "POST".parse().unwrap());
                let answer = ada.browser.clone().send(Request::from_parts(parts, body)).await;
                assert_eq!(answer.status, 405, "{method} {path}");
            }
            let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(FIELDS).finish();
            assert_eq!(ada.browser.clone().get(&format!("{path}?{query}")).await.status, 405, "GET {path}");
        }
        assert_eq!(everything(&world).await, before);
        assert!(is_signed_in(&mut ada.browser.clone()).await);
    }

    async fn no_server_function_obeys_another_site(world: World) {
        let ada = world.register("ada@example.org").await;
        let before = everything(&world).await;
        let foreign: [&[(&str, &str)]; 6] = [
            &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
            &[("sec-fetch-site", "same-site"), ("origin", "http://other.localhost:3000")],
            &[("sec-fetch-site", "cross-site")],
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
            &[("origin", "http://localhost:3001")],
        ];
        for path in all() {
            for headers in foreign {
                for content_type in ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"] {
                    let (mut parts, body) = ada.browser.posting(path, &FIELDS, "text/html").into_parts();
                    parts.headers.remove("origin");
                    parts.headers.remove("sec-fetch-site");
                    parts.headers.insert(header::CONTENT_TYPE, content_type.parse().unwrap());
                    for (name, value) in headers {
                        parts.headers.insert(*name, value.parse().unwrap());
                    }
                    let answer = ada.browser.clone().send(Request::from_parts(parts, body)).await;
                    assert_eq!((answer.status, answer.cookies.len()), (403, 0), "{path} {headers:?}");
                }
            }
        }
        assert_eq!(everything(&world).await, before);
        assert!(is_signed_in(&mut ada.browser.clone()).await);
    }

    async fn what_needs_a_session_refuses_everybody_without_one(world: World) {
        let ada = world.register("ada@example.org").await;
        let mut gone = ada.signed_in().await;
        let stolen = gone.clone();
        gone.call("/form/sign-out", &[]).await;
        let before = everything(&world).await;
        for path in all() {
            for browser in [world.browser(), stolen.clone()] {
                let answer = browser.clone().call(path, if WITH_A_SESSION.contains(&path) { &FIELDS } else { &[] }).await;
                assert_eq!(answer.status == 401 && answer.code() == "sign_in_required", WITH_A_SESSION.contains(&path), "{path}");
                if WITH_A_SESSION.contains(&path) {
                    let plain = browser.clone().submit(path, &FIELDS).await;
                    assert!(plain.status == 303 && plain.location().contains("__err="), "{path}");
                }
            }
        }
        assert_eq!(everything(&world).await[..2], before[..2]);
        assert_eq!(world.texts("SELECT display_name FROM accounts").await, ["ada"]);
    }

    async fn malformed_forms_are_refused_and_never_break_anything(world: World) {
        let ada = world.register("ada@example.org").await;
        const FORM: &str = "application/x-www-form-urlencoded";
        let nested = format!("email{}=x", "[a]".repeat(2000));
        let many = "a=b&".repeat(5000);
        let bodies: [(&str, Vec<u8>); 14] = [
            (FORM, b"email=%FF%FE&password=%C3%28&new_password=%ED%A0%80&token=%FF".to_vec()),
            (FORM, b"\xff\xfe\x00\x80=\xf0\x9f".to_vec()),
            (FORM, b"email=a%00b&identifier=a%00b&password=a%00b&new_password=a%00b&token=a%00b&display_name=a%00b&username=a%00b".to_vec()),
            (FORM, b"email=a&email=b&password=a&password=b&new_password=a&new_password=b&token=1&token=2&display_name=a&display_name=b&username=a&username=b&identifier=a&identifier=b".to_vec()),
            (FORM, b"email[]=a&password[x]=b&new_password[0]=c&token[]=d&display_name[a][b]=e&username[]=f&identifier[]=g".to_vec()),
            (FORM, nested.into_bytes()),
            (FORM, many.into_bytes()),
            (FORM, b"%%%%&&&===".to_vec()),
            (FORM, b"password".to_vec()),
            ("application/json", br#"{"email":"eve@example.org","password":"x","token":1}"#.to_vec()),
            ("application/json", "[".repeat(20_000).into_bytes()),
            ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\neve@example.org\r\n--x--".to_vec()),
            ("text/plain", b"email=eve@exa mple.org".to_vec()),
            ("", Vec::new()),
        ];
        for path in all().into_iter().filter(|path| !WITHOUT_FIELDS.contains(path)) {
            for (content_type, body) in &bodies {
                let answer = raw(&ada.browser, path, content_type, "application/json", body.clone()).await;
                if path == "/form/password-strength" {
                    // It judges whatever came as a password; what could not be read is judged as an
                    // empty one.
                    assert!(answer.status < 500 && answer.cookies.is_empty(), "{path}: {}", answer.in_full());
                    continue;
                }
                assert!((400..500).contains(&answer.status), "{path} {:?}: {}", String::from_utf8_lossy(body), answer.in_full());
                assert!(!answer.code().is_empty() && answer.cookies.is_empty(), "{path}: {}", answer.in_full());
                let plain = raw(&ada.browser, path, content_type, "text/html", body.clone()).await;
                if path.starts_with(administration::ACTS) {
                    // To a member it is not there, whatever is sent.
                    assert_eq!(plain.status, 404, "{path}: {}", plain.in_full());
                    continue;
                }
                assert!(plain.status == 303 && plain.location().starts_with('/'), "{path}: {}", plain.in_full());
            }
        }
        assert!(is_signed_in(&mut ada.browser.clone()).await);
    }

    async fn oversized_bodies_are_refused_before_they_are_read(world: World) {
        for path in all() {
            for size in [32 * 1024 + 1, 1024 * 1024] {
                let body = format!("password={}", "x".repeat(size));
                let answer = raw(&world.browser(), path, "application/x-www-form-urlencoded", "application/json", body.clone()).await;
                assert_eq!(answer.status, 413, "{path}");
                if path != "/form/sign-out" {
                    let chunks = futures_util::stream::iter(body.into_bytes().chunks(4096).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec())).collect::<Vec<_>>());
                    let answer = raw(&world.browser(), path, "application/x-www-form-urlencoded", "application/json", Body::from_stream(chunks)).await;
                    assert!([400, 413].contains(&answer.status), "without a length: {path} {}", answer.status);
                }
            }
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM audit_entries").await, 0);
    }

    async fn no_refused_form_leads_to_a_foreign_page(world: World) {
        for path in all().into_iter().filter(|path| *path != "/form/sign-out") {
            for referer in [
                "https://evil.example/sign-in", "//evil.example/", "https://localhost:3000@evil.example/", "javascript:alert(1)",
                "http://localhost:3000.evil.example/", "http://localhost:3001/sign-in", "https://evil.example/?http://localhost:3000/", "\\\\evil.example",
            ] {
                let mut request = world.browser().posting(path, &[], "text/html");
                request.headers_mut().insert(header::REFERER, referer.parse().unwrap());
                let answer = send(&world.node.router, request).await;
                assert!(answer.location().starts_with('/') && !answer.location().starts_with("//"), "{path} {referer}: {}", answer.location());
                assert!(!answer.location().contains("evil"), "{path} {referer}: {}", answer.location());
            }
        }
    }

    async fn a_refused_plain_form_shows_its_error_at_the_field(world: World) {
        let mut browser = world.browser();
        browser.get("/register").await;
        let answer = browser.submit("/form/register", &[("email", "nonsense")]).await;
        assert!(answer.location().starts_with("/register?"), "{}", answer.location());
        let page = browser.get(answer.location()).await;
        assert_eq!(page.status, 200);
        page.shows(&escaped(&AppError::InvalidEmail.message())).shows("aria-invalid");
        let again = browser.submit("/form/register", &[("email", "ada@example.org")]).await;
        again.leads_to("/register?sent");
    }

    async fn forged_errors_show_only_words_of_ours(world: World) {
        if world.engine() == Engine::Postgres {
            return; // No database is asked.
        }
        let encode = |text: &str| {
            let error: ServerFnUrlError<Refused> = ServerFnUrlError::new("/form/sign-in", Refused(AppError::NotFound));
            let url = error.to_url("http://x/").unwrap();
            // The way Leptos encodes it, with our text in place of an error's.
            let one = url.query_pairs().find(|(name, _)| name == "__err").unwrap().1.into_owned();
            assert_eq!(data_encoding::BASE64URL.encode(Refused(AppError::NotFound).ser().as_ref()).trim_end_matches('='), one.trim_end_matches('='), "{one}");
            data_encoding::BASE64URL.encode(text.as_bytes())
        };
        for forged in [
            "<script>alert(1)</script>", r#"{"code":"<b>evil</b>"}"#, r#"{"code":"not_found","message":"<b>evil</b>"}"#,
            r#"{"code":"password_too_short","minimum":"<b>evil</b>"}"#, r#"{"code":"internal","minimum":1}"#, "", "evil evil evil", "null", "\0evil",
        ] {
            for value in [encode(forged), forged.to_owned(), "%%%".to_owned(), "A".repeat(6000)] {
                let query = url::form_urlencoded::Serializer::new(String::new())
                    .extend_pairs([("__path", "/form/sign-in"), ("__err", &value), ("then", "\"><script>evil()</script>")])
                    .finish();
                let page = world.browser().get(&format!("/sign-in?{query}")).await;
                assert_eq!(page.status, 200, "{forged}");
                assert!(!page.body.contains("evil") && !page.body.contains("alert("), "{forged}: {}", page.body);
                let known = AppError::each().any(|error| page.body.contains(&escaped(&error.message())));
                assert!(known, "an error of ours is shown for {forged}");
            }
        }
        let other = world.browser().get(&format!("/sign-in?__path=/form/register&__err={}", encode(r#"{"code":"forbidden"}"#))).await;
        assert!(!other.body.contains(&escaped(&AppError::Forbidden.message())), "another form's");
    }

    async fn what_people_call_themselves_stays_text(world: World) {
        let mut ada = world.register("ada@example.org").await;
        let name = "</script><img src=x onerror=alert(1)>&\"'";
        let answer = ada.browser.call("/form/save-profile", &[("display_name", name), ("username", "ada.l")]).await;
        assert_eq!(answer.status, 200);
        for page in ["/account", "/account/profile"] {
            let page = ada.browser.get(page).await;
            assert!(!page.body.contains("<img") && page.body.contains("&lt;img"), "{}", page.body);
        }
    }

    async fn names_that_are_taken_reserved_or_were_ever_used_are_refused(world: World) {
        let mut ada = world.register("ada@example.org").await;
        let mut eve = world.register("eve@example.org").await;
        let save = async |browser: &mut Browser, username: &str| {
            browser.call("/form/save-profile", &[("display_name", "Somebody"), ("username", username)]).await
        };
        assert_eq!(save(&mut ada.browser, "first-name").await.status, 200);
        assert_eq!(save(&mut ada.browser, "second-name").await.status, 200);
        for taken in ["second-name", "first-name", "SECOND-name", "admin", "Root"] {
            save(&mut eve.browser, taken).await.is(409, "username_taken");
        }
        for bad in ["eve@example.org", "ab", "eve name", "\0eve", "еvе-cyrillic", "-eve"] {
            save(&mut eve.browser, bad).await.is(422, "invalid_username");
        }
        assert_eq!(save(&mut ada.browser, "first-name").await.status, 200, "their own again");
        for number in 3..10 {
            assert_eq!(save(&mut ada.browser, &format!("name-number-{number}")).await.status, 200);
        }
        save(&mut ada.browser, "one-name-too-many").await.is(409, "username_taken");
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
