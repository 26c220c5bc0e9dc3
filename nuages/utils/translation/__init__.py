"""Translating what people read; specified in topics/i18n/translation.

The functions here ask the implementation that fits USE_I18N: `trans_real` looks messages up in catalogues,
`trans_null` returns them as they are.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import ContextDecorator
from types import ModuleType
from typing import Any, TypeVar

from nuages.utils.functional import lazy
from nuages.utils.memo import worked_out_from
from nuages.utils.translation.numbers import lazy_number

__all__ = [
    "LANGUAGE_SESSION_KEY",
    "TranslatorCommentWarning",
    "activate",
    "check_for_language",
    "deactivate",
    "deactivate_all",
    "get_language",
    "get_language_bidi",
    "get_language_from_path",
    "get_language_from_request",
    "get_language_info",
    "get_supported_language_variant",
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "ngettext",
    "ngettext_lazy",
    "npgettext",
    "npgettext_lazy",
    "override",
    "pgettext",
    "pgettext_lazy",
    "round_away_from_one",
    "templatize",
    "to_language",
    "to_locale",
]

LANGUAGE_SESSION_KEY = "_language"

T = TypeVar("T")


class TranslatorCommentWarning(SyntaxWarning):
    """A comment for translators stands where makemessages will not find it."""


@worked_out_from("USE_I18N")
def _trans() -> ModuleType:
    from nuages.conf import settings

    if settings.USE_I18N:
        from nuages.utils.translation import trans_real

        return trans_real
    from nuages.utils.translation import trans_null

    return trans_null


# What is worked out from messages is kept up to this many; they may come from anywhere.
_REMEMBERED_AT_MOST = 4096


def memory() -> dict[Any, Any]:
    """Return what is remembered of the active language; see `remembered`."""
    return _trans().memory()  # type: ignore[no-any-return]


def remembered(key: Any, work: Callable[..., T], *args: Any) -> T:
    """Return what `work(*args)` makes in the active language, made once a language and key.

    It has to be made of messages and arguments alone, and not be None.
    """
    known = _trans().memory()
    found: T | None = known.get(key)
    if found is None:
        if len(known) >= _REMEMBERED_AT_MOST:
            known.clear()
        found = known[key] = work(*args)
    return found


def gettext(message: str) -> str:
    """Return the message in the active language."""
    return _trans().gettext(message)


def pgettext(context: str, message: str) -> str:
    """Return the message in the active language as it is said in this context."""
    return _trans().pgettext(context, message)


def ngettext(singular: str, plural: str, number: float) -> str:
    """Return the form of the message that goes with the number."""
    return _trans().ngettext(singular, plural, number)


def npgettext(context: str, singular: str, plural: str, number: float) -> str:
    """Return the form that goes with the number, as it is said in this context."""
    return _trans().npgettext(context, singular, plural, number)


def gettext_noop(message: str) -> str:
    """Mark a message for translation and return it as it is."""
    return message


gettext_lazy = lazy(gettext, str)
pgettext_lazy = lazy(pgettext, str)


def ngettext_lazy(singular: str, plural: str, number: int | str | None = None) -> Any:
    """As ngettext, worked out when used; `number` may be the key under which formatting will find the number."""
    return lazy_number(ngettext, (singular, plural), number)


def npgettext_lazy(context: str, singular: str, plural: str, number: int | str | None = None) -> Any:
    """As npgettext, worked out when used; `number` may be the key under which formatting will find the number."""
    return lazy_number(npgettext, (context, singular, plural), number)


def activate(language: str) -> None:
    """Make a language the active one of this context (thread, task or request)."""
    _trans().activate(language)


def deactivate() -> None:
    """Go back to the default language."""
    _trans().deactivate()


def deactivate_all() -> None:
    """Translate nothing at all, until a language is activated."""
    _trans().deactivate_all()


class override(ContextDecorator):
    """Activate a language for a block or a function; None translates nothing in it.

    Afterwards the language from before is active again or, with `deactivate`, the default one.
    """

    def __init__(self, language: str | None, deactivate: bool = False) -> None:
        self.language = language
        self.deactivate = deactivate
        self._before: list[str | None] = []

    def __enter__(self) -> None:
        self._before.append(get_language())
        if self.language is None:
            deactivate_all()
        else:
            activate(self.language)

    def __exit__(self, *exc: object) -> None:
        before = self._before.pop()
        if before is None:
            deactivate_all()
        elif self.deactivate:
            deactivate()
        else:
            activate(before)


def get_language() -> str | None:
    """Return the code of the active language; None where translation is switched off."""
    return _trans().get_language()


def get_language_bidi() -> bool:
    """Return whether the active language is written from right to left."""
    return _trans().get_language_bidi()


def check_for_language(lang_code: str | None) -> bool:
    """Return whether there is a catalogue for this language."""
    return _trans().check_for_language(lang_code)


def to_language(locale: str) -> str:
    """Turn a locale name (en_US) into a language name (en-us)."""
    return locale.lower().replace("_", "-")


def to_locale(language: str) -> str:
    """Turn a language name (en-us) into a locale name (en_US)."""
    main, dash, rest = language.replace("_", "-").lower().partition("-")
    if not dash:
        return main
    # Countries have two letters (US), scripts more (Latn); private parts (x-informal) stay as they are.
    part, dash, tail = rest.partition("-")
    return f"{main}_{part.title() if len(part) > 2 else part.upper()}{dash}{tail}"


def get_language_from_request(request: Any, check_path: bool = False) -> str:
    """Return the language to answer this request in: from its path (on request), cookie or headers."""
    return _trans().get_language_from_request(request, check_path)


def get_language_from_path(path: str) -> str | None:
    """Return the language with which the path starts, if it is one of LANGUAGES."""
    return _trans().get_language_from_path(path)


def get_supported_language_variant(lang_code: str, *, strict: bool = False) -> str:
    """Return this language or its nearest relative in LANGUAGES; LookupError when there is none."""
    return _trans().get_supported_language_variant(lang_code, strict)


def templatize(src: str, **kwargs: Any) -> str:
    """Turn a template into Python-like text from which xgettext can extract messages."""
    from nuages.utils.translation.template import templatize as to_source

    return to_source(src, **kwargs)


def get_language_info(lang_code: str) -> dict[str, Any]:
    """Return what is known of a language: code, name, name_local, name_translated, bidi."""
    from nuages.conf.locale import LANG_INFO

    info = LANG_INFO.get(lang_code)
    if info is None:
        generic = lang_code.split("-")[0]
        info = LANG_INFO.get(generic)
        if info is None:
            tried = lang_code if generic == lang_code else f"{lang_code} and {generic}"
            raise KeyError(f"Unknown language code {tried}.")
    elif "name" not in info:
        return get_language_info(info["fallback"][0])
    return {**info, "name_translated": _lazy_name(info["code"], info["name"])}


def _name_in_this_language(code: str, english: str) -> str:
    """What a catalogue makes of a language's name comes first."""
    told, language = gettext(english), get_language()
    if told != english or language is None:
        return told
    from nuages.utils.translation.names import name_of_language

    return name_of_language(code, language) or english


_lazy_name = lazy(_name_in_this_language, str)


def round_away_from_one(value: float) -> int:
    """Round so that plurals read right: 1.2 of something are counted as 2, 0.3 as 0."""
    return math.ceil(value) if value > 1 else math.floor(value)


def __getattr__(name: str) -> Any:
    # Django's internal modules, which some projects reach through this one.
    if name in ("trans_real", "trans_null", "reloader"):
        from importlib import import_module

        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
