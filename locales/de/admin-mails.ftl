## What an administrator or the operator did to an account
mail-disabled-subject = Ihr Konto bei { $site } ist deaktiviert
mail-disabled-what = Die Administration von { $site } hat Ihr Konto am { $when } deaktiviert. Sie wurden überall abgemeldet, und niemand kann sich anmelden, auch nicht mit dem richtigen Passwort.
mail-disabled-do = Nichts darin wurde entfernt. Wenn Sie das für einen Irrtum halten, wenden Sie sich an den Betreiber.
mail-enabled-subject = Ihr Konto bei { $site } ist wieder aktiv
mail-enabled-what = Die Administration von { $site } hat Ihr Konto am { $when } wieder aktiviert. Sie können sich anmelden wie zuvor.
mail-enabled-link = Anmelden
mail-reset-started-what = Die Administration von { $site } hat am { $when } ein neues Passwort für Ihr Konto angefordert. Diesen Link bekommen nur Sie, und nur Sie sehen das Passwort, das Sie wählen.
mail-reset-started-not-you = Wenn Sie niemanden darum gebeten haben, tun Sie nichts und fragen Sie den Betreiber. Ihr Passwort ist unverändert.
mail-role-subject = Was Ihr Konto bei { $site } darf, hat sich geändert
mail-role-member = Die Administration von { $site } hat am { $when } die Rolle Ihres Kontos geändert. Es gehört nicht mehr zur Administration.
mail-role-support = Die Administration von { $site } hat am { $when } die Rolle Ihres Kontos geändert. Es darf jetzt die Administration sehen und anderen zurück in ihr Konto helfen.
mail-role-admin = Die Administration von { $site } hat am { $when } die Rolle Ihres Kontos geändert. Es darf jetzt den Dienst verwalten: alle Konten sehen und deaktivieren.
mail-role-not-you = Wenn Sie das überrascht, war vielleicht jemand anderes am Werk. Öffnen Sie diesen Link, um Ihr Konto zu sperren: Alle werden abgemeldet, und niemand kann sich anmelden, bis Sie ein neues Passwort gewählt haben. Er gilt einmal und eine Woche lang und meldet niemanden an.
