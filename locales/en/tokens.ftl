tokens-title = Access tokens
tokens-text = For programs of your own. A token stands in place of your password there, does less, and can be revoked by itself.
tokens-heading = Personal access tokens
tokens-list-text = A token that you do not use any more is better revoked.
tokens-none = You have none
tokens-none-text = A script that asks who you are or where you are signed in needs one.
token-add-link = New token
token-add-heading = New token
token-add-text = Give it no more than it needs. It ends with its time, and with a new password.
field-token-name = What it is for
field-token-name-help = Such as “Backup script”.
token-scopes = It may
token-scope-profile = Read your name and e-mail
token-scope-sessions = List where you are signed in
token-scope-sessions-end = End sessions
token-scope-introspect = Ask whether anybody’s token is good (for applications that verify tokens)
field-token-days = It ends after
token-days =
    { $days ->
        [one] 1 day
       *[other] { $days } days
    }
token-add-button = Make token
token-cancel = Cancel
token-once = This is shown once. Keep it where you keep passwords: whoever has it can do what it may.
token-new-heading = Your new token
token-new-text = Programs send it in the Authorization header, as “Bearer” and the token.
token-copy = Copy
token-saved-button = I have saved it
token-saved = The token is ready. It will not be shown again.
# A time follows: "Last used 3 days ago".
token-used = Last used
token-never-used = Not used yet
# A time follows: "Made 3 days ago".
token-made = Made
# A time follows: "ends in 27 days".
token-ends = ends
token-revoke-button = Revoke
token-revoke-heading = Revoke “{ $name }”?
token-revoke-text = Programs that use it are refused at once. It can’t be brought back.
token-keep = Keep it
token-revoked = The token is revoked.
tokens-for-programmers = For programmers
tokens-reference-text = What programs can ask for, and how they sign in.
tokens-reference-link = API reference
