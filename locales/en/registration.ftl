## Register
register-title = Create an account
register-text = Enter your e-mail. We send you a link to confirm that it is yours.
register-text-at-once = Enter your e-mail and choose a password.
register-button = Continue
register-known = Have an account?
register-known-link = Sign in
register-closed-title = Registration is closed
register-closed-text = New accounts are made by an administrator here. Ask the person who runs this service.

## Check your mail (the same for every address, so that it tells nobody who has an account)
check-mail-title = Check your mail
check-mail-text = A message is on its way to the address you gave. Open it to go on: its link works for an hour.
check-mail-none = Nothing there after a few minutes? Look in the spam folder, then try again with the address spelled carefully.
check-mail-again = Use another address
check-mail-dev = This copy runs on your own machine and sends no mail.
check-mail-dev-link = Open the development mailbox

## The link in the mail
verify-email-title = Create your account
verify-email-text = Your e-mail { $email } is confirmed. Choose a password to finish.
create-account-button = Create account
link-expired-title = This link no longer works
link-expired-text = A link works once, for an hour. Ask for a new one and use the newest message.
link-incomplete-title = This link is not complete
link-incomplete-text = A part of it is missing. Open it from the message again, or copy it in full. If that does not help, get a new one.
link-expired-again = Get a new link

## The first administrator
set-up-title = Set up { $site }
set-up-text = Create the first administrator. This link works once.
set-up-title-account = Choose your password
set-up-text-account = Choose a password for { $email }. This link works once.
set-up-closed-text = A set-up link works once. If you have created your account already, sign in.
