## The page
factor-title = Zweiter Faktor
factor-text = Etwas, das Sie haben, zusätzlich zum Passwort, das Sie wissen. Ein gestohlenes Passwort lässt dann niemanden hinein.
factor-app = Authenticator-App
factor-apps-heading = Authenticator-Apps
factor-apps-text = Bei der Anmeldung genügt eine davon.
factor-none = Noch kein zweiter Faktor
factor-none-text = Eine App auf Ihrem Telefon, etwa Google Authenticator, Aegis oder 2FAS, zeigt alle halbe Minute einen neuen Code. Viele Passwortmanager können das auch.
factor-set-up-link = Authenticator-App einrichten
factor-another-link = Eine weitere einrichten
# A time follows: "Hinzugefügt vor 3 Tagen".
factor-added = Hinzugefügt
# A time follows: "zuletzt verwendet vor 3 Tagen".
factor-used = zuletzt verwendet
factor-name-link = Umbenennen
factor-off-button = Ausschalten
factor-codes-heading = Wiederherstellungscodes
factor-codes-left =
    { $count ->
        [0] Sie haben keine mehr.
        [one] Sie haben noch 1.
       *[other] Sie haben noch { $count }.
    }
factor-codes-text = Mit jedem können Sie sich einmal anmelden, wenn Ihre App verloren ist.
factor-codes-link = Neue Codes erstellen
factor-few-codes =
    { $count ->
        [0] Sie haben keine Wiederherstellungscodes mehr. Ohne Ihre App könnten Sie sich nicht anmelden.
        [one] Sie haben noch 1 Wiederherstellungscode.
       *[other] Sie haben noch { $count } Wiederherstellungscodes.
    }
factor-few-codes-link = Neue erstellen

# $until is a moment: "23. November 2026, 14:05 Uhr UTC".
factor-asked-for = Diese Website verlangt einen zweiten Faktor. Richten Sie bis zum { $until } einen ein: Danach kommen Sie erst hinein, wenn Sie einen haben.

## What was done
factor-on = Die Authenticator-App ist eingeschaltet. Bei der Anmeldung wird nach ihren Codes gefragt.
factor-turned-off = Die Authenticator-App ist ausgeschaltet. Sie können den Eintrag in der App löschen.
factor-for-app = Die Anwendung, von der Sie kommen, verlangt einen zweiten Faktor. Richten Sie hier einen ein und öffnen Sie die Anwendung dann noch einmal.
factor-codes-saved = Ihr zweiter Faktor ist eingerichtet. Bewahren Sie die Wiederherstellungscodes so auf, dass Sie sie auch ohne Ihr Telefon finden.
factor-named = Der Name ist gespeichert.
factor-elsewhere =
    { $count ->
        [one] Sie sind noch an 1 anderen Stelle angemeldet. Wenn Sie sie nicht kennen, melden Sie sich dort ab.
       *[other] Sie sind noch an { $count } anderen Stellen angemeldet. Wenn Sie nicht alle kennen, melden Sie sich dort ab.
    }

## Turning off
factor-off-heading = „{ $name }“ ausschalten?
factor-off-text = Ihre Codes gelten dann nicht mehr. Ihre anderen Apps und Ihre Wiederherstellungscodes gelten weiter.
factor-off-last-text = Das ist die letzte. Ihr Passwort allein genügt dann für die Anmeldung, und Ihre Wiederherstellungscodes gelten nicht mehr.
factor-off-required-text = Das ist die letzte, und diese Website verlangt einen zweiten Faktor. Richten Sie zuerst einen anderen ein und schalten Sie diese dann aus.
factor-off-short-text = Das ist die letzte. Ihr Passwort allein genügt dann für die Anmeldung, und dafür ist es zu kurz: Wählen Sie ein längeres. Alle anderen Geräte werden abgemeldet, und Ihre Wiederherstellungscodes gelten nicht mehr.
factor-keep = Behalten

## Naming
factor-name-heading = Authenticator-App umbenennen
factor-name-cancel = Namen behalten
field-authenticator-name = Name
field-authenticator-name-help = Etwa „Telefon“ oder „Laptop bei der Arbeit“, um mehrere Apps zu unterscheiden. Das Feld darf leer bleiben.

## Setting up an app
totp-title = Authenticator-App einrichten
totp-text = Drei Schritte, etwa eine Minute.
totp-heading = Authenticator-App
totp-scan = Scannen Sie diesen Code mit der App
totp-scan-text = Wählen Sie in der App, dass Sie ein Konto hinzufügen möchten, und richten Sie die Kamera hierauf.
totp-qr-label = QR-Code für die Authenticator-App. Der Schlüssel darunter besagt dasselbe.
totp-key-text = Scannen geht nicht? Geben Sie diesen Schlüssel in der App ein, oder öffnen Sie ihn auf diesem Gerät. Zeigen Sie ihn niemandem: Wer ihn hat, kann Ihre Codes erzeugen.
totp-copy = Schlüssel kopieren
totp-open = In einer App öffnen
totp-enter = Geben Sie den Code ein, den die App zeigt
field-new-code = Code
field-new-code-help = { $digits } Ziffern. Er ändert sich, während Sie tippen; der vorige gilt noch einen Moment.
totp-name = Geben Sie ihr einen Namen
totp-button = Einschalten
totp-cancel = Nicht jetzt
copied = Kopiert

## Setting one up before being let in
enrol-title = Zweiten Schritt einrichten
enrol-text = Ihr Passwort war richtig. Bevor Sie hineinkommen, richten Sie ein, wonach von jetzt an zusätzlich gefragt wird.
enrol-policy = Diese Website verlangt bei der Anmeldung einen zweiten Schritt: Ein gestohlenes Passwort lässt dann niemanden hinein.
enrol-password = Ihr Passwort ist zu kurz, um als Einziges verlangt zu werden.

## Recovery codes
codes-title = Wiederherstellungscodes
codes-text = Für den Fall, dass Ihr Telefon verloren, kaputt oder zu Hause ist. Mit jedem können Sie sich einmal anmelden, anstelle des Codes der App.
codes-heading = Ihre Wiederherstellungscodes
codes-once = Diese Codes sehen Sie nur jetzt. Speichern Sie sie, bevor Sie diese Seite verlassen, und nicht nur auf dem Telefon mit der App.
# Stands on the printed page and in the file too.
codes-whose = Für { $email } bei { $site }
codes-made-at = Gespeichert am { $when }
codes-file-text = Jeder dieser Codes gilt einmal, anstelle eines Codes Ihrer Authenticator-App. Halten Sie sie geheim.
codes-copy = Kopieren
codes-download = Herunterladen
codes-print = Drucken
codes-saved-button = Ich habe sie gespeichert
codes-new-heading = Neue Codes erstellen
codes-new-text = Sie erhalten zehn neue Codes. Alle alten gelten sofort nicht mehr, auch die, die Sie nicht verwendet haben.
codes-new-button = Neue Codes erstellen
codes-keep = Die alten behalten
codes-none = Noch keine Wiederherstellungscodes
codes-none-text = Sie vertreten einen anderen zweiten Faktor; deshalb erhalten Sie sie, wenn Sie einen einrichten.

## A removal that waits
factor-reset-title = Ihr zweiter Faktor wird entfernt
factor-reset-text = Jemand hat die Administration gebeten, ihn zu entfernen.
factor-reset-started = Angefragt
factor-reset-due = Geschieht
factor-reset-yes = Wenn Sie das waren, ist nichts zu tun. Schließen Sie diese Seite. Bis dahin wird wie bisher nach Ihrem zweiten Faktor gefragt.
factor-reset-no = Wenn Sie das nicht waren, halten Sie es auf. Ihr zweiter Faktor bleibt dann, wie er ist.
factor-reset-stop-button = Aufhalten
factor-reset-stopped-title = Es ist aufgehalten
factor-reset-stopped-text = Ihr zweiter Faktor bleibt, wie er ist. Wenn Sie nicht darum gebeten haben, kennt vielleicht jemand Ihr Passwort: Wählen Sie ein neues.
factor-reset-over = Die Entfernung Ihres zweiten Faktors ist vorbei: Sie wurde aufgehalten, oder sie ist geschehen. Was davon, steht in einer Nachricht an Sie.
# Times follow the colon and the full stop: "… Das geschieht in 23 Stunden."
factor-reset-banner = Die Administration wurde gebeten, Ihren zweiten Faktor zu entfernen. Das geschieht
factor-reset-banner-then = Sie werden dann überall abgemeldet, und Ihr Passwort allein genügt für die Anmeldung. Wenn Sie nicht darum gebeten haben, halten Sie es auf: mit dem Link in unserer Nachricht oder mit einem Code eines zweiten Faktors, den Sie seit mehr als einer Woche haben.
factor-reset-code-help = Aus Ihrer Authenticator-App, oder ein Wiederherstellungscode
factor-reset-was-stopped = Die Entfernung ist aufgehalten. Ihr zweiter Faktor bleibt, wie er ist.
