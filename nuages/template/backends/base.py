"""What all template backends share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nuages.core.exceptions import ImproperlyConfigured, SuspiciousFileOperation
from nuages.template.utils import get_app_template_dirs
from nuages.utils._os import safe_join
from nuages.utils.functional import cached_property


class BaseEngine:
    """A configured backend: it finds templates in directories and apps."""

    # The subdirectory of apps that holds templates for this engine.
    app_dirname: str | None = None

    def __init__(self, params: dict[str, Any]) -> None:
        remaining = params.copy()
        self.name: str = remaining.pop("NAME")
        self.dirs: list[Any] = list(remaining.pop("DIRS"))
        self.app_dirs: bool = remaining.pop("APP_DIRS")
        if remaining:
            raise ImproperlyConfigured(f"Unknown parameters: {', '.join(remaining)}")

    def check(self, **kwargs: Any) -> list[Any]:
        """System checks of this backend."""
        return []

    def check_sources(self) -> Iterator[tuple[str, list[Any]]]:
        """Path of each template this engine can list, with the messages about what is wrong in it."""
        yield from ()

    def from_string(self, template_code: str) -> Any:
        """A template of the given text."""
        raise NotImplementedError("subclasses of BaseEngine should provide a from_string() method")

    def get_template(self, template_name: str) -> Any:
        """The template of a name; raises TemplateDoesNotExist."""
        raise NotImplementedError("subclasses of BaseEngine must provide a get_template() method")

    @cached_property
    def template_dirs(self) -> tuple[Any, ...]:
        """All directories templates are looked for in."""
        dirs = tuple(self.dirs)
        return (
            (*dirs, *get_app_template_dirs(self.app_dirname)) if self.app_dirs and self.app_dirname else dirs
        )

    def iter_template_filenames(self, template_name: str) -> Iterator[str | Path]:
        """The files that may hold a template; names that lead out of a directory give none."""
        for directory in self.template_dirs:
            try:
                yield safe_join(directory, template_name)
            except SuspiciousFileOperation:
                continue
