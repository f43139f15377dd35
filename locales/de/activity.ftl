## The page
activity-title = Aktivität
activity-text = Was in Ihrem Konto geschehen ist, und von wo aus.
activity-text-lately = Was in den letzten { $days } Tagen in Ihrem Konto geschehen ist, und von wo aus.
activity-heading = Neuestes zuerst
activity-filter-kind = Anzeigen
activity-filter-time = Wann
activity-filter-button = Anwenden
activity-kind-everything = Alles
activity-kind-sign-ins = Anmeldungen
activity-kind-sessions = Sitzungen
activity-kind-account = Passwort, zweiter Faktor, Konto
activity-time-any = Zu beliebiger Zeit
activity-time-day = In den letzten 24 Stunden
activity-time-week = In den letzten 7 Tagen
activity-time-month = In den letzten 30 Tagen
activity-this-session = Diese Sitzung
# The link ends the sentence; a full stop follows.
activity-suspicious = Mit einer abgewiesenen Anmeldung ist niemand hineingekommen; wenn nicht Sie es versucht haben und Ihr Passwort kurz ist oder auch anderswo gilt,
activity-suspicious-link = wählen Sie ein neues
# Ends with the same link.
activity-somebody-in = Jemand anderes war in Ihrem Konto oder war es vielleicht; wenn Sie das Passwort seitdem nicht geändert haben,
activity-empty = Noch nichts
activity-empty-text = Anmeldungen, beendete Sitzungen und Änderungen an Ihrem Konto erscheinen hier.
activity-no-match = Keine Treffer
activity-no-match-text = Aus dieser Zeit gibt es nichts von dieser Art.
activity-no-match-so-far = Bisher nichts gefunden
activity-no-match-so-far-text = Unter den durchgesehenen Einträgen ist nichts von dieser Art. „Ältere“ sucht weiter zurück.
activity-export-heading = Herunterladen
activity-export-text = Ihre gesamte Aktivität in einer Datei, gleichgültig, was oben angezeigt wird.
activity-export-json = JSON
activity-export-csv = CSV

## Signing in
activity-signed-in = Angemeldet
activity-signed-in-password = Mit einem Passwort angemeldet
activity-signed-in-password-totp = Mit einem Passwort und einer Authenticator-App angemeldet
activity-signed-in-password-recovery-code = Mit einem Passwort und einem Wiederherstellungscode angemeldet
activity-signed-in-passkey = Mit einem Passkey angemeldet
activity-signed-in-password-passkey = Mit einem Passwort und einem Passkey angemeldet
activity-signed-in-trusted-browser = Mit einem Passwort angemeldet, in einem Browser, dem Sie vertrauen
activity-signed-in-provider = Mit einem anderen Dienst angemeldet
activity-signed-in-provider-second = Mit einem anderen Dienst und einem zweiten Schritt dort angemeldet
activity-signed-in-provider-totp = Mit einem anderen Dienst und einer Authenticator-App angemeldet
activity-signed-in-provider-code = Mit einem anderen Dienst und einem Wiederherstellungscode angemeldet
activity-signed-in-provider-passkey = Mit einem anderen Dienst und einem Passkey angemeldet
activity-signed-in-mail-link = Mit einem Link in einer E-Mail angemeldet
activity-signed-in-mail-link-totp = Mit einem Link in einer E-Mail und einer Authenticator-App angemeldet
activity-signed-in-mail-link-code = Mit einem Link in einer E-Mail und einem Wiederherstellungscode angemeldet
activity-signed-in-mail-link-passkey = Mit einem Link in einer E-Mail und einem Passkey angemeldet
activity-signed-in-set-up-link = Mit dem Einrichtungslink angemeldet
activity-signed-in-set-up-link-totp = Mit dem Einrichtungslink und einer Authenticator-App angemeldet
activity-signed-in-set-up-link-code = Mit dem Einrichtungslink und einem Wiederherstellungscode angemeldet
activity-signed-in-set-up-link-passkey = Mit dem Einrichtungslink und einem Passkey angemeldet
activity-refused = Eine Anmeldung wurde abgewiesen
activity-refused-wrong-password = Eine Anmeldung mit falschem Passwort wurde abgewiesen
activity-refused-unknown-person = Eine Anmeldung mit unbekanntem Namen wurde abgewiesen
activity-refused-account-disabled = Eine Anmeldung wurde abgewiesen: Das Konto war deaktiviert
activity-refused-account-locked = Eine Anmeldung wurde abgewiesen: Das Konto war gesperrt
activity-refused-too-many-tries = Eine Anmeldung wurde abgewiesen, ohne das Passwort anzusehen: Zu viele waren gescheitert

## Sessions
activity-signed-out = Abgemeldet
activity-ended = Eine Sitzung wurde beendet
activity-ended-password-changed = Eine Sitzung wurde beendet: Das Passwort wurde geändert
activity-ended-password-reset = Eine Sitzung wurde beendet: Das Passwort wurde zurückgesetzt
activity-ended-expired = Eine Sitzung endete von selbst: Ihre Zeit war um
activity-ended-idle = Eine Sitzung endete von selbst: Sie wurde nicht benutzt
activity-ended-by-owner = Eine Sitzung wurde von Ihnen beendet, von einem anderen Gerät aus
activity-ended-not-me = Eine Sitzung wurde von Ihnen beendet, weil sie nicht Ihre war
activity-ended-account-locked = Eine Sitzung wurde beendet: Das Konto wurde gesperrt
activity-ended-account-disabled = Eine Sitzung wurde beendet: Das Konto wurde deaktiviert
activity-ended-factors-reset = Eine Sitzung wurde beendet: Die zweiten Faktoren wurden entfernt
activity-ended-by-admin = Eine Sitzung wurde von der Administration beendet
activity-ended-user-agent-changed = Eine Sitzung wurde beendet: Sie wurde mit einem anderen Browser benutzt
activity-ended-network-changed = Eine Sitzung wurde beendet: Sie wurde aus einem anderen Netzwerk benutzt
activity-ended-refresh-token-reused = Die Sitzung eines Programms wurde beendet: Ein Refresh-Token wurde zweimal verwendet, also hat vielleicht jemand eine Kopie davon
activity-ended-token-revoked = Ein Programm hat sich abgemeldet
activity-ended-second-factor = Eine Sitzung wurde beendet: Jetzt werden zwei Schritte verlangt, und sie begann mit einem
# A colon and activity-change follow.
activity-changed = Eine Sitzung wurde von anderswo benutzt
activity-changed-user-agent = Eine Sitzung wurde mit einem anderen Browser benutzt
activity-changed-network = Eine Sitzung wurde aus einem anderen Netzwerk benutzt
# $done is one of the three below it.
activity-change = Vorher { $was }, jetzt { $is }. { $done }
activity-change-end = Sie wurde beendet.
activity-change-confirm = Vor dem Fortfahren wurde nach dem Passwort gefragt.
activity-change-note = Sie ging weiter.
activity-confirmed = Mit dem Passwort bestätigt
activity-confirmed-passkey = Mit einem Passkey bestätigt
activity-confirmed-app = Mit einem Code einer Authenticator-App bestätigt
activity-confirmed-recovery-code = Mit einem Wiederherstellungscode bestätigt
activity-confirmation-failed = Beim Bestätigen einer Sitzung wurde ein falsches Passwort eingegeben
activity-device-named = Ein Gerät wurde benannt
activity-admin-ended-sessions =
    { $count ->
        [one] Sie haben als Administration 1 Sitzung beendet
       *[other] Sie haben als Administration { $count } Sitzungen beendet
    }
activity-ended-replaced = Eine Sitzung wurde beendet: Derselbe Browser hat sich neu angemeldet
activity-ended-too-many = Eine Sitzung wurde beendet: Sie war die älteste von zu vielen

## Password and account
activity-registration-asked = Jemand wollte sich mit Ihrer E-Mail-Adresse registrieren
activity-account-created = Das Konto wurde angelegt
activity-account-created-by-operator = Das Konto wurde vom Betreiber angelegt
activity-account-created-by-import = Das Konto kam aus einer anderen Anwendung
activity-accounts-imported = Konten kamen aus einer anderen Anwendung
activity-accounts-exported = Konten wurden vom Betreiber in eine Datei geschrieben
activity-password-changed = Das Passwort wurde geändert
activity-password-reset-asked = Ein Link zum Festlegen eines neuen Passworts wurde angefordert
activity-password-reset-started = Die Administration hat einen Link für ein neues Passwort senden lassen
activity-password-reset = Das Passwort wurde mit einem Link in einer E-Mail zurückgesetzt
activity-factor-added = Ein zweiter Faktor wurde eingeschaltet
activity-app-added = Eine Authenticator-App wurde eingeschaltet
activity-factor-removed = Ein zweiter Faktor wurde ausgeschaltet
activity-passkey-added = Ein Passkey wurde hinzugefügt
activity-app-removed = Eine Authenticator-App wurde ausgeschaltet
activity-passkey-removed = Ein Passkey wurde entfernt
activity-factor-named = Ein zweiter Faktor erhielt einen anderen Namen
activity-recovery-codes-made = Neue Wiederherstellungscodes wurden erstellt
activity-recovery-code-used = Ein Wiederherstellungscode wurde verwendet
activity-code-refused = Ein falscher Code wurde abgewiesen: Wer ihn gesendet hat, kannte das Passwort
activity-passkey-refused = Ein Passkey wurde abgewiesen
activity-passkey-no-answer = Ein Passkey wurde abgewiesen: Seine Antwort kam zu spät oder auf keine Frage von uns
activity-passkey-unknown = Ein Passkey wurde abgewiesen: Er gehört nicht oder nicht mehr zu diesem Konto
activity-passkey-wrong = Ein Passkey wurde abgewiesen: Seine Antwort war nicht richtig
activity-passkey-copied = Ein Passkey wurde abgewiesen: Vielleicht hat ihn jemand kopiert. Entfernen Sie ihn und fügen Sie einen neuen hinzu
activity-provider-linked = Eine Anmeldung bei einem anderen Dienst wurde mit dem Konto verknüpft
activity-provider-unlinked = Die Verknüpfung mit einer Anmeldung bei einem anderen Dienst wurde gelöst
activity-provider-unlinked-locked = Die Verknüpfungen mit Anmeldungen bei anderen Diensten wurden gelöst: Das Konto wurde gesperrt
activity-provider-refused = Eine Anmeldung mit einem anderen Dienst wurde abgewiesen
activity-provider-unreachable = Aus einer Anmeldung mit einem anderen Dienst wurde nichts: Er hat nicht geantwortet
activity-provider-other-issuer = Eine Anmeldung mit einem anderen Dienst wurde abgewiesen: Die Antwort kam von anderswo
activity-provider-code-refused = Eine Anmeldung mit einem anderen Dienst wurde abgewiesen: Jener Dienst hat sie nicht bestätigt
activity-provider-bad-token = Eine Anmeldung mit einem anderen Dienst wurde abgewiesen: Was er gesendet hat, war nicht richtig
activity-provider-other-subject = Eine Anmeldung mit einem anderen Dienst wurde abgewiesen: Er nannte zwei verschiedene Personen
activity-provider-not-fresh = Eine Bestätigung mit einem anderen Dienst wurde abgewiesen: Er hat nicht neu gefragt, wer da ist
activity-provider-other-person = Eine Bestätigung mit einem anderen Dienst wurde abgewiesen: Dort hat sich jemand anderes angemeldet
activity-account-created-by-provider = Das Konto wurde mit einer Anmeldung bei einem anderen Dienst angelegt
activity-browser-trusted = Einem Browser wurde Vertrauen ausgesprochen: Das Passwort allein genügt dort eine Zeit lang
activity-browser-trust-stopped = Einem Browser wird nicht mehr vertraut
activity-account-locked = Das Konto wurde mit dem Link in einer Nachricht gesperrt
# $list is one of those of taken-….
activity-taken-back = Entfernt, weil nicht sicher vom Inhaber: { $list }
activity-taken-back-some = Anmeldewege wurden entfernt, weil sie nicht sicher vom Inhaber waren
activity-account-unlocked = Das Konto wurde von der Administration entsperrt
activity-account-unlocked-by-reset = Das Konto wurde durch ein neues Passwort entsperrt
activity-factor-reset-started = Die Administration wurde gebeten, die zweiten Faktoren zu entfernen
activity-factor-reset-stopped = Die Entfernung der zweiten Faktoren wurde aufgehalten
activity-factor-reset-stopped-by-link = Die Entfernung der zweiten Faktoren wurde mit dem Link in einer Nachricht aufgehalten
activity-factor-reset-stopped-here = Die Entfernung der zweiten Faktoren wurde von jemandem aufgehalten, der angemeldet war
activity-factor-reset-done = Alle zweiten Faktoren wurden entfernt, wie es bei der Administration angefragt war
activity-token-created = Ein persönliches Zugriffstoken wurde erstellt
activity-token-revoked = Ein persönliches Zugriffstoken wurde widerrufen
activity-attack = Weit mehr Anmeldungen sind gescheitert als sonst: Jemand scheint Passwörter zu raten
activity-attack-network = Ein Netzwerk hat über seine Grenze hinaus falsche Passwörter versucht
activity-signing-keys-rotated = Die Schlüssel, mit denen Tokens signiert werden, wurden gewechselt
activity-signing-keys-revoked = Die Schlüssel, mit denen Tokens signiert werden, wurden gewechselt und die alten entfernt
activity-group-added = Sie wurden in die Gruppe { $group } aufgenommen
activity-group-removed = Sie wurden aus der Gruppe { $group } entfernt
activity-app-entered = Weiter zu { $app } gegangen
activity-invited = Jemand wurde eingeladen
activity-invitation-revoked = Eine Einladung wurde zurückgenommen
activity-account-disabled = Das Konto wurde von der Administration deaktiviert
activity-account-enabled = Das Konto wurde von der Administration wieder aktiviert
activity-role = Die Administration hat geändert, was das Konto darf
activity-role-member = Die Administration hat dem Konto seine Rolle in der Administration genommen
activity-role-support = Die Administration lässt das Konto anderen helfen: Support
activity-role-admin = Die Administration lässt das Konto den Dienst verwalten
activity-did = In der Administration wurde etwas an einem anderen Konto getan
activity-did-disable = In der Administration wurde ein anderes Konto deaktiviert
activity-did-enable = In der Administration wurde ein anderes Konto aktiviert
activity-did-unlock = In der Administration wurde ein anderes Konto entsperrt
activity-did-reset-password = In der Administration wurde jemand anderem ein Link für ein neues Passwort gesendet
activity-did-reset-factors = In der Administration wurde die Entfernung der zweiten Faktoren eines anderen Kontos eingeleitet
activity-did-keep-factors = In der Administration wurde die Entfernung der zweiten Faktoren eines anderen Kontos aufgehalten
activity-did-set-role = In der Administration wurde die Rolle eines Kontos geändert
activity-did-add-to-group = In der Administration wurde jemand in eine Gruppe aufgenommen
activity-did-remove-from-group = In der Administration wurde jemand aus einer Gruppe entfernt
activity-profile-changed = Name, Benutzername, Sprache oder Zeitzone wurde gespeichert

## When this version does not know what happened
activity-unknown = Etwas ist geschehen, wofür diese Version keine Worte hat: { $kind }
