"""The kinds of patterns, and the resolver of the site.

`RoutePattern` is what `path()` makes, `RegexPattern` what `re_path()` makes, `LocalePrefixPattern` stands
for the language code that `i18n_patterns()` puts in front.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from nuages.conf import settings
from nuages.core.exceptions import ImproperlyConfigured
from nuages.core.signals import setting_changed
from nuages.urls.checks import check_regex_pattern, check_route_pattern
from nuages.urls.converters import Converter
from nuages.urls.exceptions import NoReverseMatch, Resolver404
from nuages.urls.match import ResolverMatch
from nuages.urls.nodes import URLPattern, URLResolver
from nuages.urls.pattern import Matched, Pattern
from nuages.urls.route import (
    _PATH_PARAMETER_COMPONENT_RE,
    Param,
    Pieces,
    beginning_of,
    parse_route,
    regex_of,
)
from nuages.urls.utils import get_callable
from nuages.utils.functional import cached_property
from nuages.utils.translation import get_language

__all__ = [
    "_PATH_PARAMETER_COMPONENT_RE",
    "LocalePrefixPattern",
    "LocaleRegexDescriptor",
    "NoReverseMatch",
    "Pattern",
    "RegexPattern",
    "Resolver404",
    "ResolverMatch",
    "RoutePattern",
    "URLPattern",
    "URLResolver",
    "get_callable",
    "get_resolver",
]


class LocaleRegexDescriptor:
    """The compiled expression of a pattern, for a translated one compiled once a language."""

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        if not instance.translated:
            compiled = instance.__dict__["regex"] = self._compile(instance.regex_source())
            return compiled
        known: dict[str | None, re.Pattern[str]] = instance.__dict__.setdefault("_regexes", {})
        language = get_language()
        if language not in known:
            known[language] = self._compile(instance.regex_source())
        return known[language]

    @staticmethod
    def _compile(source: str) -> re.Pattern[str]:
        try:
            return re.compile(source)
        except re.error as error:
            raise ImproperlyConfigured(f'"{source}" is not a valid regular expression: {error}') from error


class RegexPattern(Pattern):
    """A pattern that is a regular expression."""

    regex = LocaleRegexDescriptor()

    def __init__(self, regex: Any, name: str | None = None, is_endpoint: bool = False) -> None:
        self._regex = regex
        self.name = name
        self._is_endpoint = is_endpoint
        self.translated = not isinstance(regex, str)

    def __str__(self) -> str:
        return str(self._regex)

    def regex_source(self) -> str:
        """Return the expression as it was given."""
        return str(self._regex)

    @cached_property
    def _text(self) -> str | None:
        """The prefix that the expression is no more than, such as `^/` of the root."""
        if self.translated or self._is_endpoint:
            return None
        pieces = self.pieces()
        return str(pieces[0]) if pieces else None

    def match(self, path: str) -> Matched | None:
        """Match; an expression that ends with `$` has to match to the very end."""
        text = self._text
        if text is not None:
            return (path[len(text) :], (), {}) if path.startswith(text) else None
        regex = self.regex
        to_the_end = self._is_endpoint and regex.pattern.endswith("$")
        found = regex.fullmatch(path) if to_the_end else regex.search(path)
        if found is None:
            return None
        captured = {name: text for name, text in found.groupdict().items() if text is not None}
        # Unnamed groups count only in an expression that has no named ones.
        args = () if found.re.groupindex else found.groups()
        return path[found.end() :], args, captured

    def pieces(self) -> Pieces | None:
        """Return the text of an expression that is nothing but text."""
        source = self.regex.pattern
        if not source:
            return () if not self._is_endpoint else None
        known = beginning_of(source)
        return (known.text,) if known.whole and known.ends == self._is_endpoint else None

    def beginning(self) -> str:
        """Return the literal beginning of the expression."""
        return beginning_of(self.regex.pattern).text

    def check(self) -> list[Any]:
        """Return messages for the system check framework."""
        return check_regex_pattern(self)


class RoutePattern(Pattern):
    """A pattern of the form `articles/<int:year>/`."""

    regex = LocaleRegexDescriptor()

    def __init__(self, route: Any, name: str | None = None, is_endpoint: bool = False) -> None:
        self._route = route
        self.name = name
        self._is_endpoint = is_endpoint
        self.translated = not isinstance(route, str)
        # Refuses a malformed route here, where it is written.
        parse_route(str(route))

    def __str__(self) -> str:
        return str(self._route)

    @property
    def converters(self) -> dict[str, Converter]:  # type: ignore[override]
        """The converters by the name of their parameter."""
        return {piece.name: piece.converter for piece in self.pieces() if isinstance(piece, Param)}

    @cached_property
    def _fixed(self) -> Pieces:
        return parse_route(str(self._route))

    def pieces(self) -> Pieces:
        """Return the route in the active language, taken apart."""
        return parse_route(str(self._route)) if self.translated else self._fixed

    def regex_source(self) -> str:
        """Return the expression that the route stands for."""
        return regex_of(self.pieces(), self._is_endpoint)

    def match(self, path: str) -> Matched | None:
        """Match, and convert what was captured."""
        pieces = self.pieces()
        if len(pieces) <= 1 and not (pieces and isinstance(pieces[0], Param)):
            text = str(pieces[0]) if pieces else ""
            if path == text if self._is_endpoint else path.startswith(text):
                return path[len(text) :], (), {}
            return None
        found = self.regex.search(path)
        if found is None:
            return None
        captured = found.groupdict()
        try:
            for name, converter in self.converters.items():
                captured[name] = converter.to_python(captured[name])
        except ValueError:
            return None
        return path[found.end() :], (), captured

    def check(self) -> list[Any]:
        """Return messages for the system check framework."""
        return check_route_pattern(self)


class LocalePrefixPattern(Pattern):
    """The code of the active language, as a prefix."""

    translated = True

    def __init__(self, prefix_default_language: bool = True) -> None:
        self.prefix_default_language = prefix_default_language

    @property
    def regex(self) -> re.Pattern[str]:
        """The prefix as an expression."""
        return re.compile(re.escape(self.language_prefix))

    @property
    def language_prefix(self) -> str:
        """`en/`; empty for the default language where that one has no prefix."""
        language = get_language() or settings.LANGUAGE_CODE
        if language == settings.LANGUAGE_CODE and not self.prefix_default_language:
            return ""
        return f"{language}/"

    def __str__(self) -> str:
        return self.language_prefix

    def match(self, path: str) -> Matched | None:
        """Match the prefix of the active language."""
        prefix = self.language_prefix
        return (path[len(prefix) :], (), {}) if path.startswith(prefix) else None

    def pieces(self) -> Pieces:
        """Return the prefix."""
        return (self.language_prefix,)

    def regex_source(self) -> str:
        """Return the prefix, for reversing."""
        return re.escape(self.language_prefix)

    def describe(self) -> str:
        """Return the prefix, as it is shown in messages."""
        return f"'{self.language_prefix}'"


def get_resolver(urlconf: Any = None) -> URLResolver:
    """Return the resolver of a URL configuration, of the site's own without an argument."""
    return resolver_of(settings.ROOT_URLCONF if urlconf is None else urlconf)


@cache
def resolver_of(urlconf: Any) -> URLResolver:
    """Return the resolver of a URL configuration; the same one until `forget_resolvers` is called."""
    return URLResolver(RegexPattern(r"^/"), urlconf)


def forget_resolvers() -> None:
    """Have resolvers and their tables made anew."""
    resolver_of.cache_clear()


def _on_setting_changed(*, setting: str, **kwargs: Any) -> None:
    if setting == "ROOT_URLCONF":
        from nuages.urls.base import clear_url_caches, set_urlconf

        clear_url_caches()
        set_urlconf(None)


setting_changed.connect(_on_setting_changed, dispatch_uid="nuages.urls")
