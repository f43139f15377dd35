//! Who may see and do what in the administration: one list, which the guard before every request
//! asks and the tests read. What is not in the list is there for nobody.

mod acts;

#[cfg(test)]
pub use acts::tests::each as each_act;
pub use acts::{Act, act};

use crate::base::db::{Db, Tx};
use crate::base::error::AppError;
use crate::domain::accounts::{self, AccountId, Role};
use crate::domain::sessions;
use crate::flows::acting::{self, Person};

/// A page or an act of the administration.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// Of a page, as `app.rs` has it; of an act, where its form is posted.
    pub path: &'static str,
    /// Whoever has this role may, and whoever has one after it.
    pub least: Role,
    /// As docs/admin.md names it.
    pub called: &'static str,
}

const fn of(least: Role, path: &'static str, called: &'static str) -> Function {
    Function { path, least, called }
}

/// All there are. To everybody else they are not there.
pub const FUNCTIONS: &[Function] = &[
    of(Role::Support, "/admin", "See the overview"),
    of(Role::Support, "/admin/users", "Find people"),
    of(Role::Support, "/admin/users/:id", "See one person: state, factors, sessions, groups, activity"),
    of(Role::Support, "/admin/sessions", "See who is signed in where"),
    of(Role::Support, "/admin/activity", "Read everybody’s audit trail"),
    of(Role::Support, "/admin/attacks", "See the attacks of late, and how much fails"),
    of(Role::Support, "/admin/invitations", "See the invitations that were not used"),
    of(Role::Support, "/form/admin-unlock", "Unlock an account that its owner locked"),
    of(Role::Support, "/form/admin-reset-password", "Mail somebody a link for a new password"),
    of(Role::Support, "/form/admin-reset-factors", "Start the removal of somebody’s second factors, which waits"),
    of(Role::Support, "/form/admin-keep-factors", "Stop such a removal"),
    of(Role::Admin, "/form/admin-disable", "Disable an account"),
    of(Role::Admin, "/form/admin-enable", "Enable it again"),
    of(Role::Admin, "/form/admin-set-role", "Change somebody’s role"),
    of(Role::Admin, "/form/admin-add-to-group", "Put somebody into a group"),
    of(Role::Admin, "/form/admin-remove-from-group", "Take somebody out of a group"),
    of(Role::Admin, "/form/admin-invite", "Invite somebody to make an account"),
    of(Role::Admin, "/form/admin-send-invitation", "Send an invitation again"),
    of(Role::Admin, "/form/admin-take-back-invitation", "Take an invitation back"),
    of(Role::Admin, "/form/admin-end-session", "End one session of anybody"),
    of(Role::Admin, "/form/admin-end-sessions", "End all sessions, of one person or of everybody"),
];

/// What every act's path begins with.
pub const ACTS: &str = "/form/admin-";

/// The entry of the page or act at `path`; none if there is no such thing.
pub fn function(path: &str) -> Option<&'static Function> {
    let fits = |function: &&Function| match function.path.rsplit_once("/:") {
        Some((before, _)) => path
            .strip_prefix(before)
            .and_then(|rest| rest.strip_prefix('/'))
            .is_some_and(|id| !id.is_empty() && !id.contains('/')),
        None => function.path == path,
    };
    FUNCTIONS.iter().find(fits)
}

/// Whether the administration is there for somebody with this role at all.
pub fn is_open_to(role: Role) -> bool {
    role >= Role::Support
}

/// Whether somebody with this role may see or do what is at `path`.
pub fn allows(role: Role, path: &str) -> bool {
    function(path).is_some_and(|function| role >= function.least)
}

/// Whether an act at `path` is refused before anything of it is read: it is in no list, or not for
/// whoever has this role. Whoever is not signed in is told so by the act itself, like everywhere.
pub fn refuses(role: Option<Role>, path: &str) -> bool {
    path.starts_with(ACTS)
        && match (function(path), role) {
            (None, _) => true,
            (Some(function), Some(role)) => role < function.least,
            (Some(_), None) => false,
        }
}

/// Makes sure, in the transaction of an act, that the person may do what is at `path` still: who it
/// is was decided when the request began, and whoever holds its body back can act long after they
/// were signed out or lost the role. `NotFound`: they may not, or there is none.
pub async fn check_still(tx: &mut Tx, person: &Person, path: &str) -> Result<(), AppError> {
    if !sessions::is_live(tx, person.session.handle, person.session.key()).await? {
        return Err(AppError::SignInRequired);
    }
    check_role(tx, person, path).await
}

async fn check_role(tx: &mut Tx, person: &Person, path: &str) -> Result<(), AppError> {
    let role = accounts::role_in_use(tx, person.account.id).await?;
    if role.is_some_and(|role| allows(role, path)) { Ok(()) } else { Err(AppError::NotFound) }
}

/// Whether somebody with `role` may act on the account of somebody with the role `of`. Only
/// administrators help those who administer: whoever gets at the mail of an administrator must not
/// need more than support to get in.
pub fn may_act_on(role: Role, of: Role) -> bool {
    role == Role::Admin || of == Role::Member
}

/// Whether somebody with `role` may unlock an account that is held from an address that it had
/// before ([`crate::flows::freezes::hold`]).
pub fn may_end_hold(role: Role) -> bool {
    role == Role::Admin
}

/// Begins what the person does at `path` and to nobody's account: not without a recent proof, nor
/// without a second factor if they have one.
pub async fn begin_for_nobody(db: &Db, person: &Person, path: &str) -> Result<Tx, AppError> {
    let mut tx = acting::begin_administering(db, person).await?;
    check_role(&mut tx, person, path).await?;
    Ok(tx)
}

/// [`begin_for_nobody`], for what is done to `target`.
/// `NotFound`: there is no such account. `Forbidden`: it is not one that they may act on.
async fn begin(db: &Db, person: &Person, path: &str, target: AccountId) -> Result<Tx, AppError> {
    let mut tx = begin_for_nobody(db, person, path).await?;
    let account = accounts::find_in(&mut tx, target).await?.ok_or(AppError::NotFound)?;
    let role = accounts::role_in_use(&mut tx, person.account.id).await?.ok_or(AppError::NotFound)?;
    if may_act_on(role, account.role) { Ok(tx) } else { Err(AppError::Forbidden) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_in_the_list_is_for_nobody() {
        for path in ["/form/admin-nothing", "/admin/nothing", "/admin/users/", "/admin/users/1/2", "/admin/", ""] {
            assert!(function(path).is_none() && !allows(Role::Admin, path), "{path}");
        }
        assert!(refuses(None, "/form/admin-nothing"));
        assert!(!refuses(None, "/form/admin-disable") && !refuses(None, "/form/sign-in"));
        assert_eq!(function("/admin/users/0189").unwrap().path, "/admin/users/:id");
    }

    #[test]
    fn support_sees_and_helps_members_and_does_nothing_else() {
        let helps = ["unlock", "reset-password", "reset-factors", "keep-factors"].map(|act| format!("{ACTS}{act}"));
        for function in FUNCTIONS {
            let may = !function.path.starts_with(ACTS) || helps.iter().any(|help| help == function.path);
            assert_eq!(allows(Role::Support, function.path), may, "{}", function.path);
            assert!(allows(Role::Admin, function.path) && !allows(Role::Member, function.path), "{}", function.path);
        }
        for of in [Role::Support, Role::Admin] {
            assert!(!may_act_on(Role::Support, of) && may_act_on(Role::Admin, of));
        }
        assert!(may_act_on(Role::Support, Role::Member));
    }
}
