"""A check of the settings that name Python objects: whether what they name is there.

Of settings that the project gives itself; what a default names may belong to an app that is not installed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from nuages.core.checks.messages import Error
from nuages.core.checks.registry import register
from nuages.utils.module_loading import home_path, import_string

#: Settings that name one class or function, and those that list several.
_ONE = (
    "CSRF_FAILURE_VIEW",
    "DEFAULT_EXCEPTION_REPORTER",
    "FORM_RENDERER",
    "MESSAGE_STORAGE",
    "SESSION_SERIALIZER",
)
_SEVERAL = (
    "MIDDLEWARE",
    "AUTHENTICATION_BACKENDS",
    "DATABASE_ROUTERS",
    "FILE_UPLOAD_HANDLERS",
    "PASSWORD_HASHERS",
)
#: Settings of aliases, each of which has a `BACKEND`.
_BY_ALIAS = ("CACHES", "STORAGES")


# Importing all of it takes a while; what a command uses of it says by itself when it is not there.
@register("settings", thorough=True)
def check_named_objects(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Complain about settings that name what cannot be imported."""
    objects = (_complaint(setting, path, import_string) for setting, path in _objects())
    modules = (_complaint(setting, path, _import_module) for setting, path in _modules())
    return [complaint for complaint in (*objects, *modules) if complaint]


def _complaint(setting: str, path: str, load: Callable[[str], object]) -> Error | None:
    try:
        load(path)
    except Exception as error:  # whatever is wrong inside of it keeps the site from using it
        told = f"{setting} names '{path}', which cannot be imported."
        return Error(told, hint=f"{type(error).__name__}: {error}", id="settings.E001")
    return None


def _import_module(path: str) -> object:
    return import_module(home_path(path))


def _given(name: str) -> Any:
    """Return the value of a setting where the project gives it, else nothing to go through."""
    from nuages.conf import settings

    return getattr(settings, name) if settings.is_overridden(name) else ()


def _objects() -> Iterator[tuple[str, str]]:
    for name in _ONE:
        if path := _given(name):
            yield name, path
    for name in _SEVERAL:
        for path in _given(name):
            if isinstance(path, str):  # a router may be an object
                yield name, path
    for name in _BY_ALIAS:
        for alias, options in dict(_given(name)).items():
            if path := options.get("BACKEND"):
                yield f"{name}[{alias!r}]", path
    for engine in _given("TEMPLATES"):
        for path in engine.get("OPTIONS", {}).get("context_processors", ()):
            yield "TEMPLATES", path


def _modules() -> Iterator[tuple[str, str]]:
    if path := _given("SESSION_ENGINE"):
        yield "SESSION_ENGINE", path
    for alias, options in dict(_given("DATABASES")).items():
        if path := options.get("ENGINE"):
            yield f"DATABASES[{alias!r}]", path
