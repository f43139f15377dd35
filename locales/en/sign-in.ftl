## Sign in
sign-in-title = Sign in
sign-in-button = Sign in
sign-in-forgot = Forgot your password?
sign-in-new = New here?
sign-in-new-link = Create an account
sign-in-by-invitation = New here? Accounts are made by invitation: open the link in the message that you got.
sign-in-first = Sign in to see that page.
sign-in-strong = That page asks for your second factor. Sign in with it to go on.
sign-in-after-reset = Your password is changed. Sign in with the new one.
sign-in-after-sign-out = You are signed out.

## Why the session before is over
session-over-signed-out = { sign-in-after-sign-out }
session-over-replaced = { sign-in-after-sign-out }
session-over-idle = You were signed out, because this session was not used for { $time }. Sign in to go on where you were.
session-over-expired = Your session has ended, as every session does after a while. Sign in to go on where you were.
session-over-password-changed = You were signed out here, because the password of the account was changed. Sign in with the new one.
session-over-password-reset = { session-over-password-changed }
session-over-too-many = You were signed out here, because you signed in at more places than one account may use at once.
session-over-ended-by-owner = This session was ended from another device that is signed in to the account.
session-over-token-revoked = { session-over-ended-by-owner }
session-over-refresh-token-reused = { session-over-ended-by-owner }
session-over-not-me = { session-over-ended-by-owner }
session-over-account-locked = You were signed out here, because the account was locked with the link in a letter to its owner. Choose a new password to get in again.
session-over-factors-reset = You were signed out here, because the second factor of the account was removed. Sign in with your password, or ask for a new one if you have none, and set up a new second factor.
session-over-account-disabled = You were signed out here, because an administrator disabled the account. Ask whoever runs this service if you think that this is a mistake.
session-over-ended-by-admin = This session was ended by an administrator. Sign in to go on.
session-over-second-factor-required = This site now asks for a second step at sign-in. Sign in again to go on; if you have no second factor yet, you set one up then.
session-over-user-agent-changed = You were signed out for safety, because this session was suddenly used from elsewhere. Sign in to go on.
session-over-network-changed = { session-over-user-agent-changed }

## Sign out
sign-out-title = Sign out
sign-out-text = You will be signed out on this device.
sign-out-button = Sign out
sign-out-stay = Stay signed in

## The second step
second-factor-title = One more step
second-factor-text = Your password was right. Now show that you have your second factor.
second-factor-text-link = Your password is set. Now show that you have your second factor.
second-factor-text-provider = The other service knows you. Now show that you have your second factor here.
field-code = Code
second-factor-help = Six digits from your authenticator app, or one of your recovery codes.
second-factor-help-app = Six digits from your authenticator app.
second-factor-help-recovery = One of your recovery codes, if you don’t have your passkey with you.
field-trust =
    { $days ->
        [one] Trust this browser for a day
       *[other] Trust this browser for { $days } days
    }
field-trust-help = Your password alone is then enough here. Only where nobody else uses this browser; you can stop it on the sessions page.
second-factor-again = Sign in as somebody else
second-factor-late-title = Sign in again
second-factor-late-text = This sign-in was begun too long ago, or is finished already. Begin anew.
sign-in-too-late = That sign-in was begun too long ago, or is finished already. Begin anew.

## When a browser keeps no cookies: said to whoever comes from a sign-in without any
cookies-needed = This browser sent no cookie along, so it can’t be told that it is you. If you have just tried to sign in, allow cookies for this site, and sign in again.
