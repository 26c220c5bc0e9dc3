"""Where messages wait for the next page."""

from __future__ import annotations

from typing import Any

from nuages.conf import settings
from nuages.utils.memo import worked_out_from
from nuages.utils.module_loading import import_string


def default_storage(request: Any) -> Any:
    """Return the storage that MESSAGE_STORAGE names, for this request."""
    return _storage_class()(request)


@worked_out_from("MESSAGE_STORAGE")
def _storage_class() -> Any:
    return import_string(settings.MESSAGE_STORAGE)
