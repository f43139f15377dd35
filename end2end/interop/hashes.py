"""Password hashes as the real libraries write them: one JSON object a line, for each password on standard input, one a line.

With the defaults of its library, or cheaper where they would take a test's time: what is built for tests is not optimised.
"""

import json
import logging
import sys
import warnings

import argon2
import bcrypt
import django
import passlib.hash
from django.conf import settings
from django.contrib.auth import hashers
from werkzeug.security import generate_password_hash

# passlib asks bcrypt for its version in a way that is gone.
logging.getLogger("passlib").setLevel(logging.ERROR)
warnings.simplefilter("ignore")

settings.configure(
    PASSWORD_HASHERS=[
        f"django.contrib.auth.hashers.{name}PasswordHasher"
        for name in ("PBKDF2", "PBKDF2SHA1", "Argon2", "BCryptSHA256", "BCrypt", "Scrypt")
    ]
)
django.setup()


def werkzeug(method):
    return lambda password: generate_password_hash(password, method)


def of_django(algorithm):
    return lambda password: hashers.make_password(password, hasher=algorithm)


def of_django_pbkdf2(hasher):
    return lambda password: hasher.encode(password, hasher.salt(), iterations=2000)


def of_bcrypt(prefix):
    return lambda password: bcrypt.hashpw(password.encode(), bcrypt.gensalt(5, prefix)).decode()


def of_argon2(kind):
    cheap = argon2.PasswordHasher(time_cost=2, memory_cost=1024, parallelism=2, type=kind)
    return cheap.hash


def of_passlib(name, **parameters):
    return lambda password: getattr(passlib.hash, name).using(**parameters).hash(password)


FORMATS = {
    "werkzeug": lambda password: generate_password_hash(password),
    "werkzeug scrypt cheap": werkzeug("scrypt:1024:4:2"),
    "werkzeug pbkdf2": werkzeug("pbkdf2:sha256:2000"),
    "werkzeug pbkdf2 sha1": werkzeug("pbkdf2:sha1:1000"),
    "werkzeug pbkdf2 sha384": werkzeug("pbkdf2:sha384:1000"),
    "werkzeug pbkdf2 sha512": werkzeug("pbkdf2:sha512:1000"),
    "django pbkdf2_sha256": of_django_pbkdf2(hashers.PBKDF2PasswordHasher()),
    "django pbkdf2_sha1": of_django_pbkdf2(hashers.PBKDF2SHA1PasswordHasher()),
    "django argon2": of_django("argon2"),
    "django bcrypt_sha256": of_django("bcrypt_sha256"),
    "django bcrypt": of_django("bcrypt"),
    "django scrypt": of_django("scrypt"),
    "bcrypt 2a": of_bcrypt(b"2a"),
    "bcrypt 2b": of_bcrypt(b"2b"),
    # PHP's name for the same.
    "bcrypt 2y": lambda password: of_bcrypt(b"2b")(password).replace("$2b$", "$2y$", 1),
    "argon2-cffi id": of_argon2(argon2.Type.ID),
    "argon2-cffi i": of_argon2(argon2.Type.I),
    "argon2-cffi d": of_argon2(argon2.Type.D),
    "passlib pbkdf2_sha1": of_passlib("pbkdf2_sha1", rounds=1000),
    "passlib pbkdf2_sha256": of_passlib("pbkdf2_sha256", rounds=1000),
    "passlib pbkdf2_sha512": of_passlib("pbkdf2_sha512", rounds=1000),
    "passlib scrypt": of_passlib("scrypt", rounds=10),
    "passlib bcrypt": of_passlib("bcrypt", rounds=5),
    "passlib bcrypt_sha256": of_passlib("bcrypt_sha256", rounds=5),
    "passlib bcrypt_sha256 v1": of_passlib("bcrypt_sha256", rounds=5, version=1),
    "passlib argon2": of_passlib("argon2", memory_cost=1024, time_cost=1),
    "passlib django_pbkdf2_sha256": of_passlib("django_pbkdf2_sha256", rounds=1000),
    "passlib django_bcrypt_sha256": of_passlib("django_bcrypt_sha256", rounds=5),
}

for line in sys.stdin:
    password = line.rstrip("\n")
    for name, make in FORMATS.items():
        print(json.dumps({"format": name, "password": password, "hash": make(password)}))
