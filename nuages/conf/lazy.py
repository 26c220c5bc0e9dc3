"""The `settings` object itself: loads on first use, then answers from its own dictionary."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from nuages.conf import global_settings
from nuages.conf.deprecated import (
    DEPRECATED_EMAIL_SETTINGS,
    EMAIL_SETTING_DEPRECATED_MSG,
    refuse_both_ways_of_mail,
    warn_if_deprecated,
)
from nuages.conf.holders import Settings, UserSettingsHolder
from nuages.core.exceptions import ImproperlyConfigured
from nuages.utils import memo
from nuages.utils.deprecation import RemovedInDjango2028Warning, warn_about_external_use
from nuages.utils.functional import LazyObject, empty

OWN_ENVIRONMENT_VARIABLE = "NUAGES_SETTINGS_MODULE"
ENVIRONMENT_VARIABLE = "DJANGO_SETTINGS_MODULE"

_ADDRESSES = ("MEDIA_URL", "STATIC_URL")


def use_settings(module: str) -> None:
    """Name the settings module for this process, unless its environment names one."""
    if not (os.environ.get(OWN_ENVIRONMENT_VARIABLE) or os.environ.get(ENVIRONMENT_VARIABLE)):
        os.environ[OWN_ENVIRONMENT_VARIABLE] = module


class LazySettings(LazyObject):
    """Settings that are loaded on first use, from the environment's module or by `configure()`."""

    def _setup(self, name: str | None = None) -> None:
        module = os.environ.get(OWN_ENVIRONMENT_VARIABLE) or os.environ.get(ENVIRONMENT_VARIABLE)
        if not module:
            wanted = f"setting {name}" if name else "settings"
            error = ImproperlyConfigured(
                f"Requested {wanted}, but settings are not configured. You must either define the environment "
                f"variable {ENVIRONMENT_VARIABLE} or call settings.configure() before accessing settings."
            )
            error.add_note(f"{OWN_ENVIRONMENT_VARIABLE} is read first, then {ENVIRONMENT_VARIABLE}.")
            raise error
        self._wrapped = Settings(module)

    def configure(self, default_settings: Any = global_settings, **options: Any) -> None:
        """Give the settings by hand, over `default_settings`; only before they are loaded."""
        if self._wrapped is not empty:
            raise RuntimeError("Settings already configured.")
        holder = UserSettingsHolder(default_settings)
        for name, value in options.items():
            if not name.isupper():
                raise TypeError(f"Setting {name!r} must be uppercase.")
            setattr(holder, name, value)
        refuse_both_ways_of_mail(options)
        self._wrapped = holder

    @property
    def configured(self) -> bool:
        """Whether the settings have been loaded or given."""
        return self._wrapped is not empty

    def is_overridden(self, setting: str) -> bool:
        """Return whether the setting was given rather than left at its default."""
        if self._wrapped is empty:
            self._setup()
        return self._wrapped.is_overridden(setting)

    # The first look at a setting arrives here; the answer then lies in __dict__ and Python finds it unaided.
    def __getattr__(self, name: str) -> Any:
        if self._wrapped is empty:
            self._setup(name)
        if name in DEPRECATED_EMAIL_SETTINGS:
            # Not kept: each use outside is to be told.
            value = self._deprecated_email_setting(name)
            warn_about_external_use(
                EMAIL_SETTING_DEPRECATED_MSG.format(name=name), RemovedInDjango2028Warning
            )
            return value
        value = getattr(self._wrapped, name)
        if name in _ADDRESSES and value is not None:
            return _under_script_name(value)
        if name == "SECRET_KEY" and not value:
            raise ImproperlyConfigured("The SECRET_KEY setting must not be empty.")
        self.__dict__[name] = value
        return value

    def _deprecated_email_setting(self, name: str) -> Any:
        if hasattr(self._wrapped, "MAILERS"):
            raise AttributeError(f"The {name} setting is not available when MAILERS is defined.")
        return getattr(self._wrapped, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "_wrapped":
            self.__dict__.clear()
            self.__dict__[name] = value
            memo.changed_all()
            return
        self.__dict__.pop(name, None)
        if self._wrapped is empty:
            self._setup(name)
        if isinstance(self._wrapped, Settings):
            warn_if_deprecated(name)
        setattr(self._wrapped, name, value)
        memo.changed(name)

    def __delattr__(self, name: str) -> None:
        super().__delattr__(name)
        self.__dict__.pop(name, None)
        memo.changed(name)

    def __dir__(self) -> Iterable[str]:
        names = {*super().__dir__(), "configure", "configured", "is_overridden"}
        if "MAILERS" in names:
            names -= {name for name in DEPRECATED_EMAIL_SETTINGS if not self.is_overridden(name)}
        return names

    def __repr__(self) -> str:
        if self._wrapped is empty:
            return "<LazySettings [Unevaluated]>"
        return f'<LazySettings "{self._wrapped.SETTINGS_MODULE}">'


def _under_script_name(address: str) -> str:
    """Put the script prefix before a relative address; leave absolute paths and whole URLs alone."""
    if address.startswith(("http://", "https://", "/")):
        return address
    from nuages.urls import get_script_prefix

    return get_script_prefix() + address
