//! What is printed for whoever started the program. `println!` and `eprintln!` panic where nobody
//! reads any more, as after `doorward user list | head`; these do not.

use std::fmt;
use std::io::{self, ErrorKind, Write};

/// Nobody reads standard output any more. No failure of whatever was done: the rest is not printed.
#[derive(Debug, thiserror::Error)]
#[error("nobody reads standard output any more")]
pub struct Closed;

/// Why something was not printed.
#[derive(Debug, thiserror::Error)]
pub enum NotPrinted {
    #[error(transparent)]
    Closed(#[from] Closed),
    #[error("standard output can't be written: {0}")]
    Failed(io::Error),
}

/// Prints `bytes` on standard output.
pub fn print(bytes: &[u8]) -> Result<(), NotPrinted> {
    match io::stdout().lock().write_all(bytes) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Closed.into()),
        written => written.map_err(NotPrinted::Failed),
    }
}

/// Prints a line on standard output.
pub fn print_line(text: fmt::Arguments<'_>) -> Result<(), NotPrinted> {
    print(format!("{text}\n").as_bytes())
}

/// Prints a line on standard error, if anybody reads it.
pub fn print_note(text: fmt::Arguments<'_>) {
    let _ = io::stderr().lock().write_all(format!("{text}\n").as_bytes());
}

/// `println!` that gives [`NotPrinted`] in place of a panic.
macro_rules! say {
    ($($text:tt)*) => { $crate::base::output::print_line(format_args!($($text)*)) };
}
pub(crate) use say;

/// `eprintln!` that goes on where nobody reads.
macro_rules! note {
    ($($text:tt)*) => { $crate::base::output::print_note(format_args!($($text)*)) };
}
pub(crate) use note;
