"""`serve`, which sends static files from where they lie, while developing."""

from __future__ import annotations

import os
import posixpath
from typing import Any

from nuages.conf import settings
from nuages.contrib.staticfiles import finders
from nuages.http import Http404
from nuages.views import static


def serve(request: Any, path: str, insecure: bool = False, **kwargs: Any) -> Any:
    """Send a file that the finders find. Only under `DEBUG`, or with `insecure`."""
    if not (settings.DEBUG or insecure):
        raise Http404
    name = posixpath.normpath(path).lstrip("/")
    place = finders.find(name)
    if place:
        folder, file = os.path.split(place)
        return static.serve(request, file, document_root=folder, **kwargs)
    if path.endswith("/") or not path:
        raise Http404("Directory indexes are not allowed here.")
    raise Http404(f"'{path}' could not be found")
