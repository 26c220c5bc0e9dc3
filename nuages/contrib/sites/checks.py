"""The check of `SITE_ID`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nuages.conf import settings
from nuages.core.checks import CheckMessage, Error
from nuages.core.exceptions import ValidationError


def check_site_id(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a `SITE_ID` that cannot be a site's key."""
    return [Error(f"The SITE_ID setting {problem}.", id="sites.E101") for problem in _problems()]


def _problems() -> Iterator[str]:
    from nuages.contrib.sites.models import Site

    chosen = getattr(settings, "SITE_ID", None)
    if chosen is None:
        return
    key = Site._meta.pk
    try:
        value = key.to_python(chosen)
    except ValidationError as error:
        yield f"failed to validate: {error}"
    else:
        if value != chosen:
            yield f"must be of type {type(value).__name__}"
