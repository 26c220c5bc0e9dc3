"""What holds settings: those read from a module, and those laid over others by hand or by a test."""

from __future__ import annotations

import importlib
import os
import time
from typing import Any

from nuages.conf import global_settings
from nuages.conf.deprecated import refuse_both_ways_of_mail, warn_if_deprecated
from nuages.core.exceptions import ImproperlyConfigured
from nuages.utils.module_loading import SettingNote, named_by

_SEQUENCES = (
    "ALLOWED_HOSTS",
    "INSTALLED_APPS",
    "LOCALE_PATHS",
    "SECRET_KEY_FALLBACKS",
    "TEMPLATE_DIRS",
)


class SettingsReference(str):
    """The value of a setting that migrations write as a reference to the setting: `settings.AUTH_USER_MODEL`."""

    setting_name: str

    def __new__(cls, value: str, setting_name: str) -> SettingsReference:
        return str.__new__(cls, value)

    def __init__(self, value: str, setting_name: str) -> None:
        self.setting_name = setting_name


def global_defaults() -> dict[str, Any]:
    """Return the documented default of every setting that has one."""
    return {name: value for name, value in vars(global_settings).items() if name.isupper()}


def enter_time_zone(name: str | None) -> None:
    """Make the process's own time zone, which `time.localtime` and others use, that of the project."""
    if not (name and hasattr(time, "tzset")):
        return
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        wrong = ValueError(f"Incorrect timezone setting: {name}")
        wrong.add_note(SettingNote(_known_zones(name)))
        raise wrong from error
    os.environ["TZ"] = name
    time.tzset()


def _known_zones(name: str) -> str:
    from difflib import get_close_matches
    from zoneinfo import available_timezones

    near = get_close_matches(name, sorted(available_timezones()), 1, cutoff=0.8)
    meant = f" Did you mean {near[0]!r}?" if near else ""
    return f"TIME_ZONE takes a name of the IANA database, such as 'Europe/Paris'.{meant}"


class Settings:
    """The settings of one module over the documented defaults."""

    def __init__(self, settings_module: str) -> None:
        self.__dict__.update(global_defaults())
        self.SETTINGS_MODULE = settings_module
        with named_by("The environment or --settings", settings_module):
            module = importlib.import_module(settings_module)
        given = {name: getattr(module, name) for name in dir(module) if name.isupper()}
        for name, value in given.items():
            if name in _SEQUENCES and not isinstance(value, (list, tuple)):
                raise ImproperlyConfigured(f"The {name} setting must be a list or a tuple.")
            warn_if_deprecated(name)
        refuse_both_ways_of_mail(given)
        self._explicit_settings = frozenset(given)
        self.__dict__.update(given)
        enter_time_zone(self.__dict__.get("TIME_ZONE"))

    def is_overridden(self, setting: str) -> bool:
        """Return whether the module gives this setting itself."""
        return setting in self._explicit_settings

    def __repr__(self) -> str:
        return f'<{type(self).__name__} "{self.SETTINGS_MODULE}">'


class UserSettingsHolder:
    """Settings laid over others: by `settings.configure()`, or by a test for as long as it runs."""

    SETTINGS_MODULE = None

    def __init__(self, default_settings: Any) -> None:
        self.__dict__["default_settings"] = default_settings
        self.__dict__["_deleted"] = set()

    def __getattr__(self, name: str) -> Any:
        if name.isupper() and name not in self._deleted:
            return getattr(self.default_settings, name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        self._deleted.discard(name)
        warn_if_deprecated(name)
        self.__dict__[name] = value

    def __delattr__(self, name: str) -> None:
        self._deleted.add(name)
        self.__dict__.pop(name, None)

    def __dir__(self) -> list[str]:
        names = {name for name in self.__dict__ if name.isupper()} | set(dir(self.default_settings))
        return sorted(names - self._deleted)

    def is_overridden(self, setting: str) -> bool:
        """Return whether this setting differs from the defaults by anybody's doing."""
        if setting in self._deleted or setting in self.__dict__:
            return True
        beneath = self.default_settings
        return (
            beneath.is_overridden(setting) if isinstance(beneath, (Settings, UserSettingsHolder)) else False
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"
