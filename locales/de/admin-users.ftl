## Roles and states
role-member = Mitglied
role-support = Support
role-admin = Administration
role-staff = Administration und Support
admin-state-active = Aktiv
admin-state-disabled = Deaktiviert
admin-state-locked = Vom Inhaber gesperrt
admin-state-factor-reset = Zweiter Faktor wird bald entfernt
admin-state-unprotected = Ohne zweiten Faktor

## Overview
admin-overview-title = Administration
admin-overview-text = Was geschieht, und was Aufmerksamkeit braucht.
admin-needed-heading = Braucht Aufmerksamkeit
admin-needed-nothing = Im Moment nichts
admin-needed-nothing-text = Was auf jemanden wartet oder nicht gelingt, erscheint hier.
admin-needed-factor-resets =
    { $count ->
        [one] Die zweiten Faktoren von 1 Person werden bald entfernt
       *[other] Die zweiten Faktoren von { $count } Personen werden bald entfernt
    }
admin-needed-factor-resets-text = Das geschieht, wenn die Wartezeit vorbei ist, außer sie oder Sie halten es auf.
admin-needed-mails-given-up =
    { $count ->
        [one] 1 E-Mail wurde in den letzten 7 Tagen aufgegeben
       *[other] { $count } E-Mails wurden in den letzten 7 Tagen aufgegeben
    }
admin-needed-mails-late =
    { $count ->
        [one] 1 E-Mail wartet seit über 10 Minuten
       *[other] { $count } E-Mails warten seit über 10 Minuten
    }
admin-needed-mails-text = Der Grund steht im Protokoll des Servers. Prüfen Sie die Einstellungen des Mailservers.
admin-needed-unprotected =
    { $count ->
        [one] 1 Person verwaltet ohne zweiten Faktor
       *[other] { $count } Personen verwalten ohne zweiten Faktor
    }
admin-needed-unprotected-text = Wer das Passwort erfährt, kommt an alle Konten. Bitten Sie darum, einen einzuschalten, oder verlangen Sie ihn mit second_factor.policy.
admin-needed-locked =
    { $count ->
        [one] 1 Konto ist vom Inhaber gesperrt
       *[other] { $count } Konten sind von ihren Inhabern gesperrt
    }
admin-needed-locked-text = Vielleicht war jemand anderes am Werk. Ein neues Passwort über den Link in einer Nachricht beendet die Sperre.
admin-figures-heading = In letzter Zeit
admin-figures-sign-ins = Anmeldungen
admin-figures-refused = Abgewiesene Anmeldungen
admin-figures-accounts = Neue Konten
admin-figures-sessions = Offene Sitzungen
admin-figures-lately = { $day } in 24 Stunden, { $week } in 7 Tagen
admin-show-people = Personen zeigen
admin-show-attacks = Angriffe zeigen
admin-needed-attacks = { $count ->
    [one] Ein Angriff ist im Gang
   *[other] { $count } Angriffe sind im Gang
}
admin-needed-attacks-text = Weit mehr Anmeldungen scheitern als sonst. Die Grenzen halten sie auf; wer hier bekannt ist, muss nicht warten.
admin-show-activity = Aktivität zeigen
admin-show-sessions = Sitzungen zeigen

## Finding people
admin-users-title = Personen
admin-users-text = Alle, die ein Konto haben, die neuesten zuerst.
admin-users-heading = Konten
admin-users-name = Teil von Name, Adresse oder ID
admin-users-filter-button = Filtern
admin-users-state = Zustand
admin-users-any-state = Jeder Zustand
admin-users-role = Rolle
admin-users-any-role = Jede Rolle
admin-users-person = Person
admin-users-username = Benutzername
admin-users-since = Konto angelegt
admin-users-acts = Was Sie tun können
admin-users-open = Öffnen
# For screen readers, after “Open”.
admin-users-open-whom = das Konto von { $email }
admin-users-no-text = Geben Sie einen Teil eines Namens, eine E-Mail-Adresse, einen Benutzernamen oder eine ID ein.
admin-users-no-match = Niemand gefunden
admin-users-no-match-text = Auf kein Konto trifft all das zu.
admin-users-no-match-so-far = Bisher niemand gefunden
admin-users-no-match-so-far-text = Keines der durchgesehenen Konten passt. „Ältere“ sieht weiter zurück.
admin-users-no-more = Hier ist niemand mehr
admin-users-no-more-text = Die Konten dieser Seite gibt es nicht mehr.

## One person
admin-who-heading = Konto
admin-who-id = ID
admin-who-you = Sie
admin-who-reset = Zweiter Faktor wird entfernt
admin-ways-heading = Wege, sich anzumelden
admin-ways-password-set = Festgelegt
admin-ways-password-since = Festgelegt
admin-ways-no-factor = Keiner ist eingeschaltet.
admin-ways-codes =
    { $count ->
        [0] Ein. Kein Wiederherstellungscode ist übrig.
        [one] Ein. 1 Wiederherstellungscode ist übrig.
       *[other] Ein. { $count } Wiederherstellungscodes sind übrig.
    }
admin-ways-tokens = Persönliche Zugriffstokens
admin-ways-token-count =
    { $count ->
        [0] Keine
        [one] 1 in Gebrauch
       *[other] { $count } in Gebrauch
    }
admin-person-sessions =
    { $count ->
        [0] Nirgends angemeldet.
        [one] Auf 1 Gerät angemeldet.
       *[other] Auf { $count } Geräten angemeldet.
    }
admin-groups-heading = Gruppen
admin-groups-text = Anwendungen können danach entscheiden, wen sie einlassen.
admin-groups-none = In keiner Gruppe.
admin-group-name = Gruppe
admin-group-add-button = Hinzufügen
admin-group-remove-button = Entfernen
admin-latest-none = In diesem Konto ist noch nichts geschehen.

## What can be done
admin-acts-heading = Was Sie tun können
admin-acts-text = Wir fragen jedes Mal noch einmal nach. Was Sie tun, wird mit Ihrem Namen festgehalten und der Person per E-Mail mitgeteilt.
admin-change-role = Rolle ändern
admin-cancel = Abbrechen
admin-own-account = Das ist Ihr eigenes Konto.
act-title-disable = Konto deaktivieren
act-text-disable = { $email } wird sofort überall abgemeldet und kann sich nicht anmelden, bis das Konto wieder aktiviert ist. Nichts wird entfernt.
act-title-enable = Konto aktivieren
act-text-enable = { $email } kann sich wieder anmelden wie zuvor.
act-title-unlock = Konto entsperren
act-text-unlock = { $email } kann sich wieder mit demselben Passwort anmelden, das vielleicht jemand anderes kennt. Vergewissern Sie sich, dass der Inhaber darum bittet.
admin-who-held = Sperre endet
admin-who-held-text = Von einer früheren Adresse des Kontos wurde gesagt, dass der Inhaber sie nicht geändert hat. Vorher kann es nur entsperren, wer administriert (nicht der Support), oder der Betreiber, der ihm auch seine Adresse zurückgeben kann.
act-title-reset-password = Passwort-Link senden
act-text-reset-password = { $email } bekommt einen Link, um ein neues Passwort zu wählen. Er gilt einmal und eine Stunde lang. Niemand sonst sieht ihn, und das alte Passwort gilt bis dahin.
act-title-reset-factors = Zweite Faktoren entfernen
act-text-reset-factors =
    { $hours ->
        [one] Alle zweiten Faktoren von { $email } werden in 1 Stunde entfernt. Die Person erfährt es jetzt und kann es bis dahin aufhalten.
       *[other] Alle zweiten Faktoren von { $email } werden in { $hours } Stunden entfernt. Die Person erfährt es jetzt und kann es bis dahin aufhalten.
    }
act-title-keep-factors = Zweite Faktoren behalten
act-text-keep-factors = Die wartende Entfernung wird aufgehalten, und { $email } erfährt es.
act-title-set-role = Rolle geben: { $role }
act-text-set-role-member = { $email } sieht vom nächsten Klick an nichts mehr von der Administration.
act-text-set-role-support = { $email } kann Konten und Aktivität aller sehen und Mitgliedern zurück in ihr Konto helfen.
act-text-set-role-admin = { $email } kann Konten und Aktivität aller sehen, Konten deaktivieren und Rollen vergeben, auch Ihre.
act-title-add-to-group = Zu { $group } hinzufügen
act-text-add-to-group = { $email } ist vom nächsten Klick an in der Gruppe { $group }. Anwendungen, die diese Gruppe einlassen, lassen die Person ein.
act-title-remove-from-group = Aus { $group } entfernen
act-text-remove-from-group = { $email } ist vom nächsten Klick an nicht mehr in der Gruppe { $group }. Anwendungen, die die Person deswegen einlassen, weisen sie dann ab.
act-done-disable = Das Konto ist deaktiviert, und alle darin sind abgemeldet.
act-done-enable = Das Konto ist aktiviert.
act-done-unlock = Das Konto ist entsperrt.
act-done-reset-password = Der Link ist unterwegs zum Inhaber.
act-done-reset-factors = Die zweiten Faktoren werden entfernt, wenn die Wartezeit vorbei ist.
act-done-keep-factors = Die zweiten Faktoren bleiben.
act-done-set-role = Die Rolle ist geändert.
act-done-add-to-group = Zur Gruppe hinzugefügt.
act-done-remove-from-group = Aus der Gruppe entfernt.
admin-undone = Nichts wurde geändert: Es war schon so.

## Everybody’s activity
admin-activity-title = Aktivität
admin-activity-text = Was in allen Konten geschehen ist, wer es getan hat, und von wo aus.
admin-activity-who = E-Mail, Benutzername oder ID
admin-activity-signed-in = Anmeldungen
admin-activity-refused = Abgewiesene Anmeldungen
admin-activity-new-accounts = Neue Konten
admin-activity-administration = Administration
admin-activity-sign-ins = Alles rund ums Anmelden
admin-activity-none = Noch ist nichts geschehen.
# An address follows.
admin-activity-by = Von
admin-activity-to = An
admin-activity-by-command-line = Von der Befehlszeile
admin-activity-unknown = Niemand, der ein Konto hat
admin-activity-gone = Ein Konto, das es nicht mehr gibt ({ $id })
admin-activity-erased = Einzelheiten gelöscht: wen es betraf, von wo aus und warum

## Activity, told of somebody else
anothers-entry-session-ended-ended-by-owner = Eine Sitzung wurde vom Inhaber auf einem anderen Gerät beendet
anothers-entry-session-ended-not-me = Eine Sitzung wurde vom Inhaber beendet, weil sie jemand anderem gehörte
anothers-entry-registration-asked = Jemand wollte sich mit dieser E-Mail-Adresse registrieren
anothers-entry-signed-in-password-and-trusted-browser = Mit Passwort angemeldet, in einem vertrauten Browser
anothers-entry-group-added = In die Gruppe { $group } aufgenommen
anothers-entry-group-removed = Aus der Gruppe { $group } entfernt
anothers-entry-admin-ended-sessions =
    { $count ->
        [one] In der Administration 1 Sitzung beendet
       *[other] In der Administration { $count } Sitzungen beendet
    }
# Of entries whose details are erased.
erased-entry-admin-ended-sessions = In der Administration Sitzungen beendet
erased-entry-group-added = In eine Gruppe aufgenommen
erased-entry-group-removed = Aus einer Gruppe entfernt
erased-entry-app-entered = Weiter zu einer App gegangen
