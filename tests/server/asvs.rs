//! That `docs/asvs.md` answers all it says it does, and names no test that is not there.

use std::path::{Path, PathBuf};

const REQUIREMENTS: [&str; 56] = [
    "6.3.1", "6.3.2", "6.3.3", "6.3.4", "6.3.5", "6.3.6", "6.3.7", "6.3.8", "6.4.1", "6.4.2", "6.4.3", "6.4.4",
    "6.4.5", "6.4.6", "6.5.1", "6.5.2", "6.5.3", "6.5.4", "6.5.5", "6.5.6", "6.5.7", "6.5.8", "6.6.1", "6.6.2",
    "6.6.3", "6.6.4", "6.7.1", "6.7.2", "6.8.1", "6.8.2", "6.8.3", "6.8.4", "7.1.1", "7.1.2", "7.1.3", "7.2.1",
    "7.2.2", "7.2.3", "7.2.4", "7.3.1", "7.3.2", "7.4.1", "7.4.2", "7.4.3", "7.4.4", "7.4.5", "7.5.1", "7.5.2",
    "7.5.3", "7.6.1", "7.6.2", "10.5.1", "10.5.2", "10.5.3", "10.5.4", "10.5.5",
];

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn document() -> String {
    std::fs::read_to_string(repository().join("docs/asvs.md")).unwrap()
}

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// `file.rs::test`, as a path and a name.
fn named_test(quoted: &str) -> Option<(PathBuf, &str)> {
    let (file, test) = quoted.split_once(".rs::")?;
    let folder = if file.contains('/') { "" } else { "tests/server" };
    Some((repository().join(folder).join(format!("{file}.rs")), test))
}

#[test]
fn each_test_that_a_document_names_exists() {
    let document = document();
    let named: Vec<_> = quoted(&document).filter_map(named_test).collect();
    assert!(named.len() > 30, "{} tests are named", named.len());
    let missing: Vec<_> = named
        .iter()
        .filter(|(file, test)| {
            !std::fs::read_to_string(file).is_ok_and(|source| source.contains(&format!("fn {test}(")))
        })
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn each_requirement_is_answered_once() {
    let document = document();
    for requirement in REQUIREMENTS {
        let (row, heading) = (format!("| {requirement} |"), format!("### {requirement} "));
        let answers: Vec<&str> =
            document.lines().filter(|line| line.starts_with(&row) || line.starts_with(&heading)).collect();
        let [answer] = answers[..] else { panic!("{requirement} is answered {} times", answers.len()) };
        assert!(["Met", "met", "artly", "ot there"].iter().any(|verdict| answer.contains(verdict)), "{answer}");
        assert!(
            answer.starts_with('#')
                || answer.contains(".rs::")
                || answer.contains("see [")
                || answer.contains("Not there"),
            "{answer}"
        );
    }
}
