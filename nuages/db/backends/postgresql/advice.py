"""What to do about errors whose cause lies outside the site's code, as notes beside the server's own words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MISSING_TABLE = "Have all migrations been applied? `python manage.py migrate` does that, and `showmigrations` shows which are missing."

#: UndefinedTable and UndefinedColumn.
NOT_MIGRATED = frozenset({"42P01", "42703"})


def for_connecting(message: str, params: Mapping[str, Any], alias: str) -> str:
    """Return what to do where no connection could be opened; `params` are those that the driver was given."""
    name, user = params.get("dbname"), params.get("user")
    place = " ".join(
        f"-{letter} {params[key]}"
        for letter, key in (("h", "host"), ("p", "port"), ("U", "user"))
        if params.get(key)
    )
    setting = f"DATABASES[{alias!r}]"
    if "does not exist" in message and f'database "{name}"' in message:
        return f"Create it (`createdb {place} {name}`, then `python manage.py migrate`), or correct NAME in {setting}."
    if "does not exist" in message and "role" in message:
        return f"Create the role (`createuser --pwprompt {user}` as an administrator), or correct USER in {setting}."
    if "password" in message:
        return f"Correct USER and PASSWORD in {setting}; `psql {place} {name}` shows whether they are right."
    if "resolve host" in message or "translate host name" in message:
        return f"Correct HOST in {setting}; {params.get('host')!r} has no address."
    if "too many" in message or "remaining connection slots" in message:
        return (
            "The server has no place for more connections. Each process of the site opens up to "
            f"{setting}['OPTIONS']['max_connections'] (20 if nothing is said): lower that or the number of processes, "
            "raise max_connections of the server, or put PgBouncer between."
        )
    if "starting up" in message or "shutting down" in message:
        return "The server is being restarted. Try again in a moment; a running site recovers by itself."
    host = params.get("host", "the local socket")
    return (
        f"{setting} names the database {name!r} at {host}, port {params.get('port', 5432)}, user "
        f"{user or 'of this process'!r}. Is the server running there (`pg_isready {place}`), and does its pg_hba.conf "
        "let this user in?"
    )


def for_running(sqlstate: str | None) -> str | None:
    """Return what to do about a failed statement, where there is something to say."""
    return MISSING_TABLE if sqlstate in NOT_MIGRATED else None
