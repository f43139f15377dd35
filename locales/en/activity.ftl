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
activity-signed-in = Signed in
activity-signed-in-password = Signed in with a password
activity-signed-in-password-totp = Signed in with a password and an authenticator app
activity-signed-in-password-recovery-code = Signed in with a password and a recovery code
activity-signed-in-passkey = Signed in with a passkey
activity-signed-in-password-passkey = Signed in with a password and a passkey
activity-signed-in-trusted-browser = Signed in with a password, in a browser that you trust
activity-signed-in-provider = Signed in with another service
activity-signed-in-provider-second = Signed in with another service and a second step there
activity-signed-in-provider-totp = Signed in with another service and an authenticator app
activity-signed-in-provider-code = Signed in with another service and a recovery code
activity-signed-in-provider-passkey = Signed in with another service and a passkey
activity-signed-in-mail-link = Signed in with a link in a mail
activity-signed-in-mail-link-totp = Signed in with a link in a mail and an authenticator app
activity-signed-in-mail-link-code = Signed in with a link in a mail and a recovery code
activity-signed-in-mail-link-passkey = Signed in with a link in a mail and a passkey
activity-signed-in-set-up-link = Signed in with the set-up link
activity-signed-in-set-up-link-totp = Signed in with the set-up link and an authenticator app
activity-signed-in-set-up-link-code = Signed in with the set-up link and a recovery code
activity-signed-in-set-up-link-passkey = Signed in with the set-up link and a passkey
activity-refused = A sign-in was refused
activity-refused-wrong-password = A sign-in with a wrong password was refused
activity-refused-unknown-person = A sign-in with an unknown name was refused
activity-refused-account-disabled = A sign-in was refused: the account was disabled
activity-refused-account-locked = A sign-in was refused: the account was locked
activity-refused-too-many-tries = A sign-in was refused without looking at the password: too many had failed

## Sessions
activity-signed-out = Signed out
activity-ended = A session was ended
activity-ended-password-changed = A session was ended: the password was changed
activity-ended-password-reset = A session was ended: the password was reset
activity-ended-expired = A session ended by itself: its time was over
activity-ended-idle = A session ended by itself: it was not used
activity-ended-by-owner = A session was ended by you, from another device
activity-ended-not-me = A session was ended by you, because it was somebody else’s
activity-ended-account-locked = A session was ended: the account was locked
activity-ended-account-disabled = A session was ended: the account was disabled
activity-ended-factors-reset = A session was ended: the second factors were removed
activity-ended-by-admin = A session was ended by an administrator
activity-ended-user-agent-changed = A session was ended: it was used from another browser
activity-ended-network-changed = A session was ended: it was used from another network
activity-ended-refresh-token-reused = A program’s session was ended: a refresh token was used twice, so somebody may have a copy of it
activity-ended-token-revoked = A program signed out
activity-ended-second-factor = A session was ended: two steps are asked for now, and it was begun with one
# A colon and activity-change follow.
activity-changed = A session was used from elsewhere
activity-changed-user-agent = A session was used from another browser
activity-changed-network = A session was used from another network
# $done is one of the three below it.
activity-change = { $was } before, { $is } now. { $done }
activity-change-end = It was ended.
activity-change-confirm = The password was asked for before it could go on.
activity-change-note = It went on.
activity-confirmed = Confirmed with the password
activity-confirmed-passkey = Confirmed with a passkey
activity-confirmed-app = Confirmed with a code of an authenticator app
activity-confirmed-recovery-code = Confirmed with a recovery code
activity-confirmation-failed = A wrong password was given to confirm a session
activity-device-named = A device was named
activity-admin-ended-sessions =
    { $count ->
        [one] You ended 1 session as an administrator
       *[other] You ended { $count } sessions as an administrator
    }
activity-ended-replaced = A session was ended: the same browser signed in again
activity-ended-too-many = A session was ended: it was the oldest of too many

## Password and account
activity-registration-asked = Somebody tried to register with your e-mail address
activity-account-created = The account was made
activity-account-created-by-operator = The account was made by the operator
activity-account-created-by-import = The account came from another application
activity-accounts-imported = Accounts came from another application
activity-accounts-exported = Accounts were written to a file by the operator
activity-password-changed = The password was changed
activity-password-reset-asked = A link to set a new password was asked for
activity-password-reset-started = An administrator had a link to set a new password sent
activity-password-reset = The password was reset with a link in a mail
activity-factor-added = A second factor was turned on
activity-app-added = An authenticator app was turned on
activity-factor-removed = A second factor was turned off
activity-passkey-added = A passkey was added
activity-app-removed = An authenticator app was turned off
activity-passkey-removed = A passkey was removed
activity-factor-named = A second factor was given another name
activity-recovery-codes-made = New recovery codes were made
activity-recovery-code-used = A recovery code was used
activity-code-refused = A wrong code was refused: whoever sent it knew the password
activity-passkey-refused = A passkey was refused
activity-passkey-no-answer = A passkey was refused: its answer was too late, or to no question of ours
activity-passkey-unknown = A passkey was refused: it is not, or no longer, one of this account
activity-passkey-wrong = A passkey was refused: its answer was not right
activity-passkey-copied = A passkey was refused: somebody may have copied it. Remove it and add a new one
activity-provider-linked = A sign-in at another service was linked to the account
activity-provider-unlinked = A sign-in at another service was unlinked from the account
activity-provider-unlinked-locked = The sign-ins at other services were unlinked: the account was locked
activity-provider-refused = A sign-in with another service was refused
activity-provider-unreachable = A sign-in with another service came to nothing: it did not answer
activity-provider-other-issuer = A sign-in with another service was refused: the answer came from elsewhere
activity-provider-code-refused = A sign-in with another service was refused: that service did not confirm it
activity-provider-bad-token = A sign-in with another service was refused: what it sent was not right
activity-provider-other-subject = A sign-in with another service was refused: it named two different people
activity-provider-not-fresh = A confirmation with another service was refused: it did not ask again who is there
activity-provider-other-person = A confirmation with another service was refused: somebody else signed in there
activity-account-created-by-provider = The account was made with a sign-in at another service
activity-browser-trusted = A browser was trusted: the password alone signs in there for a while
activity-browser-trust-stopped = A browser is no longer trusted
activity-account-locked = The account was locked with the link in a letter
# $list is one of those of taken-….
activity-taken-back = Taken away, since it was not certain to be the owner’s: { $list }
activity-taken-back-some = Ways to sign in were taken away, since they were not certain to be the owner’s
activity-account-unlocked = The account was unlocked by an administrator
activity-account-unlocked-by-reset = The account was unlocked by a new password
activity-factor-reset-started = An administrator was asked to remove the second factors
activity-factor-reset-stopped = The removal of the second factors was stopped
activity-factor-reset-stopped-by-link = The removal of the second factors was stopped with the link in a letter
activity-factor-reset-stopped-here = The removal of the second factors was stopped by somebody signed in
activity-factor-reset-done = All second factors were removed, as an administrator was asked to
activity-token-created = A personal access token was made
activity-token-revoked = A personal access token was revoked
activity-attack = Far more sign-ins failed than usual: somebody seems to be guessing passwords
activity-attack-network = One network went on with wrong passwords beyond its limit
activity-signing-keys-rotated = The keys that tokens are signed with were changed
activity-signing-keys-revoked = The keys that tokens are signed with were changed, and the old ones taken away
activity-group-added = You were put into the group { $group }
activity-group-removed = You were taken out of the group { $group }
activity-app-entered = Went on to { $app }
activity-invited = Somebody was invited
activity-invitation-revoked = An invitation was taken back
activity-account-disabled = The account was disabled by an administrator
activity-account-enabled = The account was enabled again by an administrator
activity-role = An administrator changed what the account may do
activity-role-member = An administrator took the account’s part in the administration away
activity-role-support = An administrator let the account help others: support
activity-role-admin = An administrator let the account administer the service
activity-did = Something was done to another account, as an administrator
activity-did-disable = Another account was disabled, as an administrator
activity-did-enable = Another account was enabled, as an administrator
activity-did-unlock = Another account was unlocked, as an administrator
activity-did-reset-password = A link for a new password was sent to somebody else, as an administrator
activity-did-reset-factors = The removal of somebody else’s second factors was started, as an administrator
activity-did-keep-factors = The removal of somebody else’s second factors was stopped, as an administrator
activity-did-set-role = The role of an account was changed, as an administrator
activity-did-add-to-group = Somebody was put into a group, as an administrator
activity-did-remove-from-group = Somebody was taken out of a group, as an administrator
activity-profile-changed = The name, username, language or time zone was saved

## When this version does not know what happened
activity-unknown = Something happened that this version has no words for: { $kind }
