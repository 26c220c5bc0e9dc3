"""Names that a URL configuration imports: `include` and the default error handlers."""

from __future__ import annotations

from nuages.urls import include
from nuages.views import defaults

__all__ = ["handler400", "handler403", "handler404", "handler500", "include"]

handler400 = defaults.bad_request
handler403 = defaults.permission_denied
handler404 = defaults.page_not_found
handler500 = defaults.server_error
