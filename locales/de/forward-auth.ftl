## On the way to an app
leaving-title = Weiter zu { $host }
leaving-text = Sie sind angemeldet.
leaving-link = Weiter

## At an app
forward-denied-title = Kein Zutritt
forward-denied-text = Diese Seite steht Ihnen nicht offen. Wenn sie das sollte, fragen Sie die Person, die sie betreibt.
forward-denied-link = Abmelden, um sich mit einem anderen Konto anzumelden
forward-no-code-title = Nicht angemeldet
forward-no-code-text = Diese Anmeldung wurde schon verwendet, hat zu lange gedauert oder wurde in einem anderen Browser begonnen.
forward-no-code-link = Von vorn beginnen
