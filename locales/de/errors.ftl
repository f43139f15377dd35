# One per code of AppError. Says what happened and what to do next; never blames, never tells who has an account.
error-wrong-credentials = E-Mail oder Benutzername und Passwort passen nicht zusammen. Prüfen Sie beides und versuchen Sie es noch einmal.
error-wrong-password = Das ist nicht Ihr aktuelles Passwort. Versuchen Sie es noch einmal, oder melden Sie sich ab und verwenden Sie „Passwort vergessen?“.
error-invalid-email = Geben Sie eine E-Mail-Adresse ein, etwa name@example.com.
error-email-taken = Zu dieser E-Mail-Adresse gibt es schon ein Konto. Melden Sie sich an oder fordern Sie ein neues Passwort an.
error-invited-has-account = Zu dieser E-Mail-Adresse gibt es schon ein Konto. Eine Einladung ist nicht nötig.
error-email-domain = Adressen dieser Domain können hier nicht registriert werden. Verwenden Sie eine, die oben genannt ist, oder bitten Sie um eine Einladung.
error-email-unchanged = Das ist bereits Ihre E-Mail.
error-email-changes-too-many = Sie haben so viele Änderungen Ihrer E-Mail angefordert, wie an einem Tag möglich sind. Versuchen Sie es morgen wieder.
error-invalid-name = Verwenden Sie 1 bis 80 Zeichen, ohne Zeilenumbrüche und unsichtbare Zeichen.
error-invalid-device-name = Verwenden Sie höchstens 40 Zeichen, ohne Zeilenumbrüche und unsichtbare Zeichen.
error-invalid-username = Verwenden Sie 3 bis 40 Zeichen: Buchstaben von a bis z, Ziffern, Punkte, Unterstriche oder Bindestriche; am Anfang muss ein Buchstabe oder eine Ziffer stehen.
error-username-taken = Dieser Benutzername ist nicht zu haben. Wählen Sie einen anderen.
error-password-missing = Geben Sie ein neues Passwort ein.
error-password-too-short = Verwenden Sie mindestens { $minimum } Zeichen.
error-password-too-long = Dieses Passwort ist zu lang. Verwenden Sie ein kürzeres.
error-password-common = Dieses Passwort steht auf einer Liste, mit der Angriffe zuerst versucht werden. Wählen Sie ein anderes.
error-password-personal = Dieses Passwort ist Ihrem Namen, Ihrer E-Mail-Adresse oder dem Namen dieses Dienstes zu ähnlich. Wählen Sie ein anderes.
error-wrong-code = Dieser Code ist nicht richtig oder wurde schon verwendet. Warten Sie auf den nächsten und versuchen Sie es noch einmal.
error-code-clock-off = Dieser Code ist richtig, aber nicht für jetzt: Die Uhr des Geräts, von dem er stammt, geht falsch. Lassen Sie das Gerät die Zeit selbst einstellen und geben Sie dann den nächsten Code ein. Wenn es das schon tut, sagen Sie der Person, die diesen Dienst betreibt, dass die Uhr des Servers falsch geht.
error-codes-too-fast = Es gab zu viele falsche Codes. Warten Sie { $minutes ->
        [one] eine Minute
       *[other] { $minutes } Minuten
    } und versuchen Sie es noch einmal.
error-set-up-over = Das hat zu lange gedauert oder wurde in einem anderen Fenster abgeschlossen. Laden Sie die Seite neu und beginnen Sie von vorn.
error-too-many-authenticators = Sie haben so viele Authenticator-Apps, wie möglich sind. Schalten Sie zuerst eine aus.
error-passkey-refused = Dieser Passkey wurde nicht angenommen. Versuchen Sie es noch einmal oder wählen Sie einen anderen Weg.
error-passkey-known = Dieses Gerät oder dieser Passwortmanager hat schon einen Passkey für Ihr Konto.
error-too-many-passkeys = Sie haben so viele Passkeys, wie möglich sind. Entfernen Sie zuerst einen.
error-invalid-token-name = Sagen Sie in 1 bis 40 Zeichen ohne Zeilenumbrüche, wofür das Token ist.
error-token-without-use = Wählen Sie mindestens eines aus, was das Token darf.
error-too-many-tokens = Sie haben so viele Tokens, wie möglich sind. Widerrufen Sie zuerst eines.
error-last-way-in = Das ist der einzige Weg, sich in Ihrem Konto anzumelden. Legen Sie zuerst ein Passwort fest oder fügen Sie einen anderen Weg hinzu.
error-last-second-factor = Ihre Administration verlangt einen zweiten Faktor, und dies ist Ihr letzter. Richten Sie zuerst einen anderen ein.
error-connection-taken = Dieses Konto öffnet hier schon ein Konto: dieses oder ein anderes. Ein Konto kann nur einmal verknüpft werden.
error-too-many-connections = Sie haben so viele Verknüpfungen, wie für ein Konto möglich sind. Lösen Sie zuerst eine.
error-provider-denied = Sie wurden nicht angemeldet, weil Sie beim anderen Dienst nicht zugestimmt haben. Versuchen Sie es noch einmal oder wählen Sie einen anderen Weg.
error-provider-attempt-over = Diese Anmeldung wurde vor zu langer Zeit oder in einem anderen Browser begonnen oder ist schon abgeschlossen. Beginnen Sie von vorn.
error-provider-unavailable = Der andere Dienst antwortet im Moment nicht. Versuchen Sie es in einer Minute noch einmal oder wählen Sie einen anderen Weg.
error-provider-refused = Was vom anderen Dienst zurückkam, war nicht in Ordnung; deshalb wurde niemand angemeldet. Versuchen Sie es noch einmal; wenn es dabei bleibt, sagen Sie es der Person, die diesen Dienst betreibt.
error-provider-no-account = Zu dieser Anmeldung gibt es hier kein Konto, und es wird damit auch keines angelegt. Wenn Sie ein Konto haben, melden Sie sich darin an und verknüpfen Sie beide unter „Verknüpfungen“.
error-provider-email-unverified = Dieser Dienst sagt nicht, dass Ihre E-Mail-Adresse bestätigt ist; deshalb wird damit kein Konto angelegt. Bestätigen Sie die Adresse dort, oder legen Sie hier mit Ihrer Adresse ein Konto an und verknüpfen Sie beide unter „Verknüpfungen“.
error-provider-email-domain = Mit einer E-Mail-Adresse dieser Domain wird hier kein Konto angelegt. Verwenden Sie eine andere oder fragen Sie die Person, die diesen Dienst betreibt.
error-provider-account-closed = Ihr Konto kann im Moment nicht benutzt werden. Wenn Sie es gesperrt haben, wählen Sie ein neues Passwort; sonst fragen Sie die Person, die diesen Dienst betreibt.
error-link-expired = Dieser Link gilt nicht mehr. Fordern Sie einen neuen an.
error-sign-in-required = Ihre Sitzung ist zu Ende. Melden Sie sich noch einmal an, um fortzufahren.
error-confirmation-required = Bestätigen Sie zuerst, dass Sie es sind. Laden Sie dazu die Seite neu.
error-registration-closed = Die Registrierung ist geschlossen. Bitten Sie die Person, die diesen Dienst betreibt, um ein Konto.
error-too-many-tries = Zu viele Versuche sind gescheitert, mit diesem Namen oder aus Ihrem Netzwerk. Warten Sie { $minutes ->
        [one] eine Minute
       *[other] { $minutes } Minuten
    } und versuchen Sie es dann noch einmal. Ein Browser, in dem Sie sich schon einmal angemeldet haben, muss nicht wegen anderer warten.
error-too-often = Das haben Sie innerhalb einer Stunde zu oft getan. Warten Sie { $minutes ->
        [one] eine Minute
       *[other] { $minutes } Minuten
    } und versuchen Sie es noch einmal.
error-too-busy = Gerade melden sich viele Menschen an. Warten Sie ein paar Sekunden und versuchen Sie es noch einmal.
error-unavailable = Der Dienst kann gerade nicht antworten. Warten Sie eine Minute und versuchen Sie es noch einmal.
error-internal = Auf unserer Seite ist etwas schiefgegangen. Versuchen Sie es in einer Minute noch einmal.
error-forbidden = Mit diesem Konto dürfen Sie das nicht tun.
error-bad-request = Was gesendet wurde, konnten wir nicht lesen. Laden Sie die Seite neu und versuchen Sie es noch einmal.
error-too-large = Das ist mehr, als wir annehmen. Kürzen Sie es und versuchen Sie es noch einmal.
error-not-found = Hier gibt es nichts mehr. Gehen Sie zurück und laden Sie die Seite neu.
error-last-administrator = Dann könnte niemand sonst diesen Dienst verwalten. Geben Sie zuerst einem anderen Konto die Rolle.
error-invalid-group = Geben Sie den Namen einer Gruppe ein: bis zu 32 Kleinbuchstaben, Ziffern, -, _ und ., zuerst ein Buchstabe oder eine Ziffer.
error-too-many-groups = In so vielen Gruppen kann niemand sein: Sie gehen in einem einzigen Header an Anwendungen.
