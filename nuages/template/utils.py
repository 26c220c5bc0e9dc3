"""The configured template engines, and where apps keep templates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nuages.apps import apps
from nuages.conf import settings
from nuages.core.exceptions import ImproperlyConfigured
from nuages.utils.functional import cached_property
from nuages.utils.memo import on_change, worked_out_from
from nuages.utils.module_loading import import_string, named_by


class InvalidTemplateEngineError(ImproperlyConfigured):
    """No template engine has that alias."""


class EngineHandler:
    """The engines of `settings.TEMPLATES`, made when first asked for: `engines["django"]`."""

    def __init__(self, templates: list[dict[str, Any]] | None = None) -> None:
        self._templates = templates
        self._engines: dict[str, Any] = {}
        # All of them in order, once they were asked for.
        self._all: tuple[Any, ...] | None = None
        if templates is None:
            on_change(self.forget, "TEMPLATES", "INSTALLED_APPS", "DEBUG")

    def forget(self) -> None:
        """Make the engines anew when they are next asked for."""
        self.__dict__.pop("templates", None)
        self._engines = {}
        self._all = None

    @cached_property
    def templates(self) -> dict[str, dict[str, Any]]:
        """The configuration of each engine by alias."""
        configured = settings.TEMPLATES if self._templates is None else self._templates
        named: list[dict[str, Any]] = [self._completed(one) for one in configured]
        counts = Counter(one["NAME"] for one in named)
        doubles = [name for name, count in counts.items() if count > 1]
        if doubles:
            raise ImproperlyConfigured(
                f"Template engine aliases aren't unique, duplicates: {', '.join(doubles)}. "
                "Set a unique NAME for each engine in settings.TEMPLATES."
            )
        return {one["NAME"]: one for one in named}

    @staticmethod
    def _completed(configured: dict[str, Any]) -> dict[str, Any]:
        try:
            # "nuages.template.backends.django.DjangoTemplates" is called "django".
            default_name = configured["BACKEND"].rsplit(".", 2)[-2]
        except (KeyError, AttributeError, IndexError) as error:
            found = configured.get("BACKEND", "<not defined>")
            raise ImproperlyConfigured(
                f"Invalid BACKEND for a template engine: {found}. Check your TEMPLATES setting."
            ) from error
        return {"NAME": default_name, "DIRS": [], "APP_DIRS": False, "OPTIONS": {}, **configured}

    def __getitem__(self, alias: str) -> Any:
        engine = self._engines.get(alias)
        if engine is None:
            engine = self._engines[alias] = self._make(alias)
        return engine

    def _make(self, alias: str) -> Any:
        try:
            params = self.templates[alias].copy()
        except KeyError:
            raise InvalidTemplateEngineError(
                f"Could not find config for '{alias}' in settings.TEMPLATES"
            ) from None
        backend = params.pop("BACKEND")
        with named_by("TEMPLATES", backend):
            factory = import_string(backend)
        return factory(params)

    def __iter__(self) -> Iterator[str]:
        return iter(self.templates)

    def all(self) -> list[Any]:
        """All engines in order."""
        if self._all is None:
            self._all = tuple(self[alias] for alias in self)
        return [*self._all]


@worked_out_from("INSTALLED_APPS")
def get_app_template_dirs(dirname: str) -> tuple[Path, ...]:
    """The directories of that name in installed apps. Remembered: apps do not move while a site runs."""
    folders = [Path(config.path) / dirname for config in apps.get_app_configs() if config.path]
    return tuple(folder for folder in folders if folder.is_dir())
