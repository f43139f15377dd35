## The page
factor-title = Second factor
factor-text = Something you have, besides the password you know. A stolen password then lets nobody in.
factor-app = Authenticator app
factor-apps-heading = Authenticator apps
factor-apps-text = Any one of them will do when you sign in.
factor-none = No second factor yet
factor-none-text = An app on your phone, such as Google Authenticator, Aegis or 2FAS, shows a new code every half minute. Many password managers can do it too.
factor-set-up-link = Set up an authenticator app
factor-another-link = Set up another
# A time follows: "Added 3 days ago".
factor-added = Added
# A time follows: "last used 3 days ago".
factor-used = last used
factor-name-link = Rename
factor-off-button = Turn off
factor-codes-heading = Recovery codes
factor-codes-left =
    { $count ->
        [0] You have none left.
        [one] You have 1 left.
       *[other] You have { $count } left.
    }
factor-codes-text = Each signs you in once when your app is lost.
factor-codes-link = Make new codes
factor-few-codes =
    { $count ->
        [0] You have no recovery codes left. Without your app you could not sign in.
        [one] You have 1 recovery code left.
       *[other] You have { $count } recovery codes left.
    }
factor-few-codes-link = Make new ones

# $until is a moment: "23 November 2026, 14:05 UTC".
factor-asked-for = This site asks for a second factor. Set one up by { $until }: after that you are let in only once you have.

## What was done
factor-on = The authenticator app is turned on. Its codes are asked for when you sign in.
factor-turned-off = The authenticator app is turned off. You can delete it from the app.
factor-for-app = The app that you came from asks for a second factor. Set one up here, then open the app again.
factor-codes-saved = Your second factor is set up. Keep the recovery codes where you find them without your phone.
factor-named = The name is saved.
factor-elsewhere =
    { $count ->
        [one] You are still signed in at 1 other place. If you do not know it, sign out there.
       *[other] You are still signed in at { $count } other places. If you do not know all of them, sign out there.
    }

## Turning off
factor-off-heading = Turn off “{ $name }”?
factor-off-text = Its codes no longer work. Your other apps and your recovery codes do.
factor-off-last-text = It is your last one. Your password alone then signs in, and your recovery codes no longer work.
factor-off-required-text = It is your last one, and this site asks for a second factor. Set up another one first, then turn this one off.
factor-off-short-text = It is your last one. Your password alone then signs in, and it is too short for that: choose a longer one. Every other device is signed out, and your recovery codes no longer work.
factor-keep = Keep it

## Naming
factor-name-heading = Rename an authenticator app
factor-name-cancel = Keep the name
field-authenticator-name = Name
field-authenticator-name-help = Such as “Phone” or “Work laptop”, so that you can tell several apart. You can leave it empty.

## Setting up an app
totp-title = Set up an authenticator app
totp-text = Three steps, about a minute.
totp-heading = Authenticator app
totp-scan = Scan this code with the app
totp-scan-text = In the app, choose to add an account and point the camera here.
totp-qr-label = QR code for the authenticator app. The key below it says the same.
totp-key-text = Can’t scan it? Type this key into the app, or open it on this device. Show it to nobody: whoever has it can make your codes.
totp-copy = Copy the key
totp-open = Open in an app
totp-enter = Enter the code that the app shows
field-new-code = Code
field-new-code-help = { $digits } digits. It changes while you type; the one before still counts for a moment.
totp-name = Give it a name
totp-button = Turn on
totp-cancel = Not now
copied = Copied

## Setting one up before being let in
enrol-title = Set up a second step
enrol-text = Your password was right. Before you are let in, set up what is asked for besides it from now on.
enrol-policy = This site asks for a second step at sign-in: a stolen password then lets nobody in.
enrol-password = Your password is too short to be all that is asked for.

## Recovery codes
codes-title = Recovery codes
codes-text = For when your phone is lost, broken or left at home. Each signs you in once, in place of the app’s code.
codes-heading = Your recovery codes
codes-once = You see these codes only now. Save them before you leave this page, and not only on the phone with the app.
# Stands on the printed page and in the file too.
codes-whose = For { $email } at { $site }
codes-made-at = Saved on { $when }
codes-file-text = Each of these codes works once, in place of a code of your authenticator app. Keep them secret.
codes-copy = Copy
codes-download = Download
codes-print = Print
codes-saved-button = I have saved them
codes-new-heading = Make new codes
codes-new-text = You get ten new codes. All the old ones stop working at once, also those you have not used.
codes-new-button = Make new codes
codes-keep = Keep the old ones
codes-none = No recovery codes yet
codes-none-text = They stand in for another second factor, so you get them when you set one up.

## A removal that waits
factor-reset-title = Your second factor is going to be removed
factor-reset-text = Somebody asked an administrator to remove it.
factor-reset-started = Asked for
factor-reset-due = Happens
factor-reset-yes = If it was you, there is nothing to do. Close this page. Until then your second factor is asked for as before.
factor-reset-no = If it was not you, stop it. Your second factor then stays as it is.
factor-reset-stop-button = Stop it
factor-reset-stopped-title = It is stopped
factor-reset-stopped-text = Your second factor stays as it is. If you did not ask for its removal, somebody may know your password: choose a new one.
factor-reset-over = The removal of your second factor is over: it was stopped, or it has happened. You have a letter that says which.
# Times follow the colon and the full stop: "… It happens in 23 hours."
factor-reset-banner = An administrator was asked to remove your second factor. It happens
factor-reset-banner-then = You are then signed out everywhere, and your password alone signs in. If you did not ask for it, stop it: with the link in our letter, or with a code of a second factor that you have had for more than a week.
factor-reset-code-help = From your authenticator app, or a recovery code
factor-reset-was-stopped = The removal is stopped. Your second factor stays as it is.
