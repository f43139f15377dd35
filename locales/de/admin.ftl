## Navigation
nav-to-account = Ihr Konto
nav-admin = Übersicht
nav-admin-users = Personen
nav-admin-sessions = Sitzungen
nav-admin-activity = Aktivität

## Sessions
admin-sessions-title = Sitzungen
admin-sessions-text =
    { $count ->
        [one] 1 Sitzung ist offen: Ihre.
       *[other] { NUMBER($count) } Sitzungen sind offen, Ihre eingeschlossen.
    }
admin-sessions-heading = Wer wo angemeldet ist
admin-sessions-filter-button = Filtern
admin-sessions-person = Person
admin-sessions-device = Gerät
admin-sessions-address = Netzwerkadresse
admin-sessions-signed-in = Angemeldet
admin-sessions-last-active = Zuletzt aktiv
admin-sessions-ends = Endet
admin-sessions-acts = Was Sie tun können
# Below the address that a session is used from now.
admin-sessions-address-before = zuerst { $address }
admin-sessions-own = Ihre Sitzung
admin-sessions-end-one = Sitzung beenden
admin-sessions-age = Angemeldet
admin-sessions-age-any = Zu beliebiger Zeit
admin-sessions-age-hour = Vor über einer Stunde
admin-sessions-age-day = Vor über einem Tag
admin-sessions-age-week = Vor über einer Woche
admin-sessions-no-person = Niemand hier hat diese Adresse oder diesen Benutzernamen. Prüfen Sie die Schreibweise.
admin-sessions-no-address = Geben Sie eine Adresse ein, etwa 192.0.2.1, den Anfang einer Adresse, etwa 192.0.2, oder einen Block, etwa 192.0.2.0/24.
admin-sessions-no-device = Geben Sie einen Teil vom Namen, Browser oder System eines Geräts ein.
admin-sessions-no-match = Keine Treffer
admin-sessions-no-match-text = Auf keine offene Sitzung trifft all das zu.
admin-sessions-no-match-so-far = Bisher nichts gefunden
admin-sessions-no-match-so-far-text = Keine der durchgesehenen Sitzungen passt. „Ältere“ sucht weiter zurück.
admin-sessions-no-more = Hier ist nichts mehr
admin-sessions-no-more-text = Die Sitzungen dieser Seite sind zu Ende.
admin-sessions-ended =
    { $count ->
        [0] Es war nichts mehr zu beenden: Sie war schon vorbei.
        [one] 1 Sitzung ist beendet. Sie wird bei ihrer nächsten Anfrage abgewiesen.
       *[other] { NUMBER($count) } Sitzungen sind beendet. Sie werden bei ihrer nächsten Anfrage abgewiesen.
    }
admin-sessions-end-person = Alle Sitzungen dieser Person beenden
admin-sessions-end-person-text = { $email } wird auf allen Geräten abgemeldet, gleichgültig, wonach oben sonst gefiltert ist, und kann sich wieder anmelden.
admin-sessions-own-stays = Die Sitzung, die Sie gerade verwenden, bleibt offen.
admin-sessions-end-all = Alle Sitzungen beenden

## Before every session is ended
admin-end-all-heading =
    { $count ->
        [one] 1 Sitzung endet
       *[other] { NUMBER($count) } Sitzungen enden
    }
admin-end-all-text = Alle werden bei ihrem nächsten Klick auf allen Geräten abgemeldet und verlieren, was sie nicht gespeichert haben. Sie können sich sofort wieder anmelden. Das lässt sich nicht rückgängig machen.
admin-end-all-own = Nur die Sitzung, die Sie gerade verwenden ({ $device }), bleibt offen.
