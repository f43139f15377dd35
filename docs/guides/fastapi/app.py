"""A FastAPI application that lets in whoever brings an access token that Doorward made for it."""
import os
from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

ISSUER = os.environ["DOORWARD_URL"]  # https://id.example.org
AUDIENCE = os.environ["AUDIENCE"]  # one of tokens.audiences
keys = jwt.PyJWKClient(f"{ISSUER}/.well-known/jwks.json", lifespan=300)
app = FastAPI()


def signed_in(bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))]) -> dict:
    token = bearer.credentials if bearer else ""
    try:
        if jwt.get_unverified_header(token).get("typ") != "at+jwt":
            raise jwt.InvalidTokenError("this is no access token")
        # The algorithm is fixed here, and never taken from the token (RFC 8725).
        key = keys.get_signing_key_from_jwt(token).key
        # Two clocks may differ by so many seconds.
        expected = {"algorithms": ["ES256"], "issuer": ISSUER, "audience": AUDIENCE, "leeway": 30}
        return jwt.decode(token, key, options={"require": ["exp", "iat", "nbf", "sub", "sid"]}, **expected)
    except jwt.PyJWTError:
        raise HTTPException(401, "Sign in first", {"WWW-Authenticate": "Bearer"}) from None


@app.get("/orders")
def orders(claims: Annotated[dict, Depends(signed_in)]) -> dict:
    return {"of": claims["sub"], "orders": []}
