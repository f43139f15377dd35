"""Verifies access tokens of Doorward with PyJWT: nothing but the public keys is needed, and nobody is asked."""
import sys

import jwt


class Verifier:
    """Takes tokens that `issuer` (Doorward's public URL) made for `audience` (your application's name in tokens.audiences)."""

    def __init__(self, issuer: str, audience: str):
        self.issuer, self.audience = issuer, audience
        # Fetched when they are needed, kept for five minutes, and fetched again for a key that is new.
        self.keys = jwt.PyJWKClient(f"{issuer}/.well-known/jwks.json", lifespan=300)

    def claims(self, token: str) -> dict:
        """What the token says. Raises jwt.PyJWTError for one that does not count."""
        # Which algorithm counts is decided here and never by the token (RFC 8725).
        if jwt.get_unverified_header(token).get("typ") != "at+jwt":
            raise jwt.InvalidTokenError("this is no access token")
        return jwt.decode(
            token,
            self.keys.get_signing_key_from_jwt(token).key,
            algorithms=["ES256"],
            issuer=self.issuer,
            audience=self.audience,
            options={"require": ["exp", "iat", "nbf", "sub", "sid"]},
        )


if __name__ == "__main__":
    # python verify.py https://id.example.org https://shop.example.org TOKEN
    try:
        print(Verifier(sys.argv[1], sys.argv[2]).claims(sys.argv[3])["sub"])
    except jwt.PyJWTError as refused:
        sys.exit(f"refused: {refused}")
