# What programs are told when they are refused, for those who write them. The API itself answers in English; these stand here because a
# language is whole or not at all.
problem-second-factor-required = Das Passwort ist richtig. Dieses Konto hat einen zweiten Faktor: Senden Sie einen Code einer Authenticator-App oder einen Wiederherstellungscode als „code“.
problem-enrolment-required = Bevor dieses Konto benutzt werden kann, muss ein zweiter Faktor eingerichtet werden. Melden Sie sich dazu mit einem Browser an.
problem-credential-missing = Senden Sie ein Zugriffstoken oder ein persönliches Zugriffstoken im Header Authorization, als „Bearer …“.
problem-invalid-token = Dieses Token gilt nicht oder nicht mehr. Holen Sie ein neues.
problem-invalid-grant = Dieses Refresh-Token gilt nicht oder wurde schon verwendet. Melden Sie sich noch einmal an.
problem-insufficient-scope = Dieses Token hat den Scope „{ $scope }“ nicht.
problem-unknown-audience = Für diese Audience wird kein Token ausgestellt. Bitten Sie die Person, die diesen Dienst betreibt, sie in tokens.audiences aufzunehmen.
problem-invalid-scope = Einer dieser Scopes ist unbekannt oder wird hier nicht vergeben.
problem-malformed = Was gesendet wurde, entspricht nicht der Beschreibung dieser API.
problem-unsupported-media-type = Senden Sie JSON, mit dem Header Content-Type: application/json.
problem-method-not-allowed = Diese Adresse kennt diese Methode nicht.

## The reference page
api-title = API-Referenz
api-send = Senden
api-get = Erhalten
api-answers = Antworten
api-optional = { $kind }, optional
api-list-of = Liste: { $kind }
api-machine-heading = Für Maschinen
api-machine-text = Dasselbe als OpenAPI, und die Schlüssel, mit denen Zugriffstokens geprüft werden.
