## Signing in with another service
provider-button = Weiter mit { $provider }
provider-start-title = Mit { $provider } anmelden
provider-start-text = Sie gehen zu { $provider } und kommen hierher zurück, wenn Sie sich dort angemeldet haben.
provider-leaving-title = Weiter zu { $provider }
provider-leaving-text = Sie kommen hierher zurück, wenn Sie sich dort angemeldet haben. Falls nichts geschieht, folgen Sie dem Link.
provider-leaving-link = Zu { $provider }
provider-known-title = Sie haben schon ein Konto
provider-known-text = Zu Ihrer E-Mail-Adresse gibt es hier ein Konto, aber { $provider } öffnet es noch nicht.
provider-known-then = Melden Sie sich darin an, wie Sie es gewohnt sind. Sie werden dann gefragt, ob { $provider } es von jetzt an öffnen darf.
provider-known-link = Anmelden

## Connections
connections-title = Verknüpfungen
connections-text = Andere Dienste, mit denen Sie sich hier anmelden.
connections-heading = Verknüpft
connections-list-text = Jeder meldet Sie allein an. Nach einem zweiten Faktor, den Sie hier haben, wird zusätzlich gefragt.
connections-none = Nichts ist verknüpft
connections-none-text = Verknüpfen Sie Ihr Konto bei einem anderen Dienst, und Sie melden sich hier mit einem Klick an.
connections-impossible-text = Hier ist kein anderer Dienst eingerichtet. Fragen Sie die Person, die diesen betreibt.
connection-nameless = Ihren Namen hat er nicht genannt
connection-since = Verknüpft
connection-linked = Die Verknüpfung besteht. Von jetzt an können Sie sich damit anmelden.
connection-unlinked = Die Verknüpfung ist gelöst und meldet Sie nicht mehr an.
connection-more-heading = Eine weitere Verknüpfung
connection-more-text = Sie melden sich dort noch einmal an. Bis zu { $most } können verknüpft werden.
connection-link-to = { $provider } verknüpfen
connection-link-heading = Ihr Konto bei { $provider } verknüpfen?
connection-link-text = Sie gehen zu { $provider }. Von da an kommt in dieses Konto, wer sich dort in Ihrem Konto anmelden kann.
connection-cancel = Nicht verknüpfen
connection-unlink-button = Verknüpfung lösen
connection-unlink-heading = Verknüpfung mit { $provider } lösen?
connection-unlink-text = { $who } bei { $provider } meldet hier dann nicht mehr an. Wo Sie angemeldet sind, bleiben Sie es.
connection-keep = Behalten

## Confirming
confirm-heading-other = Wie Sie sich anmelden
confirm-elsewhere = Dieses Konto hat weder ein Passwort noch einen Passkey. Um zu bestätigen, dass Sie es sind, legen Sie ein Passwort fest, oder melden Sie sich ab und wieder an.
