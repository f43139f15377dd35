## On the way to an app
leaving-title = On to { $host }
leaving-text = You are signed in.
leaving-link = Go on

## At an app
forward-denied-title = No entry
forward-denied-text = This page is not open to you. If it should be, ask whoever runs it.
forward-denied-link = Sign out, to sign in as somebody else
forward-no-code-title = Not signed in
forward-no-code-text = This sign-in was used before, took too long, or was begun in another browser.
forward-no-code-link = Begin again
