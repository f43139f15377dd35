# Mails. Each paragraph is a key; links stand below their label and are never inside a sentence.


## Registration
mail-verify-subject = Finish creating your account at { $site }
mail-verify-why = Someone, hopefully you, asked for an account at { $site } with this address.
mail-verify-do = Open this link to choose a password. It works once, for an hour.
mail-verify-link = Choose a password
mail-verify-not-you = If it was not you, do nothing. There is no account until somebody opens the link and chooses a password.

## Registration with an address that has an account
mail-known-subject = You already have an account at { $site }
mail-known-why = Someone, hopefully you, tried to create an account at { $site } with this address. You already have one.
mail-known-link = Sign in
mail-known-forgot = If you have forgotten the password, choose a new one.
mail-known-reset-link = Choose a new password
mail-known-not-you = If it was not you, do nothing. Your account is unchanged.

## Reset link
mail-reset-subject = Choose a new password for { $site }
mail-reset-why = Someone, hopefully you, asked for a new password for your account at { $site }.
mail-reset-do = Open this link to choose one. It works once, for an hour.
mail-reset-link = Choose a new password
mail-reset-not-you = If it was not you, do nothing. Your password is unchanged.

## Password changed
mail-changed-subject = Your password at { $site } was changed
mail-changed-what = The password of your account at { $site } was changed on { $when }, from { $device } at the network address { $address }.
mail-changed-others = Every other device was signed out.
mail-changed-not-you = If it was not you, choose a new password now.
mail-changed-link = Choose a new password

## Sign-in from an unknown browser
mail-device-subject = New sign-in to { $site }
mail-device-what = Someone signed in to your account at { $site } on { $when }, from { $device } at the network address { $address }. We do not know this browser.
mail-device-you = If it was you, there is nothing to do.
mail-device-not-you = If it was not you, somebody knows your password. Open this link to see the session and end it, then choose a new password. It works once, for a week, and signs nobody in.
mail-device-link = It was not me
mail-device-last = There were many such sign-ins in a short time. For up to an hour you get no further letters about new ones. If you do not know them, choose a new password now: that ends every session.
mail-device-reset-link = Choose a new password

## Second factor
mail-factor-added-subject = Second factor turned on at { $site }
mail-factor-added-what = An authenticator app was turned on for your account at { $site } on { $when }, from { $device } at the network address { $address }. From now on its codes are asked for when you sign in.
mail-passkey-added-subject = A passkey was added at { $site }
mail-passkey-added-what = A passkey was added to your account at { $site } on { $when }, from { $device } at the network address { $address }. It signs in to your account without a password.
mail-passkey-removed-subject = A passkey was removed at { $site }
mail-passkey-removed-what = A passkey was removed from your account at { $site } on { $when }, from { $device } at the network address { $address }. It no longer signs in.
mail-passkeys-void-subject = Your passkeys for { $site } no longer work
mail-passkeys-void-what = { $site } has moved to another address. Passkeys are bound to the address they were made for, { $was }, so yours were removed.
mail-passkeys-void-do = Sign in with your password, or ask for a new one if you have none, and add a passkey for the new address.
mail-passkeys-void-link = Add a passkey
mail-passkeys-void-not-you = If you see anything in your account that was not you, open this link to lock it: everybody is signed out, and nobody can sign in until you have chosen a new password. It works once, for a week, and signs nobody in.
mail-factor-removed-subject = An authenticator app was turned off at { $site }
mail-factor-removed-what = An authenticator app was turned off for your account at { $site } on { $when }, from { $device } at the network address { $address }. The others go on to work.
mail-factor-off-subject = Second factor turned off at { $site }
mail-factor-off-what = The last second factor of your account at { $site } was turned off on { $when }, from { $device } at the network address { $address }. Your password alone now signs in, and your recovery codes no longer work.
mail-factor-codes-subject = New recovery codes for { $site }
mail-factor-codes-what = New recovery codes were made for your account at { $site } on { $when }, from { $device } at the network address { $address }. The old ones no longer work.
mail-factor-used-subject = A recovery code was used at { $site }
mail-factor-used-what = A recovery code of your account at { $site } was used on { $when }, from { $device } at the network address { $address }. It will not work again. { $left ->
        [0] It was the last one: make new ones now.
        [one] You have 1 left: make new ones soon.
       *[other] You have { $left } left.
    }
mail-token-made-subject = A personal access token was made at { $site }
mail-token-made-what = A personal access token was made for your account at { $site } on { $when }, from { $device } at the network address { $address }. Whoever has it can use it in a program, in place of your password.
mail-factor-not-you = If it was not you, somebody else is in your account. Open this link to lock it: everybody is signed out, and nobody can sign in until you have chosen a new password. It works once, for a week, and signs nobody in.
mail-factor-wrong-subject = Wrong codes at { $site }
mail-factor-wrong-what = Somebody who knows the password of your account at { $site } sent several wrong codes in a row, the last on { $when }, from { $device } at the network address { $address }. Nobody got in. Before each further code there is now a wait, from a minute to an hour.
mail-factor-wrong-you = If it was you, wait a minute and enter the code that your app shows then, or use a recovery code. If the codes are never right, check the clock of the device they come from.
mail-factor-wrong-not-you = If it was not you, somebody knows your password. Open this link to lock your account until you have chosen a new one. It works once, for a week, and signs nobody in.
mail-factor-lock-link = This wasn’t me

## A sign-in at another service
mail-connection-linked-subject = A sign-in was linked at { $site }
mail-connection-linked-what = An account at { $provider } was linked with yours at { $site } on { $when }, from { $device } at the network address { $address }. From now on it signs in to your account.
mail-connection-unlinked-subject = A sign-in was unlinked at { $site }
mail-connection-unlinked-what = An account at { $provider } was unlinked from yours at { $site } on { $when }, from { $device } at the network address { $address }. It no longer signs in to your account.

## The account locked, and unlocked
mail-locked-subject = Your account at { $site } is locked
mail-locked-what = Your account at { $site } was locked on { $when }, with the link in a letter to you, from { $device } at the network address { $address }. Everybody was signed out, and nobody can sign in, not even with the right password.
mail-locked-do = To get in again, choose a new password. Enter your e-mail on this page, and you get a link for it.
mail-locked-link = Choose a new password
mail-locked-after = Then sign in with it. A second factor that you set up more than a week ago is asked for as before; look whether all that you find in your account is yours.
mail-unlocked-subject = Your account at { $site } is unlocked
mail-unlocked-what = An administrator of { $site } unlocked your account on { $when }. You can sign in with the same password as before.
mail-unlocked-do = If somebody else may know that password, choose a new one now.
mail-unlocked-link = Choose a new password

## What is taken away with a lock, a session that was somebody else's, or a new password
taken-passkeys = { $count ->
        [one] 1 passkey
       *[other] { $count } passkeys
    }
taken-apps = { $count ->
        [one] 1 authenticator app
       *[other] { $count } authenticator apps
    }
taken-recovery-codes = the recovery codes
taken-tokens = { $count ->
        [one] 1 access token
       *[other] { $count } access tokens
    }
taken-connections = { $count ->
        [one] 1 sign-in at another service
       *[other] { $count } sign-ins at other services
    }
mail-taken-back = Taken away, because somebody else may have added it: { $list }. What of it was yours, you can set up again.
mail-taken-subject = What we took away from your account at { $site }
mail-taken-what = On { $when } you told us that somebody else was signed in to your account at { $site }. Their session is ended.
mail-taken-do = They may know your password: choose a new one now. Enter your e-mail on this page, and you get a link for it.

## Second factors removed for somebody who has lost them
mail-factor-reset-subject = Your second factor at { $site } is going to be removed
mail-factor-reset-what = On { $when } somebody asked an administrator of { $site } to remove your second factor. It happens on { $due }. You are then signed out everywhere, and your password alone signs in until you set up a new second factor.
mail-factor-reset-you = If it was you, there is nothing to do. Until then your second factor is asked for as before.
mail-factor-reset-not-you = If it was not you, open this link and stop it. It signs nobody in.
mail-factor-reset-link = Stop it
mail-factor-reset-stopped-subject = Your second factor at { $site } stays
mail-factor-reset-stopped-what = Your second factor at { $site } was going to be removed. That was stopped on { $when }: your second factor is asked for as before.
mail-factor-reset-stopped-who = Your activity says who stopped it. If you can’t sign in because you have lost your second factor, ask your administrator again.
mail-factor-reset-stopped-link = See your activity
mail-factor-reset-stopped-not-you = If it was not you who stopped it, somebody else may be in your account. Open this link to lock it: everybody is signed out, and nobody can sign in until you have chosen a new password. It works once, for a week, and signs nobody in.
mail-factor-reset-done-subject = Your second factor at { $site } was removed
mail-factor-reset-done-what = Your second factor at { $site } was removed on { $when }, as you were told before. You were signed out everywhere, and your recovery codes no longer work.
mail-factor-reset-done-do = Sign in with your password, or ask for a new one if you have none, and set up a new second factor.
mail-factor-reset-done-link = Sign in
mail-factor-reset-done-not-you = If you did not want that, open this link to lock your account: nobody can sign in then until you have chosen a new password. It works once, for a week, and signs nobody in.
