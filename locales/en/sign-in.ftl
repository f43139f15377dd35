## Sign in
sign-in-title = Sign in
sign-in-button = Sign in
sign-in-forgot = Forgot your password?
sign-in-new = New here?
sign-in-new-link = Create an account
sign-in-first = Sign in to see that page.
sign-in-after-reset = Your password is changed. Sign in with the new one.
sign-in-after-sign-out = You are signed out.

## Sign out
sign-out-title = Sign out
sign-out-text = You will be signed out on this device.
sign-out-button = Sign out
sign-out-stay = Stay signed in
