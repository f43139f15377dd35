## Navigation
nav-account = Übersicht
nav-account-profile = Profil
nav-account-sessions = Sitzungen
nav-account-password = Passwort
nav-account-second-factor = Zweiter Faktor
nav-account-passkeys = Passkeys
nav-account-tokens = Zugriffstokens
nav-account-connections = Verknüpfungen
nav-account-activity = Aktivität
nav-to-administration = Administration

## Overview
overview-title = Ihr Konto
overview-greeting = Angemeldet als { $name }
overview-who-heading = Sie
overview-profile-link = Profil bearbeiten
overview-email = E-Mail
overview-email-confirmed = Bestätigt
overview-email-none = Keine
overview-username = Benutzername
overview-since = Konto angelegt
overview-session-heading = Diese Sitzung
overview-sessions-link = Alle Sitzungen ansehen
overview-session-only = Sie sind sonst nirgends angemeldet.
overview-session-others =
    { $count ->
        [one] Sie sind noch an 1 anderen Stelle angemeldet.
       *[other] Sie sind noch an { $count } anderen Stellen angemeldet.
    }
overview-device = Gerät
overview-this-device = Dieses Gerät
overview-address = Netzwerkadresse
overview-signed-in = Angemeldet
overview-ends = Endet von selbst
overview-protection-heading = Was Ihr Konto schützt
overview-password = Passwort
# A time follows: "Zuletzt geändert vor 3 Tagen".
overview-password-changed = Zuletzt geändert
overview-password-none = Keines: Sie melden sich mit einem Passkey an
overview-password-never-changed = Unverändert, seit das Konto angelegt wurde
overview-password-link = Passwort ändern
overview-factor = Zweiter Faktor
overview-factor-off = Aus: Wer Ihr Passwort kennt, kann sich anmelden
# Where they are named, $apps and $passkeys are at least 1.
overview-factor-apps = Ein: { $apps ->
        [one] eine Authenticator-App
       *[other] { $apps } Authenticator-Apps
    }, { $codes ->
        [0] keine Wiederherstellungscodes
        [one] 1 Wiederherstellungscode
       *[other] { $codes } Wiederherstellungscodes
    } übrig
overview-factor-passkeys = Ein: { $passkeys ->
        [one] ein Passkey
       *[other] { $passkeys } Passkeys
    }, { $codes ->
        [0] keine Wiederherstellungscodes
        [one] 1 Wiederherstellungscode
       *[other] { $codes } Wiederherstellungscodes
    } übrig
overview-factor-both = Ein: { $apps ->
        [one] eine Authenticator-App
       *[other] { $apps } Authenticator-Apps
    }, { $passkeys ->
        [one] ein Passkey
       *[other] { $passkeys } Passkeys
    }, { $codes ->
        [0] keine Wiederherstellungscodes
        [one] 1 Wiederherstellungscode
       *[other] { $codes } Wiederherstellungscodes
    } übrig
overview-factor-link = Verwalten
overview-factor-turn-on = Einschalten
overview-next-heading = Was als Nächstes zu tun ist
overview-next-somebody = Ändern Sie jetzt Ihr Passwort
overview-next-somebody-text = Sie haben gesagt, dass jemand anderes in Ihrem Konto war. Vielleicht kennt diese Person das jetzige Passwort.
overview-next-code-used = Ein Wiederherstellungscode wurde verwendet
overview-next-code-used-text = Wenn Sie das waren, entfernen Sie, was Sie verloren haben, und erstellen Sie neue Codes. Wenn nicht, sperren Sie Ihr Konto mit dem Link in unserer Nachricht.
overview-next-factor = Schalten Sie einen zweiten Faktor ein
overview-next-address = Bestätigen Sie Ihre E-Mail-Adresse
overview-next-address-text = Noch ist nicht gezeigt, dass diese Adresse Ihre ist. Wer sie hat, kann sonst das Konto übernehmen.
overview-next-address-link = Bestätigen
overview-next-codes = Erstellen Sie neue Wiederherstellungscodes
overview-next-name = Sagen Sie, wie Sie heißen
overview-next-name-text = Bisher nennen wir Sie nach dem Anfang Ihrer E-Mail-Adresse.
overview-next-name-link = Namen angeben
overview-next-nothing = Alles eingerichtet. Im Moment ist nichts zu tun.

## Profile
profile-title = Profil
profile-text = Was wir über Sie wissen.
profile-heading = Name, Sprache und Zeit
profile-saved = Ihr Profil ist gespeichert.

## Devices
device-unknown = unbekannter Browser
device-browser-on = { $browser } unter { $system }

## Development mailbox
dev-mail-title = Entwicklungspostfach
dev-mail-text = Was diese Installation verschickt hätte. Nur dieser Rechner kann es sehen.
dev-mail-empty = Noch keine Nachrichten
dev-mail-empty-text = Legen Sie ein Konto an oder fordern Sie ein neues Passwort an, dann erscheint die Nachricht hier.
dev-mail-to = An { $address }
