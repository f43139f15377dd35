"""Writes the users of a Flask application for `doorward import-users`: python export_from_flask.py app.db > users.csv

Change the query to your table. Werkzeug's hashes go over as they are.
"""

import csv
import sqlite3
import sys

QUERY = "SELECT email, username, password_hash, name, confirmed FROM user ORDER BY id"

database = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
out = csv.writer(sys.stdout)
out.writerow(["email", "username", "password_hash", "display_name", "email_verified"])
for email, username, password_hash, name, confirmed in database.execute(QUERY):
    out.writerow([email, username, password_hash, name, "true" if confirmed else "false"])
