"""`StaticLiveServerTestCase`: a live server that finds static files without collecting them."""

from __future__ import annotations

from nuages.contrib.staticfiles.handlers import StaticFilesHandler
from nuages.test import LiveServerTestCase


class StaticLiveServerTestCase(LiveServerTestCase):
    """Serves the site and its static files while its tests run."""

    static_handler = StaticFilesHandler
