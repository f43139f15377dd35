//! Turns the list of common passwords into the finite-state set that the server half carries, and lists the folders of `locales/`, so that
//! a language is added by adding its folder.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter};
use std::path::Path;

use flate2::read::GzDecoder;
use fst::SetBuilder;

const LIST: &str = "passwords/common-passwords.txt.gz";
const LOCALES: &str = "locales";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={LIST}");
    println!("cargo::rerun-if-changed={LOCALES}");
    // The browser half has neither.
    if std::env::var_os("CARGO_FEATURE_SSR").is_none() {
        return Ok(());
    }
    let out = std::env::var("OUT_DIR")?;
    common_passwords(&Path::new(&out).join("common-passwords.fst"))?;
    locales(&Path::new(&out).join("locales.rs"))
}

/// Each language's tag, with the name and the text of each of its files; sorted.
fn locales(out: &Path) -> Result<(), Box<dyn Error>> {
    let mut languages = BTreeMap::<String, BTreeSet<String>>::new();
    for folder in fs::read_dir(LOCALES)? {
        let folder = folder?;
        let tag = folder.file_name().into_string().map_err(|name| format!("{name:?} is no language"))?;
        println!("cargo::rerun-if-changed={LOCALES}/{tag}");
        for file in fs::read_dir(folder.path())? {
            let file = file?.file_name().into_string().map_err(|name| format!("{name:?} in {LOCALES}/{tag}"))?;
            if file.ends_with(".ftl") {
                languages.entry(tag.clone()).or_default().insert(file);
            }
        }
    }
    let mut code = String::from("&[\n");
    for (tag, files) in languages {
        code.push_str(&format!("({tag:?}, &[\n"));
        for file in files {
            let path = format!("/{LOCALES}/{tag}/{file}");
            code.push_str(&format!("({file:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {path:?}))),\n"));
        }
        code.push_str("]),\n");
    }
    code.push(']');
    Ok(fs::write(out, code)?)
}

fn common_passwords(out: &Path) -> Result<(), Box<dyn Error>> {
    let unfinished = out.with_extension("unfinished");
    let list = BufReader::new(GzDecoder::new(File::open(LIST)?));
    let mut set = SetBuilder::new(BufWriter::new(File::create(&unfinished)?))?;
    for word in list.lines() {
        // Fails unless the list is sorted by bytes and each word stands there once.
        set.insert(word?)?;
    }
    set.finish()?;
    fs::rename(unfinished, out)?;
    Ok(())
}
