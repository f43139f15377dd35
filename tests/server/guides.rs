//! The guides show the files that the end-to-end tests run, and nothing else.

use crate::peers::python;
use crate::person::PASSWORD;
use crate::program::Program;
use std::collections::BTreeSet;
use std::fs;

#[test]
fn the_guide_to_forward_auth_shows_every_file_as_it_is() {
    let guide = fs::read_to_string("docs/forward-auth.md").unwrap();
    let mut shown = BTreeSet::new();
    for part in guide.split("](forward-auth/").skip(1) {
        let Some((file, rest)) = part.split_once(")\n\n```") else { continue };
        let (_, rest) = rest.split_once('\n').unwrap();
        let (block, _) = rest.split_once("```\n").unwrap();
        assert_eq!(block, fs::read_to_string(format!("docs/forward-auth/{file}")).unwrap(), "{file} in the guide");
        shown.insert(file.to_owned());
    }
    let there: BTreeSet<String> = fs::read_dir("docs/forward-auth")
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|file| !file.starts_with("__"))
        .collect();
    assert_eq!(shown, there);
}

#[test]
fn the_guide_to_forward_auth_tries_a_request_as_the_program_does() {
    let guide = fs::read_to_string("docs/forward-auth.md").unwrap();
    let (_, example) = guide.split_once("```\n$ doorward ").unwrap();
    let (example, _) = example.split_once("```\n").unwrap();
    let (command, told) = example.split_once('\n').unwrap();
    let program = Program::new();
    fs::copy("docs/forward-auth/doorward.toml", program.folder().join("Leptos.toml")).unwrap();
    program.run_with(&["user", "create", "--email", "ada@example.org", "--username", "ada"], PASSWORD).with(0);
    let arguments: Vec<&str> = command.split(' ').collect();
    assert_eq!(program.run(&arguments).with(0).out, told);
}

#[test]
fn the_guides_to_imports_show_their_programs_as_they_are() {
    for application in ["flask", "django"] {
        let guide = fs::read_to_string(format!("docs/guides/coming-from-{application}.md")).unwrap();
        let program = fs::read_to_string(format!("docs/guides/coming-from/export_from_{application}.py")).unwrap();
        assert!(guide.contains(&format!("```python\n{program}```\n")), "{application}");
    }
}

const OLD_APPLICATIONS: &str = "end2end/interop/old_applications.py";
/// Shorter than any that may be chosen here.
const OLD_PASSWORD: &str = "hunter2";

#[tokio::test]
async fn users_of_a_flask_application_sign_in_with_the_password_they_had() {
    let program = Program::new();
    let database = program.folder().join("app.db");
    let database = database.to_str().unwrap();
    if python(OLD_APPLICATIONS, &["flask", database], OLD_PASSWORD).is_none() {
        return;
    }
    let users = python("docs/guides/coming-from/export_from_flask.py", &[database], "").unwrap();
    let refused = program.run_with(&["import-users", "-"], &users);
    assert!(refused.with(1).err.contains("line 4: password_hash: an MD5 hash is too weak"), "{refused:?}");
    program.run_with(&["import-users", "-", "--continue-on-error"], &users).with(1);
    signs_in_and_is_upgraded(&program, "ada@example.org").await;
}

#[tokio::test]
async fn users_of_a_django_project_sign_in_with_the_password_they_had() {
    let program = Program::new();
    let export = "docs/guides/coming-from/export_from_django.py";
    let Some(users) = python(OLD_APPLICATIONS, &["django", export], OLD_PASSWORD) else { return };
    let imported = program.run_with(&["import-users", "-"], &users);
    assert_eq!(imported.with(0).out, "3 lines: 3 imported, 0 there already, 0 refused\n", "{imported:?}");
    signs_in_and_is_upgraded(&program, "no-address").await;
    signs_in_and_is_upgraded(&program, "ada@example.org").await;
    let listed = program.run(&["user", "list"]);
    assert!(listed.with(0).out.contains("eve@example.org") && !listed.out.contains("gone"), "{listed:?}");
}

async fn signs_in_and_is_upgraded(program: &Program, identifier: &str) {
    let hash_of = || {
        let exported = program.run(&["user", "export", "--with-password-hashes", "--format", "jsonl"]);
        let line = exported.with(0).out.lines().find(|line| line.contains(identifier)).unwrap().to_owned();
        serde_json::from_str::<serde_json::Value>(&line).unwrap()["password_hash"].as_str().unwrap().to_owned()
    };
    assert!(!hash_of().starts_with("$argon2id$"));
    let server = program.serve().await;
    let sign_in = async |password| {
        server.post("/form/sign-in", &[("identifier", identifier), ("password", password)]).await.unwrap()
    };
    assert_eq!(sign_in("hunter3").await.session(), None);
    for _ in 0..2 {
        let cookie = sign_in(OLD_PASSWORD).await.session().expect("a session");
        assert_eq!(server.get("/account", &cookie).await.unwrap().status, 200);
    }
    assert!(hash_of().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
}
