## Confirm
confirm-title = Confirm that it is you
confirm-text = What you are about to do can lock people out, so we ask once more.
confirm-heading = Your password
confirm-as = You are signed in as { $email }.
confirm-user-agent = This session was used by { $was }, and now by { $is }. If that is you, enter your password to go on.
confirm-network = This session is suddenly used from another network. If that is you, enter your password to go on.
