## What an administrator or the operator did to an account
mail-disabled-subject = Your account at { $site } is disabled
mail-disabled-what = An administrator of { $site } disabled your account on { $when }. You were signed out everywhere, and nobody can sign in to it, not even with the right password.
mail-disabled-do = Nothing in it was removed. If you think that this is a mistake, ask whoever runs the service.
mail-enabled-subject = Your account at { $site } is enabled again
mail-enabled-what = An administrator of { $site } enabled your account on { $when }. You can sign in as before.
mail-enabled-link = Sign in
mail-reset-started-what = An administrator of { $site } started a new password for your account on { $when }. Nobody but you gets this link, and nobody but you sees the password you choose.
mail-reset-started-not-you = If you asked nobody for it, do nothing, and ask whoever runs the service. Your password is unchanged.
mail-role-subject = What your account at { $site } may do has changed
mail-role-member = An administrator of { $site } changed the role of your account on { $when }. It has no part in the administration any more.
mail-role-support = An administrator of { $site } changed the role of your account on { $when }. It may now see the administration, and help people back into their accounts.
mail-role-admin = An administrator of { $site } changed the role of your account on { $when }. It may now administer the service: see everybody, and disable accounts.
mail-role-not-you = If this surprises you, somebody else may have been at it. Open this link to lock your account: everybody is signed out, and nobody can sign in until you have chosen a new password. It works once, for a week, and signs nobody in.
