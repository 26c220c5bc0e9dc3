"""The settings of the project; specified in topics/settings and ref/settings.

`settings` stands in for what the settings module says, with the documented defaults beneath. It is loaded
when first asked, from the module that `NUAGES_SETTINGS_MODULE`, else `DJANGO_SETTINGS_MODULE`, names, or is
filled by `settings.configure()`.
"""

from __future__ import annotations

from nuages.conf.deprecated import (
    DEPRECATED_EMAIL_SETTINGS,
    EMAIL_SETTING_DEPRECATED_MSG,
    SIGNED_COOKIE_LEGACY_SALT_DEPRECATED_MSG,
    USE_BLANK_CHOICE_DASH_DEPRECATED_MSG,
)
from nuages.conf.environment import Environment, env
from nuages.conf.holders import Settings, SettingsReference, UserSettingsHolder
from nuages.conf.lazy import ENVIRONMENT_VARIABLE, OWN_ENVIRONMENT_VARIABLE, LazySettings, use_settings
from nuages.conf.project import Project, current_project, forget_what_depended
from nuages.core.signals import setting_changed

DEFAULT_STORAGE_ALIAS = "default"
STATICFILES_STORAGE_ALIAS = "staticfiles"

settings = current_project().settings
setting_changed.connect(forget_what_depended)

__all__ = [
    "DEFAULT_STORAGE_ALIAS",
    "DEPRECATED_EMAIL_SETTINGS",
    "EMAIL_SETTING_DEPRECATED_MSG",
    "ENVIRONMENT_VARIABLE",
    "OWN_ENVIRONMENT_VARIABLE",
    "SIGNED_COOKIE_LEGACY_SALT_DEPRECATED_MSG",
    "STATICFILES_STORAGE_ALIAS",
    "USE_BLANK_CHOICE_DASH_DEPRECATED_MSG",
    "Environment",
    "LazySettings",
    "Project",
    "Settings",
    "SettingsReference",
    "UserSettingsHolder",
    "current_project",
    "env",
    "settings",
    "use_settings",
]
