## The letter
mail-invitation-subject = Sie sind zu { $site } eingeladen
mail-invitation-why = Die Administration von { $site } lädt Sie ein, dort mit dieser Adresse ein Konto zu haben.
mail-invitation-do = Öffnen Sie diesen Link, um es anzulegen. Er gilt einmal und eine Woche lang.
mail-invitation-link = Konto anlegen
mail-invitation-not-you = Wenn Sie nicht wissen, worum es geht, tun Sie nichts. Es gibt kein Konto, bis jemand den Link öffnet und es anlegt.

## Registration where accounts are made by invitation
register-invited-title = Mit Einladung
register-invited-text = Konten werden hier auf Einladung angelegt. Wenn Sie eingeladen wurden, öffnen Sie den Link in der Nachricht, die Sie bekommen haben. Wenn er nicht mehr gilt, bitten Sie die Person, die Sie eingeladen hat, um einen neuen.
register-domains = Hier können nur Adressen bei { $domains } registriert werden.
