## The letter
mail-invitation-subject = You are invited to { $site }
mail-invitation-why = An administrator of { $site } invites you to have an account there with this address.
mail-invitation-do = Open this link to create it. It works once, for a week.
mail-invitation-link = Create your account
mail-invitation-not-you = If you do not know what this is about, do nothing. There is no account until somebody opens the link and creates it.

## Registration where accounts are made by invitation
register-invited-title = By invitation
register-invited-text = Accounts are made by invitation here. If you were invited, open the link in the message that you got. If it no longer works, ask the person who invited you for a new one.
register-domains = Only addresses at { $domains } can be registered here.
