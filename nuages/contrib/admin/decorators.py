"""Decorators of what is declared about a model's admin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nuages.contrib.admin.options import ActionLocation, ModelAdmin


def register(*models: Any, site: Any = None) -> Callable[[type], type]:
    """Register the class below as the `ModelAdmin` of these models."""
    from nuages.contrib.admin import sites

    def decorate(admin_class: type) -> type:
        chosen = sites.site if site is None else site
        if not models:
            raise ValueError("At least one model must be passed to register.")
        if not isinstance(chosen, sites.AdminSite | sites.DefaultAdminSite):
            raise ValueError("site must subclass AdminSite")
        if not issubclass(admin_class, ModelAdmin):
            raise ValueError("Wrapped class must subclass ModelAdmin.")
        chosen.register(models, admin_class=admin_class)
        return admin_class

    return decorate


def action(
    function: Callable[..., Any] | None = None,
    *,
    permissions: Sequence[str] | None = None,
    description: Any = None,
    description_plural: Any = None,
    location: ActionLocation = ActionLocation.CHANGE_LIST,
) -> Any:
    """Describe an action; with `permissions`, only who has one of them sees it."""
    given = {
        "allowed_permissions": permissions,
        "short_description": description,
        "plural_description": description_plural,
    }

    def decorate(func: Callable[..., Any]) -> Callable[..., Any]:
        for name, value in given.items():
            if value is not None:
                setattr(func, name, value)
        func.location = location  # type: ignore[attr-defined]
        return func

    return decorate if function is None else decorate(function)


def display(
    function: Callable[..., Any] | None = None,
    *,
    boolean: bool | None = None,
    ordering: Any = None,
    description: Any = None,
    empty_value: Any = None,
) -> Any:
    """Describe how a value is shown."""
    if boolean is not None and empty_value is not None:
        raise ValueError(
            "The boolean and empty_value arguments to the @display decorator are mutually exclusive."
        )
    given = {
        "boolean": boolean,
        "admin_order_field": ordering,
        "short_description": description,
        "empty_value_display": empty_value,
    }

    def decorate(func: Callable[..., Any]) -> Callable[..., Any]:
        for name, value in given.items():
            if value is not None:
                setattr(func, name, value)
        return func

    return decorate if function is None else decorate(function)
