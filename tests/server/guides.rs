//! The guides show the files that the end-to-end tests run, and nothing else.

use crate::peers::python;
use crate::person::PASSWORD;
use crate::program::Program;
use doorward::api::Problem;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

/// The pages on which files are shown.
fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> = fs::read_dir("docs/guides").unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.retain(|page| page.extension().is_some_and(|extension| extension == "md"));
    pages.push("docs/forward-auth.md".into());
    pages.sort();
    pages
}

/// `path` without the `..` in it, as links have them.
fn plain(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut plain, part| {
        match part {
            Component::ParentDir => assert!(plain.pop()),
            part => plain.push(part),
        }
        plain
    })
}

/// The files that the page shows: each a link, and below it a block with all that the file holds.
fn shown_on(page: &Path) -> BTreeSet<PathBuf> {
    let text = fs::read_to_string(page).unwrap();
    let mut shown = BTreeSet::new();
    for part in text.split("](").skip(1) {
        let Some((file, rest)) = part.split_once(")\n\n```") else { continue };
        if file.contains(char::is_whitespace) {
            continue;
        }
        let (_, rest) = rest.split_once('\n').unwrap();
        let (block, _) = rest.split_once("```\n").unwrap();
        let path = plain(&page.parent().unwrap().join(file));
        assert_eq!(block, fs::read_to_string(&path).unwrap(), "{file} on {}", page.display());
        shown.insert(path);
    }
    shown
}

/// What is in the folders of examples, as it was written: not what running them leaves there.
fn there(folder: &Path, files: &mut BTreeSet<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        match path.is_dir() {
            _ if name.starts_with("__") || matches!(name, "target" | "node_modules" | "Cargo.lock") => {}
            true => there(&path, files),
            false => drop(files.insert(path)),
        }
    }
}

#[test]
fn the_guides_show_every_file_as_it_is() {
    let shown: BTreeSet<PathBuf> = pages().iter().flat_map(|page| shown_on(page)).collect();
    let mut files = BTreeSet::new();
    there(Path::new("docs/guides"), &mut files);
    there(Path::new("docs/forward-auth"), &mut files);
    files.retain(|file| file.extension().is_none_or(|extension| extension != "md"));
    assert_eq!(shown, files);
    assert!(shown_on(Path::new("docs/forward-auth.md")).len() >= 7);
}

/// Each of their libraries allows for nothing unless it is told to.
#[test]
fn every_guide_that_verifies_tokens_allows_for_another_clock() {
    let mut files = BTreeSet::new();
    there(Path::new("docs"), &mut files);
    let mut verifying = 0;
    for file in &files {
        // What is no text is no program.
        let Ok(text) = fs::read_to_string(file) else { continue };
        let verifies = ["jwt.decode(", "jwtVerify(", "Validation::new("].into_iter().any(|call| text.contains(call));
        let allows = ["leeway=30", "\"leeway\": 30", "clockTolerance: 30", "leeway = 30"]
            .into_iter()
            .any(|word| text.contains(word));
        assert!(!verifies || allows, "{}", file.display());
        verifying += usize::from(verifies);
    }
    assert_eq!(verifying, 8, "four programs, each shown on its page");
}

#[tokio::test]
async fn a_verifier_whose_clock_is_a_little_off_takes_new_tokens_and_old_ones_for_no_longer() {
    let mut program = Program::new();
    let audience = "https://shop.example.org";
    program.settings.push(("DOORWARD__TOKENS__AUDIENCES".to_owned(), audience.to_owned()));
    program.run_with(&["user", "create", "--email", "ada@example.org"], PASSWORD).with(0);
    let server = program.serve().await;
    let sign_in = serde_json::json!({ "identifier": "ada@example.org", "password": PASSWORD, "audience": audience });
    let origin = program.origin();
    let arguments = [&*origin, audience, "0", "1", "25", "60", "-600", "-625", "-660"];
    let run = || python("end2end/interop/clock_behind.py", &arguments, &sign_in.to_string());
    let Some(told) = run() else { return };
    let told: Vec<&str> = told.lines().collect();
    let expected = ["taken", "taken", "taken", "ImmatureSignatureError", "taken", "taken", "ExpiredSignatureError"];
    assert_eq!(told, expected);
    drop(server);
}

#[test]
fn every_guide_is_listed() {
    let list = fs::read_to_string("docs/guides/README.md").unwrap();
    for page in pages() {
        let name = page.file_name().unwrap().to_str().unwrap();
        assert!(name == "README.md" || list.contains(&format!("{name})")), "{name}");
    }
}

/// Those that the tests install; what a guide tells people to install must be the same.
#[test]
fn the_guides_name_the_versions_that_are_tested() {
    let tested = fs::read_to_string("end2end/interop/requirements.in").unwrap();
    for guide in ["fastapi", "python"] {
        let asked = fs::read_to_string(format!("docs/guides/{guide}/requirements.txt")).unwrap();
        for line in asked.lines() {
            assert!(tested.lines().any(|tested| tested == line), "{line}");
        }
    }
    let json = |file: &str| serde_json::from_str::<serde_json::Value>(&fs::read_to_string(file).unwrap()).unwrap();
    let (guide, tested) = (json("docs/guides/express/package.json"), json("package.json"));
    for (name, version) in guide["dependencies"].as_object().unwrap() {
        assert_eq!(&tested["devDependencies"][name], version, "{name}");
    }
}

/// What stands in backticks.
fn codes(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_page_about_the_api_tells_every_problem_and_no_other() {
    let page = fs::read_to_string("docs/api.md").unwrap();
    let (_, table) = page.split_once("| code | status | what to do |\n").unwrap();
    let mut told = BTreeMap::new();
    for row in table.lines().skip(1).take_while(|line| line.starts_with('|')) {
        let cells: Vec<&str> = row.split('|').collect();
        let statuses: Vec<u16> = cells[2].split(',').map(|status| status.trim().parse().unwrap()).collect();
        let codes = codes(cells[1]);
        assert!(statuses.len() == 1 || statuses.len() == codes.len(), "{row}");
        for (number, code) in codes.into_iter().enumerate() {
            let status = statuses.get(number).unwrap_or(&statuses[0]);
            assert_eq!(told.insert(code, *status), None, "{row}");
        }
    }
    let all = Problem::all();
    assert_eq!(told, all.iter().map(|problem| (problem.code(), problem.status().as_u16())).collect());
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
