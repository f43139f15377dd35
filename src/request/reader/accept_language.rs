//! What a browser asks to be spoken to in: `Accept-Language` (RFC 9110 §12.5.4), looked up as RFC
//! 4647 §3.4 says. The crate that Fluent brings reads the header without its weights.

use crate::base::header_text;
use crate::base::words::bundles::Language;
use http::{HeaderMap, header};
use std::cmp::Reverse;

/// Of a header, at most so much is looked at: browsers send a few languages, and a longer one is
/// meant to keep us busy.
const MOST_BYTES: usize = 1024;
const MOST_RANGES: usize = 32;

/// The language that fits best; `default` if none does, or if any is as good.
pub fn best(headers: &HeaderMap, default: Language) -> Language {
    let lines: Vec<_> = header_text::lines(headers, header::ACCEPT_LANGUAGE).collect();
    let mut ranges: Vec<(&str, u16)> = Vec::new();
    let mut bytes = 0;
    for line in &lines {
        bytes += line.len();
        if bytes > MOST_BYTES {
            break;
        }
        ranges.extend(line.split(',').filter_map(range).take(MOST_RANGES - ranges.len()));
    }
    // Stable: of two as welcome, the one that was named first.
    ranges.sort_by_key(|(_, weight)| Reverse(*weight));
    let refused = |language: Language| ranges.iter().any(|(range, weight)| *weight == 0 && covers(range, language));
    let welcome = ranges.iter().filter(|(_, weight)| *weight > 0);
    welcome
        .filter_map(|(range, _)| match *range {
            "*" => std::iter::once(default).chain(Language::all()).find(|language| !refused(*language)),
            range => lookup(range),
        })
        .next()
        .unwrap_or(default)
}

/// A language range with its weight in thousandths; none if it is no such thing.
fn range(item: &str) -> Option<(&str, u16)> {
    let mut parts = item.split(';').map(str::trim);
    let range = parts.next().filter(|range| *range == "*" || range.split('-').all(is_subtag))?;
    let weight = match parts.next() {
        None => 1000,
        Some(parameter) => weight(parameter)?,
    };
    parts.next().is_none().then_some((range, weight))
}

fn is_subtag(text: &str) -> bool {
    (1..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// `q=0.8`: at most three digits after the point, and never above 1.
fn weight(parameter: &str) -> Option<u16> {
    let (name, value) = parameter.split_once('=')?;
    let (whole, rest) = value.trim().split_once('.').unwrap_or((value.trim(), ""));
    let digits = rest.len() <= 3 && rest.bytes().all(|byte| byte.is_ascii_digit());
    if !name.trim().eq_ignore_ascii_case("q") || !digits || !matches!(whole, "0" | "1") {
        return None;
    }
    let thousandths = format!("{whole}{rest:0<3}").parse().ok()?;
    (thousandths <= 1000).then_some(thousandths)
}

/// The language for `de-AT-1996`: that one, or what is left as its end is cut off (`de-AT`, `de`),
/// or a narrower one (`de-CH`) where that is all there is.
fn lookup(range: &str) -> Option<Language> {
    let mut rest = range;
    loop {
        let found = Language::known(rest).or_else(|| Language::all().find(|language| covers(rest, *language)));
        if found.is_some() {
            return found;
        }
        rest = rest.rsplit_once('-')?.0;
        // A single letter only introduces what was cut off after it.
        while let Some((before, letter)) = rest.rsplit_once('-')
            && letter.len() == 1
        {
            rest = before;
        }
    }
}

/// Whether the language is the one of `range`, or a narrower one.
fn covers(range: &str, language: Language) -> bool {
    let tag = language.tag();
    let begins = tag.get(..range.len()).is_some_and(|start| start.eq_ignore_ascii_case(range));
    begins && (tag.len() == range.len() || tag[range.len()..].starts_with('-'))
}

#[cfg(test)]
mod tests;
