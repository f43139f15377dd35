## A backup that was restored
session-over-restored = You were signed out because this service was restored from a backup. Sign in to go on.
entry-session-ended-restored = A session was ended: the service was restored from a backup
entry-token-revoked-restored = An access token was ended: the service was restored from a backup
entry-factor-reset-stopped-restored = The removal of the second factors was stopped: the service was restored from a backup
entry-backup-restored-recovery-codes = The recovery codes were ended, because the service was restored from a backup. New ones can be made
erased-entry-backup-restored = The service was restored from a backup
# $made is a moment.
entry-backup-restored = The service was restored from a backup of { $made }

## Letters
mail-deletion-restored-what = { $site } was restored from a backup of { $made }. In it, your account was going to be deleted. It will be deleted on { $due }.
mail-deletion-restored-keep = If you have decided otherwise since then, sign in before { $due }, and everything is as before.
