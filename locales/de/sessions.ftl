## Confirm
confirm-title = Bestätigen Sie, dass Sie es sind
confirm-text = Was Sie vorhaben, kann andere aussperren; deshalb fragen wir noch einmal.
confirm-heading-passkey = Ihr Passkey
confirm-heading = Ihr Passwort
confirm-factor-heading = Ihr zweiter Faktor
confirm-factor-text = Das ändert, wie Sie sich anmelden, und Sie sind hier ohne Ihren zweiten Faktor angemeldet. Zeigen Sie ihn einmal.
confirm-as = Sie sind als { $email } angemeldet.
confirm-user-agent = Diese Sitzung wird plötzlich mit einem anderen Browser benutzt: { $is }. Wenn Sie das sind, bestätigen Sie es, um fortzufahren.
confirm-network = Diese Sitzung wird plötzlich aus einem anderen Netzwerk benutzt. Wenn Sie das sind, bestätigen Sie es, um fortzufahren.

## Sessions
sessions-title = Sitzungen
sessions-text = Wo Sie angemeldet sind. Beenden Sie, was Sie nicht kennen oder nicht mehr verwenden.
sessions-here-heading = Gerade in Gebrauch
sessions-this-device = Dieses Gerät
sessions-others-heading = Überall sonst
sessions-others-text =
    { $count ->
        [one] Sie sind noch an 1 anderen Stelle angemeldet.
       *[other] Sie sind noch an { $count } anderen Stellen angemeldet.
    }
sessions-none = Sie sind sonst nirgends angemeldet
sessions-none-text = Eine Anmeldung auf einem anderen Gerät oder in einem anderen Browser erscheint hier.
sessions-find = Nach Gerät, Name oder Adresse suchen
sessions-find-button = Suchen
sessions-no-match = Keine Treffer
sessions-no-match-text = Keine andere Sitzung hat das in Gerät, Name, Ort oder Adresse.
sessions-active-now = Gerade aktiv
# A time follows: "Aktiv vor 3 Stunden".
sessions-active = Aktiv
sessions-shared = gemeinsam genutzter Computer
# A time follows: "Endet von selbst in 2 Stunden".
sessions-ends = Endet von selbst
# Between two times: "in 1 Stunde ohne Benutzung, spätestens in 12 Stunden".
ends-or-at-the-latest = ohne Benutzung, spätestens
sessions-end-button = Sitzung beenden
sessions-not-me-button = Das war ich nicht
sessions-end-heading = Diese Sitzung beenden?
sessions-end-text = Diese Sitzung ({ $device }) wird sofort abgemeldet. Wer sie benutzt, muss sich neu anmelden, und was dort nicht gespeichert war, geht verloren.
sessions-keep = Behalten
sessions-end-others-button = Überall sonst abmelden
sessions-end-others-heading = Überall sonst abmelden?
sessions-end-others-text =
    { $count ->
        [one] 1 Sitzung wird sofort beendet. Hier bleiben Sie angemeldet.
       *[other] { $count } Sitzungen werden sofort beendet. Hier bleiben Sie angemeldet.
    }
sessions-keep-others = Behalten
sessions-ended =
    { $count ->
        [one] Die Sitzung ist beendet.
       *[other] { $count } Sitzungen sind beendet.
    }
sessions-ended-none = Diese Sitzung war schon vorbei.
sessions-name = Dieses Gerät benennen
sessions-rename = Namen ändern
sessions-name-heading = Dieses Gerät benennen
sessions-name-cancel = So lassen
sessions-named = Der Name ist gespeichert.
field-device-name = Name des Geräts
field-device-name-help = Etwa „Laptop bei der Arbeit“. Lassen Sie das Feld leer, um den Namen wegzunehmen.

## Browsers in which the password alone signs in
trusted-heading = Browser, denen Sie vertrauen
trusted-text = Hier genügt Ihr Passwort allein, ohne den zweiten Faktor. Das endet mit einem neuen Passwort, mit einer Änderung Ihrer zweiten Faktoren und mit „Überall sonst abmelden“.
# A time follows: "Vertrauen gegeben vor 3 Tagen".
trusted-since = Vertrauen gegeben
# A time follows: "endet in 27 Tagen".
trusted-until = endet
trusted-stop-button = Nicht mehr vertrauen
trusted-stopped = Diesem Browser wird nicht mehr vertraut. Bei der nächsten Anmeldung dort wird nach dem zweiten Faktor gefragt.

## What to do about them
sessions-guidance-heading = Etwas dabei, das Sie nicht kennen?
sessions-guidance = Ein Telefon oder ein anderer Browser von Ihnen kann hier fremd aussehen, und eine Adresse kann sich unterwegs ändern. Wenn Sie nicht sicher sind, wählen Sie „Das war ich nicht“: Die Sitzung endet, und Sie wählen ein neues Passwort, womit auch alle anderen enden.

## The end of a session
lifetime-shared = Das ist ein gemeinsam genutzter Computer. Melden Sie sich ab, wenn Sie fertig sind.
lifetime-idle = Sie werden in weniger als fünf Minuten abgemeldet, weil hier eine Weile nichts geschehen ist. Eine Sitzung endet, wenn sie { $time } lang nicht benutzt wird.
lifetime-longest = Diese Sitzung endet in weniger als fünf Minuten, wie jede Sitzung nach einiger Zeit. Speichern Sie, woran Sie arbeiten, und melden Sie sich danach neu an.
lifetime-stay = Angemeldet bleiben

## Behind the link in the mail about a sign-in. Whoever reads the mail sees this: nothing here names the account.
was-it-you-title = Waren Sie das?
was-it-you-text = Jemand hat sich angemeldet. Das wissen wir darüber.
was-it-you-on = Noch angemeldet
was-it-you-over = Nicht mehr angemeldet
was-it-you-yes = Wenn Sie das waren, ist nichts zu tun. Schließen Sie diese Seite.
was-it-you-no = Wenn Sie das nicht waren, beenden Sie die Sitzung hier. Passkeys, zweite Faktoren, Zugriffstokens und Verknüpfungen, die in den letzten sieben Tagen hinzugekommen sind, werden entfernt, denn sie sind vielleicht nicht von Ihnen. Wählen Sie dann ein neues Passwort, denn jemand kennt Ihres.
was-it-you-button = Sitzung beenden
was-it-you-over-no = Wenn Sie das nicht waren, sagen Sie es hier. Passkeys, zweite Faktoren, Zugriffstokens und Verknüpfungen, die in den letzten sieben Tagen hinzugekommen sind, werden entfernt, denn sie sind vielleicht nicht von Ihnen. Wählen Sie dann ein neues Passwort, denn jemand kennt Ihres. Damit enden auch alle anderen Sitzungen.
was-it-you-over-button = Das war ich nicht
was-it-you-password = Neues Passwort wählen
was-it-you-closed = Dieser Link gilt einmal und eine Woche lang nach dem, worüber er berichtet. Wenn Sie das nicht kennen, wählen Sie ein neues Passwort: Damit enden alle Sitzungen.

## Behind the link in a letter about second factors. A sentence from the activity says what happened.
lock-text = Das ist mit Ihrem Konto geschehen.
lock-what = Was
lock-when = Wann
lock-no = Wenn Sie das nicht waren, sperren Sie Ihr Konto. Alle werden sofort abgemeldet, und niemand kann sich anmelden, bis Sie ein neues Passwort gewählt haben. Den Link dafür erhalten Sie per E-Mail. Passkeys, zweite Faktoren und Wiederherstellungscodes, die in den letzten sieben Tagen hinzugekommen sind, werden entfernt, denn sie sind vielleicht nicht von Ihnen; dazu alle Zugriffstokens und Verknüpfungen.
lock-button = Das war ich nicht: Konto sperren
lock-locked = Das Konto ist gesperrt. Um wieder hineinzukommen, wählen Sie ein neues Passwort.
