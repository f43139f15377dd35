## The page
passkeys-title = Passkeys
passkeys-text = Sign in with your finger, your face or the PIN of your device instead of a password.
passkeys-heading = Your passkeys
passkeys-list-text = Each signs you in by itself, and is a second step after your password.
passkeys-none = No passkey yet
passkeys-none-text = A passkey is kept by your device or password manager. It can’t be guessed, given away or used on another site.
passkeys-impossible = Passkeys can’t be used here
passkeys-impossible-text = They are bound to a name, and this service is reached by a bare network address. Ask the person who runs it.
passkey-unnamed = A passkey
passkey-synced = Synced: your password manager keeps it on all your devices
passkey-device-bound = On one device only
passkey-add-link = Add a passkey
passkey-added = Your passkey is added. You can sign in with it from now on.
passkey-removed = The passkey is removed. Delete it on your device as well, or it will go on being offered.
passkey-named = The name is saved.

## Adding one
passkey-add-heading = Add a passkey
passkey-add-text = Your browser asks where to keep it: this device, a phone, a security key or your password manager.
passkey-add-first-text = Your browser asks where to keep it: this device, a phone, a security key or your password manager. From then on your password alone no longer signs in. You get recovery codes right after this, for the day you lose it.
passkey-add-button = Add a passkey
field-passkey-name = Name
field-passkey-name-help = So that you can tell it from others later, such as “Work laptop”. Without one it is named after this browser.

enrol-passkey-heading = With a passkey

## Removing and naming
passkey-remove-button = Remove
passkey-remove-heading = Remove “{ $name }”?
passkey-remove-text = It no longer signs you in. Your other passkeys and your authenticator apps go on working.
passkey-remove-last-text = It is your last second factor: from then on whoever knows your password can sign in, and your recovery codes are void.
passkey-keep = Keep it
passkey-set-password-link = Set a password
passkey-name-heading = Name this passkey

## Using one
passkey-sign-in-button = Sign in with a passkey
passkey-use-button = Use a passkey
passkey-sign-up-button = Create a passkey instead
passkey-sign-up-text = Your device keeps it. There is no password to remember, and none to be stolen.
passkey-cancelled = No passkey was used: the request was cancelled, took too long, or there is none on this device. Try again, or choose another way.
passkey-failed = No passkey was used: the browser, or the password manager that keeps it, reported a fault. Try again, or choose another way.
passkey-impossible = No passkey was used: this device or password manager can’t do what is asked for here. Try another one that verifies that it is you, or choose another way.
passkey-unsupported = This browser is too old for passkeys. Update it, or open this page in another one.
passkey-without-script = To use a passkey, allow JavaScript and WebAssembly for this site. Lockdown Mode, for one, turns WebAssembly off.

## On the page of second factors
factor-passkeys-none = You have none.
factor-passkeys-count =
    { $count ->
        [one] You have 1.
       *[other] You have { $count }.
    }
factor-passkeys-text = A passkey is both factors at once: with it you sign in without a password.
factor-passkeys-link = Manage
