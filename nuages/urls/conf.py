"""What a URL configuration is written with: `path`, `re_path` and `include`."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from nuages.core.exceptions import ImproperlyConfigured
from nuages.urls.nodes import URLPattern, URLResolver
from nuages.urls.pattern import Pattern
from nuages.urls.resolvers import LocalePrefixPattern, RegexPattern, RoutePattern
from nuages.utils.module_loading import home_path

Included = tuple[Any, str | None, str | None]


def include(arg: Any, namespace: str | None = None) -> Included:
    """Include another URL configuration: a module, its path, a list of patterns, or (patterns, app_name)."""
    app_name: str | None = None
    urlconf = arg
    if isinstance(arg, tuple):
        try:
            urlconf, app_name = arg
        except ValueError as error:
            if namespace:
                raise ImproperlyConfigured(
                    "Cannot override the namespace for a dynamic module that provides a namespace."
                ) from error
            raise ImproperlyConfigured(
                f"Passing a {len(arg)}-tuple to include() is not supported. Pass a 2-tuple containing the list "
                "of patterns and app_name, and provide the namespace argument to include() instead."
            ) from error
    if isinstance(urlconf, str):
        urlconf = import_module(home_path(urlconf))
    patterns = getattr(urlconf, "urlpatterns", urlconf)
    app_name = getattr(urlconf, "app_name", app_name)
    if namespace and not app_name:
        raise ImproperlyConfigured(
            "Specifying a namespace in include() without providing an app_name is not supported. Set the "
            "app_name attribute in the included module, or pass a 2-tuple containing the list of patterns "
            "and app_name instead."
        )
    if isinstance(patterns, list | tuple):
        for node in patterns:
            if isinstance(getattr(node, "pattern", None), LocalePrefixPattern):
                raise ImproperlyConfigured("Using i18n_patterns in an included URLconf is not allowed.")
    return urlconf, app_name, namespace or app_name


def path(
    route: Any,
    view: Callable[..., Any] | Included | list[Any],
    kwargs: dict[str, Any] | None = None,
    name: str | None = None,
) -> Any:
    """Lead a route such as `articles/<int:year>/` to a view or an included configuration."""
    return _node(RoutePattern, route, view, kwargs, name)


def re_path(
    route: Any,
    view: Callable[..., Any] | Included | list[Any],
    kwargs: dict[str, Any] | None = None,
    name: str | None = None,
) -> Any:
    """Lead whatever a regular expression matches to a view or an included configuration."""
    return _node(RegexPattern, route, view, kwargs, name)


def _node(
    kind: type[RoutePattern] | type[RegexPattern],
    route: Any,
    view: Any,
    kwargs: Any,
    name: str | None,
) -> URLPattern | URLResolver:
    if kwargs is not None and not isinstance(kwargs, dict):
        raise TypeError(f"kwargs argument must be a dict, but got {type(kwargs).__name__}.")
    if isinstance(view, list | tuple):
        # What include() returns.
        urlconf, app_name, namespace = view
        prefix: Pattern = kind(route, is_endpoint=False)
        return URLResolver(prefix, urlconf, kwargs, app_name=app_name, namespace=namespace)
    if callable(view):
        return URLPattern(kind(route, name=name, is_endpoint=True), view, kwargs, name)
    from nuages.views import View

    if isinstance(view, View):
        cls = type(view).__name__
        raise TypeError(f"view must be a callable, pass {cls}.as_view(), not {cls}().")
    raise TypeError("view must be a callable or a list/tuple in the case of include().")
