"""Authentication of Apache's mod_wsgi against the site's users."""

from __future__ import annotations

from typing import Any

from nuages import db
from nuages.contrib import auth


def _active_user(username: str) -> Any:
    """Return the user of that name, if he may log in."""
    model = auth.get_user_model()
    try:
        user = model._default_manager.get_by_natural_key(username)
    except model.DoesNotExist:
        return None
    return user if user.is_active else None


def check_password(environ: dict[str, Any], username: str, password: str) -> bool | None:
    """Tell mod_wsgi whether the password is right; None where there is no such user."""
    # The server's process lives on: nothing of one request may stay for the next.
    db.reset_queries()
    try:
        user = _active_user(username)
        if user is None:
            # Hashed all the same, so that the time taken does not tell which names exist.
            auth.get_user_model()().set_password(password)
            return None
        return user.check_password(password)
    finally:
        db.close_old_connections()


def groups_for_user(environ: dict[str, Any], username: str) -> list[bytes]:
    """Tell mod_wsgi which groups a user is in."""
    db.reset_queries()
    try:
        user = _active_user(username)
        if user is None or not hasattr(user, "groups"):
            return []
        return [group.name.encode() for group in user.groups.all()]
    finally:
        db.close_old_connections()
