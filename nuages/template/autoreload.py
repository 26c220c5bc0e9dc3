"""Templates that change while the development server runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nuages.dispatch import receiver
from nuages.utils.autoreload import autoreload_started, file_changed


def _engines() -> Iterator[Any]:
    """The configured engines of this language."""
    from nuages.template import engines
    from nuages.template.backends.django import DjangoTemplates

    return (backend.engine for backend in engines.all() if isinstance(backend, DjangoTemplates))


def get_template_directories() -> set[Path]:
    """All directories this language's templates are loaded from, but for those of the framework itself."""
    named: list[Any] = []
    for engine in _engines():
        named += engine.dirs
        for loader in engine.template_loaders:
            named += loader.get_dirs() if hasattr(loader, "get_dirs") else ()
    return {Path.cwd() / directory for directory in named if _watched(directory)}


def _watched(directory: Any) -> bool:
    framework = Path(__file__).parent.parent
    return bool(str(directory)) and framework not in Path(directory).parents


def reset_loaders() -> None:
    """Have all loaders look again, those of form widgets too."""
    from nuages.forms.renderers import get_default_renderer
    from nuages.template.backends.django import DjangoTemplates

    found = list(_engines())
    of_forms = getattr(get_default_renderer(), "engine", None)
    if isinstance(of_forms, DjangoTemplates):
        found.append(of_forms.engine)
    for engine in found:
        for loader in engine.template_loaders:
            loader.reset()


@receiver(autoreload_started, dispatch_uid="template_loaders_watch_changes")
def watch_for_template_changes(sender: Any, **kwargs: Any) -> None:
    """Have the reloader watch template directories."""
    for directory in get_template_directories():
        sender.watch_dir(directory, "**/*")


@receiver(file_changed, dispatch_uid="template_loaders_file_changed")
def template_changed(sender: Any, file_path: Path, **kwargs: Any) -> bool | None:
    """Load changed templates anew; True says that no restart is needed."""
    if file_path.suffix == ".py":
        return None
    for directory in get_template_directories():
        if directory in file_path.parents:
            reset_loaders()
            return True
    return None
