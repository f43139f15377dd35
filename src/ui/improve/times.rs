//! Tells the exact times of a page by this browser's clock, where nobody has chosen a time zone:
//! only scripts know it. They are in the page by UTC.

use js_sys::{Date, Object, Reflect};
use wasm_bindgen::JsValue;
use web_sys::Element;

use super::page::{document, each};

/// How a date is written, in the options of `Date.prototype.toLocaleString`.
const PARTS: [(&str, &str); 6] = [
    ("day", "numeric"),
    ("month", "long"),
    ("year", "numeric"),
    ("hour", "2-digit"),
    ("minute", "2-digit"),
    ("timeZoneName", "short"),
];

pub fn tell() -> Option<()> {
    let document = document()?;
    let page = document.query_selector("html[data-browser-zone]").ok()??;
    let language = page.get_attribute("lang")?;
    // English without a region is the American way; the words of the pages are of the other kind.
    let language = if language == "en" { "en-GB" } else { &language };
    let options = Object::new();
    for (name, value) in PARTS {
        Reflect::set(&options, &name.into(), &value.into()).ok()?;
    }
    each(&document, "time[datetime][title]", |time| {
        retell(time, language, &options);
    });
    Some(())
}

fn retell(time: &Element, language: &str, options: &JsValue) -> Option<()> {
    let (moment, was) = (time.get_attribute("datetime")?, time.get_attribute("title")?);
    let local = String::from(Date::new(&moment.into()).to_locale_string(language, options));
    match time.query_selector(".visually-hidden").ok()? {
        Some(spoken) => spoken.set_text_content(Some(&[", ", &local].concat())),
        None if time.text_content()? == was => time.set_text_content(Some(&local)),
        None => {}
    }
    time.set_attribute("title", &local).ok()
}
