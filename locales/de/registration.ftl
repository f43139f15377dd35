## Register
register-title = Konto anlegen
register-text = Geben Sie Ihre E-Mail-Adresse ein. Wir senden Ihnen einen Link, mit dem Sie bestätigen, dass sie Ihnen gehört.
register-text-at-once = Geben Sie Ihre E-Mail-Adresse ein und wählen Sie ein Passwort.
register-button = Weiter
register-known = Haben Sie schon ein Konto?
register-known-link = Anmelden
register-closed-title = Die Registrierung ist geschlossen
register-closed-text = Neue Konten legt hier die Administration an. Fragen Sie die Person, die diesen Dienst betreibt.

## Check your mail (the same for every address, so that it tells nobody who has an account)
check-mail-title = Sehen Sie in Ihr Postfach
check-mail-text = Eine Nachricht ist unterwegs an die angegebene Adresse. Öffnen Sie sie, um fortzufahren: Der Link darin gilt eine Stunde.
check-mail-none = Auch nach ein paar Minuten nichts da? Sehen Sie im Spam-Ordner nach und versuchen Sie es dann noch einmal; achten Sie dabei auf die Schreibweise der Adresse.
check-mail-again = Eine andere Adresse verwenden
check-mail-dev = Diese Installation läuft auf Ihrem eigenen Rechner und verschickt keine E-Mails.
check-mail-dev-link = Entwicklungspostfach öffnen

## The link in the mail
verify-email-title = Legen Sie Ihr Konto an
verify-email-text = Ihre E-Mail-Adresse { $email } ist bestätigt. Wählen Sie zum Abschluss ein Passwort.
create-account-button = Konto anlegen
link-expired-title = Dieser Link gilt nicht mehr
link-expired-text = Ein Link gilt einmal und eine Stunde lang. Fordern Sie einen neuen an und verwenden Sie die neueste Nachricht.
link-incomplete-title = Dieser Link ist nicht vollständig
link-incomplete-text = Ein Teil davon fehlt. Öffnen Sie ihn noch einmal aus der Nachricht oder kopieren Sie ihn ganz. Wenn das nicht hilft, fordern Sie einen neuen an.
link-expired-again = Neuen Link anfordern

## The first administrator
set-up-title = { $site } einrichten
set-up-text = Legen Sie das erste Administrationskonto an. Dieser Link gilt einmal.
set-up-title-account = Wählen Sie Ihr Passwort
set-up-text-account = Wählen Sie ein Passwort für { $email }. Dieser Link gilt einmal.
set-up-closed-text = Ein Einrichtungslink gilt einmal. Wenn Sie Ihr Konto schon angelegt haben, melden Sie sich an.
