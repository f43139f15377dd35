//! Turns the list of common passwords into the finite-state set that the server half carries.

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter};
use std::path::Path;

use flate2::read::GzDecoder;
use fst::SetBuilder;

const LIST: &str = "passwords/common-passwords.txt.gz";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={LIST}");
    // The browser half has no list.
    if std::env::var_os("CARGO_FEATURE_SSR").is_none() {
        return Ok(());
    }
    let out = Path::new(&std::env::var("OUT_DIR")?).join("common-passwords.fst");
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
