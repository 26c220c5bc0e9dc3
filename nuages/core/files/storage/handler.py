"""`storages`: the storages of the STORAGES setting."""

from __future__ import annotations

from typing import Any

from nuages.conf import DEFAULT_STORAGE_ALIAS, STATICFILES_STORAGE_ALIAS, settings
from nuages.core.exceptions import ImproperlyConfigured
from nuages.core.signals import setting_changed
from nuages.utils.functional import cached_property
from nuages.utils.module_loading import import_string

__all__ = ["DEFAULT_STORAGE_ALIAS", "STATICFILES_STORAGE_ALIAS", "InvalidStorageError", "StorageHandler"]


class InvalidStorageError(ImproperlyConfigured):
    """There is no such storage, or its class cannot be imported."""


class StorageHandler:
    """Storages by alias, made when first asked for."""

    def __init__(self, backends: dict[str, Any] | None = None) -> None:
        self._backends = backends
        self._storages: dict[str, Any] = {}
        setting_changed.connect(self._forget)

    def _forget(self, setting: str, **kwargs: Any) -> None:
        if setting == "STORAGES":
            self._storages.clear()
            self.__dict__.pop("backends", None)
            self._backends = None

    @cached_property
    def backends(self) -> dict[str, Any]:
        if self._backends is None:
            self._backends = settings.STORAGES.copy()
        return self._backends

    def __getitem__(self, alias: str) -> Any:
        try:
            return self._storages[alias]
        except KeyError:
            pass
        try:
            params = self.backends[alias]
        except KeyError:
            raise InvalidStorageError(f"Could not find config for '{alias}' in settings.STORAGES.") from None
        made = self._storages[alias] = self.create_storage(params)
        return made

    def create_storage(self, params: dict[str, Any]) -> Any:
        """A storage from its entry in STORAGES."""
        params = dict(params)
        backend = params.pop("BACKEND")
        options = params.pop("OPTIONS", {})
        try:
            cls = import_string(backend)
        except ImportError as error:
            raise InvalidStorageError(f"Could not find backend {backend!r}: {error}") from error
        return cls(**options)
