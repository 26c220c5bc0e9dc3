"""What finders, commands and handlers share."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any

from nuages.conf import settings
from nuages.core.exceptions import ImproperlyConfigured


def matches_patterns(path: str, patterns: Iterable[str]) -> bool:
    """Say whether one of the glob patterns matches a path."""
    return any(fnmatchcase(path, pattern) for pattern in patterns)


def get_files(
    storage: Any, ignore_patterns: Iterable[str] | None = None, location: str = ""
) -> Iterator[str]:
    """Yield the names of the files in a storage, those in folders too."""
    ignored = tuple(ignore_patterns or ())
    folders, files = storage.listdir(location)
    for name in files:
        path = os.path.join(location, name) if location else name
        # A pattern is for the name alone, or with a path in it for the whole.
        if not (matches_patterns(name, ignored) or (location and matches_patterns(path, ignored))):
            yield path
    for name in folders:
        if not matches_patterns(name, ignored):
            yield from get_files(storage, ignored, os.path.join(location, name) if location else name)


def check_settings(base_url: str | None = None) -> None:
    """Refuse settings under which static files cannot be served."""
    static_url = settings.STATIC_URL if base_url is None else base_url
    if not static_url:
        raise ImproperlyConfigured(
            "You're using the staticfiles app without having set the required STATIC_URL setting."
        )
    media_url = settings.MEDIA_URL
    if media_url == static_url:
        raise ImproperlyConfigured("The MEDIA_URL and STATIC_URL settings must have different values")
    if settings.DEBUG and media_url and static_url and media_url.startswith(static_url):
        raise ImproperlyConfigured("runserver can't serve media if MEDIA_URL is within STATIC_URL.")
    if settings.MEDIA_ROOT and settings.MEDIA_ROOT == settings.STATIC_ROOT:
        raise ImproperlyConfigured("The MEDIA_ROOT and STATIC_ROOT settings must have different values")
