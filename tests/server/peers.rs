//! Libraries of others, in the Python environment that script/bootstrap makes.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// What the program `file` writes when it is given `input`. None in `script/test --quick`, which
/// comes without Python.
pub fn python(file: &str, arguments: &[&str], input: &str) -> Option<String> {
    let interpreter = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("interop/bin/python");
    if !interpreter.exists() {
        let quick = std::env::var("DOORWARD_TEST_DATABASES").is_ok_and(|only| only == "sqlite");
        assert!(quick, "{} is missing: script/bootstrap makes it", interpreter.display());
        eprintln!("not run: {} is missing", interpreter.display());
        return None;
    }
    let mut child = Command::new(interpreter)
        .arg(file)
        .args(arguments)
        // Nothing compiled is left beside the guides.
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{file}");
    Some(String::from_utf8(output.stdout).unwrap())
}
