"""`manage.py clearsessions`: remove expired sessions; for a nightly job."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from nuages.compat import resolved
from nuages.conf import settings
from nuages.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Asks the configured store to remove what has expired."""

    help = (
        "Can be run as a cronjob or directly to clean out expired sessions (only with stores that keep them)."
    )

    def handle(self, **options: Any) -> None:
        engine = import_module(resolved(settings.SESSION_ENGINE))
        try:
            engine.SessionStore.clear_expired()
        except NotImplementedError:
            raise CommandError(
                f"Session engine '{settings.SESSION_ENGINE}' doesn't support clearing expired sessions."
            ) from None
