//! The running process: how it ends, and what holds when it is killed, flooded or out of room.

use crate::database::{Database, Engine};
use crate::person::{NEW_PASSWORD, PASSWORD};
use crate::program::{Program, post, received};
use crate::world::eventually;
use doorward::base::db::{Location, Pools};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

#[tokio::test]
async fn a_request_under_way_is_finished_before_the_server_ends() {
    for signal in ["TERM", "INT"] {
        let program = Program::new();
        program.run_with(&["user", "create", "--email", "ada@example.org"], PASSWORD).with(0);
        let mut server = program.serve().await;
        let body = format!("identifier=ada%40example.org&password={}", PASSWORD.replace(' ', "+"));
        let (first, rest) = body.split_at(20);
        let mut stream = TcpStream::connect(server.addr).await.unwrap();
        let head = format!(
            "POST /form/sign-in HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{first}",
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(150)).await;
        server.signal(signal);
        eventually("nobody new is served", async || TcpStream::connect(server.addr).await.is_err()).await;
        assert!(server.child.try_wait().unwrap().is_none(), "it waits for the request");
        stream.write_all(rest.as_bytes()).await.unwrap();
        let answer = received(stream).await.expect("a whole answer");
        assert!(answer.status == 200 && answer.session().is_some(), "{answer:?}");
        assert_eq!(server.ended().await.code(), Some(0), "{signal}");
    }
}

#[tokio::test]
async fn a_second_signal_ends_the_process_at_once_and_says_so() {
    for (signal, status) in [("TERM", 143), ("INT", 130)] {
        let program = Program::new();
        let mut server = program.serve().await;
        let mut unfinished = TcpStream::connect(server.addr).await.unwrap();
        let head = "POST /form/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n";
        unfinished.write_all(head.as_bytes()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(150)).await;
        server.signal(signal);
        eventually("nobody new is served", async || TcpStream::connect(server.addr).await.is_err()).await;
        assert!(server.child.try_wait().unwrap().is_none(), "it waits for the request");
        let begun = Instant::now();
        server.signal(signal);
        assert_eq!(server.ended().await.code(), Some(status), "{signal}");
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
        assert!(program.log().contains("second signal"), "{}", program.log());
    }
}

#[tokio::test]
async fn a_mail_server_that_hangs_does_not_hold_up_the_stop_and_no_mail_is_lost() {
    let hanging = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = hanging.local_addr().unwrap().port().to_string();
    let mut program = Program::new();
    program.settings = [
        ("MAIL__TRANSPORT", "smtp"),
        ("MAIL__HOST", "127.0.0.1"),
        ("MAIL__PORT", &port),
        ("MAIL__SECURITY", "none"),
        ("MAIL__TIMEOUT", "1m"),
        ("SERVER__SHUTDOWN_TIMEOUT", "1s"),
    ]
    .map(|(name, value)| (format!("DOORWARD__{name}"), value.to_owned()))
    .to_vec();
    let server = program.serve().await;
    assert_eq!(server.post("/form/register", &[("email", "ada@example.org")]).await.unwrap().status, 200);
    let (_held, _) = hanging.accept().await.unwrap();
    let begun = Instant::now();
    server.signal("TERM");
    assert_eq!(server.ended().await.code(), Some(0), "{}", program.log());
    assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
    // The next one takes it up at once, not when the lease of the last is over.
    let _server = program.serve().await;
    tokio::time::timeout(Duration::from_secs(10), hanging.accept()).await.expect("the mail is tried again").unwrap();
}

#[tokio::test]
async fn a_flood_of_silent_connections_keeps_nobody_out_and_leaves_files_to_open() {
    let mut program = Program::new();
    program.limits = "ulimit -n 200";
    let server = program.serve().await;
    let mut silent = Vec::new();
    for _ in 0..250 {
        silent.push(TcpStream::connect(server.addr).await.unwrap());
    }
    let begun = Instant::now();
    assert_eq!(server.get("/healthz", "").await.unwrap().status, 200);
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    // Writes to the database, and a mail into a file of its own.
    assert_eq!(server.post("/form/register", &[("email", "ada@example.org")]).await.unwrap().status, 200);
    let mails = program.data_dir().join("mail");
    eventually("the mail is written", async || std::fs::read_dir(&mails).is_ok_and(|mut mails| mails.next().is_some()))
        .await;
    assert!(program.log().contains("all connections are taken"), "{}", program.log());
    assert!(!program.log().contains("cannot accept"), "{}", program.log());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_is_answered_unavailable_and_forgotten_once_there_is_room() {
    let mut program = Program::new();
    program.run_with(&["user", "create", "--email", "ada@example.org"], PASSWORD).with(0);
    // No file grows beyond 2 or 4 MiB (shells differ): as a full disk, for one process, without
    // being root.
    program.limits = "trap '' XFSZ && ulimit -S -f 4096";
    let server = program.serve().await;
    let signed_in = server.post("/form/sign-in", &[("identifier", "ada@example.org"), ("password", PASSWORD)]).await;
    let cookie = signed_in.unwrap().session().unwrap();
    let mut taken = 0;
    let refused = loop {
        let email = format!("person{taken}@example.org");
        let answer = server.post("/form/register", &[("email", &email)]).await.unwrap();
        if answer.status != 200 {
            break answer;
        }
        taken += 1;
        assert!(taken < 1000, "the disk is never full");
    };
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("5")), "{refused:?}");
    assert!(refused.body.contains("unavailable"), "{refused:?}");
    let sign_in =
        server.post("/form/sign-in", &[("identifier", "ada@example.org"), ("password", PASSWORD)]).await.unwrap();
    assert_eq!((sign_in.status, sign_in.session()), (503, None), "{}", program.log());
    assert_eq!(server.get("/account", &cookie).await.unwrap().status, 200, "reading goes on");
    let pid = rustix::process::Pid::from_child(&server.child);
    let unlimited = rustix::process::Rlimit { current: None, maximum: None };
    rustix::process::prlimit(Some(pid), rustix::process::Resource::Fsize, unlimited).unwrap();
    eventually("it writes again", async || {
        server.post("/form/register", &[("email", "eve@example.org")]).await.unwrap().status == 200
    })
    .await;
    drop(server);
    program.limits = ":";
    program.run(&["audit", "verify"]).with(0);
}

#[tokio::test]
async fn the_health_check_knows_the_servers_own_certificate_and_no_other() {
    let mut program = Program::new();
    let write = |name: &str| {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        std::fs::write(program.folder().join(format!("{name}.crt")), made.cert.pem()).unwrap();
        std::fs::write(program.folder().join(format!("{name}.key")), made.signing_key.serialize_pem()).unwrap();
    };
    write("own");
    write("other");
    let with = |name: &str, origin: String| {
        [
            ("DOORWARD__SERVER__PUBLIC_URL", origin.replace("http:", "https:")),
            ("DOORWARD__SERVER__TLS_CERT", format!("{name}.crt")),
            ("DOORWARD__SERVER__TLS_KEY", format!("{name}.key")),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    };
    program.settings = with("own", program.origin());
    let server = program.start();
    eventually("it is ready", async || program.run(&["healthcheck"]).status == Some(0)).await;
    assert_eq!(program.run(&["healthcheck"]).with(0).out, "ready\n");
    program.settings = with("other", program.origin());
    program.run(&["healthcheck"]).with(1);
    program.settings = Vec::new();
    assert!(program.run(&["healthcheck"]).with(1).err.contains("can't be asked"), "in clear");
    drop(server);
}

mod what_was_acknowledged_before_the_process_was_killed_is_there {
    use super::*;

    #[tokio::test]
    async fn sqlite() {
        killed_and_started_again(Engine::Sqlite).await;
    }

    #[tokio::test]
    async fn postgres() {
        killed_and_started_again(Engine::Postgres).await;
    }
}

async fn killed_and_started_again(engine: Engine) {
    let Some(database) = Database::fresh(engine).await else { return };
    let mut program = Program::new();
    program.settings.extend(database.settings().into_iter().filter(|(name, _)| name.ends_with("DATABASE__URL")));
    // What was under way at the kill stays counted as wrong.
    program.settings.push(("DOORWARD__LIMITS__FREE_TRIES".to_owned(), "1000".to_owned()));
    program.run_with(&["user", "create", "--email", "ada@example.org"], PASSWORD).with(0);
    let mut let_in: Vec<String> = Vec::new();
    for round in 0..4 {
        let mut server = program.serve().await;
        for cookie in &let_in {
            assert_eq!(server.get("/account", cookie).await.unwrap().status, 200, "round {round}");
        }
        let acknowledged = Arc::new(Mutex::new(Vec::new()));
        let mut signing_in = JoinSet::new();
        for _ in 0..3 {
            signing_in.spawn(sign_in_until_it_ends(server.addr, acknowledged.clone()));
        }
        // However slow the machine is, there is something to lose; the kill comes somewhere in what
        // follows.
        eventually("somebody signed in", async || !acknowledged.lock().unwrap().is_empty()).await;
        tokio::time::sleep(Duration::from_millis(37 * round)).await;
        server.child.kill().unwrap();
        server.child.wait().unwrap();
        signing_in.join_all().await;
        let_in.append(&mut acknowledged.lock().unwrap());
        program.run(&["audit", "verify"]).with(0);
    }
    let server = program.serve().await;
    let changing = let_in.pop().unwrap();
    let changed = change_password(&server, &changing, PASSWORD, NEW_PASSWORD).await;
    server.signal("KILL");
    drop(server);
    let server = program.serve().await;
    for ended in let_in.iter().chain([&changing]) {
        assert_eq!(server.get("/account", ended).await.unwrap().status, 303, "ended means ended");
    }
    assert_eq!(server.get("/account", &changed).await.unwrap().status, 200);
    program.run(&["audit", "verify"]).with(0);
}

mod a_server_that_is_killed_while_it_hashes_leaves_nobody_waiting_for_more_than_a_minute {
    use super::*;

    #[tokio::test]
    async fn sqlite() {
        killed_while_hashing(Engine::Sqlite).await;
    }

    #[tokio::test]
    async fn postgres() {
        killed_while_hashing(Engine::Postgres).await;
    }
}

async fn killed_while_hashing(engine: Engine) {
    let Some(database) = Database::fresh(engine).await else { return };
    let mut program = Program::new();
    program.settings.extend(database.settings().into_iter().find(|(name, _)| name.ends_with("DATABASE__URL")));
    for (name, value) in [("ITERATIONS", "10"), ("MEMORY_KIB", "65536"), ("THREADS", "1")] {
        program.settings.push((format!("DOORWARD__PASSWORD__{name}"), value.to_owned()));
    }
    program.run_with(&["user", "create", "--email", "ada@example.org"], PASSWORD).with(0);
    let location = match program.settings.iter().find(|(name, _)| name.ends_with("DATABASE__URL")) {
        Some((_, url)) if engine == Engine::Postgres => {
            Location::Postgres { url: Box::new(url.parse().unwrap()), direct_url: None, max_connections: 2 }
        }
        _ => Location::Sqlite(program.data_dir().join("doorward.db")),
    };
    let fields = [("identifier", "ada@example.org"), ("password", PASSWORD)];
    let mut server = program.serve().await;
    let mut signing_in = JoinSet::new();
    let addr = server.addr;
    for _ in 0..7 {
        signing_in.spawn(async move { post(addr, "/form/sign-in", &fields).await });
    }
    let db = Pools::open(&location).await.unwrap();
    let under_way = async || {
        const UNDER_WAY: &str = "SELECT COALESCE(MAX(under_way), 0) FROM limit_counters WHERE kind = 'name'";
        let count: i64 = match &db {
            Pools::Sqlite { readers, .. } => sqlx::query_scalar(UNDER_WAY).fetch_one(readers).await.unwrap(),
            Pools::Postgres(pool) => sqlx::query_scalar(UNDER_WAY).fetch_one(pool).await.unwrap(),
        };
        count
    };
    // Five are hashed or wait for it, and the others are told to wait, as of any that come at once.
    eventually("all that may are under way", async || under_way().await >= 4).await;
    server.child.kill().unwrap();
    server.child.wait().unwrap();
    drop(server);
    signing_in.join_all().await;
    assert!(under_way().await >= 4);
    // The next ones meet what is left by that, until a minute has passed.
    const A_MINUTE_LATER: &str = "UPDATE limit_counters SET begun_at = begun_at - 60000000, last_at = last_at - 60000000, full_until = full_until - 60000000";
    match &db {
        Pools::Sqlite { writer, .. } => drop(sqlx::query(A_MINUTE_LATER).execute(writer).await.unwrap()),
        Pools::Postgres(pool) => drop(sqlx::query(A_MINUTE_LATER).execute(pool).await.unwrap()),
    }
    let server = program.serve().await;
    for password in [NEW_PASSWORD, NEW_PASSWORD, PASSWORD] {
        let fields = [("identifier", "ada@example.org"), ("password", password)];
        let answer = server.post("/form/sign-in", &fields).await.unwrap();
        assert_eq!(answer.status, if password == PASSWORD { 200 } else { 401 }, "{answer:?}");
    }
}

mod an_account_is_removed_whole_or_not_at_all_when_the_process_is_killed {
    use super::*;

    #[tokio::test]
    async fn sqlite() {
        killed_while_accounts_are_removed(Engine::Sqlite).await;
    }

    #[tokio::test]
    async fn postgres() {
        killed_while_accounts_are_removed(Engine::Postgres).await;
    }
}

async fn killed_while_accounts_are_removed(engine: Engine) {
    const PEOPLE: i64 = 90;
    let Some(database) = Database::fresh(engine).await else { return };
    let mut program = Program::new();
    let url = database.settings().into_iter().find(|(name, _)| name.ends_with("DATABASE__URL"));
    program.settings.extend(url.clone());
    let people: String = (0..PEOPLE).map(|number| format!("person{number}@example.org,person{number}\n")).collect();
    std::fs::write(program.folder().join("people.csv"), format!("email,username\n{people}")).unwrap();
    program.run(&["import-users", "people.csv"]).with(0);
    let location = match url {
        Some((_, url)) => {
            Location::Postgres { url: Box::new(url.parse().unwrap()), direct_url: None, max_connections: 2 }
        }
        None => Location::Sqlite(program.data_dir().join("doorward.db")),
    };
    let db = Pools::open(&location).await.unwrap();
    let number = async |query: &'static str| -> i64 {
        match &db {
            Pools::Sqlite { readers, .. } => sqlx::query_scalar(query).fetch_one(readers).await.unwrap(),
            Pools::Postgres(pool) => sqlx::query_scalar(query).fetch_one(pool).await.unwrap(),
        }
    };
    const DUE: &str = "UPDATE accounts SET deletion_due_at = 1";
    match &db {
        Pools::Sqlite { writer, .. } => drop(sqlx::query(DUE).execute(writer).await.unwrap()),
        Pools::Postgres(pool) => drop(sqlx::query(DUE).execute(pool).await.unwrap()),
    }
    let mut killed_between = 0;
    for round in 0_u64.. {
        let mut server = program.serve().await;
        let before = number("SELECT COUNT(*) FROM accounts").await;
        // The kill comes somewhere in what follows; whatever is left by it is removed in the last
        // rounds, which take their time.
        let some_are_gone = async || number("SELECT COUNT(*) FROM accounts").await < before.min(PEOPLE);
        let all_are_gone = async || number("SELECT COUNT(*) FROM accounts").await == 0;
        match round {
            0..5 => eventually("some are removed", async || before == 0 || some_are_gone().await).await,
            _ => eventually("all are removed", all_are_gone).await,
        }
        tokio::time::sleep(Duration::from_millis(7 * round)).await;
        server.child.kill().unwrap();
        server.child.wait().unwrap();
        let left = number("SELECT COUNT(*) FROM accounts").await;
        killed_between += i64::from(left > 0);
        let told = number("SELECT COUNT(*) FROM audit_entries WHERE kind = 'account_deleted'").await;
        let names = number("SELECT COUNT(*) FROM former_usernames").await;
        assert_eq!((told, names), (PEOPLE - left, PEOPLE - left), "round {round}");
        assert_eq!(number("SELECT COUNT(*) FROM used_usernames").await, left, "round {round}");
        program.run(&["audit", "verify"]).with(0);
        if left == 0 {
            break;
        }
    }
    assert!(killed_between > 0, "every kill came too late to say anything");
}

/// Keeps the session of each sign-in whose answer came in full. Few enough: an account has at most
/// 100 sessions.
async fn sign_in_until_it_ends(addr: SocketAddr, acknowledged: Arc<Mutex<Vec<String>>>) {
    for _ in 0..8 {
        let fields = [("identifier", "ada@example.org"), ("password", PASSWORD)];
        let Some(answer) = post(addr, "/form/sign-in", &fields).await else { return };
        acknowledged.lock().unwrap().extend(answer.session());
    }
}

/// Gives the new session cookie.
async fn change_password(server: &crate::program::Serving, cookie: &str, from: &str, to: &str) -> String {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("password", from), ("new_password", to)])
        .finish();
    let mut stream = TcpStream::connect(server.addr).await.unwrap();
    let request = format!(
        "POST /form/change-password HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept: application/json\r\nCookie: {cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let answer = received(stream).await.unwrap();
    answer.session().unwrap_or_else(|| panic!("{answer:?}"))
}
