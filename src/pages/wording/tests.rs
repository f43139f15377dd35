use super::*;
use crate::base::config::OnChange;
use crate::base::words::made_keys;
use crate::domain::accounts::{AccountId, Role};
use crate::domain::audit::Event;
use crate::domain::factors::FactorKind;
use crate::domain::factors::passkeys::ceremonies as passkeys;
use crate::domain::logins::{Method, Refused};
use crate::domain::sessions::change::Change;
use crate::domain::sessions::{EndReason, SessionHandle};
use crate::domain::waiting_deletions::Called;
use crate::domain::{providers, signing_keys};
use crate::flows::administration::Act;
use crate::flows::backup::{RECOVERY_CODES, RESTORED};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Reasons of no closed list, that are written where the thing happens.
const WRITTEN: [(Kind, &str); 10] = [
    (Kind::AccountCreated, "provider"),
    (Kind::AccountCreated, "import"),
    (Kind::AccountCreated, "command_line"),
    (Kind::ProviderUnlinked, "account_locked"),
    (Kind::AccountLocked, "former_address"),
    (Kind::AccountUnlocked, "password_reset"),
    (Kind::FactorResetStopped, "mail_link"),
    (Kind::FactorResetStopped, "session"),
    (Kind::AttackNoticed, "network"),
    (Kind::EmailChanged, "by_operator"),
];

fn said(kind: &str, reason: Option<&str>) -> String {
    sentence(kind, &Details { reason: reason.map(str::to_owned), ..Details::default() })
}

/// Kind and reason as stored, of everything whose reason has words.
fn reasons() -> Vec<(&'static str, &'static str)> {
    let (account, session) = (AccountId(Uuid::nil()), SessionHandle(Uuid::nil()));
    let ended = |reason: EndReason| {
        (Event::session_ended(account, session, reason, Details::default()).kind.name(), reason.name())
    };
    let methods = Method::all().map(|method| (Kind::SignedIn.name(), method.name()));
    let refused = Refused::ALL.iter().map(|refused| (Kind::SignInFailed.name(), refused.name()));
    let changes = Change::VARIANTS.iter().map(|change| (Kind::SessionChanged.name(), change.name()));
    let authenticators = [FactorKind::Totp, FactorKind::Passkey];
    let factors = [Kind::SecondFactorAdded, Kind::SecondFactorRemoved].into_iter();
    let factors = factors.flat_map(|kind| authenticators.map(|factor| (kind.name(), factor.name())));
    let passkeys = passkeys::Refused::ALL.iter().map(|refused| (Kind::PasskeyRefused.name(), refused.name()));
    let ended = EndReason::ALL.iter().map(|reason| ended(*reason));
    let confirmed = FactorKind::ALL.iter().map(|factor| (Kind::SessionConfirmed.name(), factor.name()));
    let providers = providers::Refused::NAMES.iter().map(|reason| (Kind::ProviderRefused.name(), *reason));
    let called = Called::ALL.iter().map(|called| (Kind::DeletionStopped.name(), called.name()));
    let passkeys = passkeys.chain(providers).chain(called);
    let keys = [
        (Kind::SigningKeysRotated.name(), signing_keys::REVOKED),
        (Kind::PasswordResetAsked.name(), crate::flows::password_resets::FOR_OWNER),
        (Kind::TokenRevoked.name(), RESTORED),
        (Kind::FactorResetStopped.name(), RESTORED),
        (Kind::BackupRestored.name(), RECOVERY_CODES),
    ];
    let roles = Role::ALL.iter().map(|role| (Kind::RoleChanged.name(), role.name()));
    let acts = Act::NAMES.iter().map(|act| (Kind::AdminActed.name(), *act)).chain(roles);
    ended
        .chain(methods)
        .chain(confirmed)
        .chain(refused)
        .chain(changes)
        .chain(factors)
        .chain(passkeys)
        .chain(keys)
        .chain(acts)
        .chain(WRITTEN.map(|(kind, reason)| (kind.name(), reason)))
        .collect()
}

/// Names of what has words: each kind, and each with its reasons.
fn named() -> Vec<String> {
    let reasons = reasons().into_iter().filter(|(kind, _)| *kind != Kind::SignedOut.name());
    let reasons = reasons.map(|(kind, reason)| format!("{kind}-{reason}"));
    reasons.chain(Kind::ALL.iter().map(|kind| kind.name().to_owned())).collect()
}

/// What an entry's words may name, which goes by its kind.
fn made(named: &[String]) -> Vec<made_keys::Made<'_>> {
    let whole = Details {
        count: Some(2),
        counts: Some([("passkeys".to_owned(), 2)].into()),
        was: Some("before".to_owned()),
        is: Some("now".to_owned()),
        ..Details::default()
    };
    let variables = |name: &str| -> Vec<&'static str> {
        let kind = Kind::parse(name.split('-').next().unwrap()).unwrap();
        values(kind, &whole).into_iter().map(|(variable, _)| variable).collect()
    };
    named.iter().map(|name| (name.as_str(), &*variables(name).leak())).collect()
}

#[test]
fn every_kind_and_every_reason_has_words_of_its_own() {
    made_keys::exactly("entry-", made(&named()));
}

#[test]
fn what_is_told_of_somebody_else_and_what_is_erased_are_entries() {
    made_keys::among("anothers-entry-", made(&named()));
    made_keys::among("erased-entry-", Kind::ALL.iter().map(|kind| (kind.name(), &[] as &[&str])));
}

#[test]
fn every_kind_is_shown_by_a_filter_whatever_its_reason() {
    for kind in Kind::ALL {
        assert!(Group::ALL.iter().any(|group| group.kinds().contains(kind)), "no filter shows {kind:?}");
    }
}

#[test]
fn whatever_is_done_about_a_change_has_words() {
    made_keys::exactly("activity-change-", ["end", "confirm", "note"].map(|done| (done, &[] as &[&str])));
    for done in [OnChange::End, OnChange::Confirm, OnChange::Note] {
        let key = format!("activity-change-{done}");
        assert!(word_if_any(&key, &[]).is_some(), "{key}");
    }
}

#[test]
fn nothing_is_said_to_you_that_is_about_somebody_else() {
    for kind in Kind::ALL {
        for reason in
            reasons().into_iter().filter(|(of, _)| *of == kind.name()).map(|(_, reason)| Some(reason)).chain([None])
        {
            let details = Details { reason: reason.map(str::to_owned), count: Some(2), ..Details::default() };
            let said = format!(" {} ", sentence_of_another(kind.name(), &details)).to_lowercase();
            assert!(!said.contains(" you ") && !said.contains(" your "), "{said}");
        }
    }
}

#[test]
fn every_sentence_is_said_of_one_thing_only() {
    let with_reasons = reasons().into_iter().map(|(kind, reason)| (kind, Some(reason)));
    let kinds = Kind::ALL.iter().map(|kind| (kind.name(), None)).filter(|(kind, _)| *kind != "signed_out");
    let told: Vec<String> = with_reasons.chain(kinds).map(|(kind, reason)| said(kind, reason)).collect();
    assert_eq!(told.iter().collect::<BTreeSet<_>>().len(), told.len(), "{told:#?}");
}

#[test]
fn a_change_says_what_was_what_is_and_what_was_done() {
    let details = Details {
        reason: Some("user_agent".to_owned()),
        was: Some("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".to_owned()),
        is: Some("curl/8".to_owned()),
        done: Some("confirm".to_owned()),
        ..Details::default()
    };
    let sentence = sentence("session_changed", &details);
    for part in ["Firefox on Linux", "curl", "password was asked for"] {
        assert!(sentence.contains(part), "{sentence}");
    }
}

#[test]
fn an_entry_whose_details_are_erased_is_told_without_gaps() {
    for kind in Kind::ALL {
        let said = sentence_of_another(kind.name(), &Details::default());
        let gap =
            said.contains(['{', '\u{2068}']) || said.contains("  ") || said.contains(" 0 ") || said.ends_with(' ');
        assert!(!gap, "{kind:?}: {said}");
    }
    assert_eq!(sentence_of_another("group_added", &Details::default()), "Put into a group");
}

#[test]
fn what_a_newer_version_stored_is_told_all_the_same() {
    assert_eq!(said("session_ended", Some("struck_by_lightning")), "A session was ended");
    let unknown = said("door_painted", Some("rust"));
    assert!(unknown.contains("door_painted") && unknown.split(' ').count() > 4, "{unknown}");
    assert_eq!(telling("door_painted", None).group, None);
}
