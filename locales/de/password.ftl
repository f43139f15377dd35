## Forgot password
forgot-password-title = Passwort vergessen?
forgot-password-text = Geben Sie die E-Mail-Adresse Ihres Kontos ein. Wir senden Ihnen einen Link, mit dem Sie ein neues Passwort wählen.
forgot-password-locked = Ihr Konto ist gesperrt: Alle sind abgemeldet, und niemand kann sich anmelden. Um wieder hineinzukommen, geben Sie Ihre E-Mail-Adresse ein und wählen Sie mit dem Link, den Sie erhalten, ein neues Passwort.
forgot-password-ended = Die Sitzung ist beendet. Wer sich angemeldet hat, kannte Ihr Passwort; wählen Sie deshalb jetzt ein neues.
forgot-password-sent = Falls es zur angegebenen Adresse ein Konto gibt, ist eine Nachricht unterwegs. Öffnen Sie sie, um fortzufahren: Der Link darin gilt eine Stunde.
reset-password-title = Wählen Sie ein neues Passwort
reset-password-text = Beim Speichern werden Sie auf allen Geräten abgemeldet. Danach melden Sie sich mit dem neuen Passwort an.

## Change password
password-title = Passwort
password-text = Sie werden danach gefragt, wenn Sie sich mit E-Mail oder Benutzername anmelden.
password-change-heading = Passwort ändern
password-change-text = Alle anderen Geräte werden abgemeldet. Hier bleiben Sie angemeldet.
password-set-heading = Passwort festlegen
password-set-text = Sie haben keines: Sie melden sich mit einem Passkey an. Ein Passwort ist ein zweiter Weg hinein, und nach Ihrem Passkey werden Sie dann weiterhin gefragt.
password-set-link = Passwort festlegen
password-changed = Ihr Passwort ist geändert. Alle anderen Geräte sind abgemeldet.

## While a new password is typed
strength-weak = Leicht zu erraten: Noch ein Wort hilft.
strength-fair = Brauchbar. Noch ein Wort macht es gut.
strength-good = Ein gutes Passwort.
strength-strong = Ein starkes Passwort.
password-not-me = Diese Sitzung ist beendet. Wer sie benutzt hat, kennt vielleicht Ihr Passwort: Wählen Sie jetzt ein neues. Damit enden auch alle anderen Sitzungen.
