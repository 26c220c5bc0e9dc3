"""Names of languages in each other, from Unicode CLDR: with the extra `i18n`, which brings Babel."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=4096)
def name_of_language(code: str, language: str) -> str | None:
    """Return what speakers of `language` call the language `code`; None where that is not known.

    `name_of_language("de", "cs")` is `"němčina"`.
    """
    try:
        from babel import Locale, UnknownLocaleError
    except ImportError:
        return None
    try:
        name: str | None = Locale.parse(code, sep="-").get_display_name(Locale.parse(language, sep="-"))
    except (UnknownLocaleError, ValueError):
        return None
    return name
