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

## Invitations, as administrators see them
nav-admin-invitations = Einladungen
admin-invitations-title = Einladungen
admin-invitations-lead = Wer ein Konto anlegen darf und es noch nicht getan hat.
admin-invitations-closed = Niemand kann ein Konto anlegen: registration.mode ist "closed". Um Personen einzuladen, setzen Sie es in der Konfiguration auf "invite" und starten Sie den Server neu. Links, die vorher verschickt wurden, führen bis dahin nirgendwohin.
admin-invitations-open = Alle können hier ein Konto anlegen, eingeladen oder nicht: registration.mode ist "open". Eine Einladung erspart nur die Nachricht, mit der die Adresse bestätigt wird.
admin-invitations-open-unverified = Alle können hier ein Konto anlegen, eingeladen oder nicht: registration.mode ist "open". Eine Einladung bestätigt außerdem, wem die Adresse gehört.
admin-invitations-domains = Alle mit einer Adresse bei { $domains } können hier ein Konto anlegen, eingeladen oder nicht. Wer eine andere Adresse hat, braucht eine Einladung.
admin-invitations-form-heading = Jemanden einladen
admin-invitations-form-text = Die Person bekommt eine Nachricht in Ihrer Sprache, mit einem Link, der einmal und eine Woche lang gilt. Ein Link, den sie vorher bekommen hat, gilt dann nicht mehr.
admin-invitations-invite = Einladen
admin-invitations-heading = Noch nicht benutzt
admin-invitations-by = Eingeladen von
admin-invitations-since = Verschickt
admin-invitations-until = Gültig bis
# Nobody knows which of them any more.
admin-invitations-by-nobody = Betrieb, oder ein Konto, das es nicht mehr gibt
admin-invitations-over = Abgelaufen
admin-invitations-none = Niemand ist eingeladen
admin-invitations-none-text = Eine Einladung steht hier, bis sie benutzt wird, oder bis einen Monat nach ihrem Ablauf.
admin-invitations-no-more = Hier ist nichts mehr
admin-invitations-no-more-text = Die Einladungen dieser Seite wurden benutzt, zurückgenommen oder noch einmal verschickt.
admin-invitations-send-again = Erneut senden
admin-invitations-send-again-text = { $email } bekommt einen neuen Link, der einmal und eine Woche lang gilt. Der vorher verschickte gilt dann nicht mehr.
admin-invitations-take-back = Zurücknehmen
admin-invitations-take-back-text = Der Link, den { $email } bekommen hat, gilt sofort nicht mehr. Sie können die Person wieder einladen.
# For screen readers, after “Send again” and “Take back”.
admin-invitations-whom = die Einladung von { $email }
admin-invitations-done-invite = Die Einladung ist unterwegs.
admin-invitations-done-send-again = Die Einladung ist noch einmal unterwegs. Der Link von vorher gilt nicht mehr.
admin-invitations-done-take-back = Die Einladung ist zurückgenommen. Ihr Link gilt nicht mehr.
admin-invitations-gone = Nichts wurde geändert: Diese Einladung wurde inzwischen benutzt, zurückgenommen oder erneut verschickt.
