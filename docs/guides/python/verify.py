"""Verifies access tokens of Doorward with PyJWT: nothing but the public keys is needed, and nobody is asked."""
import sys

import jwt


class Verifier:
    """Takes tokens that `issuer` (Doorward's public URL) made for `audience` (your application's name in tokens.audiences)."""

    def __init__(self, issuer: str, audience: str, algorithm: str = "ES256"):
        # Which algorithm counts (tokens.algorithm) is decided here and never by the token (RFC 8725).
        self.issuer, self.audience, self.algorithm = issuer, audience, algorithm
        # Fetched when they are needed, kept for five minutes, and fetched again for a key that is new.
        self.keys = jwt.PyJWKClient(f"{issuer}/.well-known/jwks.json", lifespan=300)

    def claims(self, token: str) -> dict:
        """What the token says. Raises jwt.PyJWTError for one that does not count."""
        if jwt.get_unverified_header(token).get("typ") != "at+jwt":
            raise jwt.InvalidTokenError("this is no access token")
        return jwt.decode(
            token,
            self.keys.get_signing_key_from_jwt(token).key,
            algorithms=[self.algorithm],
            issuer=self.issuer,
            audience=self.audience,
            # Seconds by which two clocks may differ.
            leeway=30,
            options={"require": ["exp", "iat", "nbf", "sub", "sid"]},
        )


if __name__ == "__main__":
    # python verify.py https://id.example.org https://shop.example.org TOKEN [ALGORITHM]
    issuer, audience, token, *algorithm = sys.argv[1:]
    try:
        print(Verifier(issuer, audience, *algorithm).claims(token)["sub"])
    except jwt.PyJWTError as refused:
        sys.exit(f"refused: {refused}")
