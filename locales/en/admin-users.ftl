## Roles and states
role-member = Member
role-support = Support
role-admin = Administrator
role-staff = Administrators and support
admin-state-active = Active
admin-state-disabled = Disabled
admin-state-locked = Locked by its owner
admin-state-factor-reset = Second factor about to be removed
admin-state-unprotected = Without a second factor

## Overview
admin-overview-title = Administration
admin-overview-text = What happens, and what needs attention.
admin-needed-heading = Needs attention
admin-needed-nothing = Nothing at the moment
admin-needed-nothing-text = What waits for somebody or goes wrong appears here.
admin-needed-factor-resets =
    { $count ->
        [one] 1 person’s second factors are about to be removed
       *[other] { $count } people’s second factors are about to be removed
    }
admin-needed-factor-resets-text = It happens when the waiting time is over, unless they or you stop it.
admin-needed-mails-given-up =
    { $count ->
        [one] 1 mail was given up in the last 7 days
       *[other] { $count } mails were given up in the last 7 days
    }
admin-needed-mails-late =
    { $count ->
        [one] 1 mail has waited for over 10 minutes
       *[other] { $count } mails have waited for over 10 minutes
    }
admin-needed-mails-text = The server’s log says why. Look at the settings of the mail server.
admin-needed-unprotected =
    { $count ->
        [one] 1 person administers without a second factor
       *[other] { $count } people administer without a second factor
    }
admin-needed-unprotected-text = Whoever learns the password gets at everybody. Ask them to turn one on, or require it with second_factor.policy.
admin-needed-locked =
    { $count ->
        [one] 1 account is locked by its owner
       *[other] { $count } accounts are locked by their owners
    }
admin-needed-locked-text = Somebody else may have been at it. A new password behind a mailed link ends the lock.
admin-figures-heading = Lately
admin-figures-sign-ins = Sign-ins
admin-figures-refused = Refused sign-ins
admin-figures-accounts = New accounts
admin-figures-sessions = Open sessions
admin-figures-lately = { $day } in 24 hours, { $week } in 7 days
admin-show-people = Show people
admin-show-attacks = Show the attacks
admin-needed-attacks = { $count ->
    [one] An attack goes on
   *[other] { $count } attacks go on
}
admin-needed-attacks-text = Far more sign-ins fail than usual. The limits hold them up; people who are known here are not kept waiting.
admin-show-activity = Show activity
admin-show-sessions = Show sessions

## Finding people
admin-users-title = People
admin-users-text = Everybody with an account, the newest first.
admin-users-heading = Accounts
admin-users-name = Part of a name, address or id
admin-users-filter-button = Filter
admin-users-state = State
admin-users-any-state = Any state
admin-users-role = Role
admin-users-any-role = Any role
admin-users-person = Person
admin-users-username = Username
admin-users-since = Account made
admin-users-acts = What you can do
admin-users-open = Open
# For screen readers, after “Open”.
admin-users-open-whom = the account of { $email }
admin-users-no-text = Enter a part of a name, a mail address, a username or an id.
admin-users-no-match = Nobody matches
admin-users-no-match-text = No account matches all of this.
admin-users-no-match-so-far = Nobody found so far
admin-users-no-match-so-far-text = None of the accounts looked through matches. “Older” looks further back.
admin-users-no-more = Nobody here any more
admin-users-no-more-text = The accounts of this page are gone.

## One person
admin-who-heading = Account
admin-who-id = Id
admin-who-you = You
admin-who-reset = Second factor is removed
admin-ways-heading = Ways to sign in
admin-ways-password-set = Set
admin-ways-password-since = Set
admin-ways-no-factor = None is turned on.
admin-ways-codes =
    { $count ->
        [0] On. No recovery codes are left.
        [one] On. 1 recovery code is left.
       *[other] On. { $count } recovery codes are left.
    }
admin-ways-tokens = Personal access tokens
admin-ways-token-count =
    { $count ->
        [0] None
        [one] 1 in use
       *[other] { $count } in use
    }
admin-person-sessions =
    { $count ->
        [0] Not signed in anywhere.
        [one] Signed in on 1 device.
       *[other] Signed in on { $count } devices.
    }
admin-groups-heading = Groups
admin-groups-text = Apps can let people in by them.
admin-groups-none = In no group.
admin-group-name = Group
admin-group-add-button = Add
admin-group-remove-button = Remove
admin-latest-none = Nothing has happened on this account yet.

## What can be done
admin-acts-heading = What you can do
admin-acts-text = Each is asked once more, recorded with your name, and told to the person by mail.
admin-change-role = Change role
admin-cancel = Cancel
admin-own-account = This is your own account.
act-title-disable = Disable account
act-text-disable = { $email } is signed out everywhere at once and can’t sign in until the account is enabled again. Nothing is removed.
act-title-enable = Enable account
act-text-enable = { $email } can sign in again as before.
act-title-unlock = Unlock account
act-text-unlock = { $email } can sign in again with the same password, which somebody else may know. Be sure that it is the owner who asks.
admin-who-held = Lock ends
admin-who-held-text = An address that the account had before says that its owner did not change it. Only an administrator can unlock it before, or the operator, who can also give it its address back.
act-title-reset-password = Send password link
act-text-reset-password = { $email } gets a link to choose a new password. It works once, for an hour. Nobody else sees it, and the old password is good until then.
act-title-reset-factors = Remove second factors
act-text-reset-factors =
    { $hours ->
        [one] All second factors of { $email } are removed in 1 hour. They are told now, and can stop it until then.
       *[other] All second factors of { $email } are removed in { $hours } hours. They are told now, and can stop it until then.
    }
act-title-keep-factors = Keep second factors
act-text-keep-factors = The removal that waits is stopped, and { $email } is told.
act-title-set-role = Make this account: { $role }
act-text-set-role-member = { $email } sees nothing of the administration any more, from their next click on.
act-text-set-role-support = { $email } can see everybody’s account and activity, and help members back into their accounts.
act-text-set-role-admin = { $email } can see everybody’s account and activity, disable accounts, and give roles, yours included.
act-title-add-to-group = Add to { $group }
act-text-add-to-group = { $email } is in the group { $group } from their next click on. Apps that let in that group let them in.
act-title-remove-from-group = Remove from { $group }
act-text-remove-from-group = { $email } is out of the group { $group } from their next click on. Apps that let them in for it refuse them then.
act-done-disable = The account is disabled, and everybody in it is signed out.
act-done-enable = The account is enabled.
act-done-unlock = The account is unlocked.
act-done-reset-password = The link is on its way to the owner.
act-done-reset-factors = The second factors are removed when the waiting time is over.
act-done-keep-factors = The second factors stay.
act-done-set-role = The role is changed.
act-done-add-to-group = Added to the group.
act-done-remove-from-group = Removed from the group.
admin-undone = Nothing was changed: it was so already.

## Everybody’s activity
admin-activity-title = Activity
admin-activity-text = What happened on all accounts, who did it, and from where.
admin-activity-who = E-mail, username or id
admin-activity-signed-in = Sign-ins
admin-activity-refused = Refused sign-ins
admin-activity-new-accounts = New accounts
admin-activity-administration = Administration
admin-activity-sign-ins = All about signing in
admin-activity-none = Nothing has happened yet.
# An address follows.
admin-activity-by = By
admin-activity-to = To
admin-activity-by-command-line = From the command line
admin-activity-unknown = Nobody who has an account
admin-activity-gone = An account that is gone ({ $id })
admin-activity-erased = Details erased: whom it was about, from where and why

## Activity, told of somebody else
anothers-entry-session-ended-ended-by-owner = A session was ended by its owner, from another device
anothers-entry-session-ended-not-me = A session was ended by its owner, because it was somebody else’s
anothers-entry-registration-asked = Somebody tried to register with this e-mail address
anothers-entry-signed-in-password-and-trusted-browser = Signed in with a password, in a trusted browser
anothers-entry-group-added = Put into the group { $group }
anothers-entry-group-removed = Taken out of the group { $group }
anothers-entry-admin-ended-sessions =
    { $count ->
        [one] Ended 1 session as an administrator
       *[other] Ended { $count } sessions as an administrator
    }
# Of entries whose details are erased.
erased-entry-admin-ended-sessions = Ended sessions as an administrator
erased-entry-group-added = Put into a group
erased-entry-group-removed = Taken out of a group
erased-entry-app-entered = Went on to an app
