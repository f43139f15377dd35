//! QR codes, drawn on the server: neither script nor an image from elsewhere ever sees what is in
//! them.

use leptos::prelude::*;
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write;

/// Modules of white around the code, without which a camera does not find it (ISO/IEC 18004
/// §6.3.8).
const QUIET: usize = 4;

/// Black on white whatever the page's colours are: many cameras don't read one that is inverted.
#[component]
pub fn Qr(
    content: String,
    /// What a screen reader says in its place.
    label: String,
) -> impl IntoView {
    // Too long to be drawn: the link and the key beside it say the same.
    let (path, width) = draw(&content)?;
    let size = width + 2 * QUIET;
    Some(view! {
        <svg class="qr" viewBox=format!("0 0 {size} {size}") role="img" aria-label=label shape-rendering="crispEdges">
            <rect width=size height=size fill="#fff"></rect>
            <path d=path fill="#000"></path>
        </svg>
    })
}

/// The black modules as one path, a stroke for each run in a row, and how many modules a side has.
fn draw(content: &str) -> Option<(String, usize)> {
    let code = QrCode::with_error_correction_level(content, EcLevel::M).ok()?;
    let (width, colors) = (code.width(), code.to_colors());
    let mut path = String::with_capacity(width * width * 4);
    for (row, modules) in colors.chunks(width).enumerate() {
        let mut column = 0;
        for run in modules.chunk_by(|one, next| one == next) {
            if run.first() == Some(&Color::Dark) {
                // Writing into a string can't fail.
                let _ = write!(path, "M{} {}h{}v1h-{}z", column + QUIET, row + QUIET, run.len(), run.len());
            }
            column += run.len();
        }
    }
    Some((path, width))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The modules that a path paints, read as a browser reads it.
    fn painted(path: &str, size: usize) -> Vec<Vec<bool>> {
        let mut modules = vec![vec![false; size]; size];
        for run in path.split('z').filter(|run| !run.is_empty()) {
            let (corner, run) = run.strip_prefix('M').unwrap().split_once('h').unwrap();
            let (column, row) = corner.split_once(' ').unwrap();
            let (length, back) = run.split_once("v1h-").unwrap();
            assert_eq!(length, back);
            let (column, row): (usize, usize) = (column.parse().unwrap(), row.parse().unwrap());
            modules[row][column..column + length.parse::<usize>().unwrap()].fill(true);
        }
        modules
    }

    #[test]
    fn the_path_paints_exactly_the_modules_of_the_code_inside_a_quiet_zone() {
        let content = "otpauth://totp/Acme:ada%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Acme";
        let (path, width) = draw(content).unwrap();
        let code = QrCode::with_error_correction_level(content, EcLevel::M).unwrap();
        let size = width + 2 * QUIET;
        for (row, modules) in painted(&path, size).iter().enumerate() {
            for (column, black) in modules.iter().enumerate() {
                let inside = |at: usize| at.checked_sub(QUIET).filter(|at| *at < width);
                let expected =
                    inside(row).zip(inside(column)).is_some_and(|(row, column)| code[(column, row)] == Color::Dark);
                assert_eq!(*black, expected, "row {row}, column {column}");
            }
        }
    }

    #[test]
    fn what_is_too_long_for_a_code_is_left_out() {
        assert!(draw(&"x".repeat(4000)).is_none());
    }
}
