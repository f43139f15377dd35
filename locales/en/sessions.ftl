## Confirm
confirm-title = Confirm that it is you
confirm-text = What you are about to do can lock people out, so we ask once more.
confirm-heading-passkey = Your passkey
confirm-heading = Your password
confirm-factor-heading = Your second factor
confirm-factor-text = This changes how you sign in, and you are signed in here without your second factor. Show it once.
confirm-as = You are signed in as { $email }.
confirm-user-agent = This session is suddenly used from another browser: { $is }. If that is you, confirm it to go on.
confirm-network = This session is suddenly used from another network. If that is you, confirm it to go on.

## Sessions
sessions-title = Sessions
sessions-text = Where you are signed in. End what you do not know, or do not use any more.
sessions-here-heading = In use now
sessions-this-device = This device
sessions-others-heading = Everywhere else
sessions-others-text =
    { $count ->
        [one] You are signed in at 1 other place.
       *[other] You are signed in at { $count } other places.
    }
sessions-none = You are signed in nowhere else
sessions-none-text = A sign-in on another device or browser appears here.
sessions-find = Find by device, name or address
sessions-find-button = Find
sessions-no-match = Nothing matches
sessions-no-match-text = No other session has that in its device, name, place or address.
sessions-active-now = Active now
# A time follows: "Active 3 hours ago".
sessions-active = Active
sessions-shared = shared computer
# A time follows: "Ends by itself in 2 hours".
sessions-ends = Ends by itself
# Between two times: "in 1 hour without use, or at the latest in 12 hours".
ends-or-at-the-latest = without use, or at the latest
sessions-end-button = End session
sessions-not-me-button = That wasn’t me
sessions-end-heading = End this session?
sessions-end-text = { $device } is signed out at once. Whoever uses it has to sign in again, and what was not saved there is lost.
sessions-keep = Keep it
sessions-end-others-button = Sign out everywhere else
sessions-end-others-heading = Sign out everywhere else?
sessions-end-others-text =
    { $count ->
        [one] 1 session is ended at once. You stay signed in here.
       *[other] { $count } sessions are ended at once. You stay signed in here.
    }
sessions-keep-others = Keep them
sessions-ended =
    { $count ->
        [one] The session is ended.
       *[other] { $count } sessions are ended.
    }
sessions-ended-none = That session was over already.
sessions-name = Name this device
sessions-rename = Change its name
sessions-name-heading = Name this device
sessions-name-cancel = Leave it
sessions-named = The name is saved.
field-device-name = Name of the device
field-device-name-help = Such as “Work laptop”. Leave it empty to take the name away.

## Browsers in which the password alone signs in
trusted-heading = Browsers you trust
trusted-text = Your password alone signs in here, without the second factor. That ends with a new password, with a change of your second factors, and with “Sign out everywhere else”.
# A time follows: "Trusted 3 days ago".
trusted-since = Trusted
# A time follows: "ends in 27 days".
trusted-until = ends
trusted-stop-button = Stop trusting
trusted-stopped = That browser is no longer trusted. The next sign-in there asks for the second factor.

## What to do about them
sessions-guidance-heading = Something you do not know?
sessions-guidance = A phone or another browser of yours may look strange here, and an address can change on the way. If you are not sure, choose “That wasn’t me”: the session ends, and you choose a new password, which ends all others too.

## The end of a session
lifetime-shared = This is a shared computer. Sign out when you are done.
lifetime-idle = You are signed out in less than five minutes, because nothing happened here for a while. A session ends after { $time } without use.
lifetime-longest = This session ends in less than five minutes, as every session does after a while. Save what you are doing, and sign in again afterwards.
lifetime-stay = Stay signed in

## Behind the link in the mail about a sign-in. Whoever reads the mail sees this: nothing here names the account.
was-it-you-title = Was it you?
was-it-you-text = Someone signed in. This is what we know about it.
was-it-you-on = Still signed in
was-it-you-over = Not signed in any more
was-it-you-yes = If it was you, there is nothing to do. Close this page.
was-it-you-no = If it was not you, end the session here. Passkeys, second factors, access tokens and linked sign-ins that were added in the last seven days are removed too, since they may not be yours. Then choose a new password, since somebody knows yours.
was-it-you-button = End session
was-it-you-over-no = If it was not you, say so here. Passkeys, second factors, access tokens and linked sign-ins that were added in the last seven days are removed, since they may not be yours. Then choose a new password, since somebody knows yours. That ends every other session too.
was-it-you-over-button = It was not me
was-it-you-password = Choose a new password
was-it-you-closed = This link works once, for a week after what it tells of. If you do not know that, choose a new password: that ends every session.

## Behind the link in a letter about second factors. A sentence from the activity says what happened.
lock-text = This is what happened to your account.
lock-what = What
lock-when = When
lock-no = If it was not you, lock your account. Everybody is signed out at once, and nobody can sign in until you have chosen a new password. You get the link for it by mail. Passkeys, second factors and recovery codes that were added in the last seven days are removed, since they may not be yours; so are all access tokens and linked sign-ins.
lock-button = This wasn’t me: lock my account
lock-locked = The account is locked. To get in again, choose a new password.
