"""URL patterns with the language in front, and the view that chooses a language."""

from __future__ import annotations

from functools import cache
from typing import Any

from nuages.conf import settings
from nuages.urls import LocalePrefixPattern, URLResolver, get_resolver, path
from nuages.views.i18n import set_language


def i18n_patterns(*urls: Any, prefix_default_language: bool = True) -> list[Any]:
    """Put the language code in front of these patterns, in the root URL configuration only."""
    if not settings.USE_I18N:
        return list(urls)
    prefix = LocalePrefixPattern(prefix_default_language=prefix_default_language)
    return [URLResolver(prefix, list(urls))]


@cache
def is_language_prefix_patterns_used(urlconf: Any) -> tuple[bool, bool]:
    """Return whether `i18n_patterns` is used in this configuration, and whether it prefixes the default language."""
    for pattern in get_resolver(urlconf).url_patterns:
        prefix = getattr(pattern, "pattern", None)
        if isinstance(prefix, LocalePrefixPattern):
            return True, prefix.prefix_default_language
    return False, False


urlpatterns = [path("setlang/", set_language, name="set_language")]
