## Navigation
nav-account = Overview
nav-account-profile = Profile
nav-account-sessions = Sessions
nav-account-password = Password
nav-account-second-factor = Second factor
nav-account-passkeys = Passkeys
nav-account-tokens = Access tokens
nav-account-connections = Connections
nav-account-activity = Activity
nav-to-administration = Administration

## Overview
overview-title = Your account
overview-greeting = Signed in as { $name }
overview-who-heading = You
overview-profile-link = Edit profile
overview-email = E-mail
overview-email-confirmed = Confirmed
overview-email-none = None
overview-username = Username
overview-since = Account made
overview-session-heading = This session
overview-sessions-link = See all sessions
overview-session-only = You are signed in nowhere else.
overview-session-others =
    { $count ->
        [one] You are signed in at 1 other place.
       *[other] You are signed in at { $count } other places.
    }
overview-device = Device
overview-this-device = This device
overview-address = Network address
overview-signed-in = Signed in
overview-ends = Ends by itself
overview-protection-heading = What protects your account
overview-password = Password
# A time follows: "Last changed 3 days ago".
overview-password-changed = Last changed
overview-password-none = None: you sign in with a passkey
overview-password-never-changed = Unchanged since the account was made
overview-password-link = Change password
overview-factor = Second factor
overview-factor-off = Off: whoever knows your password can sign in
# Where they are named, $apps and $passkeys are at least 1.
overview-factor-apps = On: { $apps ->
        [one] an authenticator app
       *[other] { $apps } authenticator apps
    }, { $codes ->
        [0] no recovery codes
        [one] 1 recovery code
       *[other] { $codes } recovery codes
    } left
overview-factor-passkeys = On: { $passkeys ->
        [one] a passkey
       *[other] { $passkeys } passkeys
    }, { $codes ->
        [0] no recovery codes
        [one] 1 recovery code
       *[other] { $codes } recovery codes
    } left
overview-factor-both = On: { $apps ->
        [one] an authenticator app
       *[other] { $apps } authenticator apps
    }, { $passkeys ->
        [one] a passkey
       *[other] { $passkeys } passkeys
    }, { $codes ->
        [0] no recovery codes
        [one] 1 recovery code
       *[other] { $codes } recovery codes
    } left
overview-factor-link = Manage
overview-factor-turn-on = Turn on
overview-next-heading = What to do next
overview-next-somebody = Change your password now
overview-next-somebody-text = You said that somebody else was in your account. They may know the password there is.
overview-next-code-used = A recovery code was used
overview-next-code-used-text = If that was you, remove what you have lost and make new codes. If it was not, lock your account with the link in our letter.
overview-next-factor = Turn on a second factor
overview-next-address = Confirm your e-mail
overview-next-address-text = Nobody has shown yet that this address is yours. Without that, whoever has it can take the account over.
overview-next-address-link = Confirm
overview-next-codes = Make new recovery codes
overview-next-name = Say what you are called
overview-next-name-text = So far you are known by the start of your e-mail.
overview-next-name-link = Add your name
overview-next-nothing = All set. There is nothing to do for now.

## Profile
profile-title = Profile
profile-text = What we know about you.
profile-heading = Name, language and time
profile-saved = Your profile is saved.

## Devices
device-unknown = an unknown browser
device-browser-on = { $browser } on { $system }

## Development mailbox
dev-mail-title = Development mailbox
dev-mail-text = What this copy would have sent. Only this machine can see it.
dev-mail-empty = No messages yet
dev-mail-empty-text = Create an account or ask for a new password, and the message appears here.
dev-mail-to = To { $address }
