# What every page shares. People are addressed as „Sie“, calmly; no exclamation marks.
# Terms: anmelden, abmelden, Sitzung, zweiter Faktor, Passkey, Wiederherstellungscode, Authenticator-App, Zugriffstoken, Verknüpfung.

## The frame
skip-to-content = Zum Inhalt springen
account-navigation = Ihr Konto
form-offline = Der Server ist nicht erreichbar. Prüfen Sie Ihre Verbindung und versuchen Sie es noch einmal. Ihre Eingaben sind noch da.
password-reveal = Passwort anzeigen

## Lists
pager-navigation = Seiten
pager-newer = Neuere
pager-older = Ältere

## Times
when-now = gerade eben
when-minutes =
    { $count ->
        [one] vor 1 Minute
       *[other] vor { $count } Minuten
    }
when-hours =
    { $count ->
        [one] vor 1 Stunde
       *[other] vor { $count } Stunden
    }
when-days =
    { $count ->
        [one] gestern
       *[other] vor { $count } Tagen
    }
when-in-minutes =
    { $count ->
        [one] in 1 Minute
       *[other] in { $count } Minuten
    }
when-in-hours =
    { $count ->
        [one] in 1 Stunde
       *[other] in { $count } Stunden
    }
when-in-days =
    { $count ->
        [one] morgen
       *[other] in { $count } Tagen
    }

## How long something lasts: "Warten Sie 15 Minuten", "eine Stunde und 30 Minuten lang nicht benutzt"
span-minutes =
    { $count ->
        [one] eine Minute
       *[other] { $count } Minuten
    }
span-hours =
    { $count ->
        [one] eine Stunde
       *[other] { $count } Stunden
    }
span-days =
    { $count ->
        [one] einen Tag
       *[other] { $count } Tage
    }
span-both = { $first } und { $second }

## Labels and help of fields
field-identifier = E-Mail oder Benutzername
field-email = E-Mail
field-password = Passwort
field-current-password = Aktuelles Passwort
field-new-password = Neues Passwort
field-new-password-help = Mindestens { $minimum } Zeichen. Einige Wörter, die Sie sich merken können, sind besser als Sonderzeichen.
field-display-name = Name
field-display-name-help = So sprechen wir Sie an.
field-username = Benutzername
field-username-help = Auch damit können Sie sich anmelden. 3 bis 40 Zeichen: Buchstaben von a bis z, Ziffern, Punkte, Bindestriche und Unterstriche. Ein Name, den Sie aufgeben, wird nie an jemand anderen vergeben.
field-remember = Das ist mein eigenes Gerät
field-remember-help = Sie bleiben angemeldet, auch wenn der Browser geschlossen wird.
field-shared = Das ist ein gemeinsam genutzter Computer
field-shared-help = Sie werden abgemeldet, sobald der Browser geschlossen wird oder { $time } lang nichts geschieht.

## Buttons
continue-button = Weiter
save-button = Speichern
back-to-sign-in = Zurück zur Anmeldung

## When there is no page, or it can't be shown
not-found-title = Seite nicht gefunden
not-found-text = Unter dieser Adresse gibt es nichts. Vielleicht ist der Link veraltet oder enthält einen Tippfehler.
not-found-link = Zur Startseite
refusal-title = Diese Seite kann nicht angezeigt werden
refusal-link = Noch einmal versuchen
