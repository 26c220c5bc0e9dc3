"""What storages take from the settings where their own arguments are silent."""

from __future__ import annotations

import os
from typing import Any

from nuages.conf import settings
from nuages.core.signals import setting_changed
from nuages.utils.functional import cached_property

__all__ = ["StorageSettingsMixin"]

_DERIVED = {
    "MEDIA_ROOT": ("base_location", "location"),
    "MEDIA_URL": ("base_url",),
    "FILE_UPLOAD_PERMISSIONS": ("file_permissions_mode",),
    "FILE_UPLOAD_DIRECTORY_PERMISSIONS": ("directory_permissions_mode",),
}


class StorageSettingsMixin:
    """A place, an address and permissions: given, or those of MEDIA_ROOT and its companions."""

    def __init__(
        self,
        location: Any = None,
        base_url: str | None = None,
        file_permissions_mode: int | None = None,
        directory_permissions_mode: int | None = None,
    ) -> None:
        self._location, self._base_url = location, base_url
        self._file_permissions_mode = file_permissions_mode
        self._directory_permissions_mode = directory_permissions_mode
        setting_changed.connect(self._clear_cached_properties)

    def _clear_cached_properties(self, setting: str, **kwargs: Any) -> None:
        for name in _DERIVED.get(setting, ()):
            self.__dict__.pop(name, None)

    def _value_or_setting(self, value: Any, setting: Any) -> Any:
        return setting if value is None else value

    @cached_property
    def base_location(self) -> Any:
        """The folder as it was given."""
        return self._value_or_setting(self._location, settings.MEDIA_ROOT)

    @cached_property
    def location(self) -> str:
        """The folder, absolute."""
        return os.path.abspath(self.base_location)

    @cached_property
    def base_url(self) -> str:
        """The prefix of addresses, with a slash at the end."""
        if self._base_url is None or self._base_url.endswith("/"):
            return self._value_or_setting(self._base_url, settings.MEDIA_URL)
        return f"{self._base_url}/"

    @cached_property
    def file_permissions_mode(self) -> int | None:
        """The mode of new files."""
        return self._value_or_setting(self._file_permissions_mode, settings.FILE_UPLOAD_PERMISSIONS)

    @cached_property
    def directory_permissions_mode(self) -> int | None:
        """The mode of new folders."""
        return self._value_or_setting(
            self._directory_permissions_mode, settings.FILE_UPLOAD_DIRECTORY_PERMISSIONS
        )
