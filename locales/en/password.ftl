## Forgot password
forgot-password-title = Forgot your password?
forgot-password-text = Enter the e-mail of your account. We send you a link to choose a new password.
forgot-password-locked = Your account is locked: everybody is signed out, and nobody can sign in. To get in again, enter your e-mail and choose a new password with the link you get.
forgot-password-ended = The session is ended. Whoever signed in knew your password, so choose a new one now.
forgot-password-sent = If there is an account with the address you gave, a message is on its way. Open it to go on: its link works for an hour.
reset-password-title = Choose a new password
reset-password-text = Saving it signs you out on every device. You then sign in with the new password.

## Change password
password-title = Password
password-text = You are asked for it each time you sign in with your e-mail or username.
password-change-heading = Change password
password-change-text = Every other device is signed out. You stay signed in here.
password-set-heading = Set a password
password-set-text = You have none: you sign in with a passkey. A password is a second way in, and your passkey stays asked for after it.
password-set-link = Set a password
password-changed = Your password is changed. Every other device is signed out.

## While a new password is typed
strength-weak = Easy to guess: add another word.
strength-fair = Fair. Another word makes it good.
strength-good = A good password.
strength-strong = A strong password.
password-not-me = That session is ended. Whoever used it may know your password: choose a new one now. It ends every other session too.
