## Eine wiederhergestellte Sicherung
session-over-restored = Sie wurden abgemeldet, weil dieser Dienst aus einer Sicherung wiederhergestellt wurde. Melden Sie sich an, um fortzufahren.
entry-session-ended-restored = Eine Sitzung wurde beendet: Der Dienst wurde aus einer Sicherung wiederhergestellt
entry-token-revoked-restored = Ein persönliches Zugriffstoken wurde beendet: Der Dienst wurde aus einer Sicherung wiederhergestellt
entry-factor-reset-stopped-restored = Die Entfernung der zweiten Faktoren wurde aufgehalten: Der Dienst wurde aus einer Sicherung wiederhergestellt
entry-backup-restored-recovery-codes = Die Wiederherstellungscodes wurden beendet, weil der Dienst aus einer Sicherung wiederhergestellt wurde. Neue lassen sich anlegen
erased-entry-backup-restored = Der Dienst wurde aus einer Sicherung wiederhergestellt
# $made ist ein Zeitpunkt.
entry-backup-restored = Der Dienst wurde aus einer Sicherung vom { $made } wiederhergestellt

## Nachrichten
mail-deletion-restored-what = { $site } wurde aus einer Sicherung vom { $made } wiederhergestellt. Darin sollte Ihr Konto gelöscht werden. Gelöscht wird es am { $due }.
mail-deletion-restored-keep = Wenn Sie sich seitdem anders entschieden haben, melden Sie sich vor dem { $due } an, und alles ist wie zuvor.
