## Signing in with another service
provider-button = Continue with { $provider }
provider-start-title = Sign in with { $provider }
provider-start-text = You go to { $provider } and come back here when you have signed in there.
provider-leaving-title = On to { $provider }
provider-leaving-text = You come back here when you have signed in there. If nothing happens, follow the link.
provider-leaving-link = Go to { $provider }
provider-known-title = You have an account already
provider-known-text = There is an account with your e-mail address here, but { $provider } does not open it yet.
provider-known-then = Sign in to it as you are used to. You are then asked whether { $provider } may open it from now on.
provider-known-link = Sign in

## Connections
connections-title = Connections
connections-text = Other services with which you sign in here.
connections-heading = Linked
connections-list-text = Each signs you in by itself. A second factor that you have here is asked for besides.
connections-none = Nothing is linked
connections-none-text = Link your account at another service, and you sign in here with one press.
connections-impossible-text = No other service is set up here. Ask the person who runs this one.
connection-nameless = It did not say your name
connection-since = Linked
connection-linked = It is linked. You can sign in with it from now on.
connection-unlinked = It is unlinked, and no longer signs you in.
connection-more-heading = Link another
connection-more-text = You sign in there once more. Up to { $most } can be linked.
connection-link-to = Link { $provider }
connection-link-heading = Link your account at { $provider }?
connection-link-text = You go to { $provider }. From then on, whoever can sign in to your account there gets into this one.
connection-cancel = Don’t link it
connection-unlink-button = Unlink
connection-unlink-heading = Unlink { $provider }?
connection-unlink-text = { $who } at { $provider } no longer signs in here. Places where you are signed in stay so.
connection-keep = Keep it

## Confirming
confirm-heading-other = The way you sign in
confirm-elsewhere = This account has neither a password nor a passkey. To confirm that it is you, set a password, or sign out and sign in again.
