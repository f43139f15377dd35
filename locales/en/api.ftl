# What programs are told when they are refused, for those who write them. Says what happened and what to do.
problem-second-factor-required = The password is right. This account has a second factor: send a code of an authenticator app, or a recovery code, as “code”.
problem-enrolment-required = A second factor has to be set up before this account can be used. Sign in with a browser to do that.
problem-credential-missing = Send an access token or a personal access token in the Authorization header, as “Bearer …”.
problem-invalid-token = This token is not good, or not any more. Get a new one.
problem-invalid-grant = This refresh token is not good, or was used already. Sign in again.
problem-insufficient-scope = This token does not have the scope “{ $scope }”.
problem-unknown-audience = No token is made for this audience. Ask whoever runs this service to add it to tokens.audiences.
problem-invalid-scope = One of these scopes is unknown, or not given here.
problem-malformed = What was sent is not what the description of this API says.
problem-unsupported-media-type = Send JSON, with the header Content-Type: application/json.
problem-method-not-allowed = This address does not know that method.

## The reference page
api-title = API reference
api-send = Send
api-get = Get
api-answers = Answers
api-optional = { $kind }, optional
api-list-of = list of { $kind }
api-machine-heading = For machines
api-machine-text = The same as OpenAPI, and the keys that access tokens are verified with.
