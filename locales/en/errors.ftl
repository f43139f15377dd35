# One per code of AppError. Says what happened and what to do next; never blames, never tells who has an account.
error-wrong-credentials = That e-mail or username and password do not belong together. Check both and try again.
error-wrong-password = That is not your current password. Try again, or sign out and use “Forgot your password?”.
error-invalid-email = Enter an e-mail address, like name@example.com.
error-email-taken = There is an account with this e-mail already. Sign in, or ask for a new password.
error-invited-has-account = There is an account with this e-mail already, so there is nobody to invite.
error-email-domain = Addresses of this domain can not be registered here. Use one that is named above, or ask for an invitation.
error-email-unchanged = This is your e-mail already.
error-email-changes-too-many = You have asked for as many changes of your e-mail as you can in a day. Try again tomorrow.
error-invalid-name = Use 1 to 80 characters, without line breaks or invisible ones.
error-invalid-device-name = Use at most 40 characters, without line breaks or invisible ones.
error-invalid-username = Use 3 to 40 letters a to z, digits, dots, underscores or hyphens, and begin with a letter or digit.
error-username-taken = This username can’t be had. Choose another.
error-password-missing = Enter a new password.
error-password-too-short = Use at least { $minimum } characters.
error-password-too-long = This password is too long. Use one that is shorter.
error-password-common = This password is on a list of ones that attackers try first. Choose another.
error-password-personal = This password is too close to your name, your e-mail or the name of this service. Choose another.
error-wrong-code = That code is not right, or was used already. Wait for the next one and try again.
error-code-clock-off = This code is right, but not for now: the clock of the device it comes from is off. Have that device set its time by itself, then enter the next code. If it does so already, tell the person who runs this service that the server’s clock is wrong.
error-codes-too-fast = There were too many wrong codes. Wait { $minutes ->
        [one] a minute
       *[other] { $minutes } minutes
    } and try again.
error-set-up-over = This took too long, or was finished in another window. Reload the page and begin again.
error-too-many-authenticators = You have as many authenticator apps as can be. Turn one off first.
error-passkey-refused = That passkey was not accepted. Try again, or choose another way.
error-passkey-known = This device or password manager has a passkey for your account already.
error-too-many-passkeys = You have as many passkeys as can be. Remove one first.
error-invalid-token-name = Say what the token is for, in 1 to 40 characters without line breaks.
error-token-without-use = Choose at least one thing that the token may do.
error-too-many-tokens = You have as many tokens as can be. Revoke one first.
error-last-way-in = This is the only way to sign in to your account. Set a password or add another way first.
error-last-second-factor = Your administrator asks for a second factor, and this is your last one. Set up another one first.
error-connection-taken = That account opens an account here already: this one, or another. An account can be linked once.
error-too-many-connections = You have as many connections as one account can have. Unlink one first.
error-provider-denied = You were not signed in, because you did not agree at the other service. Try again, or choose another way.
error-provider-attempt-over = That sign-in was begun too long ago or in another browser, or is finished already. Begin anew.
error-provider-unavailable = The other service does not answer at the moment. Try again in a minute, or choose another way.
error-provider-refused = What came back from the other service was not right, so nobody was signed in. Try again; if it goes on, tell whoever runs this service.
error-provider-no-account = Nobody here has an account with that sign-in, and no new account is made with it. If you have an account, sign in to it and link the two under Connections.
error-provider-email-unverified = That service does not say that your e-mail address is confirmed, so no account is made with it. Confirm the address there, or make an account here with your address and link the two under Connections.
error-provider-email-domain = No account is made here with an e-mail address of that domain. Use another one, or ask whoever runs this service.
error-provider-account-closed = Your account can’t be used at the moment. If you locked it, choose a new password; otherwise ask whoever runs this service.
error-link-expired = This link no longer works. Ask for a new one.
error-sign-in-required = Your session has ended. Sign in again to go on.
error-confirmation-required = Confirm that it is you first. Reload the page to do so.
error-registration-closed = Registration is closed. Ask the person who runs this service for an account.
error-too-many-tries = Too many tries have failed, with this name or from your network. Wait { $minutes ->
        [one] a minute
       *[other] { $minutes } minutes
    } and try again. A browser that you signed in with before does not have to wait for what others try.
error-too-often = You have done this too often within an hour. Wait { $minutes ->
        [one] a minute
       *[other] { $minutes } minutes
    } and try again.
error-too-busy = Many people are signing in right now. Wait a few seconds and try again.
error-unavailable = The service can’t answer right now. Wait a minute and try again.
error-internal = Something went wrong on our side. Try again in a minute.
error-forbidden = You may not do that with this account.
error-bad-request = We could not read what was sent. Reload the page and try again.
error-too-large = That is more than we accept. Shorten it and try again.
error-not-found = There is nothing here any more. Go back and reload the page.
error-last-administrator = Nobody else could administer this service then. Give another account the role first.
error-invalid-group = Enter the name of a group: up to 32 lower-case letters, digits, -, _ and ., a letter or digit first.
error-too-many-groups = Nobody can be in so many groups: they travel to apps in one header.
