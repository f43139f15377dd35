## Another e-mail address
email-heading = E-mail
email-text = You sign in with it, and letters about your account go there.
email-unconfirmed = Not confirmed
email-change-button = Change e-mail
email-confirm-button = Send me a link to confirm it
email-keep = Keep my e-mail
field-new-email = New e-mail
field-new-email-help = You get a letter there with a link. Until you use it, nothing changes.
email-sent = Check the mail of that address. The link in our letter works once, for an hour; until you use it, nothing changes.
email-changed = The e-mail of the account is changed. The address before got a letter about it.
email-confirmed = The e-mail of the account is confirmed.
email-consent-title = Use this address?
email-consent-text = { $email } is going to be the e-mail of the account { $username }. Whoever has the account signs in with it, and you get its letters.
email-consent-not-you = If this is not your account, close this page: nothing changes then.
email-consent-button = Use this address
email-consent-first-proof = Nobody has shown before that an address of this account is theirs. If you made it yourself, open the link in the browser in which you are signed in to it. If you go on here, the account is yours alone: its password, passkeys, second factors, connections, tokens and sessions of before are removed, and you choose a new password.
email-yours = The address is confirmed, and the account is yours alone: everything that was set up before is removed. Choose a password to get in.
email-agreed-title = Thank you
email-agreed-link = Go to your account

## The letter to the address before
former-text = This account had your address until then. Now it has another one.
former-no = If it was not you, lock the account. Everybody is signed out at once, and for 7 days nobody gets in: not even with a new password. Then ask whoever runs { $site } to give it back to you. You can’t sign in with this link.
former-held = The account is locked until { $until }. To get it back, ask whoever runs { $site }.
held-title = The account is locked
held-text = For 7 days nobody gets in, not even with a new password. Ask whoever runs { $site } to give the account back to you; after that time, whoever has its e-mail now can choose a new password and get in again.
held-link = Back to sign in

## Everything about you
data-heading = Your data
data-text = Everything we know about you, in one file.
data-ask-button = Download my data
data-what = One file in JSON, which you and programs can read: your account, sessions, devices, second factors, passkeys, connections, access tokens, groups and activity. Nothing in it lets anybody in.
data-careful = It says a lot about you. Keep it where only you can read it.
data-button = Download
data-back = Back to the profile

## Leaving
delete-title = Delete your account
delete-text = Read what happens then before you decide.
delete-heading = Delete account
delete-section-text = Removes the account and everything about you, after 7 days.
delete-now = At once you are signed out everywhere, and access tokens stop working.
delete-wait = For 7 days nothing else happens. Whoever signs in before { $due } keeps the account. You get a letter now, and one at the end.
delete-then = Then your name, e-mail, password, second factors, passkeys, connections, tokens, sessions and activity are removed. Nobody can bring them back.
delete-names = Nobody else is ever given your username, { $username }, nor any you had before.
delete-again = You can make a new account with { $email } later; it begins empty.
delete-apps = What apps that you signed in to know about you is not removed. Ask there.
delete-button = Delete account
delete-keep = Keep my account
sign-in-after-deletion = Your account will be deleted in 7 days, and you are signed out everywhere. To keep it, sign in before then.
overview-kept = Your account was going to be deleted. You signed in, so it stays, as it was.
session-over-deletion-asked = You were signed out because the account is going to be deleted. Sign in to keep it.

## Activity
entry-email-change-asked = A change of the e-mail was asked for: a link went to the new address
entry-email-changed = The e-mail was changed
entry-email-changed-by-operator = The e-mail was changed by an administrator
activity-email-change = { $said }: from { $was } to { $is }
entry-email-confirmed = The e-mail was confirmed
entry-account-locked-former-address = The account was locked for 7 days with the link in a letter to the address it had before
entry-session-ended-deletion-asked = A session was ended: the account is going to be deleted
entry-deletion-asked = The account was asked to be deleted
entry-deletion-stopped = The account is not deleted after all
entry-deletion-stopped-signed-in = The account is not deleted after all: somebody signed in
entry-deletion-stopped-account-locked = The account is not deleted after all: it was locked
entry-deletion-stopped-last-admin = The account is not deleted after all: nobody else was an administrator
entry-account-deleted = An account was deleted
entry-data-downloaded = Everything kept about the account was downloaded

## Letters: a new address
mail-address-subject = Confirm your e-mail address for { $site }
mail-address-why = Someone, hopefully you, wants this to be the e-mail address of an account at { $site }.
mail-address-do = Open this link to see which account it is, and to agree. It works once, for an hour. Until then nothing changes.
mail-address-link = Confirm this address
mail-address-not-you = If it was not you, do nothing.
mail-in-use-why = Someone, hopefully you, wanted to give this address to another account at { $site }. You already have an account with it, so nothing was changed.
mail-email-changed-subject = The e-mail of your account at { $site } was changed
mail-email-changed-what = Your account at { $site } has another e-mail address since { $when }. It was confirmed from { $device } at the network address { $address }. Letters about the account no longer come here.
mail-email-changed-you = If it was you, there is nothing to do.
mail-email-changed-not-you = If it was not you, somebody else is in your account. Open this link within 7 days to lock it: everybody is signed out, and for 7 days nobody gets in, not even with a new password. It works once, and signs nobody in.
mail-email-set-subject = The e-mail of your account at { $site } was changed
mail-email-set-what = An administrator of { $site } made this the e-mail address of your account on { $when }. The account is locked until you choose a new password: somebody else may know the one before.
mail-held-by-you-what = You locked your account at { $site } with the link in our letter. Until { $until } nobody gets in, not even with a new password.
mail-held-by-you-do = Now ask whoever runs { $site } to give the account back to you. After that time, whoever has its new e-mail address can choose a new password and get in again.
mail-held-what = Your account at { $site } was locked, with the link in a letter to the address that it had before. Everybody was signed out, and until { $until } nobody gets in, not even with a new password.
mail-held-do = If you changed the address, ask whoever runs { $site } to unlock the account, or choose a new password after { $until }.

## Letters: leaving
mail-deletion-subject = Your account at { $site } will be deleted
mail-deletion-what = Someone, hopefully you, asked on { $when } to delete your account at { $site }, from { $device } at the network address { $address }. You are signed out everywhere.
mail-deletion-keep = It will be deleted on { $due }. Until then you can keep it: sign in, and everything is as before.
mail-deletion-link = Sign in and keep it
mail-deletion-not-you = If it was not you, somebody else is in your account. Open this link to lock it: it is not deleted then, and nobody can sign in until you have chosen a new password. It works once, for a week, and signs nobody in.
mail-deletion-stopped-subject = Your account at { $site } stays
mail-deletion-stopped-what = Your account at { $site } was going to be deleted. Somebody signed in on { $when }, so it stays as it was.
mail-deletion-stopped-last-admin = Your account at { $site } was going to be deleted on { $when }. It stays, because nobody else is an administrator. Make somebody else one, and delete it again.
mail-deleted-subject = Your account at { $site } was deleted
mail-deleted-what = On { $when } your account at { $site } and everything about you was deleted, as you wanted. This is the last letter.
mail-deleted-again = You can make a new account with this address at any time. It begins empty.
mail-deleted-link = Go to the site
