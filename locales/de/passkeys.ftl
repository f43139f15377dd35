## The page
passkeys-title = Passkeys
passkeys-text = Melden Sie sich mit Ihrem Finger, Ihrem Gesicht oder der PIN Ihres Geräts an statt mit einem Passwort.
passkeys-heading = Ihre Passkeys
passkeys-list-text = Jeder meldet Sie allein an und ist ein zweiter Schritt nach Ihrem Passwort.
passkeys-none = Noch kein Passkey
passkeys-none-text = Ein Passkey liegt auf Ihrem Gerät oder in Ihrem Passwortmanager. Er kann nicht erraten, weitergegeben oder auf einer anderen Website verwendet werden.
passkeys-impossible = Passkeys können hier nicht verwendet werden
passkeys-impossible-text = Sie sind an einen Namen gebunden, und dieser Dienst wird über eine bloße Netzwerkadresse erreicht. Fragen Sie die Person, die ihn betreibt.
passkey-unnamed = Ein Passkey
passkey-synced = Synchronisiert: Ihr Passwortmanager hält ihn auf allen Ihren Geräten bereit
passkey-device-bound = Nur auf einem Gerät
passkey-add-link = Passkey hinzufügen
passkey-added = Ihr Passkey ist hinzugefügt. Von jetzt an können Sie sich damit anmelden.
passkey-removed = Der Passkey ist entfernt. Löschen Sie ihn auch auf Ihrem Gerät, sonst wird er weiterhin angeboten.
passkey-named = Der Name ist gespeichert.

## Adding one
passkey-add-heading = Passkey hinzufügen
passkey-add-text = Ihr Browser fragt, wo er aufbewahrt werden soll: auf diesem Gerät, auf einem Telefon, auf einem Sicherheitsschlüssel oder in Ihrem Passwortmanager.
passkey-add-first-text = Ihr Browser fragt, wo er aufbewahrt werden soll: auf diesem Gerät, auf einem Telefon, auf einem Sicherheitsschlüssel oder in Ihrem Passwortmanager. Von da an genügt Ihr Passwort allein nicht mehr für die Anmeldung. Gleich danach erhalten Sie Wiederherstellungscodes, für den Tag, an dem er verloren geht.
passkey-add-button = Passkey hinzufügen
field-passkey-name = Name
field-passkey-name-help = Damit Sie ihn später von anderen unterscheiden können, etwa „Laptop bei der Arbeit“. Ohne Namen heißt er nach diesem Browser.

enrol-passkey-heading = Mit einem Passkey

## Removing and naming
passkey-remove-button = Entfernen
passkey-remove-heading = „{ $name }“ entfernen?
passkey-remove-text = Er meldet Sie nicht mehr an. Ihre anderen Passkeys und Ihre Authenticator-Apps gelten weiter.
passkey-remove-last-text = Er ist Ihr letzter zweiter Faktor: Danach kann sich anmelden, wer Ihr Passwort kennt, und Ihre Wiederherstellungscodes gelten nicht mehr.
passkey-keep = Behalten
passkey-set-password-link = Passwort festlegen
passkey-name-heading = Diesen Passkey benennen

## Using one
passkey-sign-in-button = Mit einem Passkey anmelden
passkey-use-button = Passkey verwenden
passkey-sign-up-button = Stattdessen einen Passkey erstellen
passkey-sign-up-text = Ihr Gerät bewahrt ihn auf. Es gibt kein Passwort, das Sie sich merken müssten, und keines, das gestohlen werden könnte.
passkey-cancelled = Es wurde kein Passkey verwendet: Die Anfrage wurde abgebrochen, hat zu lange gedauert, oder auf diesem Gerät gibt es keinen. Versuchen Sie es noch einmal oder wählen Sie einen anderen Weg.
passkey-failed = Es wurde kein Passkey verwendet: Der Browser oder der Passwortmanager, der ihn aufbewahrt, meldet einen Fehler. Versuchen Sie es noch einmal oder wählen Sie einen anderen Weg.
passkey-impossible = Es wurde kein Passkey verwendet: Dieses Gerät oder dieser Passwortmanager kann nicht, was hier gebraucht wird. Nehmen Sie ein anderes, das prüft, dass Sie es sind, oder wählen Sie einen anderen Weg.
passkey-unsupported = Dieser Browser ist zu alt für Passkeys. Aktualisieren Sie ihn, oder öffnen Sie diese Seite in einem anderen.
passkey-without-script = Um einen Passkey zu verwenden, erlauben Sie dieser Website JavaScript und WebAssembly. Der Blockierungsmodus zum Beispiel schaltet WebAssembly aus.

## On the page of second factors
factor-passkeys-none = Sie haben keinen.
factor-passkeys-count =
    { $count ->
        [one] Sie haben 1.
       *[other] Sie haben { $count }.
    }
factor-passkeys-text = Ein Passkey ist beide Faktoren zugleich: Damit melden Sie sich ohne Passwort an.
factor-passkeys-link = Verwalten
