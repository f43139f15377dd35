//! `doorward …`, and how the server starts.

use crate::person::{PASSWORD, token_of};
use crate::program::{Program, Serving};
use std::process::Stdio;
use std::time::{Duration, Instant};

#[test]
fn an_operator_makes_accounts_and_lists_them() {
    let program = Program::new();
    let made = program.run_with(
        &["user", "create", "--email", "Ada@Example.org", "--username", "ada", "--admin"],
        &format!("{PASSWORD}\n"),
    );
    assert!(made.with(0).out.contains("ada@example.org"), "{made:?}");
    assert!(!made.out.contains("/set-up") && !made.out.contains(PASSWORD) && !made.err.contains(PASSWORD), "{made:?}");
    for (email, username) in
        [("ada@example.org", "other"), ("other@example.org", "ADA"), ("other@example.org", "admin")]
    {
        let refused = program.run_with(&["user", "create", "--email", email, "--username", username], PASSWORD);
        assert!(refused.with(1).err.contains("doorward: "), "{refused:?}");
    }
    for (email, password) in [
        ("eve@example.org", "short"),
        ("eve@example.org", "passwordpassword"),
        ("nonsense", PASSWORD),
        ("eve@example.org", "eve@example.org2026"),
    ] {
        program.run_with(&["user", "create", "--email", email], password).with(1);
    }
    let listed = program.run(&["user", "list", "--json"]);
    let lines: Vec<serde_json::Value> =
        listed.with(0).out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    for (key, value) in [("email", "ada@example.org"), ("username", "ada"), ("role", "admin"), ("state", "active")] {
        assert_eq!(lines[0][key], value, "{key}");
    }
    assert_eq!(lines[0]["has_password"], true);
    assert!(!listed.out.contains("argon2"), "{listed:?}");
    assert!(program.run(&["user", "list"]).with(0).out.contains("ada@example.org"));
    assert!(program.run(&["audit", "verify"]).with(0).out.starts_with("whole: 1 entries"));
    assert_eq!(program.run(&["audit", "export"]).with(0).out.lines().count(), 1);
}

#[tokio::test]
async fn without_a_password_a_link_is_printed_that_works_once() {
    let program = Program::new();
    let closed =
        program.command(&["user", "create", "--email", "ada@example.org"]).stdin(Stdio::null()).output().unwrap();
    let out = String::from_utf8(closed.stdout).unwrap();
    assert!(closed.status.success(), "{out}");
    let link = out.lines().find(|line| line.starts_with(&program.origin())).expect("a link on standard output");
    let token = token_of(link);
    let server = program.serve().await;
    let path = link.strip_prefix(&program.origin()).unwrap();
    assert!(server.get(path, "").await.unwrap().body.contains("ada@example.org"));
    let fields = [("token", token.as_str()), ("new_password", PASSWORD)];
    let taken = server.post("/form/set-up", &fields).await.unwrap();
    assert_eq!(taken.status, 200, "{taken:?}");
    assert_eq!(server.get("/account", &taken.session().unwrap()).await.unwrap().status, 200);
    assert_eq!(server.post("/form/set-up", &fields).await.unwrap().status, 410);
    let signed_in =
        server.post("/form/sign-in", &[("identifier", "ada@example.org"), ("password", PASSWORD)]).await.unwrap();
    assert!(signed_in.session().is_some(), "{signed_in:?}");
    assert!(program.run(&["user", "list"]).with(0).out.contains("member"));
}

#[test]
fn wrong_usage_is_told_apart_from_a_refusal() {
    let program = Program::new();
    for wrong in [
        &["nonsense"][..],
        &["user"],
        &["user", "create"],
        &["user", "list", "--yaml"],
        &["--nonsense"],
        &["serve", "extra"],
    ] {
        assert!(!program.run(wrong).with(2).err.is_empty(), "{wrong:?}");
    }
    assert!(program.run(&["--help"]).with(0).out.contains("check-config"));
    assert!(program.run(&["--version"]).with(0).out.starts_with("doorward "));
    assert!(!program.data_dir().exists(), "nothing was made");
}

#[test]
fn a_mistake_in_the_configuration_is_named_with_file_line_and_key() {
    let program = Program::new();
    assert!(program.run(&["check-config"]).with(0).out.contains("server.addr = 127.0.0.1"));
    let file = program.folder().join("Leptos.toml");
    for (content, place, key) in [
        ("[server]\n\nadr = \"127.0.0.1:1\"\n", "Leptos.toml:3", "adr"),
        ("[session]\nidle_timeout = \"soon\"\n", "Leptos.toml:2", "session.idle_timeout"),
        ("[password]\nmemory_kib = 1024\n", "Leptos.toml:2", "password.memory_kib"),
        ("[nonsense]\na = 1\n", "Leptos.toml", "nonsense"),
        ("[server\n", "Leptos.toml:1", "TOML"),
    ] {
        std::fs::write(&file, content).unwrap();
        for command in ["check-config", "serve", "migrate"] {
            let refused = program.run(&[command]);
            assert!(refused.with(1).err.contains(place) && refused.err.contains(key), "{command} {refused:?}");
        }
    }
    std::fs::write(&file, "").unwrap();
    for (variable, value) in [
        ("DOORWARD__SERVER__ADR", "x"),
        ("DOORWARD__DATABASE__URL", "mysql://a/b"),
        ("DOORWARD__SERVER__PUBLIC_URL", "http://id.example.org"),
        ("DOORWARD__SERVER__PUBLIC_URL", "https://id.example.org"),
    ] {
        let output = program.command(&["check-config"]).env(variable, value).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{variable}={value}: {err}");
        assert!(err.contains("DOORWARD__"), "{err}");
    }
    assert!(!program.data_dir().exists(), "nothing was made");
}

#[test]
fn a_trail_that_was_tampered_with_fails_the_check() {
    let program = Program::new();
    program.run_with(&["user", "create", "--email", "ada@example.org"], PASSWORD).with(0);
    program.run(&["audit", "verify"]).with(0);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(program.data_dir().join("doorward.db"));
        let mut connection = sqlx::ConnectOptions::connect(&options).await.unwrap();
        sqlx::query("UPDATE audit_entries SET kind = 'signed_out'").execute(&mut connection).await.unwrap();
    });
    assert!(program.run(&["audit", "verify"]).with(1).err.contains("broken at entry 1"));
}

#[tokio::test]
async fn the_health_check_tells_whether_the_server_serves() {
    let program = Program::new();
    program.run(&["healthcheck"]).with(1);
    let server = program.serve().await;
    assert_eq!(program.run(&["healthcheck"]).with(0).out, "ready\n");
    drop(server);
    program.run(&["healthcheck"]).with(1);
}

#[tokio::test]
async fn a_first_start_leaves_a_set_up_link_that_only_the_operator_can_read() {
    use std::os::unix::fs::PermissionsExt;
    let program = Program::new();
    let _server = program.serve().await;
    let mode = |name: &str| std::fs::metadata(program.data_dir().join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("set-up-link.txt"), mode("secret.key"), mode(".")), (0o600, 0o600, 0o700));
    let log = std::fs::read_to_string(program.folder().join("log")).unwrap();
    assert!(!log.contains("token="), "a log is read by others: {log}");
    assert!(log.contains(&program.origin()), "the address is said: {log}");
}

/// As `| head` leaves it, and `2>&1 | head` both.
#[test]
fn whatever_is_printed_ends_quietly_where_nobody_reads_it() {
    let program = Program::new();
    for number in 0..3 {
        program.run_with(&["user", "create", "--email", &format!("person{number}@example.org")], PASSWORD).with(0);
    }
    let commands: [&[&str]; 15] = [
        &["user", "list"],
        &["user", "list", "--json"],
        &["user", "export"],
        &["user", "show", "person0@example.org"],
        &["user", "disable", "person0@example.org"],
        &["user", "enable", "person0@example.org"],
        &["user", "grant-admin", "person0@example.org"],
        &["session", "list"],
        &["group", "add", "team", "person0@example.org"],
        &["group", "list"],
        &["audit", "verify"],
        &["audit", "export"],
        &["check-config"],
        &["check-config", "--explain-limits"],
        &["migrate"],
    ];
    for command in commands {
        for also_errors in [false, true] {
            let ended = unread(&program, command, also_errors);
            // Nothing is enabled, disabled or given twice.
            let fits = if also_errors { ended.0.is_some_and(|status| status < 2) } else { ended.0 == Some(0) };
            assert!(fits && !ended.1.contains("panicked"), "{command:?}: {ended:?}");
        }
    }
    let listed = program.run(&["user", "show", "person0@example.org"]);
    assert!(listed.with(0).out.contains("admin  active"), "what was asked for is done: {listed:?}");
    // What can't be told is a failure where it is lost for good, and so is a backup that nobody
    // took.
    for command in [&["user", "create", "--email", "eve@example.org"][..], &["backup", "-"]] {
        let ended = unread(&program, command, false);
        assert!(ended.0 == Some(1) && !ended.1.contains("panicked"), "{command:?}: {ended:?}");
    }
}

/// A log is read by another program, which may end before the server does.
#[tokio::test]
async fn a_server_goes_on_when_nobody_reads_its_log_any_more() {
    let program = Program::new();
    let closed = || std::io::pipe().unwrap().1;
    let child = program.command(&["serve"]).stdout(closed()).stderr(closed()).spawn().unwrap();
    let server = Serving { child, addr: program.addr };
    let begun = Instant::now();
    while server.get("/readyz", "").await.is_none_or(|answer| answer.status != 200) {
        assert!(begun.elapsed() < Duration::from_secs(30), "it is not ready");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // Each of them is an entry in the log.
    for _ in 0..3 {
        let refused = server.post("/form/sign-in", &[("identifier", "nobody"), ("password", PASSWORD)]).await.unwrap();
        assert_eq!(refused.status, 401, "{refused:?}");
    }
    server.signal("TERM");
    assert!(server.ended().await.success());
}

/// Exit status and standard error of a command whose standard output nobody reads.
fn unread(program: &Program, command: &[&str], also_errors: bool) -> (Option<i32>, String) {
    let closed = || std::io::pipe().unwrap().1;
    let mut command = program.command(command);
    command.stdin(Stdio::null()).stdout(closed());
    if also_errors {
        command.stderr(closed());
    }
    let ended = command.output().unwrap();
    (ended.status.code(), String::from_utf8(ended.stderr).unwrap())
}
