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

## Invitations, as administrators see them
nav-admin-invitations = Invitations
admin-invitations-title = Invitations
admin-invitations-lead = Who may make an account and has not done it yet.
admin-invitations-closed = Nobody can make an account: registration.mode is "closed". To invite people, set it to "invite" in the configuration and restart the server. Links that were sent before lead nowhere until then.
admin-invitations-open = Anybody can make an account here, invited or not: registration.mode is "open". An invitation only spares people the letter that confirms their address.
admin-invitations-open-unverified = Anybody can make an account here, invited or not: registration.mode is "open". An invitation also confirms that the address is theirs.
admin-invitations-domains = Anybody with an address at { $domains } can make an account here, invited or not. People with other addresses need an invitation.
admin-invitations-form-heading = Invite somebody
admin-invitations-form-text = They get a letter in your language, with a link that works once, for a week. A link that they were sent before is void then.
admin-invitations-invite = Invite
admin-invitations-heading = Not used yet
admin-invitations-by = Invited by
admin-invitations-since = Sent
admin-invitations-until = Valid until
# Nobody knows which of them any more.
admin-invitations-by-nobody = The operator, or an account that is gone
admin-invitations-over = Over
admin-invitations-none = Nobody is invited
admin-invitations-none-text = An invitation stays here until it is used, or for a month after it is over.
admin-invitations-no-more = Nothing here any more
admin-invitations-no-more-text = The invitations of this page were used, taken back, or sent again.
admin-invitations-send-again = Send again
admin-invitations-send-again-text = { $email } gets a new link, which works once, for a week. The one that was sent before is void then.
admin-invitations-take-back = Take back
admin-invitations-take-back-text = The link that { $email } was sent is void at once. You can invite them again.
# For screen readers, after “Send again” and “Take back”.
admin-invitations-whom = the invitation of { $email }
admin-invitations-done-invite = The invitation is on its way.
admin-invitations-done-send-again = The invitation is on its way again. The link from before is void.
admin-invitations-done-take-back = The invitation is taken back. Its link is void.
admin-invitations-gone = Nothing was changed: this invitation was used, taken back or sent again in the meantime.
