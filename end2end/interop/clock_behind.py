"""Verifies one token as the guide to Python does, by clocks that are off: clock_behind.py ISSUER AUDIENCE SECONDS... with the body of a
sign-in on standard input. SECONDS is by how much a clock is behind; writes a line for each."""
import datetime
import json
import pathlib
import sys
import urllib.request

import jwt
import jwt.api_jwt

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "docs/guides/python"))
from verify import Verifier  # noqa: E402

issuer, audience, *offsets = sys.argv[1:]
request = urllib.request.Request(f"{issuer}/api/v1/token", sys.stdin.read().encode(), {"Content-Type": "application/json"})
with urllib.request.urlopen(request) as answer:
    token = json.load(answer)["access_token"]
verifier = Verifier(issuer, audience)

for seconds in offsets:

    class Clock(datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.datetime.now(tz) - datetime.timedelta(seconds=int(seconds))

    jwt.api_jwt.datetime = Clock
    try:
        verifier.claims(token)
        print("taken")
    except jwt.PyJWTError as refused:
        print(type(refused).__name__)
