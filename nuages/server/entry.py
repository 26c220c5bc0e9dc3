"""What Granian's worker processes load: the application, made from settings and a few options in the environment."""

from __future__ import annotations

import gc
import logging
import os
import sys
import traceback
from typing import TextIO

from nuages.core.exceptions import ImproperlyConfigured
from nuages.server.rsgi import RSGIApplication
from nuages.server.static import ServedFiles
from nuages.utils.module_loading import is_wrong_setting

#: Set by `serve` for its workers.
ACCESS_LOG = "NUAGES_ACCESS_LOG"
SERVE_FILES = "NUAGES_SERVE_FILES"
#: The process that looks after the workers.
MASTER = "NUAGES_MASTER"


def make_application() -> RSGIApplication:
    """Set the project up and return its application; a factory for Granian.

    A worker that cannot start for a wrong setting says so in a line or two rather than with a traceback.
    """
    try:
        return _made()
    except Exception as error:
        if not (isinstance(error, ImproperlyConfigured) or is_wrong_setting(error)):
            raise
        sys.exit("".join(traceback.format_exception_only(error)).rstrip())


def _made() -> RSGIApplication:
    import nuages
    from nuages.server.access import production_log

    nuages.setup(set_prefix=False)
    log_to_console()
    application = RSGIApplication(
        files=collected_files() if os.environ.get(SERVE_FILES, "1") == "1" else None,
        access_log=production_log if os.environ.get(ACCESS_LOG) == "1" else None,
        master=int(os.environ[MASTER]) if MASTER in os.environ else None,
    )
    # What is there now stays: there is nothing in it for the garbage collector to look through again and again.
    gc.collect()
    gc.freeze()
    return application


def log_to_console() -> None:
    """Write warnings and requests to the console, where the project does not say itself what is logged where.

    The documented default would mail errors to ADMINS and otherwise keep silent.
    """
    from nuages.conf import settings

    access = logging.getLogger("nuages.access")
    if not access.handlers and not settings.LOGGING:
        access.addHandler(_console(logging.INFO, sys.stdout))
        access.propagate = False
    if not settings.LOGGING:
        for name in ("django", "nuages"):
            logging.getLogger(name).addHandler(_console(logging.WARNING, sys.stderr))


def _console(level: int, stream: TextIO) -> logging.Handler:
    handler = logging.StreamHandler(stream)
    handler.setLevel(level)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    return handler


def collected_files() -> ServedFiles:
    """Return the collected static files and the media folder, as far as settings name them below a path."""
    from nuages.conf import settings

    files = ServedFiles()
    static_url, media_url = settings.STATIC_URL, settings.MEDIA_URL
    if settings.STATIC_ROOT and static_url and static_url.startswith("/") and static_url != "/":
        files.add_static(static_url, settings.STATIC_ROOT)
    if settings.MEDIA_ROOT and media_url and media_url.startswith("/") and media_url != "/":
        files.add_media(media_url, settings.MEDIA_ROOT)
    return files
