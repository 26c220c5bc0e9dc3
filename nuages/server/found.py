"""Static and media files during development: looked up where they lie, at each request."""

from __future__ import annotations

from nuages.server.protocol import Scope
from nuages.server.static import ServedFile, ServedFiles, describe

_FRESH = "no-cache"


class FoundFiles(ServedFiles):
    """Finds static files through the finders, so that nothing has to be collected."""

    def __init__(self) -> None:
        from nuages.conf import settings

        super().__init__()
        self.static_url = settings.STATIC_URL or ""
        if settings.MEDIA_ROOT and settings.MEDIA_URL.startswith("/") and settings.MEDIA_URL != "/":
            self.add_media(settings.MEDIA_URL, settings.MEDIA_ROOT)

    def find(self, scope: Scope) -> ServedFile | None:
        """Return the file that `scope` asks for, if there is one."""
        prefix = self.static_url
        if prefix.startswith("/") and prefix != "/" and scope.path.startswith(prefix):
            found = self._static(scope.path[len(prefix) :])
            if found is not None:
                return found
        return super().find(scope)

    def _static(self, name: str) -> ServedFile | None:
        from nuages.contrib.staticfiles import finders
        from nuages.core.exceptions import SuspiciousFileOperation

        if not name or "\x00" in name:
            return None
        try:
            path = finders.find(name)
            return describe(str(path), _FRESH) if path else None
        except (OSError, ValueError, SuspiciousFileOperation):
            return None
