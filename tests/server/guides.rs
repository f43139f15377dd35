//! The guides show the files that the end-to-end tests run, and nothing else.

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
