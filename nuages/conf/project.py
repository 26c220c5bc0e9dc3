"""The project: the one object on which settings and the app registry hang.

`nuages.conf.settings` and `nuages.apps.apps` are the parts of the current project. Whatever is worked out
from settings is declared with `nuages.utils.memo.worked_out_from`, so overriding a setting, or using other
settings altogether for a while, forgets exactly what depended on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from nuages.conf.holders import UserSettingsHolder, enter_time_zone
from nuages.conf.lazy import LazySettings
from nuages.utils import memo

if TYPE_CHECKING:
    from nuages.apps.registry import Apps


class Project:
    """A site: its settings and its apps."""

    def __init__(self) -> None:
        self.settings = LazySettings()

    @property
    def apps(self) -> Apps:
        """The registry of installed apps."""
        from nuages.apps import apps

        return apps

    @contextmanager
    def using(self, holder: Any = None, **settings: Any) -> Iterator[Project]:
        """Use other settings for a while: those of `holder`, else the present ones, with these laid over them."""
        before = self.settings._wrapped
        over = UserSettingsHolder(before if holder is None else holder)
        for name, value in settings.items():
            setattr(over, name, value)
        self.settings._wrapped = over
        try:
            yield self
        finally:
            self.settings._wrapped = before


_project = Project()


def current_project() -> Project:
    """Return the project of this process."""
    return _project


def forget_what_depended(*, setting: str, **kwargs: Any) -> None:
    """Receive `setting_changed`: drop what was worked out from that setting."""
    memo.changed(setting)
    if setting == "TIME_ZONE":
        enter_time_zone(_project.settings.TIME_ZONE)
