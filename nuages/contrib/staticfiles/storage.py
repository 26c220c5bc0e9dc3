"""Storages for static files, under their documented path."""

from __future__ import annotations

import os
from typing import Any

from nuages.conf import STATICFILES_STORAGE_ALIAS, settings
from nuages.contrib.staticfiles.hashing import HashedFilesMixin, ManifestFilesMixin
from nuages.contrib.staticfiles.references import _css_ignored_re, _js_ignored_re
from nuages.contrib.staticfiles.utils import check_settings
from nuages.core.exceptions import ImproperlyConfigured
from nuages.core.files.storage import FileSystemStorage, storages
from nuages.utils.functional import LazyObject, empty
from nuages.utils.memo import on_change

__all__ = [
    "ConfiguredStorage",
    "FileSystemStorage",
    "HashedFilesMixin",
    "ManifestFilesMixin",
    "ManifestStaticFilesStorage",
    "StaticFilesStorage",
    "_css_ignored_re",
    "_js_ignored_re",
    "staticfiles_storage",
]


class StaticFilesStorage(FileSystemStorage):
    """Files below `STATIC_ROOT`, reached by browsers below `STATIC_URL`."""

    def __init__(self, location: Any = None, base_url: str | None = None, *args: Any, **kwargs: Any) -> None:
        self._root = settings.STATIC_ROOT if location is None else location
        url = settings.STATIC_URL if base_url is None else base_url
        check_settings(url)
        super().__init__(self._root, url, *args, **kwargs)

    # Not as the base class has them: there, no location means that of uploads, and an empty one the current folder.

    @property
    def base_location(self) -> Any:  # type: ignore[override]
        """`STATIC_ROOT`, or the folder given; None for none."""
        return self._root or None

    @property
    def location(self) -> Any:  # type: ignore[override]
        """The folder, absolute; None for none."""
        return os.path.abspath(self._root) if self._root else None

    def path(self, name: str) -> str:
        if not self.location:
            raise ImproperlyConfigured(
                "You're using the staticfiles app without having set the STATIC_ROOT setting to a filesystem path."
            )
        return super().path(name)


class ManifestStaticFilesStorage(ManifestFilesMixin, StaticFilesStorage):
    """Files below `STATIC_ROOT` that are saved under names with a hash of their content as well."""


class ConfiguredStorage(LazyObject):
    """The storage of the alias "staticfiles", found when first used."""

    def _setup(self) -> None:
        self._wrapped = storages[STATICFILES_STORAGE_ALIAS]


staticfiles_storage: Any = ConfiguredStorage()


def _forget() -> None:
    storages._storages.pop(STATICFILES_STORAGE_ALIAS, None)
    staticfiles_storage._wrapped = empty


on_change(_forget, "STORAGES", "STATIC_ROOT", "STATIC_URL")
