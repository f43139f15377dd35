//! Nothing to steal: secrets that can be recognised go through every flow, and are then looked for
//! everywhere.

use crate::browser::Browser;
use crate::database::Engine;
use crate::person::{sign_in, token_of};
use crate::world::World;
use crate::{each_database, second_factor};
use data_encoding::{BASE32_NOPAD, BASE64, BASE64URL_NOPAD, HEXLOWER};
use doorward::domain::audit::By;
use doorward::domain::{accounts, set_up_links, signing_keys};
use doorward::flows::factor_resets;
use doorward::run::tasks::tidy;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, Once};
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::prelude::*;

/// What is logged, at every level, on the threads of the tests that listen and on those that belong
/// to no test: one for all, as tracing remembers for good what nobody wanted to hear when it was
/// first said.
#[derive(Clone, Copy)]
struct Log;

static SHARED: Mutex<Vec<u8>> = Mutex::new(Vec::new());

thread_local! {
    static OWN: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

impl Log {
    fn listen() {
        static LISTENING: Once = Once::new();
        OWN.set(Some(Vec::new()));
        LISTENING.call_once(|| {
            let heard = dynamic_filter_fn(|_, _| Self::hears());
            let log = tracing_subscriber::fmt::layer().with_writer(Self).with_ansi(false).with_filter(heard);
            tracing_subscriber::registry().with(log).init();
        });
    }

    fn hears() -> bool {
        // A test's thread bears its path as name.
        OWN.with_borrow(Option::is_some) || !std::thread::current().name().is_some_and(|name| name.contains("::"))
    }

    /// All that was said since [`Self::listen`].
    fn heard() -> Vec<u8> {
        let own = OWN.take().unwrap();
        [own.as_slice(), &SHARED.lock().unwrap()].concat()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        OWN.with_borrow_mut(|own| match own {
            Some(own) => own.extend_from_slice(bytes),
            None => SHARED.lock().unwrap().extend_from_slice(bytes),
        });
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        *self
    }
}

/// The forms in which a secret could lie somewhere.
fn forms_of(secret: &str) -> Vec<Vec<u8>> {
    let mut plain = vec![secret.as_bytes().to_vec()];
    // What a token or a session id says in text stands for these bytes.
    plain.extend(HEXLOWER.decode(secret.as_bytes()));
    plain.extend(BASE64URL_NOPAD.decode(secret.as_bytes()));
    // And the key of an authenticator app for these.
    plain.extend(BASE32_NOPAD.decode(secret.as_bytes()));
    let mut forms = Vec::new();
    for bytes in plain {
        forms.push(HEXLOWER.encode(&bytes).into_bytes());
        forms.push(HEXLOWER.encode(&bytes).to_uppercase().into_bytes());
        forms.push(BASE64.encode(&bytes).trim_end_matches('=').as_bytes().to_vec());
        forms.push(BASE64URL_NOPAD.encode(&bytes).into_bytes());
        let mut reversed = bytes.clone();
        reversed.reverse();
        forms.push(reversed);
        forms.push(format!("{bytes:?}").into_bytes());
        forms.push(bytes);
    }
    forms.push(url::form_urlencoded::byte_serialize(secret.as_bytes()).collect::<String>().into_bytes());
    forms
}

fn assert_nowhere(place: &str, content: &[u8], secrets: &[(&str, String)]) {
    assert!(!content.is_empty(), "{place} is empty");
    for (name, secret) in secrets {
        for form in forms_of(secret) {
            assert!(form.len() >= 8, "{name} is too short to be recognised");
            let found = content.windows(form.len()).position(|window| window == form);
            if let Some(at) = found {
                let around = &content[at.saturating_sub(80)..content.len().min(at + form.len() + 40)];
                panic!("{name} lies in {place}: …{}…", String::from_utf8_lossy(around));
            }
        }
    }
}

/// Every row of every table, as text; on SQLite the very bytes of the files, free pages and log
/// included.
async fn everything_stored(world: &World) -> Vec<u8> {
    if world.engine() == Engine::Sqlite {
        let mut bytes = Vec::new();
        for file in ["doorward.db", "doorward.db-wal"] {
            bytes.extend(std::fs::read(world.data_dir().join(file)).unwrap());
        }
        return bytes;
    }
    let tables =
        world.texts("SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'").await;
    assert!(tables.len() >= 8, "{tables:?}");
    let mut rows = Vec::new();
    for table in tables {
        rows.extend(world.texts(&format!("SELECT t::text FROM {table} t")).await);
    }
    rows.join("\n").into_bytes()
}

/// The files in `folder` other than the letters, which are what the person gets.
fn other_files(folder: &Path) -> Vec<u8> {
    let mut bytes = b"files: ".to_vec();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let ours = path.file_name().is_some_and(|name| ["mail", "set-up-link.txt"].iter().any(|own| name == *own));
        if path.is_file()
            && !ours
            && path.extension().is_none_or(|extension| !extension.to_string_lossy().starts_with("db"))
        {
            bytes.extend(std::fs::read(&path).unwrap());
        }
    }
    bytes
}

async fn keep_session<'a>(secrets: &mut Vec<(&'a str, String)>, name: &'a str, browser: &Browser) {
    secrets.push((name, browser.session()));
}

each_database! {
    async fn no_flow_leaves_a_secret_in_the_log_or_the_database(world: World) {
        Log::listen();
        let mut secrets: Vec<(&str, String)> = vec![
            ("the first password", "canary one Xq7 sings at night".to_owned()),
            ("the second password", "canary two Zk9 sings at noon".to_owned()),
            ("the third password", "canary six Wv3 sings at dawn".to_owned()),
            ("a wrong password", "canary for Jj5 sings no more".to_owned()),
            ("a password typed as a name", "canary ten Hh8 in the wrong field".to_owned()),
            ("an unknown address", "unknown-canary-Gg2@example.org".to_lowercase()),
        ];
        let password = |number: usize, secrets: &[(&str, String)]| secrets[number].1.clone();
        let (first, second, third) = (password(0, &secrets), password(1, &secrets), password(2, &secrets));
        let (wrong, misplaced, unknown) = (password(3, &secrets), password(4, &secrets), password(5, &secrets));

        signing_keys::rotate(&world.app().db).await.unwrap();
        let keys = signing_keys::published(&world.app().db).await.unwrap();
        assert_eq!(keys.len(), 2);
        for key in keys {
            secrets.push(("a signing key", BASE64URL_NOPAD.encode(key.private.to_bytes().as_slice())));
        }
        world.browser().get("/.well-known/jwks.json").await;

        set_up_links::offer(&world.app().db).await.unwrap();
        let waiting = std::fs::read_to_string(set_up_links::link_file(&world.app().config)).unwrap();
        let set_up_token = token_of(waiting.trim());
        secrets.push(("the set-up token", set_up_token.clone()));
        let mut admin = world.browser();
        admin.get(&format!("/set-up?token={set_up_token}")).await;
        let fields = [("token", set_up_token.as_str()), ("email", "root@example.org"), ("new_password", &third)];
        admin.submit("/form/set-up", &fields).await.leads_to("/account");
        keep_session(&mut secrets, "the admin's session", &admin).await;

        let mut ada = world.browser();
        ada.submit("/form/register", &[("email", "ada@example.org")]).await;
        let link = world.mailed_link("ada@example.org", "/verify-email").await;
        secrets.push(("the registration token", token_of(&link)));
        ada.get(&link).await;
        ada.submit("/form/create-account", &[("token", &token_of(&link)), ("new_password", "short")]).await;
        ada.submit("/form/create-account", &[("token", &token_of(&link)), ("new_password", &first)]).await.leads_to("/account");
        keep_session(&mut secrets, "the session of the registration", &ada).await;
        ada.submit("/form/register", &[("email", "ada@example.org")]).await;

        let mut remembered = world.browser();
        let fields = [("identifier", "ada@example.org"), ("password", first.as_str()), ("remember", "on")];
        remembered.call("/form/sign-in", &fields).await;
        keep_session(&mut secrets, "a remembered session", &remembered).await;
        secrets.push(("a device token", remembered.device()));
        let notice = world.notices("ada@example.org").await.remove(0);
        let was_it_you = token_of(&notice.links[0]);
        secrets.push(("the token about a sign-in", was_it_you.clone()));
        world.browser().get(&format!("/was-it-you?token={was_it_you}")).await;
        world.browser().call("/form/was-it-you", &[("token", &was_it_you)]).await;
        world.browser().call("/form/was-it-you", &[("token", &was_it_you)]).await.is(410, "link_expired");
        sign_in(&mut world.browser(), "ada@example.org", &wrong).await;
        sign_in(&mut world.browser(), &misplaced, &wrong).await;
        sign_in(&mut world.browser(), &unknown, &wrong).await;
        world.browser().submit("/form/forgot-password", &[("email", &unknown)]).await;
        let key = second_factor::key_shown(&mut ada).await;
        secrets.push(("the key of an app", second_factor::seed(&key)));
        second_factor::turn_on(&world, &mut ada, &key).await.leads_to(second_factor::CODES);
        keep_session(&mut secrets, "the session with a second factor", &ada).await;
        let codes = second_factor::codes_shown(&mut ada).await;
        for code in codes.clone() {
            secrets.push(("a recovery code", code.replace('-', "")));
            secrets.push(("a recovery code as it is shown", code));
        }
        ada.get(second_factor::DOWNLOAD).await;
        for page in ["/account", "/account/profile", "/account/password"] {
            ada.get(page).await;
        }
        ada.submit("/form/save-profile", &[("display_name", "Ada"), ("username", "ada.l")]).await;
        ada.submit("/form/change-password", &[("password", &wrong), ("new_password", &second)]).await;
        ada.submit("/form/change-password", &[("password", &first), ("new_password", &second)]).await
            .leads_to("/account/password?changed");
        keep_session(&mut secrets, "the session after the change", &ada).await;
        ada.submit("/form/confirm", &[("password", &wrong)]).await;
        ada.submit("/form/confirm", &[("password", &second)]).await.leads_to("/account");
        keep_session(&mut secrets, "the session after the confirmation", &ada).await;
        let mut shared = world.browser();
        let fields = [("identifier", "ada@example.org"), ("password", second.as_str()), ("shared", "on")];
        shared.submit("/form/sign-in", &fields).await.leads_to("/sign-in/second-factor");
        secrets.push(("the token of a sign-in that waits", shared.pending()));
        shared.submit("/form/second-factor", &[("code", "canary of a code")]).await;
        shared.submit("/form/second-factor", &[("code", &codes[0])]).await.leads_to("/account");
        keep_session(&mut secrets, "a session on a shared computer", &shared).await;
        let mut stolen = ada.taken_to(crate::browser::CHROME);
        stolen.get("/account").await.leads_to("/confirm?then=/account");
        for door in crate::lifetimes::doors().into_iter().filter(|door| !door.starts_with("/form/")) {
            ada.get(door).await;
        }
        ada.submit("/form/end-other-sessions", &[]).await.leads_to("/account/sessions?ended=1");
        world.letters().await;
        let reset = {
            world.browser().submit("/form/forgot-password", &[("email", "ada@example.org")]).await;
            let links = world.letters().await.into_iter().flat_map(|letter| letter.links);
            token_of(&links.into_iter().find(|link| link.contains("/reset-password?token=")).unwrap())
        };
        secrets.push(("the reset token", reset.clone()));
        world.browser().get(&format!("/reset-password?token={reset}")).await;
        // Or the app would go, which was turned on after "this wasn't me" (`taking_back.rs`).
        world.change("UPDATE accounts SET disowned_at = NULL, disowned_since = NULL").await;
        world.browser().submit("/form/reset-password", &[("token", &reset), ("new_password", &third)]).await
            .leads_to("/sign-in?password-reset");
        sign_in(&mut ada, "ada@example.org", &third).await.leads_to("/sign-in/second-factor");
        ada.submit("/form/second-factor", &[("code", &codes[1]), ("trust", "on")]).await.leads_to("/account");
        secrets.push(("the token of a trusted browser", ada.device()));
        keep_session(&mut secrets, "the last session", &ada).await;
        ada.submit("/form/sign-out", &[]).await;
        let earlier: BTreeSet<String> = world.letters().await.into_iter().map(|letter| letter.text).collect();
        let mut tx = world.app().db.begin_recorded().await.unwrap();
        let account = accounts::find_by_identifier(&world.app().db, "ada@example.org").await.unwrap().unwrap().id;
        factor_resets::start(&mut tx, account, By::CommandLine).await.unwrap();
        tx.commit().await.unwrap();
        let letters = world.letters().await.into_iter().filter(|letter| letter.to == "ada@example.org");
        let (older, newest): (Vec<_>, Vec<_>) = letters.partition(|letter| earlier.contains(letter.text.as_str()));
        // The newest stops the removal. A lock that came before it would take the factors away, and
        // there would be nothing to stop.
        let told = newest.iter().chain(&older).flat_map(|letter| &letter.links);
        let tokens: Vec<_> = told.filter(|link| link.contains("/was-it-you")).map(|link| token_of(link)).collect();
        assert!(tokens.len() > 5, "{tokens:?}");
        for token in tokens {
            world.browser().get(&format!("/was-it-you?token={token}")).await;
            world.browser().call("/form/was-it-you", &[("token", &token)]).await;
            secrets.push(("a token in a letter about what happened", token));
        }
        for done in ["account_locked", "factor_reset_stopped"] {
            assert!(world.audit_kinds().await.contains(&done.to_owned()), "{done}");
        }
        tidy(world.app(), false).await.unwrap();
        world.letters().await;

        let log = Log::heard();
        let text = String::from_utf8_lossy(&log);
        assert!(text.contains("a sign-in was refused") && text.contains("TRACE"), "the log was caught");
        assert_nowhere("the log", &log, &secrets);
        let stored = everything_stored(&world).await;
        assert!(stored.windows(15).any(|window| window == b"ada@example.org"), "the database was read");
        // An address that asked for a link is kept for as long as the link lives, known or not;
        // only in the trail it is never in clear.
        let at_rest: Vec<_> = secrets.iter().filter(|(name, _)| *name != "an unknown address").cloned().collect();
        assert_nowhere("the database", &stored, &at_rest);
        let trail = world.texts("SELECT kind || COALESCE(details, '') FROM audit_entries ORDER BY sequence").await.join("\n");
        assert_nowhere("the audit trail", trail.as_bytes(), &secrets);
        assert_nowhere("the data folder", &other_files(&world.data_dir()), &at_rest);
        assert_eq!(world.number("SELECT COUNT(*) FROM mails WHERE sealed IS NOT NULL").await, 0, "wiped after sending");
    }

    async fn waiting_mails_are_sealed(world: World) {
        let world = world.with(&[
            ("DOORWARD__SERVER__PUBLIC_URL", "https://id.example.org"), ("DOORWARD__MAIL__TRANSPORT", "smtp"),
            ("DOORWARD__MAIL__HOST", "127.0.0.1"), ("DOORWARD__MAIL__PORT", "9"), ("DOORWARD__MAIL__FROM", "door@example.org"),
        ]).await;
        world.browser().submit("/form/register", &[("email", "ada@example.org")]).await;
        assert_eq!(world.number("SELECT COUNT(*) FROM mails WHERE sealed IS NOT NULL").await, 1);
        let stored = everything_stored(&world).await;
        assert_nowhere("the database", &stored, &[("the link", "/verify-email?token=".to_owned()), ("the subject", "Confirm your".to_owned())]);
    }

    async fn a_copy_of_the_database_lets_nobody_in(world: World) {
        let ada = world.register("ada@example.org").await;
        world.browser().submit("/form/forgot-password", &[("email", &ada.email)]).await;
        let hex = if world.engine() == Engine::Sqlite { "lower(hex(X))" } else { "encode(X, 'hex')" };
        for key in world.texts(&format!("SELECT {} FROM sessions", hex.replace('X', "session_key"))).await {
            let bytes = HEXLOWER.decode(key.as_bytes()).unwrap();
            for value in [key.clone(), BASE64URL_NOPAD.encode(&bytes), BASE64URL_NOPAD.encode(&bytes[..16])] {
                let mut thief = world.browser();
                thief.plant(&value);
                assert_eq!(thief.get("/account").await.status, 303);
            }
        }
        for hash in world.texts(&format!("SELECT {} FROM links", hex.replace('X', "token_hash"))).await {
            let fields = [("token", hash.as_str()), ("new_password", crate::person::NEW_PASSWORD)];
            world.browser().call("/form/reset-password", &fields).await.is(410, "link_expired");
        }
        let hash = world.texts("SELECT password_hash FROM accounts").await.remove(0);
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        sign_in(&mut world.browser(), &ada.email, &hash).await;
        assert_eq!(world.number("SELECT COUNT(*) FROM sessions").await, 1);
    }
}
