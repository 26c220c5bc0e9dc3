"""What Granian's worker processes load: the application, made from settings and a few options in the environment."""

from __future__ import annotations

import os

from nuages.server.rsgi import RSGIApplication
from nuages.server.static import ServedFiles

#: Set by `serve` for its workers.
ACCESS_LOG = "NUAGES_ACCESS_LOG"
SERVE_FILES = "NUAGES_SERVE_FILES"


def make_application() -> RSGIApplication:
    """Set the project up and return its application; a factory for Granian."""
    import nuages
    from nuages.server.access import production_log

    nuages.setup(set_prefix=False)
    return RSGIApplication(
        files=collected_files() if os.environ.get(SERVE_FILES, "1") == "1" else None,
        access_log=production_log if os.environ.get(ACCESS_LOG) == "1" else None,
    )


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
