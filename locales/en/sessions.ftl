## Confirm
confirm-title = Confirm that it is you
confirm-text = What you are about to do can lock people out, so we ask once more.
confirm-heading = Your password
confirm-as = You are signed in as { $email }.
confirm-user-agent = This session was used by { $was }, and now by { $is }. If that is you, enter your password to go on.
confirm-network = This session is suddenly used from another network. If that is you, enter your password to go on.

## Behind the link in the mail about a sign-in. Whoever reads the mail sees this: nothing here names the account.
was-it-you-title = Was it you?
was-it-you-text = Someone signed in. This is what we know about it.
was-it-you-on = Still signed in
was-it-you-over = Not signed in any more
was-it-you-yes = If it was you, there is nothing to do. Close this page.
was-it-you-no = If it was not you, end the session here. Then choose a new password, since somebody knows yours.
was-it-you-button = End session
was-it-you-over-no = If it was not you, choose a new password, since somebody knows yours. That ends every other session too.
was-it-you-password = Choose a new password
was-it-you-closed = This link works once, for a week after the sign-in. If you do not know that sign-in, choose a new password: that ends every session.
