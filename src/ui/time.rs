use leptos::prelude::*;

use crate::ui::words::{moment, word, word_with};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const MONTH: i64 = 30 * DAY;

/// How long ago, or how soon, `at` is, in words. Both are microseconds since the Unix epoch. Beyond
/// 30 days the date says more than a count of days, so the date it is.
pub fn relative(at: i64, now: i64) -> String {
    let seconds = now.saturating_sub(at) / 1_000_000;
    let past = seconds >= 0;
    // Ahead, to the nearest: a session of twelve hours ends "in 12 hours" a moment after it began,
    // not in 11.
    let span = if past { seconds } else { to_nearest(seconds.saturating_abs()) };
    let count = |unit: i64| [("count", (span / unit).to_string())];
    match span {
        ..MINUTE => word("when-now"),
        MINUTE..HOUR if past => word_with("when-minutes", &count(MINUTE)),
        MINUTE..HOUR => word_with("when-in-minutes", &count(MINUTE)),
        HOUR..DAY if past => word_with("when-hours", &count(HOUR)),
        HOUR..DAY => word_with("when-in-hours", &count(HOUR)),
        DAY..MONTH if past => word_with("when-days", &count(DAY)),
        DAY..MONTH => word_with("when-in-days", &count(DAY)),
        _ => moment(at).0,
    }
}

/// Whole minutes, hours or days, in seconds.
fn to_nearest(seconds: i64) -> i64 {
    let unit = match seconds {
        ..HOUR => MINUTE,
        HOUR..DAY => HOUR,
        _ => DAY,
    };
    seconds.saturating_add(unit / 2) / unit * unit
}

/// A moment in words, with the exact time at hand: on hover, for screen readers (which seldom read
/// a `title`), and for programs in `datetime`.
#[component]
pub fn When(
    /// The moment, in microseconds since the Unix epoch.
    micros: i64,
    /// The present moment, likewise: the clock is passed in.
    now: i64,
) -> impl IntoView {
    let (exact, machine) = moment(micros);
    let words = relative(micros, now);
    let spoken = (words != exact).then(|| view! { <span class="visually-hidden">{format!(", {exact}")}</span> });
    view! {
        <time datetime=machine title=exact>
            {words}
            {spoken}
        </time>
    }
}
