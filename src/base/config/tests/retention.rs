//! How long things are kept.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::{load, load_with, refuses};

#[test]
fn what_is_kept_is_kept_for_a_week_at_least_or_for_ever() {
    for good in [0, 7, 365, 3650] {
        let config = load(&format!("[audit]\nkeep_days = {good}\n[mail]\nkeep_days = {good}\n")).unwrap();
        let kept = (good > 0).then(|| std::time::Duration::from_secs(good * 24 * 3600));
        assert_eq!((config.audit.keep(), config.mail.keep()), (kept, kept));
    }
    for bad in [1, 6, 3651] {
        refuses(
            &format!("audit.keep_days = {bad}"),
            "Leptos.toml:1: audit.keep_days: must be from 7 to 3650, or 0 for ever: links in letters ask for seven days \
             about what entries say",
        );
        refuses(
            &format!("mail.keep_days = {bad}"),
            "Leptos.toml:1: mail.keep_days: must be from 7 to 3650, or 0 for ever: the administration tells of mails that \
             were given up in the last seven days",
        );
    }
    for section in ["audit", "mail"] {
        for bad in ["-1", "\"7d\"", "1.5"] {
            refuses(
                &format!("{section}.keep_days = {bad}"),
                &format!("Leptos.toml:1: {section}.keep_days: must be a whole number from 0 to 65535"),
            );
        }
    }
    let config = load_with("audit.keep_days = 90", &[("DOORWARD__MAIL__KEEP_DAYS", "30")]).unwrap();
    let shown = config.describe().into_iter().filter(|(key, ..)| key.ends_with(".keep_days"));
    let shown: Vec<String> = shown.map(|(key, value, source)| format!("{key} = {value} ({source})")).collect();
    assert_eq!(shown, ["mail.keep_days = 30 (DOORWARD__MAIL__KEEP_DAYS)", "audit.keep_days = 90 (Leptos.toml:1)"]);
}
