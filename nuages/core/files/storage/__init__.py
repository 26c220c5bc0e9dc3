"""Where uploaded files are kept (ref/files/storage)."""

from __future__ import annotations

from nuages.conf import DEFAULT_STORAGE_ALIAS
from nuages.core.files.storage.base import Storage
from nuages.core.files.storage.filesystem import FileSystemStorage
from nuages.core.files.storage.handler import InvalidStorageError, StorageHandler
from nuages.core.files.storage.memory import InMemoryStorage
from nuages.utils import memo
from nuages.utils.functional import LazyObject, empty

__all__ = [
    "DefaultStorage",
    "FileSystemStorage",
    "InMemoryStorage",
    "InvalidStorageError",
    "Storage",
    "default_storage",
    "storages",
]


class DefaultStorage(LazyObject):
    """The storage of the alias "default", found when first used."""

    def _setup(self) -> None:
        self._wrapped = storages[DEFAULT_STORAGE_ALIAS]


def _forget_default() -> None:
    default_storage._wrapped = empty


storages = StorageHandler()
default_storage = DefaultStorage()
memo.on_change(_forget_default, "STORAGES")
