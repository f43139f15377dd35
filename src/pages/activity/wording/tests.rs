use super::*;
use crate::domain::accounts::{AccountId, Role};
use crate::domain::audit::Event;
use crate::domain::factors::FactorKind;
use crate::domain::factors::passkeys::ceremonies as passkeys;
use crate::domain::logins::{Method, Refused};
use crate::domain::providers;
use crate::domain::sessions::change::Change;
use crate::domain::sessions::{EndReason, SessionHandle};
use crate::domain::signing_keys;
use crate::flows::administration::Act;
use crate::flows::backup::{RECOVERY_CODES, RESTORED};
use crate::flows::deletions::Called;
use std::collections::BTreeSet;
use strum::VariantArray;
use uuid::Uuid;

fn said(kind: &str, reason: Option<&str>) -> String {
    sentence(kind, &Details { reason: reason.map(str::to_owned), ..Details::default() })
}

/// Kind and reason as stored, of everything with a reason from a closed list.
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
        (Kind::PasswordResetAsked.name(), password_resets::FOR_OWNER),
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
        .collect()
}

#[test]
fn every_kind_has_words_and_a_group() {
    for kind in Kind::ALL {
        let telling = telling(kind.name(), None);
        assert_ne!(telling.words, UNKNOWN, "{kind:?} has no words");
        assert!(Group::ALL.iter().any(|group| group.kinds().contains(kind)), "no filter shows {kind:?}");
    }
}

#[test]
fn every_reason_has_words_of_its_own() {
    for (kind, reason) in reasons() {
        let telling = telling(kind, Some(reason));
        let general = super::telling(kind, None);
        assert_ne!(telling.words, UNKNOWN, "{kind} has no words");
        // Signing out is a kind with but one reason.
        assert!(kind == "signed_out" || telling.words != general.words, "{kind} has no words for {reason}");
        assert_eq!(telling.group, general.group, "{kind} is in another group when the reason is {reason}");
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
