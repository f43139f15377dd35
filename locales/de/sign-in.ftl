## Sign in
sign-in-title = Anmelden
sign-in-button = Anmelden
sign-in-forgot = Passwort vergessen?
sign-in-new = Neu hier?
sign-in-new-link = Konto anlegen
sign-in-by-invitation = Neu hier? Konten werden auf Einladung angelegt: Öffnen Sie den Link in der Nachricht, die Sie bekommen haben.
sign-in-first = Melden Sie sich an, um diese Seite zu sehen.
sign-in-strong = Diese Seite verlangt Ihren zweiten Faktor. Melden Sie sich damit an, um fortzufahren.
sign-in-after-reset = Ihr Passwort ist geändert. Melden Sie sich mit dem neuen an.
sign-in-after-sign-out = Sie sind abgemeldet.

## Why the session before is over
session-over-signed-out = { sign-in-after-sign-out }
session-over-replaced = { sign-in-after-sign-out }
session-over-idle = Sie wurden abgemeldet, weil diese Sitzung { $time } lang nicht benutzt wurde. Melden Sie sich an, um dort weiterzumachen, wo Sie waren.
session-over-expired = Ihre Sitzung ist zu Ende, wie jede Sitzung nach einiger Zeit. Melden Sie sich an, um dort weiterzumachen, wo Sie waren.
session-over-password-changed = Sie wurden hier abgemeldet, weil das Passwort des Kontos geändert wurde. Melden Sie sich mit dem neuen an.
session-over-password-reset = { session-over-password-changed }
session-over-too-many = Sie wurden hier abgemeldet, weil Sie sich an mehr Stellen angemeldet haben, als für ein Konto gleichzeitig möglich sind.
session-over-ended-by-owner = Diese Sitzung wurde von einem anderen Gerät aus beendet, das im Konto angemeldet ist.
session-over-token-revoked = { session-over-ended-by-owner }
session-over-refresh-token-reused = { session-over-ended-by-owner }
session-over-not-me = { session-over-ended-by-owner }
session-over-account-locked = Sie wurden hier abgemeldet, weil das Konto über den Link in einer Nachricht an die Inhaberin oder den Inhaber gesperrt wurde. Wählen Sie ein neues Passwort, um wieder hineinzukommen.
session-over-factors-reset = Sie wurden hier abgemeldet, weil der zweite Faktor des Kontos entfernt wurde. Melden Sie sich mit Ihrem Passwort an, oder fordern Sie eines an, falls Sie keines haben, und richten Sie einen neuen zweiten Faktor ein.
session-over-account-disabled = Sie wurden hier abgemeldet, weil die Administration das Konto deaktiviert hat. Fragen Sie den Betreiber, wenn Sie das für einen Irrtum halten.
session-over-ended-by-admin = Diese Sitzung wurde von der Administration beendet. Melden Sie sich an, um fortzufahren.
session-over-second-factor-required = Diese Website verlangt bei der Anmeldung jetzt einen zweiten Schritt. Melden Sie sich noch einmal an, um fortzufahren; wenn Sie noch keinen zweiten Faktor haben, richten Sie dabei einen ein.
session-over-user-agent-changed = Sie wurden zur Sicherheit abgemeldet, weil diese Sitzung plötzlich von anderswo benutzt wurde. Melden Sie sich an, um fortzufahren.
session-over-network-changed = { session-over-user-agent-changed }

## Sign out
sign-out-title = Abmelden
sign-out-text = Sie werden auf diesem Gerät abgemeldet.
sign-out-button = Abmelden
sign-out-stay = Angemeldet bleiben

## The second step
second-factor-title = Noch ein Schritt
second-factor-text = Ihr Passwort war richtig. Zeigen Sie jetzt, dass Sie Ihren zweiten Faktor haben.
second-factor-text-link = Ihr Passwort ist gespeichert. Zeigen Sie jetzt, dass Sie Ihren zweiten Faktor haben.
second-factor-text-provider = Der andere Dienst kennt Sie. Zeigen Sie jetzt, dass Sie Ihren zweiten Faktor für dieses Konto haben.
field-code = Code
second-factor-help = Sechs Ziffern aus Ihrer Authenticator-App oder einer Ihrer Wiederherstellungscodes.
second-factor-help-app = Sechs Ziffern aus Ihrer Authenticator-App.
second-factor-help-recovery = Einer Ihrer Wiederherstellungscodes, falls Sie Ihren Passkey nicht dabeihaben.
field-trust =
    { $days ->
        [one] Diesem Browser einen Tag lang vertrauen
       *[other] Diesem Browser { $days } Tage lang vertrauen
    }
field-trust-help = Ihr Passwort allein genügt hier dann. Nur dort, wo niemand sonst diesen Browser benutzt; auf der Seite „Sitzungen“ können Sie es wieder beenden.
second-factor-again = Mit einem anderen Konto anmelden
second-factor-late-title = Noch einmal anmelden
second-factor-late-text = Diese Anmeldung wurde vor zu langer Zeit begonnen oder ist schon abgeschlossen. Beginnen Sie von vorn.
sign-in-too-late = Diese Anmeldung wurde vor zu langer Zeit begonnen oder ist schon abgeschlossen. Beginnen Sie von vorn.

## When a browser keeps no cookies: said to whoever comes from a sign-in without any
cookies-needed = Dieser Browser hat kein Cookie mitgeschickt, deshalb ist nicht zu erkennen, dass Sie es sind. Wenn Sie sich gerade anmelden wollten, erlauben Sie dieser Website Cookies, und melden Sie sich noch einmal an.
