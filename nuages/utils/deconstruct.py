"""Objects that can say how they were made, for migrations to write down."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar, overload

from nuages.utils.version import get_docs_version

C = TypeVar("C", bound=type)


def _importable_path(obj: Any, path: str | None, owner: type) -> str:
    """Return the path under which the object's class can be imported again; ValueError when there is none."""
    from nuages.compat import spelled

    if path and type(obj) is owner:
        module_name, _, name = path.rpartition(".")
    else:
        module_name, name = type(obj).__module__, type(obj).__name__
        path = f"{module_name}.{name}"
    if not hasattr(import_module(module_name), name):
        raise ValueError(
            f"Could not find object {name} in {module_name}.\n"
            "Please note that you cannot serialize things like inner classes. Please move the object into the "
            "main module body to use migrations.\n"
            f"For more information, see https://docs.djangoproject.com/en/{get_docs_version()}/topics/"
            "migrations/#serializing-values"
        )
    return spelled(path)


@overload
def deconstructible(klass: C) -> C: ...
@overload
def deconstructible(*, path: str | None = None) -> Callable[[C], C]: ...
def deconstructible(klass: Any = None, *, path: str | None = None) -> Any:
    """Class decorator: remember the arguments of each instance and give the class `deconstruct()`.

    `path` is the dotted path to write for the class itself, where that differs from where it is defined.
    """

    def decorate(owner: Any) -> Any:
        def __new__(cls: type, *args: Any, **kwargs: Any) -> Any:
            made = super(owner, cls).__new__(cls)
            made._constructor_args = (args, kwargs)
            return made

        def deconstruct(self: Any) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
            """Return the dotted path of the class, and the positional and keyword arguments it was given."""
            args, kwargs = self._constructor_args
            return _importable_path(self, path, owner), args, kwargs

        owner.__new__ = staticmethod(__new__)
        owner.deconstruct = deconstruct
        return owner

    return decorate if klass is None else decorate(klass)
