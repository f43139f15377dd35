"""Writes the users of a Django project for `doorward import-users`: python manage.py shell -v 0 < export_from_django.py > users.jsonl

Disabled users are left out: whoever is imported can sign in. Django's hashes go over as they are; `!`, its mark of somebody without a
password, is understood.
"""

import json

from django.contrib.auth import get_user_model

for user in get_user_model().objects.filter(is_active=True).order_by("pk").iterator():
    print(json.dumps({
        "email": user.email or None,
        "username": user.get_username(),
        "password_hash": user.password,
        "display_name": user.get_full_name() or None,
    }))
