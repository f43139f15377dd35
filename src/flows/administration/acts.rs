//! What is done to one account by somebody else, signed in. Each act is a noun's own function, the
//! one that the command line calls too.

use super::{ACTS, FUNCTIONS, begin, may_end_hold};
use crate::base::db::{Db, Tx};
use crate::base::error::AppError;
use crate::base::names::GroupName;
use crate::domain::accounts::{self, AccountId, Role};
use crate::domain::audit::{self, By, Details, Event, Kind};
use crate::domain::factors;
use crate::domain::groups::{self, Added};
use crate::flows::acting::Person;
use crate::flows::factor_resets::{self, Start, Stop};
use crate::flows::{disables, freezes, password_resets, roles};
use strum::{IntoStaticStr, VariantNames};

/// What is done to an account. The names are stored.
#[derive(Clone, Debug, PartialEq, Eq, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Act {
    Disable,
    Enable,
    Unlock,
    ResetPassword,
    ResetFactors,
    KeepFactors,
    SetRole(Role),
    AddToGroup(GroupName),
    RemoveFromGroup(GroupName),
}

impl Act {
    /// The stored names of all acts: the `reason` of [`Kind::AdminActed`].
    pub const NAMES: &[&'static str] = Self::VARIANTS;

    pub fn name(&self) -> &'static str {
        self.into()
    }

    /// Where its form is posted: what the list of functions has under its name.
    pub fn form(&self) -> &'static str {
        let is_named = |path: &str| path.strip_prefix(ACTS).is_some_and(|rest| rest.replace('-', "_") == self.name());
        FUNCTIONS.iter().map(|function| function.path).find(|path| is_named(path)).unwrap_or_default()
    }
}

/// Has `person` do `act` to `target` by the form at `path`, with an entry for either of them in the
/// audit trail. False if there was nothing to do, somebody else having been faster. Refused as
/// [`begin`] says, and by what the act itself refuses.
pub async fn act(db: &Db, person: &Person, path: &str, target: AccountId, act: &Act) -> Result<bool, AppError> {
    let mut tx = begin(db, person, path, target).await?;
    if *act == Act::Unlock {
        check_hold(&mut tx, person, target).await?;
    }
    // What the act records first is the entry of its target.
    let entry = audit::newest(&mut tx).await?.saturating_add(1);
    if !perform(&mut tx, target, act).await? {
        return Ok(false);
    }
    let details = Details { reason: Some(act.name().to_owned()), entry: Some(entry), ..Details::of_visitor() };
    let event = Event { kind: Kind::AdminActed, account: Some(person.account.id), details };
    audit::record(&mut tx, &event).await?;
    tx.commit().await?;
    tracing::info!(account = %person.account.id.0, act = act.name(), "an administrator acted on an account");
    Ok(true)
}

/// `Forbidden`: the account is held from an address that it had before, and only administrators may
/// say whose it is. Support can be talked into more, and the hold is all that its owner has against
/// whoever changed the address.
async fn check_hold(tx: &mut Tx, person: &Person, target: AccountId) -> Result<(), AppError> {
    let now = tx.now();
    let held = accounts::find_in(tx, target).await?.is_some_and(|account| account.is_held(now));
    let role = accounts::role_in_use(tx, person.account.id).await?.ok_or(AppError::NotFound)?;
    if !held || may_end_hold(role) { Ok(()) } else { Err(AppError::Forbidden) }
}

async fn perform(tx: &mut Tx, target: AccountId, act: &Act) -> Result<bool, AppError> {
    const BY: By = By::Administrator;
    match act {
        Act::Disable => disables::disable(tx, target, BY).await,
        Act::Enable => disables::enable(tx, target, BY).await,
        Act::Unlock => freezes::end(tx, target, BY).await,
        Act::ResetPassword => password_resets::start(tx, target, BY).await,
        Act::ResetFactors => {
            let any = factors::any_in(tx, target).await?;
            Ok(any && matches!(factor_resets::start(tx, target, BY).await?, Start::Started(_)))
        }
        Act::KeepFactors => factor_resets::stop(tx, target, Stop::By(BY)).await,
        Act::SetRole(role) => roles::set(tx, target, *role, BY).await,
        Act::AddToGroup(group) => match groups::add(tx, group, target, BY).await? {
            Added::Yes => Ok(true),
            Added::Already => Ok(false),
            Added::TooMany => Err(AppError::TooManyGroups),
        },
        Act::RemoveFromGroup(group) => Ok(groups::remove(tx, group, target, BY).await?),
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// One of each, in the order of [`Act::NAMES`].
    pub fn each() -> [Act; 9] {
        let group: GroupName = "team".parse().unwrap();
        [
            Act::Disable,
            Act::Enable,
            Act::Unlock,
            Act::ResetPassword,
            Act::ResetFactors,
            Act::KeepFactors,
            Act::SetRole(Role::Admin),
            Act::AddToGroup(group.clone()),
            Act::RemoveFromGroup(group),
        ]
    }

    #[test]
    fn every_act_is_in_the_list_of_names() {
        assert_eq!(each().iter().map(Act::name).collect::<Vec<_>>(), Act::NAMES);
    }

    #[test]
    fn every_act_is_in_the_list_of_functions() {
        for act in each() {
            assert!(!act.form().is_empty(), "{act:?} is nobody's to do");
        }
    }
}
