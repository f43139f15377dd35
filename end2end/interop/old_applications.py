"""Applications as people come from: `flask DATABASE` makes one's database, `django PROGRAM` runs PROGRAM in a project's shell.

Each has Ada, with the password that is the first line of standard input.
"""

import sqlite3
import sys

from werkzeug.security import generate_password_hash


def flask(password, database):
    rows = [
        ("ada@example.org", "ada", generate_password_hash(password), "Ada Lovelace", 1),
        ("eve@example.org", "eve", generate_password_hash("something else"), None, 0),
        ("mallory@example.org", "mallory", "md5$salt$67a1e09bb1f83f5007dc119c14d663aa", None, 0),
    ]
    connection = sqlite3.connect(database)
    connection.execute(
        "CREATE TABLE user (id INTEGER PRIMARY KEY, email TEXT, username TEXT, password_hash TEXT, name TEXT, confirmed INTEGER)"
    )
    connection.executemany("INSERT INTO user (email, username, password_hash, name, confirmed) VALUES (?, ?, ?, ?, ?)", rows)
    connection.commit()


def django(password, program):
    import django
    from django.conf import settings
    from django.core.management import call_command

    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
    applications = ["django.contrib.auth", "django.contrib.contenttypes"]
    settings.configure(INSTALLED_APPS=applications, DATABASES={"default": database}, USE_TZ=True)
    django.setup()
    call_command("migrate", verbosity=0)
    from django.contrib.auth import get_user_model

    users = get_user_model().objects
    # Fewer iterations than the default: what is built for tests is not optimised.
    from django.contrib.auth.hashers import PBKDF2PasswordHasher

    PBKDF2PasswordHasher.iterations = 2000
    users.create_user("ada", "ada@example.org", password, first_name="Ada", last_name="Lovelace")
    users.create_user("eve", "eve@example.org")
    users.create_user("gone", "gone@example.org", password, is_active=False)
    users.create_user("no-address", "", password)
    with open(program) as file:
        call_command("shell", command=file.read(), verbosity=0)


{"flask": flask, "django": django}[sys.argv[1]](sys.stdin.readline().rstrip("\n"), sys.argv[2])
