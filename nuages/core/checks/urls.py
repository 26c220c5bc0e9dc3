"""Checks of the URL configuration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from nuages.core.checks.messages import CheckMessage, Error, Warning
from nuages.core.checks.registry import Tags, register
from nuages.utils.inspect import signature
from nuages.utils.module_loading import named_by


def _site_resolver() -> Any:
    """Return the resolver of the site with its module loaded, None for a project without addresses."""
    from nuages.conf import settings
    from nuages.urls import get_resolver

    urlconf = getattr(settings, "ROOT_URLCONF", None)
    if not urlconf:
        return None
    resolver = get_resolver()
    if isinstance(urlconf, str):
        with named_by("ROOT_URLCONF", urlconf):
            _ = resolver.urlconf_module
    return resolver


@register(Tags.urls)
def check_url_config(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Let every pattern check itself."""
    resolver = _site_resolver()
    return check_resolver(resolver) if resolver else []


def check_resolver(resolver: Any) -> list[Any]:
    """Return what a pattern or resolver finds wrong with itself."""
    check = getattr(resolver, "check", None)
    if check is not None:
        return check()
    # Something that never was a pattern stands in urlpatterns.
    return get_warning_for_invalid_pattern(resolver)


@register(Tags.urls)
def check_url_namespaces_unique(app_configs: Any, **kwargs: Any) -> list[Warning]:
    """Warn when two parts of the configuration have the same namespace."""
    resolver = _site_resolver()
    if not resolver:
        return []
    counted = Counter(_namespaces(resolver, ()))
    return [
        Warning(
            f"URL namespace '{namespace}' isn't unique. You may not be able to reverse all URLs in this namespace",
            id="urls.W005",
        )
        for namespace, count in counted.items()
        if count > 1
    ]


def _namespaces(resolver: Any, parents: tuple[str, ...]) -> Iterator[str]:
    for pattern in getattr(resolver, "url_patterns", ()):
        namespace = getattr(pattern, "namespace", None)
        inner = (*parents, namespace) if namespace else parents
        if namespace:
            yield ":".join(inner)
        if hasattr(pattern, "url_patterns"):
            yield from _namespaces(pattern, inner)


def get_warning_for_invalid_pattern(pattern: Any) -> list[CheckMessage]:
    """Return the error for something in urlpatterns that is no pattern, with a hint of what was meant."""
    hint = None
    if isinstance(pattern, str):
        hint = (
            f"Try removing the string '{pattern}'. The list of urlpatterns should not have a prefix string as the first "
            "element."
        )
    elif isinstance(pattern, tuple):
        hint = "Try using path() instead of a tuple."
    return [
        Error(
            f"Your URL pattern {pattern!r} is invalid. Ensure that urlpatterns is a list of path() and/or re_path() "
            "instances.",
            hint=hint,
            id="urls.E004",
        )
    ]


def E006(name: str) -> Error:
    """Return the error for an address that must end with a slash."""
    return Error(f"The {name} setting must end with a slash.", id="urls.E006")


@register(Tags.urls)
def check_url_settings(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Complain when STATIC_URL or MEDIA_URL does not end with a slash."""
    from nuages.conf import settings

    addresses = {name: getattr(settings, name) for name in ("STATIC_URL", "MEDIA_URL")}
    return [E006(name) for name, address in addresses.items() if address and not address.endswith("/")]


@register(Tags.urls)
def check_custom_error_handlers(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Complain about error handlers that cannot be imported or take other arguments than they are given."""
    resolver = _site_resolver()
    if not resolver:
        return []
    messages = []
    # All but the one for server errors are told which exception it was.
    for status, arguments in ((400, 2), (403, 2), (404, 2), (500, 1)):
        try:
            handler = resolver.resolve_error_handler(status)
        except (ImportError, _view_missing()) as error:
            path = getattr(resolver.urlconf_module, f"handler{status}")
            messages.append(
                Error(
                    f"The custom handler{status} view '{path}' could not be imported.",
                    hint=str(error),
                    id="urls.E008",
                )
            )
            continue
        try:
            signature(handler).bind(*[None] * arguments)
        except TypeError:
            path = f"{handler.__module__}.{handler.__qualname__}"
            taken = "request, exception" if arguments == 2 else "request"
            messages.append(
                Error(
                    f"The custom handler{status} view '{path}' does not take the correct number of arguments "
                    f"({taken}).",
                    id="urls.E007",
                )
            )
    return messages


def _view_missing() -> type[Exception]:
    from nuages.core.exceptions import ViewDoesNotExist

    return ViewDoesNotExist
