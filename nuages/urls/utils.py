"""Finding a view by its dotted path."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from nuages.core.exceptions import ViewDoesNotExist
from nuages.utils.module_loading import home_path, module_has_submodule


@cache
def get_callable(lookup_view: Any) -> Any:
    """Return a view: itself, or what a dotted path names."""
    if callable(lookup_view):
        return lookup_view
    if not isinstance(lookup_view, str):
        raise ViewDoesNotExist(f"'{lookup_view}' is not a callable or a dot-notation path")
    module_name, name = get_mod_func(lookup_view)
    if not name:
        raise ImportError(f"Could not import '{lookup_view}'. The path must be fully qualified.")
    try:
        module = import_module(home_path(module_name))
    except ImportError as error:
        parent_name, _, child = module_name.rpartition(".")
        if parent_name and not module_has_submodule(import_module(home_path(parent_name)), child):
            raise ViewDoesNotExist(
                f"Could not import '{lookup_view}'. Parent module {module_name} does not exist."
            ) from error
        raise
    try:
        view = getattr(module, name)
    except AttributeError as error:
        raise ViewDoesNotExist(
            f"Could not import '{lookup_view}'. View does not exist in module {module_name}."
        ) from error
    if not callable(view):
        raise ViewDoesNotExist(f"Could not import '{lookup_view}'. View is not callable.")
    return view


def get_mod_func(callback: str) -> tuple[str, str]:
    """Split a dotted path into module and name; without a dot all of it is the module."""
    module, dot, name = callback.rpartition(".")
    return (module, name) if dot else (callback, "")
