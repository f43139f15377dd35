//! What holds for all of the sources, so that nothing new can be forgotten.

use leptos::server_fn::axum::server_fn_paths;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Every file of `src`, by its path.
fn sources() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    collect(Path::new("src"), &mut files);
    assert!(files.len() > 200, "{} files", files.len());
    files
}

fn collect(folder: &Path, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.insert(path.display().to_string(), fs::read_to_string(&path).unwrap());
        }
    }
}

/// A list that is kept by hand lacks what was added last, and so do all tests that go through it.
#[test]
fn every_list_of_all_variants_comes_from_the_enum_itself() {
    for (path, source) in sources() {
        for (at, _) in source.match_indices("const ALL: ") {
            let (list, _) = source[at..].split_once(';').unwrap();
            assert!(list.ends_with("Self::VARIANTS"), "{path}: {list}");
        }
    }
}

/// Arguments of server functions that let nobody in. Whatever is not among them is a
/// [`doorward::base::secret::Secret`]: it stays out of what is logged, and is wiped.
const OPEN: [&str; 33] = [
    "account",
    "act",
    "all",
    "authenticator",
    "browser",
    "challenge",
    "connection",
    "days",
    "device_name",
    "display_name",
    "email",
    "group",
    "identifier",
    "invitation",
    "language",
    "minimum",
    "not_me",
    "page",
    "passkey",
    "provider",
    "remember",
    "role",
    "scope_introspect",
    "scope_profile",
    "scope_sessions",
    "session",
    "shared",
    "then",
    "time_zone",
    "token_name",
    "trust",
    "username",
    "who",
];
/// The handle of a token, by the function that revokes it.
const HANDLES: [(&str, &str); 1] = [("revoke_token", "token")];

#[test]
fn what_lets_somebody_in_is_a_secret_in_every_server_function() {
    let mut functions = 0;
    for (path, source) in sources() {
        for (at, _) in source.match_indices("#[server(prefix") {
            let (_, after) = source[at..].split_once("pub async fn ").unwrap();
            let (name, after) = after.split_once('(').unwrap();
            let (arguments, _) = after.split_once(") -> Result<").unwrap();
            functions += 1;
            for argument in
                arguments.replace("#[server(default)]", "").split(',').map(str::trim).filter(|one| !one.is_empty())
            {
                let (argument, of) = argument.split_once(": ").unwrap();
                let open = OPEN.contains(&argument) || HANDLES.contains(&(name, argument));
                assert!(open != (of == "Secret"), "{path}: {name}: {argument}: {of}");
            }
        }
    }
    assert_eq!(functions, server_fn_paths().count(), "the sources and the router have the same ones");
}

#[test]
fn and_in_everything_that_programs_send() {
    let mut secrets = 0;
    for (path, source) in sources().into_iter().filter(|(path, _)| path.starts_with("src/api/")) {
        for (at, _) in source.match_indices("#[derive(Deserialize") {
            let (_, fields) = source[at..].split_once(" {\n").unwrap();
            let (fields, _) = fields.split_once("\n}").unwrap();
            for line in fields.lines().map(str::trim).filter(|line| !line.starts_with(['/', '#'])) {
                let (field, of) = line.split_once(": ").unwrap();
                let lets_in = ["password", "code", "token", "secret"].iter().any(|word| field.ends_with(word));
                assert!(!lets_in || of.contains("Secret"), "{path}: {field}: {of}");
                secrets += usize::from(lets_in);
            }
        }
    }
    assert!(secrets >= 4, "{secrets}");
}
