# Mails. Each paragraph is a key; links stand below their label and are never inside a sentence.

# The language of these words (BCP 47), for screen readers.
mail-language = en

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
