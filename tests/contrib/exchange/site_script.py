"""What both frameworks run in the interchange test: `site_script.py write|read FOLDER`.

It says `django` everywhere; under nuages it runs through the alias. What one side wrote, the other one reads.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

HASHERS = ["PBKDF2", "PBKDF2SHA1", "Scrypt", "MD5"]
PASSWORD = "correct horse battery staple"
USERS = ["ada", "bob"]


def main(task: str, folder: Path) -> None:
    """Set a site up over the folder's database, and write or read."""
    import django
    from django.conf import settings

    settings.configure(
        SECRET_KEY="the same on both sides",
        USE_TZ=True,
        INSTALLED_APPS=[
            f"django.contrib.{name}" for name in ("contenttypes", "auth", "sessions", "sites", "admin")
        ],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "site.sqlite3")}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        PASSWORD_HASHERS=[f"django.contrib.auth.hashers.{name}PasswordHasher" for name in HASHERS],
        SITE_ID=1,
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        SILENCED_SYSTEM_CHECKS=["admin.E403", "admin.E408", "admin.E409", "admin.E410"],
    )
    django.setup()
    if task == "write":
        (folder / "written.json").write_text(json.dumps(write()))
    else:
        written = json.loads((folder / "written.json").read_text())
        print(json.dumps(dict(read(written))))


def write() -> dict[str, Any]:
    """Make tables, users, sessions, tokens and signed values."""
    from importlib import import_module

    from django.contrib import auth
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import Permission, User
    from django.contrib.auth.tokens import default_token_generator
    from django.core import signing
    from django.core.management import call_command
    from django.http import HttpRequest

    call_command("migrate", verbosity=0)
    ada = User.objects.create_superuser("ada", "ada@example.com", PASSWORD)
    bob = User.objects.create_user("bob", "bob@example.com", PASSWORD)
    bob.user_permissions.add(Permission.objects.get(codename="change_group"))
    keys = {}
    for engine in ("db", "signed_cookies"):
        request = HttpRequest()
        request.session = import_module(f"django.contrib.sessions.backends.{engine}").SessionStore()
        request.user = None
        auth.login(request, ada, backend="django.contrib.auth.backends.ModelBackend")
        request.session["basket"] = [1, "two"]
        request.session.save()
        keys[engine] = request.session.session_key
    return {
        "hashes": {name: make_password(PASSWORD, hasher=algorithm) for name, algorithm in _algorithms()},
        "sessions": keys,
        "token": default_token_generator.make_token(ada),
        "signed": signing.dumps({"a": [1, 2]}, salt="letters", compress=True),
        "stamped": signing.TimestampSigner(salt="stamps").sign("hello"),
        "cookie": signing.get_cookie_signer(salt="cookie").sign("42"),
        "tables": _tables(),
    }


def _algorithms() -> list[tuple[str, str]]:
    return [("PBKDF2", "pbkdf2_sha256"), ("PBKDF2SHA1", "pbkdf2_sha1"), ("Scrypt", "scrypt"), ("MD5", "md5")]


def _tables() -> dict[str, list[str]]:
    from django.db import connection

    with connection.cursor() as cursor:
        return {
            table: sorted(
                column.name for column in connection.introspection.get_table_description(cursor, table)
            )
            for table in sorted(connection.introspection.table_names(cursor))
        }


def read(written: dict[str, Any]) -> Any:
    """Yield what was checked, and whether it was right."""
    from importlib import import_module

    from django.contrib import auth
    from django.contrib.auth.hashers import check_password
    from django.contrib.auth.models import User
    from django.contrib.auth.tokens import default_token_generator
    from django.core import signing
    from django.core.management import call_command
    from django.http import HttpRequest

    yield "tables", _tables() == written["tables"]
    yield "nothing to migrate", _passes(call_command, "migrate", check_unapplied=True, verbosity=0)
    yield "models are migrated", _passes(call_command, "makemigrations", check_changes=True, verbosity=0)
    for name, encoded in written["hashes"].items():
        yield f"hash {name}", check_password(PASSWORD, encoded) and not check_password("wrong", encoded)
    ada = User.objects.get(username="ada")
    yield "reset token", default_token_generator.check_token(ada, written["token"])
    yield "log in", auth.authenticate(username="ada", password=PASSWORD) == ada
    bob = User.objects.get(username="bob")
    yield "permission", bob.has_perm("auth.change_group") and not bob.has_perm("auth.add_group")
    for engine, key in written["sessions"].items():
        request = HttpRequest()
        request.session = import_module(f"django.contrib.sessions.backends.{engine}").SessionStore(key)
        yield f"user of session {engine}", auth.get_user(request) == ada
        yield f"data of session {engine}", request.session.get("basket") == [1, "two"]
    yield "signed", signing.loads(written["signed"], salt="letters") == {"a": [1, 2]}
    yield "stamped", signing.TimestampSigner(salt="stamps").unsign(written["stamped"], max_age=600) == "hello"
    yield "cookie", signing.get_cookie_signer(salt="cookie").unsign(written["cookie"]) == "42"


def _passes(function: Any, *args: Any, **kwargs: Any) -> bool:
    """Say whether a command is content: it exits where it is not."""
    try:
        function(*args, **kwargs)
    except SystemExit as error:
        return not error.code
    return True


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
