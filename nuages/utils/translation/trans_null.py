"""Translation switched off: every message is returned as it is, and there is one language."""

from __future__ import annotations

from typing import Any

_memory: dict[Any, Any] = {}


def memory() -> dict[Any, Any]:
    return _memory


def gettext(message: str) -> str:
    return message


def pgettext(context: str, message: str) -> str:
    return message


def ngettext(singular: str, plural: str, number: float) -> str:
    return singular if number == 1 else plural


def npgettext(context: str, singular: str, plural: str, number: float) -> str:
    return ngettext(singular, plural, number)


gettext_noop = gettext_lazy = gettext


def activate(language: str | None) -> None:
    return None


def deactivate() -> None:
    return None


deactivate_all = deactivate


def get_language() -> str:
    from nuages.conf import settings

    return settings.LANGUAGE_CODE


def get_language_bidi() -> bool:
    from nuages.conf import settings

    return settings.LANGUAGE_CODE in settings.LANGUAGES_BIDI


def check_for_language(lang_code: str | None) -> bool:
    return True


def get_language_from_request(request: Any, check_path: bool = False) -> str:
    return get_language()


def get_language_from_path(path: str) -> str | None:
    return None


def get_supported_language_variant(lang_code: str, strict: bool = False) -> str:
    language = get_language()
    if lang_code.lower() == language.lower():
        return language
    raise LookupError(lang_code)
