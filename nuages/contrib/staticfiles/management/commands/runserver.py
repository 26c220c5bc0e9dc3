"""`manage.py runserver`, which also sends static files while developing."""

from __future__ import annotations

from typing import Any

from nuages.contrib.staticfiles.handlers import StaticFilesHandler
from nuages.core.handlers.wsgi import WSGIHandler
from nuages.core.management.commands import runserver


class Command(runserver.Command):
    """The development server; the one of the core knows static files already."""

    help = "Starts a lightweight web server for development and also serves static files."

    def get_handler(self, *args: Any, **options: Any) -> Any:
        """Return the site as a WSGI application, with static files as the options and `DEBUG` say."""
        from nuages.conf import settings

        application = WSGIHandler()
        if options["use_static_handler"] and (settings.DEBUG or options["insecure_serving"]):
            return StaticFilesHandler(application)
        return application
