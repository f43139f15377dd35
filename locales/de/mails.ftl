# Mails. Each paragraph is a key; links stand below their label and are never inside a sentence.

## Registration
mail-verify-subject = Schließen Sie Ihre Registrierung bei { $site } ab
mail-verify-why = Jemand, hoffentlich Sie, möchte mit dieser Adresse ein Konto bei { $site } anlegen.
mail-verify-do = Öffnen Sie diesen Link, um ein Passwort zu wählen. Er gilt einmal und eine Stunde lang.
mail-verify-link = Passwort wählen
mail-verify-not-you = Wenn Sie das nicht waren, tun Sie nichts. Es gibt kein Konto, solange niemand den Link öffnet und ein Passwort wählt.

## Registration with an address that has an account
mail-known-subject = Sie haben schon ein Konto bei { $site }
mail-known-why = Jemand, hoffentlich Sie, wollte mit dieser Adresse ein Konto bei { $site } anlegen. Sie haben schon eines.
mail-known-link = Anmelden
mail-known-forgot = Wenn Sie das Passwort vergessen haben, wählen Sie ein neues.
mail-known-reset-link = Neues Passwort wählen
mail-known-not-you = Wenn Sie das nicht waren, tun Sie nichts. Ihr Konto ist unverändert.

## Reset link
mail-reset-subject = Wählen Sie ein neues Passwort für { $site }
mail-reset-why = Jemand, hoffentlich Sie, hat ein neues Passwort für Ihr Konto bei { $site } angefordert.
mail-reset-do = Öffnen Sie diesen Link, um eines zu wählen. Er gilt einmal und eine Stunde lang.
mail-reset-link = Neues Passwort wählen
mail-reset-not-you = Wenn Sie das nicht waren, tun Sie nichts. Ihr Passwort ist unverändert.

## Password changed
mail-changed-subject = Ihr Passwort bei { $site } wurde geändert
mail-changed-what = Das Passwort Ihres Kontos bei { $site } wurde am { $when } geändert. Gerät: { $device }. Netzwerkadresse: { $address }.
mail-changed-others = Alle anderen Geräte wurden abgemeldet.
mail-changed-not-you = Wenn Sie das nicht waren, wählen Sie jetzt ein neues Passwort.
mail-changed-link = Neues Passwort wählen

## Sign-in from an unknown browser
mail-device-subject = Neue Anmeldung bei { $site }
mail-device-what = Jemand hat sich am { $when } in Ihrem Konto bei { $site } angemeldet. Gerät: { $device }. Netzwerkadresse: { $address }. Diesen Browser kennen wir nicht.
mail-device-you = Wenn Sie das waren, ist nichts zu tun.
mail-device-not-you = Wenn Sie das nicht waren, kennt jemand Ihr Passwort. Öffnen Sie diesen Link, um die Sitzung zu sehen und zu beenden, und wählen Sie dann ein neues Passwort. Er gilt einmal und eine Woche lang und meldet niemanden an.
mail-device-link = Das war ich nicht
mail-device-last = In kurzer Zeit gab es viele solche Anmeldungen. Bis zu eine Stunde lang erhalten Sie keine weiteren Nachrichten über neue. Wenn Sie sie nicht kennen, wählen Sie jetzt ein neues Passwort: Damit enden alle Sitzungen.
mail-device-reset-link = Neues Passwort wählen

## Second factor
mail-factor-added-subject = Zweiter Faktor bei { $site } eingeschaltet
mail-factor-added-what = Für Ihr Konto bei { $site } wurde am { $when } eine Authenticator-App eingeschaltet. Gerät: { $device }. Netzwerkadresse: { $address }. Von jetzt an wird bei der Anmeldung nach ihren Codes gefragt.
mail-passkey-added-subject = Ein Passkey wurde bei { $site } hinzugefügt
mail-passkey-added-what = Zu Ihrem Konto bei { $site } wurde am { $when } ein Passkey hinzugefügt. Gerät: { $device }. Netzwerkadresse: { $address }. Er meldet ohne Passwort in Ihrem Konto an.
mail-passkey-removed-subject = Ein Passkey wurde bei { $site } entfernt
mail-passkey-removed-what = Aus Ihrem Konto bei { $site } wurde am { $when } ein Passkey entfernt. Gerät: { $device }. Netzwerkadresse: { $address }. Er meldet nicht mehr an.
mail-passkeys-void-subject = Ihre Passkeys für { $site } gelten nicht mehr
mail-passkeys-void-what = { $site } hat jetzt eine andere Adresse. Passkeys sind an die Adresse gebunden, für die sie erstellt wurden, { $was }; deshalb wurden Ihre entfernt.
mail-passkeys-void-do = Melden Sie sich mit Ihrem Passwort an, oder fordern Sie eines an, falls Sie keines haben, und fügen Sie einen Passkey für die neue Adresse hinzu.
mail-passkeys-void-link = Passkey hinzufügen
mail-passkeys-void-not-you = Wenn Sie in Ihrem Konto etwas sehen, das nicht von Ihnen ist, öffnen Sie diesen Link, um es zu sperren: Alle werden abgemeldet, und niemand kann sich anmelden, bis Sie ein neues Passwort gewählt haben. Er gilt einmal und eine Woche lang und meldet niemanden an.
mail-factor-removed-subject = Eine Authenticator-App wurde bei { $site } ausgeschaltet
mail-factor-removed-what = Für Ihr Konto bei { $site } wurde am { $when } eine Authenticator-App ausgeschaltet. Gerät: { $device }. Netzwerkadresse: { $address }. Die anderen gelten weiterhin.
mail-factor-off-subject = Zweiter Faktor bei { $site } ausgeschaltet
mail-factor-off-what = Der letzte zweite Faktor Ihres Kontos bei { $site } wurde am { $when } ausgeschaltet. Gerät: { $device }. Netzwerkadresse: { $address }. Jetzt genügt Ihr Passwort allein für die Anmeldung, und Ihre Wiederherstellungscodes gelten nicht mehr.
mail-factor-codes-subject = Neue Wiederherstellungscodes für { $site }
mail-factor-codes-what = Für Ihr Konto bei { $site } wurden am { $when } neue Wiederherstellungscodes erstellt. Gerät: { $device }. Netzwerkadresse: { $address }. Die alten gelten nicht mehr.
mail-factor-used-subject = Ein Wiederherstellungscode wurde bei { $site } verwendet
mail-factor-used-what = Ein Wiederherstellungscode Ihres Kontos bei { $site } wurde am { $when } verwendet. Gerät: { $device }. Netzwerkadresse: { $address }. Er gilt nicht noch einmal. { $left ->
        [0] Es war der letzte: Erstellen Sie jetzt neue.
        [one] Sie haben noch 1: Erstellen Sie bald neue.
       *[other] Sie haben noch { $left }.
    }
mail-token-made-subject = Ein persönliches Zugriffstoken wurde bei { $site } erstellt
mail-token-made-what = Für Ihr Konto bei { $site } wurde am { $when } ein persönliches Zugriffstoken erstellt. Gerät: { $device }. Netzwerkadresse: { $address }. Wer es hat, kann es in einem Programm anstelle Ihres Passworts verwenden.
mail-factor-not-you = Wenn Sie das nicht waren, ist jemand anderes in Ihrem Konto. Öffnen Sie diesen Link, um es zu sperren: Alle werden abgemeldet, und niemand kann sich anmelden, bis Sie ein neues Passwort gewählt haben. Er gilt einmal und eine Woche lang und meldet niemanden an.
mail-factor-wrong-subject = Falsche Codes bei { $site }
mail-factor-wrong-what = Jemand, der das Passwort Ihres Kontos bei { $site } kennt, hat mehrmals hintereinander falsche Codes gesendet, zuletzt am { $when }. Gerät: { $device }. Netzwerkadresse: { $address }. Niemand ist hineingekommen. Vor jedem weiteren Code ist jetzt zu warten, zwischen einer Minute und einer Stunde.
mail-factor-wrong-you = Wenn Sie das waren, warten Sie eine Minute und geben Sie den Code ein, den Ihre App dann zeigt, oder verwenden Sie einen Wiederherstellungscode. Wenn die Codes nie richtig sind, prüfen Sie die Uhr des Geräts, von dem sie stammen.
mail-factor-wrong-not-you = Wenn Sie das nicht waren, kennt jemand Ihr Passwort. Öffnen Sie diesen Link, um Ihr Konto zu sperren, bis Sie ein neues gewählt haben. Er gilt einmal und eine Woche lang und meldet niemanden an.
mail-factor-lock-link = Das war ich nicht

## A sign-in at another service
mail-connection-linked-subject = Eine Anmeldung wurde bei { $site } verknüpft
mail-connection-linked-what = Ein Konto bei { $provider } wurde am { $when } mit Ihrem Konto bei { $site } verknüpft. Gerät: { $device }. Netzwerkadresse: { $address }. Von jetzt an meldet es in Ihrem Konto an.
mail-connection-unlinked-subject = Eine Verknüpfung wurde bei { $site } gelöst
mail-connection-unlinked-what = Die Verknüpfung eines Kontos bei { $provider } mit Ihrem Konto bei { $site } wurde am { $when } gelöst. Gerät: { $device }. Netzwerkadresse: { $address }. Es meldet nicht mehr in Ihrem Konto an.

## The account locked, and unlocked
mail-locked-subject = Ihr Konto bei { $site } ist gesperrt
mail-locked-what = Ihr Konto bei { $site } wurde am { $when } gesperrt, mit dem Link in einer Nachricht an Sie. Gerät: { $device }. Netzwerkadresse: { $address }. Alle wurden abgemeldet, und niemand kann sich anmelden, auch nicht mit dem richtigen Passwort.
mail-locked-do = Um wieder hineinzukommen, wählen Sie ein neues Passwort. Geben Sie auf dieser Seite Ihre E-Mail-Adresse ein, dann erhalten Sie einen Link dafür.
mail-locked-link = Neues Passwort wählen
mail-locked-after = Melden Sie sich dann damit an. Nach einem zweiten Faktor, den Sie vor mehr als einer Woche eingerichtet haben, wird wie bisher gefragt; sehen Sie nach, ob alles, was Sie in Ihrem Konto finden, wirklich Ihres ist.
mail-unlocked-subject = Ihr Konto bei { $site } ist entsperrt
mail-unlocked-what = Die Administration von { $site } hat Ihr Konto am { $when } entsperrt. Sie können sich mit demselben Passwort wie vorher anmelden.
mail-unlocked-do = Wenn jemand anderes dieses Passwort kennen könnte, wählen Sie jetzt ein neues.
mail-unlocked-link = Neues Passwort wählen

## What is taken away with a lock, a session that was somebody else's, or a new password
taken-passkeys = { $count ->
        [one] 1 Passkey
       *[other] { $count } Passkeys
    }
taken-apps = { $count ->
        [one] 1 Authenticator-App
       *[other] { $count } Authenticator-Apps
    }
taken-recovery-codes = die Wiederherstellungscodes
taken-tokens = { $count ->
        [one] 1 Zugriffstoken
       *[other] { $count } Zugriffstokens
    }
taken-connections = { $count ->
        [one] 1 Anmeldung bei einem anderen Dienst
       *[other] { $count } Anmeldungen bei anderen Diensten
    }
mail-taken-back = Entfernt, weil es von jemand anderem sein kann: { $list }. Was davon Ihres war, können Sie neu einrichten.
mail-taken-subject = Was wir aus Ihrem Konto bei { $site } entfernt haben
mail-taken-what = Am { $when } haben Sie uns gesagt, dass jemand anderes in Ihrem Konto bei { $site } angemeldet war. Diese Sitzung ist beendet.
mail-taken-do = Vielleicht kennt diese Person Ihr Passwort: Wählen Sie jetzt ein neues. Geben Sie auf dieser Seite Ihre E-Mail-Adresse ein, dann erhalten Sie einen Link dafür.

## Second factors removed for somebody who has lost them
mail-factor-reset-subject = Ihr zweiter Faktor bei { $site } wird entfernt
mail-factor-reset-what = Am { $when } hat jemand die Administration von { $site } gebeten, Ihren zweiten Faktor zu entfernen. Das geschieht am { $due }. Sie werden dann überall abgemeldet, und Ihr Passwort allein genügt für die Anmeldung, bis Sie einen neuen zweiten Faktor einrichten.
mail-factor-reset-you = Wenn Sie das waren, ist nichts zu tun. Bis dahin wird wie bisher nach Ihrem zweiten Faktor gefragt.
mail-factor-reset-not-you = Wenn Sie das nicht waren, öffnen Sie diesen Link und halten Sie es auf. Er meldet niemanden an.
mail-factor-reset-link = Aufhalten
mail-factor-reset-stopped-subject = Ihr zweiter Faktor bei { $site } bleibt
mail-factor-reset-stopped-what = Ihr zweiter Faktor bei { $site } sollte entfernt werden. Das wurde am { $when } aufgehalten: Nach Ihrem zweiten Faktor wird wie bisher gefragt.
mail-factor-reset-stopped-who = Unter „Aktivität“ steht, wer es aufgehalten hat. Wenn Sie sich nicht anmelden können, weil Sie Ihren zweiten Faktor verloren haben, wenden Sie sich noch einmal an Ihre Administration.
mail-factor-reset-stopped-link = Ihre Aktivität ansehen
mail-factor-reset-stopped-not-you = Wenn nicht Sie es aufgehalten haben, ist vielleicht jemand anderes in Ihrem Konto. Öffnen Sie diesen Link, um es zu sperren: Alle werden abgemeldet, und niemand kann sich anmelden, bis Sie ein neues Passwort gewählt haben. Er gilt einmal und eine Woche lang und meldet niemanden an.
mail-factor-reset-done-subject = Ihr zweiter Faktor bei { $site } wurde entfernt
mail-factor-reset-done-what = Ihr zweiter Faktor bei { $site } wurde am { $when } entfernt, wie vorher mitgeteilt. Sie wurden überall abgemeldet, und Ihre Wiederherstellungscodes gelten nicht mehr.
mail-factor-reset-done-do = Melden Sie sich mit Ihrem Passwort an, oder fordern Sie eines an, falls Sie keines haben, und richten Sie einen neuen zweiten Faktor ein.
mail-factor-reset-done-link = Anmelden
mail-factor-reset-done-not-you = Wenn Sie das nicht wollten, öffnen Sie diesen Link, um Ihr Konto zu sperren: Niemand kann sich dann anmelden, bis Sie ein neues Passwort gewählt haben. Er gilt einmal und eine Woche lang und meldet niemanden an.
