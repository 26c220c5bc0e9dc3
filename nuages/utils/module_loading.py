"""Importing by dotted path.

A path that starts with `django.` means the same name under `nuages.`: settings and stored data written for
Django go on working.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any


def home_path(dotted_path: str) -> str:
    """Return the path with a leading `django.` replaced by `nuages.`."""
    if dotted_path.startswith("django."):
        return "nuages." + dotted_path[7:]
    return "nuages" if dotted_path == "django" else dotted_path


def cached_import(module_path: str, class_name: str) -> Any:
    """Return an attribute of a module, taking the module from those loaded where it is there and complete."""
    try:
        module = sys.modules[module_path]
        complete = not module.__spec__._initializing  # type: ignore[union-attr]
    except (AttributeError, KeyError):
        complete = False
    if not complete:
        module = import_module(module_path)
    return getattr(module, class_name)


# The names are kept, and not what they mean: that may be replaced while the program runs.
@lru_cache(maxsize=512)
def _module_and_name(dotted_path: str) -> tuple[str, str]:
    module_path, dot, name = home_path(dotted_path).rpartition(".")
    if not dot:
        raise ImportError(f"{dotted_path} doesn't look like a module path")
    return module_path, name


def import_string(dotted_path: str) -> Any:
    """Return the attribute or class that a dotted path names, importing its module."""
    module_path, name = _module_and_name(dotted_path)
    try:
        return cached_import(module_path, name)
    except AttributeError as error:
        raise ImportError(
            f'Module "{dotted_path.rpartition(".")[0]}" does not define a "{name}" attribute/class'
        ) from error


class SettingNote(str):
    """A note on an exception: which setting is at fault, so that its message alone says what to mend."""


@contextmanager
def named_by(setting: str, dotted_path: str) -> Iterator[None]:
    """Have an import that fails in the block say which setting asked for it.

    What goes wrong inside a module that is there is no fault of the setting: a developer wants to see the place.
    """
    try:
        yield
    except ImportError as error:
        note = f"{setting} names {dotted_path!r}."
        missing = error.name is None or f"{home_path(dotted_path)}.".startswith(f"{error.name}.")
        error.add_note(SettingNote(note) if missing else note)
        raise


def is_wrong_setting(error: BaseException) -> bool:
    """Return whether a note on the exception says that a setting is at fault."""
    return any(isinstance(note, SettingNote) for note in getattr(error, "__notes__", ()))


class imported:
    """A class attribute that is imported when it is first read: for parts that most processes never use."""

    def __init__(self, dotted_path: str) -> None:
        self._path = dotted_path

    def __set_name__(self, owner: type, name: str) -> None:
        self._owner, self._name = owner, name

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        found = import_string(self._path)
        setattr(self._owner, self._name, found)
        return found


def autodiscover_modules(*args: str, register_to: Any = None) -> None:
    """Import these submodules of every installed app; missing ones are skipped, broken ones raise.

    When a module raises, the registry of `register_to` is put back as it was before that module.
    """
    from nuages.apps import apps

    for app_config in apps.get_app_configs():
        for name in args:
            discover_module(app_config, name, register_to)


def discover_module(app_config: Any, name: str, register_to: Any) -> None:
    """The same for one submodule of one app."""
    import copy

    before = copy.copy(register_to._registry) if register_to else None
    try:
        import_module(f"{app_config.name}.{name}")
    except Exception:
        if register_to:
            register_to._registry = before
        if module_has_submodule(app_config.module, name):
            raise


def module_has_submodule(package: ModuleType, module_name: str) -> bool:
    """Return whether the package has this (perhaps dotted) submodule, without importing it."""
    if not hasattr(package, "__path__"):
        return False
    try:
        return find_spec(f"{package.__name__}.{module_name}", package.__name__) is not None
    except (ModuleNotFoundError, ImportError, AttributeError):
        # A parent on the way is missing, is no package or does not load.
        return False


def module_dir(module: Any) -> str:
    """Return the directory of a module; ValueError when it has none or several."""
    places = list(getattr(module, "__path__", ()))
    if len(places) == 1:
        return places[0]
    file = getattr(module, "__file__", None)
    if file is None:
        raise ValueError(f"Cannot determine directory containing {module}")
    return str(Path(file).parent)


def import_file(name: str, path: Path) -> ModuleType:
    """Import one file as a module of the given name, outside any package."""
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python file")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
