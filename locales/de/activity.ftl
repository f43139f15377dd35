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
entry-signed-in = Angemeldet
entry-signed-in-password = Mit einem Passwort angemeldet
entry-signed-in-password-totp = Mit einem Passwort und einer Authenticator-App angemeldet
entry-signed-in-password-recovery-code = Mit einem Passwort und einem Wiederherstellungscode angemeldet
entry-signed-in-passkey = Mit einem Passkey angemeldet
entry-signed-in-password-passkey = Mit einem Passwort und einem Passkey angemeldet
entry-signed-in-password-and-trusted-browser = Mit einem Passwort angemeldet, in einem Browser, dem Sie vertrauen
entry-signed-in-provider = Mit einem anderen Dienst angemeldet
entry-signed-in-provider-second-factor = Mit einem anderen Dienst und einem zweiten Schritt dort angemeldet
entry-signed-in-provider-totp = Mit einem anderen Dienst und einer Authenticator-App angemeldet
entry-signed-in-provider-recovery-code = Mit einem anderen Dienst und einem Wiederherstellungscode angemeldet
entry-signed-in-provider-passkey = Mit einem anderen Dienst und einem Passkey angemeldet
entry-signed-in-mail-link = Mit einem Link in einer E-Mail angemeldet
entry-signed-in-mail-link-totp = Mit einem Link in einer E-Mail und einer Authenticator-App angemeldet
entry-signed-in-mail-link-recovery-code = Mit einem Link in einer E-Mail und einem Wiederherstellungscode angemeldet
entry-signed-in-mail-link-passkey = Mit einem Link in einer E-Mail und einem Passkey angemeldet
entry-signed-in-set-up-link = Mit dem Einrichtungslink angemeldet
entry-signed-in-set-up-link-totp = Mit dem Einrichtungslink und einer Authenticator-App angemeldet
entry-signed-in-set-up-link-recovery-code = Mit dem Einrichtungslink und einem Wiederherstellungscode angemeldet
entry-signed-in-set-up-link-passkey = Mit dem Einrichtungslink und einem Passkey angemeldet
entry-sign-in-failed = Eine Anmeldung wurde abgewiesen
entry-sign-in-failed-wrong-password = Eine Anmeldung mit falschem Passwort wurde abgewiesen
entry-sign-in-failed-unknown-person = Eine Anmeldung mit unbekanntem Namen wurde abgewiesen
entry-sign-in-failed-account-disabled = Eine Anmeldung wurde abgewiesen: Das Konto war deaktiviert
entry-sign-in-failed-account-locked = Eine Anmeldung wurde abgewiesen: Das Konto war gesperrt
entry-sign-in-failed-too-many-tries = Eine Anmeldung wurde abgewiesen, ohne das Passwort anzusehen: Zu viele waren gescheitert

## Sessions
entry-signed-out = Abgemeldet
entry-session-ended = Eine Sitzung wurde beendet
entry-session-ended-password-changed = Eine Sitzung wurde beendet: Das Passwort wurde geändert
entry-session-ended-password-reset = Eine Sitzung wurde beendet: Das Passwort wurde zurückgesetzt
entry-session-ended-expired = Eine Sitzung endete von selbst: Ihre Zeit war um
entry-session-ended-idle = Eine Sitzung endete von selbst: Sie wurde nicht benutzt
entry-session-ended-ended-by-owner = Eine Sitzung wurde von Ihnen beendet, von einem anderen Gerät aus
entry-session-ended-not-me = Eine Sitzung wurde von Ihnen beendet, weil sie nicht Ihre war
entry-session-ended-account-locked = Eine Sitzung wurde beendet: Das Konto wurde gesperrt
entry-session-ended-account-disabled = Eine Sitzung wurde beendet: Das Konto wurde deaktiviert
entry-session-ended-factors-reset = Eine Sitzung wurde beendet: Die zweiten Faktoren wurden entfernt
entry-session-ended-ended-by-admin = Eine Sitzung wurde von der Administration beendet
entry-session-ended-user-agent-changed = Eine Sitzung wurde beendet: Sie wurde mit einem anderen Browser benutzt
entry-session-ended-network-changed = Eine Sitzung wurde beendet: Sie wurde aus einem anderen Netzwerk benutzt
entry-session-ended-refresh-token-reused = Die Sitzung eines Programms wurde beendet: Ein Refresh-Token wurde zweimal verwendet, also hat vielleicht jemand eine Kopie davon
entry-session-ended-token-revoked = Ein Programm hat sich abgemeldet
entry-session-ended-second-factor-required = Eine Sitzung wurde beendet: Jetzt werden zwei Schritte verlangt, und sie begann mit einem
# A colon and activity-change follow.
entry-session-changed = Eine Sitzung wurde von anderswo benutzt
entry-session-changed-user-agent = Eine Sitzung wurde mit einem anderen Browser benutzt
entry-session-changed-network = Eine Sitzung wurde aus einem anderen Netzwerk benutzt
# $done is one of the three below it.
activity-change = Vorher { $was }, jetzt { $is }. { $done }
activity-change-end = Sie wurde beendet.
activity-change-confirm = Vor dem Fortfahren wurde nach dem Passwort gefragt.
activity-change-note = Sie ging weiter.
entry-session-confirmed = Mit dem Passwort bestätigt
entry-session-confirmed-passkey = Mit einem Passkey bestätigt
entry-session-confirmed-totp = Mit einem Code einer Authenticator-App bestätigt
entry-session-confirmed-recovery-code = Mit einem Wiederherstellungscode bestätigt
entry-confirmation-failed = Beim Bestätigen einer Sitzung wurde ein falsches Passwort eingegeben
entry-device-named = Ein Gerät wurde benannt
entry-admin-ended-sessions =
    { $count ->
        [one] Sie haben als Administration 1 Sitzung beendet
       *[other] Sie haben als Administration { $count } Sitzungen beendet
    }
entry-session-ended-replaced = Eine Sitzung wurde beendet: Derselbe Browser hat sich neu angemeldet
entry-session-ended-too-many = Eine Sitzung wurde beendet: Sie war die älteste von zu vielen

## Password and account
entry-registration-asked = Jemand wollte sich mit Ihrer E-Mail-Adresse registrieren
entry-account-created = Das Konto wurde angelegt
entry-account-created-command-line = Das Konto wurde vom Betreiber angelegt
entry-account-created-import = Das Konto kam aus einer anderen Anwendung
entry-accounts-imported = Konten kamen aus einer anderen Anwendung
entry-accounts-exported = Konten wurden vom Betreiber in eine Datei geschrieben
entry-password-changed = Das Passwort wurde geändert
entry-password-reset-asked = Ein Link zum Festlegen eines neuen Passworts wurde angefordert
entry-password-reset-asked-for-owner = Die Administration hat einen Link für ein neues Passwort senden lassen
entry-password-reset = Das Passwort wurde mit einem Link in einer E-Mail zurückgesetzt
entry-second-factor-added = Ein zweiter Faktor wurde eingeschaltet
entry-second-factor-added-totp = Eine Authenticator-App wurde eingeschaltet
entry-second-factor-removed = Ein zweiter Faktor wurde ausgeschaltet
entry-second-factor-added-passkey = Ein Passkey wurde hinzugefügt
entry-second-factor-removed-totp = Eine Authenticator-App wurde ausgeschaltet
entry-second-factor-removed-passkey = Ein Passkey wurde entfernt
entry-second-factor-named = Ein zweiter Faktor erhielt einen anderen Namen
entry-recovery-codes-made = Neue Wiederherstellungscodes wurden erstellt
entry-recovery-code-used = Ein Wiederherstellungscode wurde verwendet
entry-code-refused = Ein falscher Code wurde abgewiesen: Wer ihn gesendet hat, kannte das Passwort
entry-passkey-refused = Ein Passkey wurde abgewiesen
entry-passkey-refused-no-answer = Ein Passkey wurde abgewiesen: Seine Antwort kam zu spät oder auf keine Frage von uns
entry-passkey-refused-unknown-passkey = Ein Passkey wurde abgewiesen: Er gehört nicht oder nicht mehr zu diesem Konto
entry-passkey-refused-wrong-answer = Ein Passkey wurde abgewiesen: Seine Antwort war nicht richtig
entry-passkey-refused-copied-passkey = Ein Passkey wurde abgewiesen: Vielleicht hat ihn jemand kopiert. Entfernen Sie ihn und fügen Sie einen neuen hinzu
entry-provider-linked = Eine Anmeldung bei einem anderen Dienst wurde mit dem Konto verknüpft
entry-provider-unlinked = Die Verknüpfung mit einer Anmeldung bei einem anderen Dienst wurde gelöst
entry-provider-unlinked-account-locked = Die Verknüpfungen mit Anmeldungen bei anderen Diensten wurden gelöst: Das Konto wurde gesperrt
entry-provider-refused = Eine Anmeldung mit einem anderen Dienst wurde abgewiesen
entry-provider-refused-unreachable = Aus einer Anmeldung mit einem anderen Dienst wurde nichts: Er hat nicht geantwortet
entry-provider-refused-other-issuer = Eine Anmeldung mit einem anderen Dienst wurde abgewiesen: Die Antwort kam von anderswo
entry-provider-refused-code-refused = Eine Anmeldung mit einem anderen Dienst wurde abgewiesen: Jener Dienst hat sie nicht bestätigt
entry-provider-refused-bad-token = Eine Anmeldung mit einem anderen Dienst wurde abgewiesen: Was er gesendet hat, war nicht richtig
entry-provider-refused-other-subject = Eine Anmeldung mit einem anderen Dienst wurde abgewiesen: Er nannte zwei verschiedene Personen
entry-provider-refused-not-fresh = Eine Bestätigung mit einem anderen Dienst wurde abgewiesen: Er hat nicht neu gefragt, wer da ist
entry-provider-refused-other-person = Eine Bestätigung mit einem anderen Dienst wurde abgewiesen: Dort hat sich jemand anderes angemeldet
entry-account-created-provider = Das Konto wurde mit einer Anmeldung bei einem anderen Dienst angelegt
entry-browser-trusted = Einem Browser wurde Vertrauen ausgesprochen: Das Passwort allein genügt dort eine Zeit lang
entry-browser-trust-stopped = Einem Browser wird nicht mehr vertraut
entry-account-locked = Das Konto wurde mit dem Link in einer Nachricht gesperrt
# $list is one of those of taken-….
entry-taken-back = Entfernt, weil nicht sicher vom Inhaber: { $list }
erased-entry-taken-back = Anmeldewege wurden entfernt, weil sie nicht sicher vom Inhaber waren
entry-account-unlocked = Das Konto wurde von der Administration entsperrt
entry-account-unlocked-password-reset = Das Konto wurde durch ein neues Passwort entsperrt
entry-factor-reset-started = Die Administration wurde gebeten, die zweiten Faktoren zu entfernen
entry-factor-reset-stopped = Die Entfernung der zweiten Faktoren wurde aufgehalten
entry-factor-reset-stopped-mail-link = Die Entfernung der zweiten Faktoren wurde mit dem Link in einer Nachricht aufgehalten
entry-factor-reset-stopped-session = Die Entfernung der zweiten Faktoren wurde von jemandem aufgehalten, der angemeldet war
entry-factor-reset-done = Alle zweiten Faktoren wurden entfernt, wie es bei der Administration angefragt war
entry-token-created = Ein persönliches Zugriffstoken wurde erstellt
entry-token-revoked = Ein persönliches Zugriffstoken wurde widerrufen
entry-attack-noticed = Weit mehr Anmeldungen sind gescheitert als sonst: Jemand scheint Passwörter zu raten
entry-attack-noticed-network = Ein Netzwerk hat über seine Grenze hinaus falsche Passwörter versucht
entry-signing-keys-rotated = Die Schlüssel, mit denen Tokens signiert werden, wurden gewechselt
entry-signing-keys-rotated-revoked = Die Schlüssel, mit denen Tokens signiert werden, wurden gewechselt und die alten entfernt
entry-group-added = Sie wurden in die Gruppe { $group } aufgenommen
entry-group-removed = Sie wurden aus der Gruppe { $group } entfernt
entry-app-entered = Weiter zu { $app } gegangen
entry-invited = Jemand wurde eingeladen
entry-invitation-revoked = Eine Einladung wurde zurückgenommen
entry-account-disabled = Das Konto wurde von der Administration deaktiviert
entry-account-enabled = Das Konto wurde von der Administration wieder aktiviert
entry-role-changed = Die Administration hat geändert, was das Konto darf
entry-role-changed-member = Die Administration hat dem Konto seine Rolle in der Administration genommen
entry-role-changed-support = Die Administration lässt das Konto anderen helfen: Support
entry-role-changed-admin = Die Administration lässt das Konto den Dienst verwalten
entry-admin-acted = In der Administration wurde etwas an einem anderen Konto getan
entry-admin-acted-disable = In der Administration wurde ein anderes Konto deaktiviert
entry-admin-acted-enable = In der Administration wurde ein anderes Konto aktiviert
entry-admin-acted-unlock = In der Administration wurde ein anderes Konto entsperrt
entry-admin-acted-reset-password = In der Administration wurde jemand anderem ein Link für ein neues Passwort gesendet
entry-admin-acted-reset-factors = In der Administration wurde die Entfernung der zweiten Faktoren eines anderen Kontos eingeleitet
entry-admin-acted-keep-factors = In der Administration wurde die Entfernung der zweiten Faktoren eines anderen Kontos aufgehalten
entry-admin-acted-set-role = In der Administration wurde die Rolle eines Kontos geändert
entry-admin-acted-add-to-group = In der Administration wurde jemand in eine Gruppe aufgenommen
entry-admin-acted-remove-from-group = In der Administration wurde jemand aus einer Gruppe entfernt
entry-profile-changed = Name, Benutzername, Sprache oder Zeitzone wurde gespeichert

## When this version does not know what happened
activity-unknown = Etwas ist geschehen, wofür diese Version keine Worte hat: { $kind }
