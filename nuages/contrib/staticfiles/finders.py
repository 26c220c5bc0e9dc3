"""Finders: where static files lie before they are collected."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from nuages.apps import apps
from nuages.conf import settings
from nuages.contrib.staticfiles import utils
from nuages.core.checks import CheckMessage, Error, Warning
from nuages.core.exceptions import ImproperlyConfigured
from nuages.core.files.storage import FileSystemStorage, Storage, default_storage
from nuages.utils._os import safe_join
from nuages.utils.functional import LazyObject, empty
from nuages.utils.memo import on_change
from nuages.utils.module_loading import import_string

#: The folders that the last search looked into.
searched_locations: list[str] = []


def _note_search(location: str) -> None:
    if location not in searched_locations:
        searched_locations.append(location)


class BaseFinder:
    """Finds static files. Derive from it for files that lie elsewhere."""

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Return what is wrong with the settings of the finder."""
        raise NotImplementedError(
            "subclasses may provide a check() method to verify the finder is configured correctly."
        )

    def find(self, path: str, find_all: bool = False) -> Any:
        """Return where a file lies (nothing if it is not here), or all places with `find_all`."""
        raise NotImplementedError("subclasses of BaseFinder must provide a find() method")

    def list(self, ignore_patterns: Any) -> Iterable[tuple[str, Any]]:
        """Return all files, as pairs of name and storage."""
        raise NotImplementedError("subclasses of BaseFinder must provide a list() method")


class FileSystemFinder(BaseFinder):
    """Finds files in the folders of `STATICFILES_DIRS`."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        #: Pairs of prefix and folder.
        self.locations: list[tuple[str, Any]] = []
        #: Folder → its storage.
        self.storages: dict[Any, FileSystemStorage] = {}
        for entry in settings.STATICFILES_DIRS:
            place = tuple(entry) if isinstance(entry, list | tuple) else ("", entry)
            if place in self.locations:
                continue
            prefix, folder = place
            self.locations.append((prefix, folder))
            storage = FileSystemStorage(location=folder)
            storage.prefix = prefix  # type: ignore[attr-defined]
            self.storages[folder] = storage
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        if not isinstance(settings.STATICFILES_DIRS, list | tuple):
            return [
                Error(
                    "The STATICFILES_DIRS setting is not a tuple or list.",
                    hint="Perhaps you forgot a trailing comma?",
                    id="staticfiles.E001",
                )
            ]
        return [problem for entry in settings.STATICFILES_DIRS for problem in _problems(entry)]

    def find(self, path: str, find_all: bool = False) -> Any:
        found = []
        for prefix, folder in self.locations:
            _note_search(folder)
            place = self.find_location(folder, path, prefix)
            if place:
                if not find_all:
                    return place
                found.append(place)
        return found

    def find_location(self, root: Any, path: str, prefix: str | None = None) -> str | None:
        """Return where a file lies below one folder, if it does."""
        if prefix:
            before, _, path = path.partition(f"{prefix}{os.sep}")
            if before or not path:
                return None
        place = safe_join(root, path)
        return place if os.path.exists(place) else None

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, Any]]:
        for _prefix, folder in self.locations:
            if os.path.isdir(folder):
                storage = self.storages[folder]
                for path in utils.get_files(storage, ignore_patterns):
                    yield path, storage


def _problems(entry: Any) -> Iterator[CheckMessage]:
    folder = entry
    if isinstance(entry, list | tuple):
        prefix, folder = entry
        if prefix.endswith("/"):
            yield Error(
                f"The prefix {prefix!r} in the STATICFILES_DIRS setting must not end with a slash.",
                id="staticfiles.E003",
            )
    if settings.STATIC_ROOT and os.path.abspath(settings.STATIC_ROOT) == os.path.abspath(folder):
        yield Error(
            "The STATICFILES_DIRS setting should not contain the STATIC_ROOT setting.", id="staticfiles.E002"
        )
    if not os.path.isdir(folder):
        yield Warning(
            f"The directory '{folder}' in the STATICFILES_DIRS setting does not exist.", id="staticfiles.W004"
        )


class AppDirectoriesFinder(BaseFinder):
    """Finds files in the `static` folders of apps."""

    storage_class = FileSystemStorage
    source_dir = "static"

    def __init__(self, app_names: Iterable[str] | None = None, *args: Any, **kwargs: Any) -> None:
        wanted = None if app_names is None else set(app_names)
        #: App → its storage, in the order of `INSTALLED_APPS`.
        self.storages: dict[str, FileSystemStorage] = {}
        for config in apps.get_app_configs():
            if wanted is None or config.name in wanted:
                storage = self.storage_class(os.path.join(config.path, self.source_dir))
                if os.path.isdir(storage.location):
                    self.storages[config.name] = storage
        self.apps = list(self.storages)
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        return []

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, Any]]:
        for storage in self.storages.values():
            # The folder may be gone since.
            if storage.exists(""):
                for path in utils.get_files(storage, ignore_patterns):
                    yield path, storage

    def find(self, path: str, find_all: bool = False) -> Any:
        found = []
        for app, storage in self.storages.items():
            _note_search(storage.location)
            place = self.find_in_app(app, path)
            if place:
                if not find_all:
                    return place
                found.append(place)
        return found

    def find_in_app(self, app: str, path: str) -> str | None:
        """Return where a file lies in one app, if it does."""
        storage = self.storages.get(app)
        if storage is None or not storage.exists(path):
            return None
        return storage.path(path)


class BaseStorageFinder(BaseFinder):
    """Finds files in one storage."""

    storage: Any = None

    def __init__(self, storage: Any = None, *args: Any, **kwargs: Any) -> None:
        if storage is not None:
            self.storage = storage
        if self.storage is None:
            raise ImproperlyConfigured(
                f"The staticfiles storage finder {self.__class__!r} doesn't have a storage class assigned."
            )
        # A class is given rather than a storage.
        if not isinstance(self.storage, Storage | LazyObject):
            self.storage = self.storage()
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        return []

    def find(self, path: str, find_all: bool = False) -> Any:
        try:
            self.storage.path("")
        except NotImplementedError:
            return []  # files that are not on this machine are not found here
        _note_search(self.storage.location)
        if not self.storage.exists(path):
            return []
        place = self.storage.path(path)
        return [place] if find_all else place

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, Any]]:
        for path in utils.get_files(self.storage, ignore_patterns):
            yield path, self.storage


class DefaultStorageFinder(BaseStorageFinder):
    """Finds files in the storage of uploads."""

    storage = default_storage

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not getattr(self.storage, "base_location", empty):
            raise ImproperlyConfigured(
                f"The storage backend of the staticfiles finder {_spelled(self.__class__)} doesn't have a valid "
                "location."
            )


def _spelled(cls: type) -> str:
    from nuages.compat import spelled

    return f"<class '{spelled(f'{cls.__module__}.{cls.__qualname__}')}'>"


def find(path: str, find_all: bool = False) -> Any:
    """Return where a static file lies, or None; with `find_all`, all places, the one that counts first."""
    searched_locations[:] = []
    places: list[Any] = []
    for finder in get_finders():
        found = finder.find(path, find_all=find_all)
        if found and not find_all:
            return found
        places += found if isinstance(found, Sequence) and not isinstance(found, str) else [found]
    return places if find_all else None


def get_finders() -> Iterator[Any]:
    """Yield the finders of `STATICFILES_FINDERS`."""
    return map(get_finder, settings.STATICFILES_FINDERS)


@cache
def get_finder(import_path: str) -> Any:
    """Return a finder by its dotted path; the same one each time."""
    finder_class = import_string(import_path)
    if not issubclass(finder_class, BaseFinder):
        raise ImproperlyConfigured(f'Finder "{finder_class}" is not a subclass of "{BaseFinder}"')
    return finder_class()


on_change(get_finder.cache_clear, "STATICFILES_DIRS", "STATIC_ROOT", "STATICFILES_FINDERS", "INSTALLED_APPS")
