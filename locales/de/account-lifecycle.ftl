## Another e-mail address
email-heading = E-Mail
email-text = Sie melden sich damit an, und Nachrichten zu Ihrem Konto gehen dorthin.
email-unconfirmed = Nicht bestätigt
email-change-button = E-Mail ändern
email-confirm-button = Link zum Bestätigen senden
email-keep = E-Mail behalten
field-new-email = Neue E-Mail
field-new-email-help = Dorthin geht eine Nachricht mit einem Link. Bis Sie ihn benutzen, ändert sich nichts.
email-sent = Sehen Sie im Postfach dieser Adresse nach. Der Link in unserer Nachricht gilt einmal und eine Stunde lang; bis Sie ihn benutzen, ändert sich nichts.
email-changed = Die E-Mail des Kontos ist geändert. Die bisherige Adresse hat eine Nachricht darüber bekommen.
email-confirmed = Die E-Mail des Kontos ist bestätigt.
email-consent-title = Diese Adresse verwenden?
email-consent-text = { $email } wird die E-Mail des Kontos { $username }. Wer das Konto hat, meldet sich damit an, und Sie bekommen seine Nachrichten.
email-consent-not-you = Wenn das nicht Ihr Konto ist, schließen Sie diese Seite: Dann ändert sich nichts.
email-consent-button = Diese Adresse verwenden
email-consent-first-proof = Noch niemand hat gezeigt, dass eine Adresse dieses Kontos seine ist. Wenn Sie es selbst angelegt haben, öffnen Sie den Link in dem Browser, in dem Sie dort angemeldet sind. Wenn Sie hier weitergehen, gehört das Konto Ihnen allein: Passwort, Passkeys, zweite Faktoren, Verknüpfungen, Tokens und Sitzungen von vorher werden entfernt, und Sie wählen ein neues Passwort.
email-yours = Die Adresse ist bestätigt, und das Konto gehört Ihnen allein: Alles, was vorher eingerichtet war, ist entfernt. Wählen Sie ein Passwort, um hineinzukommen.
email-agreed-title = Vielen Dank
email-agreed-link = Zu Ihrem Konto

## The letter to the address before
former-text = Dieses Konto hatte bis dahin Ihre Adresse. Jetzt hat es eine andere.
former-no = Wenn Sie das nicht waren, sperren Sie das Konto. Alle werden sofort abgemeldet, und 7 Tage lang kommt niemand hinein, auch nicht mit einem neuen Passwort. Bitten Sie dann den Betreiber von { $site }, es Ihnen zurückzugeben. Anmelden können Sie sich mit diesem Link nicht.
former-held = Das Konto ist bis zum { $until } gesperrt. Um es zurückzubekommen, wenden Sie sich an den Betreiber von { $site }.
held-title = Das Konto ist gesperrt
held-text = 7 Tage lang kommt niemand hinein, auch nicht mit einem neuen Passwort. Bitten Sie den Betreiber von { $site }, Ihnen das Konto zurückzugeben. Danach kann, wer jetzt die E-Mail des Kontos hat, ein neues Passwort wählen und wieder hinein.
held-link = Zurück zur Anmeldung

## Everything about you
data-heading = Ihre Daten
data-text = Alles, was wir über Sie wissen, in einer Datei.
data-ask-button = Meine Daten herunterladen
data-what = Eine Datei in JSON, die Sie und Programme lesen können: Konto, Sitzungen, Geräte, zweite Faktoren, Passkeys, Verknüpfungen, Zugriffstokens, Gruppen und Aktivität. Nichts darin lässt jemanden hinein.
data-careful = Sie sagt viel über Sie. Bewahren Sie sie dort auf, wo nur Sie sie lesen können.
data-button = Herunterladen
data-back = Zurück zum Profil

## Leaving
delete-title = Konto löschen
delete-text = Lesen Sie, was dann geschieht, bevor Sie entscheiden.
delete-heading = Konto löschen
delete-section-text = Entfernt das Konto und alles über Sie, nach 7 Tagen.
delete-now = Sie werden sofort überall abgemeldet, und Zugriffstokens gelten nicht mehr.
delete-wait = 7 Tage lang geschieht sonst nichts. Wer sich vor dem { $due } anmeldet, behält das Konto. Sie bekommen jetzt eine Nachricht und am Ende noch eine.
delete-then = Dann werden Name, E-Mail, Passwort, zweite Faktoren, Passkeys, Verknüpfungen, Tokens, Sitzungen und Aktivität entfernt. Niemand kann sie zurückholen.
delete-names = Niemand sonst bekommt je Ihren Benutzernamen { $username } oder einen, den Sie davor hatten.
delete-again = Sie können mit { $email } später ein neues Konto anlegen; es beginnt leer.
delete-apps = Was Anwendungen, bei denen Sie sich angemeldet haben, über Sie wissen, wird nicht entfernt. Fragen Sie dort.
delete-button = Konto löschen
delete-keep = Konto behalten
sign-in-after-deletion = Ihr Konto wird in 7 Tagen gelöscht, und Sie sind überall abgemeldet. Um es zu behalten, melden Sie sich vorher an.
overview-kept = Ihr Konto sollte gelöscht werden. Sie haben sich angemeldet, also bleibt es, wie es war.
session-over-deletion-asked = Sie wurden abgemeldet, weil das Konto gelöscht werden soll. Melden Sie sich an, um es zu behalten.

## Activity
entry-email-change-asked = Eine Änderung der E-Mail wurde angefordert: Ein Link ging an die neue Adresse
entry-email-changed = Die E-Mail wurde geändert
entry-email-changed-by-operator = Die E-Mail wurde von der Administration geändert
activity-email-change = { $said }: von { $was } zu { $is }
entry-email-confirmed = Die E-Mail wurde bestätigt
entry-account-locked-former-address = Das Konto wurde für 7 Tage gesperrt, mit dem Link in einer Nachricht an die frühere Adresse
entry-session-ended-deletion-asked = Eine Sitzung wurde beendet: Das Konto soll gelöscht werden
entry-deletion-asked = Die Löschung des Kontos wurde angefordert
entry-deletion-stopped = Das Konto wird doch nicht gelöscht
entry-deletion-stopped-signed-in = Das Konto wird doch nicht gelöscht: Jemand hat sich angemeldet
entry-deletion-stopped-account-locked = Das Konto wird doch nicht gelöscht: Es wurde gesperrt
entry-deletion-stopped-last-admin = Das Konto wird doch nicht gelöscht: Niemand sonst ist in der Administration
entry-account-deleted = Ein Konto wurde gelöscht
entry-data-downloaded = Alles zum Konto Gespeicherte wurde heruntergeladen

## Letters: a new address
mail-address-subject = Bestätigen Sie Ihre E-Mail-Adresse für { $site }
mail-address-why = Jemand, hoffentlich Sie, möchte diese Adresse als E-Mail eines Kontos bei { $site } verwenden.
mail-address-do = Öffnen Sie diesen Link, um zu sehen, welches Konto es ist, und um zuzustimmen. Er gilt einmal und eine Stunde lang. Bis dahin ändert sich nichts.
mail-address-link = Adresse bestätigen
mail-address-not-you = Wenn Sie das nicht waren, tun Sie nichts.
mail-in-use-why = Jemand, hoffentlich Sie, wollte diese Adresse einem anderen Konto bei { $site } geben. Sie haben damit bereits ein Konto, deshalb wurde nichts geändert.
mail-email-changed-subject = Die E-Mail Ihres Kontos bei { $site } wurde geändert
mail-email-changed-what = Die E-Mail-Adresse Ihres Kontos bei { $site } wurde am { $when } geändert und bestätigt. Gerät: { $device }. Netzwerkadresse: { $address }. Nachrichten zum Konto kommen nicht mehr hierher.
mail-email-changed-you = Wenn Sie das waren, ist nichts zu tun.
mail-email-changed-not-you = Wenn Sie das nicht waren, ist jemand anderes in Ihrem Konto. Öffnen Sie innerhalb von 7 Tagen diesen Link, um es zu sperren: Alle werden abgemeldet, und 7 Tage lang kommt niemand hinein, auch nicht mit einem neuen Passwort. Er gilt einmal und meldet niemanden an.
mail-email-set-subject = Die E-Mail Ihres Kontos bei { $site } wurde geändert
mail-email-set-what = Die Administration von { $site } hat diese Adresse am { $when } zur E-Mail Ihres Kontos gemacht. Das Konto ist gesperrt, bis Sie ein neues Passwort wählen: Das bisherige kennt vielleicht jemand anderes.
mail-held-by-you-what = Sie haben Ihr Konto bei { $site } mit dem Link in unserer Nachricht gesperrt. Bis zum { $until } kommt niemand hinein, auch nicht mit einem neuen Passwort.
mail-held-by-you-do = Bitten Sie jetzt den Betreiber von { $site }, Ihnen das Konto zurückzugeben. Danach kann, wer die neue E-Mail-Adresse hat, ein neues Passwort wählen und wieder hinein.
mail-held-what = Ihr Konto bei { $site } wurde gesperrt, mit dem Link in einer Nachricht an die frühere Adresse. Alle wurden abgemeldet, und bis zum { $until } kommt niemand hinein, auch nicht mit einem neuen Passwort.
mail-held-do = Wenn Sie die Adresse geändert haben, bitten Sie den Betreiber von { $site }, das Konto zu entsperren, oder wählen Sie nach dem { $until } ein neues Passwort.

## Letters: leaving
mail-deletion-subject = Ihr Konto bei { $site } wird gelöscht
mail-deletion-what = Jemand, hoffentlich Sie, hat am { $when } die Löschung Ihres Kontos bei { $site } angefordert. Gerät: { $device }. Netzwerkadresse: { $address }. Sie sind überall abgemeldet.
mail-deletion-keep = Gelöscht wird es am { $due }. Bis dahin können Sie es behalten: Melden Sie sich an, und alles ist wie zuvor.
mail-deletion-link = Anmelden und behalten
mail-deletion-not-you = Wenn Sie das nicht waren, ist jemand anderes in Ihrem Konto. Öffnen Sie diesen Link, um es zu sperren: Dann wird es nicht gelöscht, und niemand kann sich anmelden, bis Sie ein neues Passwort gewählt haben. Er gilt einmal und eine Woche lang und meldet niemanden an.
mail-deletion-stopped-subject = Ihr Konto bei { $site } bleibt
mail-deletion-stopped-what = Ihr Konto bei { $site } sollte gelöscht werden. Am { $when } hat sich jemand angemeldet, also bleibt es, wie es war.
mail-deletion-stopped-last-admin = Ihr Konto bei { $site } sollte am { $when } gelöscht werden. Es bleibt, weil niemand sonst in der Administration ist. Geben Sie jemandem diese Rolle und löschen Sie es erneut.
mail-deleted-subject = Ihr Konto bei { $site } wurde gelöscht
mail-deleted-what = Am { $when } wurden Ihr Konto bei { $site } und alles über Sie gelöscht, wie Sie es wollten. Dies ist die letzte Nachricht.
mail-deleted-again = Sie können mit dieser Adresse jederzeit ein neues Konto anlegen. Es beginnt leer.
mail-deleted-link = Zur Website
