## The page
activity-title = Activity
activity-text = What happened on your account, and from where.
activity-text-lately = What happened on your account in the last { $days } days, and from where.
activity-heading = Latest first
activity-filter-kind = Show
activity-filter-time = When
activity-filter-button = Apply
activity-kind-everything = Everything
activity-kind-sign-ins = Sign-ins
activity-kind-sessions = Sessions
activity-kind-account = Password, second factor, account
activity-time-any = At any time
activity-time-day = In the last 24 hours
activity-time-week = In the last 7 days
activity-time-month = In the last 30 days
activity-this-session = This session
# The link ends the sentence; a full stop follows.
activity-suspicious = Nobody got in with a refused sign-in; if it was not you who tried and your password is short or used elsewhere,
activity-suspicious-link = choose a new one
# Ends with the same link.
activity-somebody-in = Somebody else was in your account, or may have been; if you have not changed the password since,
activity-empty = Nothing yet
activity-empty-text = Sign-ins, ended sessions and changes to your account appear here.
activity-no-match = Nothing matches
activity-no-match-text = There is nothing of this kind in this time.
activity-no-match-so-far = Nothing found so far
activity-no-match-so-far-text = There is nothing of this kind among the entries looked through. “Older” looks further back.
activity-export-heading = Download
activity-export-text = All of your activity in one file, whatever is shown above.
activity-export-json = JSON
activity-export-csv = CSV

## Signing in
entry-signed-in = Signed in
entry-signed-in-password = Signed in with a password
entry-signed-in-password-totp = Signed in with a password and an authenticator app
entry-signed-in-password-recovery-code = Signed in with a password and a recovery code
entry-signed-in-passkey = Signed in with a passkey
entry-signed-in-password-passkey = Signed in with a password and a passkey
entry-signed-in-password-and-trusted-browser = Signed in with a password, in a browser that you trust
entry-signed-in-provider = Signed in with another service
entry-signed-in-provider-second-factor = Signed in with another service and a second step there
entry-signed-in-provider-totp = Signed in with another service and an authenticator app
entry-signed-in-provider-recovery-code = Signed in with another service and a recovery code
entry-signed-in-provider-passkey = Signed in with another service and a passkey
entry-signed-in-mail-link = Signed in with a link in a mail
entry-signed-in-mail-link-totp = Signed in with a link in a mail and an authenticator app
entry-signed-in-mail-link-recovery-code = Signed in with a link in a mail and a recovery code
entry-signed-in-mail-link-passkey = Signed in with a link in a mail and a passkey
entry-signed-in-set-up-link = Signed in with the set-up link
entry-signed-in-set-up-link-totp = Signed in with the set-up link and an authenticator app
entry-signed-in-set-up-link-recovery-code = Signed in with the set-up link and a recovery code
entry-signed-in-set-up-link-passkey = Signed in with the set-up link and a passkey
entry-sign-in-failed = A sign-in was refused
entry-sign-in-failed-wrong-password = A sign-in with a wrong password was refused
entry-sign-in-failed-unknown-person = A sign-in with an unknown name was refused
entry-sign-in-failed-account-disabled = A sign-in was refused: the account was disabled
entry-sign-in-failed-account-locked = A sign-in was refused: the account was locked
entry-sign-in-failed-too-many-tries = A sign-in was refused without looking at the password: too many had failed

## Sessions
entry-signed-out = Signed out
entry-session-ended = A session was ended
entry-session-ended-password-changed = A session was ended: the password was changed
entry-session-ended-password-reset = A session was ended: the password was reset
entry-session-ended-expired = A session ended by itself: its time was over
entry-session-ended-idle = A session ended by itself: it was not used
entry-session-ended-ended-by-owner = A session was ended by you, from another device
entry-session-ended-not-me = A session was ended by you, because it was somebody else’s
entry-session-ended-account-locked = A session was ended: the account was locked
entry-session-ended-account-disabled = A session was ended: the account was disabled
entry-session-ended-factors-reset = A session was ended: the second factors were removed
entry-session-ended-ended-by-admin = A session was ended by an administrator
entry-session-ended-user-agent-changed = A session was ended: it was used from another browser
entry-session-ended-network-changed = A session was ended: it was used from another network
entry-session-ended-refresh-token-reused = A program’s session was ended: a refresh token was used twice, so somebody may have a copy of it
entry-session-ended-token-revoked = A program signed out
entry-session-ended-second-factor-required = A session was ended: two steps are asked for now, and it was begun with one
# A colon and activity-change follow.
entry-session-changed = A session was used from elsewhere
entry-session-changed-user-agent = A session was used from another browser
entry-session-changed-network = A session was used from another network
# $done is one of the three below it.
activity-change = { $was } before, { $is } now. { $done }
activity-change-end = It was ended.
activity-change-confirm = The password was asked for before it could go on.
activity-change-note = It went on.
entry-session-confirmed = Confirmed with the password
entry-session-confirmed-passkey = Confirmed with a passkey
entry-session-confirmed-totp = Confirmed with a code of an authenticator app
entry-session-confirmed-recovery-code = Confirmed with a recovery code
entry-confirmation-failed = A wrong password was given to confirm a session
entry-device-named = A device was named
entry-admin-ended-sessions =
    { $count ->
        [one] You ended 1 session as an administrator
       *[other] You ended { $count } sessions as an administrator
    }
entry-session-ended-replaced = A session was ended: the same browser signed in again
entry-session-ended-too-many = A session was ended: it was the oldest of too many

## Password and account
entry-registration-asked = Somebody tried to register with your e-mail address
entry-account-created = The account was made
entry-account-created-command-line = The account was made by the operator
entry-account-created-import = The account came from another application
entry-accounts-imported = Accounts came from another application
entry-accounts-exported = Accounts were written to a file by the operator
entry-password-changed = The password was changed
entry-password-reset-asked = A link to set a new password was asked for
entry-password-reset-asked-for-owner = An administrator had a link to set a new password sent
entry-password-reset = The password was reset with a link in a mail
entry-second-factor-added = A second factor was turned on
entry-second-factor-added-totp = An authenticator app was turned on
entry-second-factor-removed = A second factor was turned off
entry-second-factor-added-passkey = A passkey was added
entry-second-factor-removed-totp = An authenticator app was turned off
entry-second-factor-removed-passkey = A passkey was removed
entry-second-factor-named = A second factor was given another name
entry-recovery-codes-made = New recovery codes were made
entry-recovery-code-used = A recovery code was used
entry-code-refused = A wrong code was refused: whoever sent it knew the password
entry-passkey-refused = A passkey was refused
entry-passkey-refused-no-answer = A passkey was refused: its answer was too late, or to no question of ours
entry-passkey-refused-unknown-passkey = A passkey was refused: it is not, or no longer, one of this account
entry-passkey-refused-wrong-answer = A passkey was refused: its answer was not right
entry-passkey-refused-copied-passkey = A passkey was refused: somebody may have copied it. Remove it and add a new one
entry-provider-linked = A sign-in at another service was linked to the account
entry-provider-unlinked = A sign-in at another service was unlinked from the account
entry-provider-unlinked-account-locked = The sign-ins at other services were unlinked: the account was locked
entry-provider-refused = A sign-in with another service was refused
entry-provider-refused-unreachable = A sign-in with another service came to nothing: it did not answer
entry-provider-refused-other-issuer = A sign-in with another service was refused: the answer came from elsewhere
entry-provider-refused-code-refused = A sign-in with another service was refused: that service did not confirm it
entry-provider-refused-bad-token = A sign-in with another service was refused: what it sent was not right
entry-provider-refused-other-subject = A sign-in with another service was refused: it named two different people
entry-provider-refused-not-fresh = A confirmation with another service was refused: it did not ask again who is there
entry-provider-refused-other-person = A confirmation with another service was refused: somebody else signed in there
entry-account-created-provider = The account was made with a sign-in at another service
entry-browser-trusted = A browser was trusted: the password alone signs in there for a while
entry-browser-trust-stopped = A browser is no longer trusted
entry-account-locked = The account was locked with the link in a letter
# $list is one of those of taken-….
entry-taken-back = Taken away, since it was not certain to be the owner’s: { $list }
erased-entry-taken-back = Ways to sign in were taken away, since they were not certain to be the owner’s
entry-account-unlocked = The account was unlocked by an administrator
entry-account-unlocked-password-reset = The account was unlocked by a new password
entry-factor-reset-started = An administrator was asked to remove the second factors
entry-factor-reset-stopped = The removal of the second factors was stopped
entry-factor-reset-stopped-mail-link = The removal of the second factors was stopped with the link in a letter
entry-factor-reset-stopped-session = The removal of the second factors was stopped by somebody signed in
entry-factor-reset-done = All second factors were removed, as an administrator was asked to
entry-token-created = A personal access token was made
entry-token-revoked = A personal access token was revoked
entry-attack-noticed = Far more sign-ins failed than usual: somebody seems to be guessing passwords
entry-attack-noticed-network = One network went on with wrong passwords beyond its limit
entry-signing-keys-rotated = The keys that tokens are signed with were changed
entry-signing-keys-rotated-revoked = The keys that tokens are signed with were changed, and the old ones taken away
entry-group-added = You were put into the group { $group }
entry-group-removed = You were taken out of the group { $group }
entry-app-entered = Went on to { $app }
entry-invited = Somebody was invited
entry-invitation-revoked = An invitation was taken back
entry-account-disabled = The account was disabled by an administrator
entry-account-enabled = The account was enabled again by an administrator
entry-role-changed = An administrator changed what the account may do
entry-role-changed-member = An administrator took the account’s part in the administration away
entry-role-changed-support = An administrator let the account help others: support
entry-role-changed-admin = An administrator let the account administer the service
entry-admin-acted = Something was done to another account, as an administrator
entry-admin-acted-disable = Another account was disabled, as an administrator
entry-admin-acted-enable = Another account was enabled, as an administrator
entry-admin-acted-unlock = Another account was unlocked, as an administrator
entry-admin-acted-reset-password = A link for a new password was sent to somebody else, as an administrator
entry-admin-acted-reset-factors = The removal of somebody else’s second factors was started, as an administrator
entry-admin-acted-keep-factors = The removal of somebody else’s second factors was stopped, as an administrator
entry-admin-acted-set-role = The role of an account was changed, as an administrator
entry-admin-acted-add-to-group = Somebody was put into a group, as an administrator
entry-admin-acted-remove-from-group = Somebody was taken out of a group, as an administrator
entry-profile-changed = The name, username, language or time zone was saved

## When this version does not know what happened
activity-unknown = Something happened that this version has no words for: { $kind }
