tokens-title = Zugriffstokens
tokens-text = Für Ihre eigenen Programme. Ein Token steht dort anstelle Ihres Passworts, darf weniger und kann einzeln widerrufen werden.
tokens-heading = Persönliche Zugriffstokens
tokens-list-text = Ein Token, das Sie nicht mehr verwenden, widerrufen Sie besser.
tokens-none = Sie haben keine
tokens-none-text = Ein Skript, das wissen will, wer Sie sind oder wo Sie angemeldet sind, braucht eines.
token-add-link = Neues Token
token-add-heading = Neues Token
token-add-text = Geben Sie ihm nicht mehr, als es braucht. Es endet mit seiner Frist und mit einem neuen Passwort.
field-token-name = Wofür es ist
field-token-name-help = Zum Beispiel „Backup-Skript“.
token-scopes = Es darf
token-scope-profile = Ihren Namen und Ihre E-Mail-Adresse lesen
token-scope-sessions = Auflisten, wo Sie angemeldet sind
token-scope-sessions-end = Sitzungen beenden
token-scope-introspect = Fragen, ob ein beliebiges Token gilt (für Anwendungen, die Tokens prüfen)
field-token-days = Es endet nach
token-days =
    { $days ->
        [one] 1 Tag
       *[other] { $days } Tagen
    }
token-add-button = Token erstellen
token-cancel = Abbrechen
token-once = Es wird nur einmal angezeigt. Bewahren Sie es dort auf, wo Sie Passwörter aufbewahren: Wer es hat, kann tun, was es darf.
token-new-heading = Ihr neues Token
token-new-text = Programme senden es im Header Authorization, als „Bearer“ und das Token.
token-copy = Kopieren
token-saved-button = Ich habe es gespeichert
token-saved = Das Token ist bereit. Es wird nicht noch einmal angezeigt.
# A time follows: "Zuletzt verwendet vor 3 Tagen".
token-used = Zuletzt verwendet
token-never-used = Noch nicht verwendet
# A time follows: "Erstellt vor 3 Tagen".
token-made = Erstellt
# A time follows: "endet in 27 Tagen".
token-ends = endet
token-revoke-button = Widerrufen
token-revoke-heading = „{ $name }“ widerrufen?
token-revoke-text = Programme, die es verwenden, werden sofort abgewiesen. Das lässt sich nicht rückgängig machen.
token-keep = Behalten
token-revoked = Das Token ist widerrufen.
tokens-for-programmers = Für alle, die programmieren
tokens-reference-text = Was Programme abfragen können und wie sie sich anmelden.
tokens-reference-link = API-Referenz
