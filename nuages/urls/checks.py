"""What the system checks say about URL configurations (ref/checks, URLs)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from nuages.conf import settings

if TYPE_CHECKING:
    from nuages.urls.nodes import URLPattern, URLResolver
    from nuages.urls.pattern import Pattern

_PARAMETER = re.compile(r"<(?:[^>:]+:)?[^>]+>")


def _warning(message: str, id: str) -> Any:
    from nuages.core.checks import Warning

    return Warning(message, id=id)


def check_pattern_name(node: URLPattern) -> list[Any]:
    """Warn of a name that looks like a namespaced one."""
    if node.pattern.name is None or ":" not in node.pattern.name:
        return []
    return [
        _warning(
            f"Your URL pattern {node.pattern.describe()} has a name including a ':'. Remove the colon, to avoid "
            "ambiguous namespace references.",
            "urls.W003",
        )
    ]


def check_view(node: URLPattern) -> list[Any]:
    """Refuse a view class in place of its view."""
    from nuages.core.checks import Error
    from nuages.views import View

    view = node.callback
    if not (isinstance(view, type) and issubclass(view, View)):
        return []
    return [
        Error(
            f"Your URL pattern {node.pattern.describe()} has an invalid view, pass {view.__name__}.as_view() "
            f"instead of {view.__name__}.",
            id="urls.E009",
        )
    ]


def no_dollar_before_include(node: URLResolver) -> list[Any]:
    """Warn of an included configuration behind `$`, which nothing can follow."""
    from nuages.urls.resolvers import RegexPattern

    pattern = node.pattern
    source = pattern.regex_source()
    if not isinstance(pattern, RegexPattern) or not source.endswith("$") or source.endswith(r"\$"):
        return []
    return [
        _warning(
            f"Your URL pattern {pattern.describe()} uses include with a route ending with a '$'. Remove the "
            "dollar from the route to avoid problems including URLs.",
            "urls.W001",
        )
    ]


def check_included_patterns(node: URLResolver) -> list[Any]:
    """Check what is below a resolver."""
    from nuages.core.checks.urls import check_resolver

    return [message for below in node.url_patterns for message in check_resolver(below)]


def _leading_slash(pattern: Pattern, source: str) -> list[Any]:
    # Without APPEND_SLASH, "/x" below an include of "y" is a way to have no slash at the end. "^/" is the root.
    if not settings.APPEND_SLASH or source == "^/" or not source.startswith(("/", "^/", r"^\/")):
        return []
    return [
        _warning(
            f"Your URL pattern {pattern.describe()} has a route beginning with a '/'. Remove this slash as it is "
            "unnecessary. If this pattern is targeted in an include(), ensure the include() pattern has a "
            "trailing '/'.",
            "urls.W002",
        )
    ]


def check_regex_pattern(pattern: Pattern) -> list[Any]:
    """Check a regular expression."""
    return _leading_slash(pattern, pattern.regex_source())


def check_route_pattern(pattern: Pattern) -> list[Any]:
    """Check a route for marks of a regular expression and for lone angle brackets."""
    route = str(pattern)
    found = _leading_slash(pattern, route)
    if "(?P<" in route or route.startswith("^") or route.endswith("$"):
        found.append(
            _warning(
                f"Your URL pattern {pattern.describe()} has a route that contains '(?P<', begins with a '^', or "
                "ends with a '$'. This was likely an oversight when migrating to django.urls.path().",
                "2_0.W001",
            )
        )
    found.extend(_bracket_warnings(pattern, route))
    return found


def _bracket_warnings(pattern: Pattern, route: str) -> Iterable[Any]:
    left = _PARAMETER.sub("", route)
    for bracket in sorted("<>", key=lambda mark: left.find(mark)):
        if bracket in left:
            yield _warning(
                f"Your URL pattern {pattern.describe()} has an unmatched '{bracket}' bracket.", "urls.W010"
            )
