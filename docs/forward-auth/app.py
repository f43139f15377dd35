"""A page that greets whoever Doorward let through. Run it where only the reverse proxy reaches it: gunicorn --bind 127.0.0.1:5000 app:app"""

from urllib.parse import unquote

from flask import Flask, request

app = Flask(__name__)


def person(name):
    # What is not printable ASCII travels percent-encoded.
    return unquote(request.headers.get(f"Remote-{name}", ""))


@app.route("/", defaults={"path": ""})
@app.route("/<path:path>")
def page(path):
    # The id never changes and is never given to anybody else; name, address and user name may.
    if not person("Id"):
        return "Hello, stranger!", 200, {"Content-Type": "text/plain; charset=utf-8"}
    lines = [
        f"Hello, {person('Name')}!",
        f"You are {person('Id')}, {person('User')}, {person('Email')}, in: {person('Groups')}",
        f"You asked for {request.full_path}",
        "To sign out: /.doorward/sign-out",
    ]
    return "\n".join(lines), 200, {"Content-Type": "text/plain; charset=utf-8"}
