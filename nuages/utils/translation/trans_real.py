"""Translation through catalogues: which language is active, which one a request wants, what it says.

The active language is a context variable: each thread, task and request has its own.
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any

from nuages.core.signals import setting_changed
from nuages.utils import memo
from nuages.utils.safestring import SafeData, mark_safe
from nuages.utils.translation import to_language, to_locale
from nuages.utils.translation.catalogue import CONTEXT_SEPARATOR, Catalogue, find_file, forget_files, gather

# Longer ones are refused before they reach a cache: they come from requests.
LANGUAGE_CODE_MAX_LENGTH = 500
ACCEPT_LANGUAGE_HEADER_MAX_LENGTH = 500

_translations: dict[str, Any] = {}
_default: Any = None
_current: ContextVar[Catalogue | None] = ContextVar("active_language", default=None)
# Translates nothing, and says that there is no language.
_NOTHING = Catalogue("")


def reset_cache() -> None:
    """Forget catalogues and what was worked out from the settings about languages."""
    global _translations, _default
    _translations = {}
    _default = None
    forget_files()
    get_languages.cache_clear()
    _get_supported_language_variant.cache_clear()
    translation_catalog_exists.cache_clear()


def _start_over(*, setting: str, **kwargs: Any) -> None:
    """Go back to the default language when the languages change: the active one may not be on offer any more."""
    if setting in ("LANGUAGES", "LANGUAGE_CODE", "LOCALE_PATHS"):
        deactivate()


setting_changed.connect(_start_over)
memo.on_change(reset_cache, "LANGUAGES", "LANGUAGE_CODE", "LOCALE_PATHS")
memo.on_change(reset_cache, "INSTALLED_APPS", "USE_I18N")


def _locale_directories() -> list[Path]:
    """Return where catalogues may lie, the least important first: ours, the apps', LOCALE_PATHS."""
    from nuages.apps import apps
    from nuages.conf import settings

    directories = [Path(__file__).parent.parent.parent / "conf" / "locale"]
    if apps.apps_ready:
        configs = reversed(list(apps.get_app_configs()))
        directories += [Path(config.path) / "locale" for config in configs]
    return directories + [Path(path) for path in reversed(settings.LOCALE_PATHS)]


def all_locale_paths() -> list[str]:
    """Return the directories in which catalogues may lie."""
    return [str(path) for path in _locale_directories()]


def _is_english(language: str) -> bool:
    return language.lower().split("-")[0] == "en"


def _build(language: str, domain: str = "django", fallback: bool = True) -> Catalogue:
    from nuages.conf import settings

    beneath: Catalogue | None = None
    generic = language.replace("_", "-").split("-")[0]
    default = settings.LANGUAGE_CODE
    if fallback and generic != language:
        beneath = translation(generic) if domain == "django" else _build(generic, domain)
    elif fallback and not (
        _is_english(language) or default.replace("_", "-").split("-")[0] in (language, "en")
    ):
        # Messages are written in English, so English needs no other language to fall back to; neither does
        # the generic language of the default one, which falls back to it in turn.
        beneath = translation(default) if domain == "django" else _build(default, domain)
    return gather(to_language(language), to_locale(language), _locale_directories(), beneath, domain)


def translation(language: str) -> Catalogue:
    """Return the catalogue of a language, building it the first time."""
    if language not in _translations:
        _translations[language] = _build(language)
    return _translations[language]


def domain_catalogue(language: str, domain: str, directories: list[Path] | None = None) -> Catalogue:
    """Build the catalogue of another domain ("djangojs") from these directories, or from all."""
    if directories is None:
        return _build(language, domain)
    return gather(language, to_locale(language), directories, None, domain)


def activate(language: str | None) -> None:
    """Make a language the active one."""
    if language:
        _current.set(translation(language))


def deactivate() -> None:
    """Go back to the default language."""
    _current.set(None)


def deactivate_all() -> None:
    """Translate nothing."""
    _current.set(_NOTHING)


def catalog() -> Catalogue:
    """Return the catalogue of the active language."""
    return _current.get() or _default_catalogue()


def memory() -> dict[Any, Any]:
    """Return what was worked out from the messages of the active language."""
    active = _current.get()
    if active is None:
        active = _default_catalogue() if _default is None else _default
    return active.memory  # type: ignore[no-any-return]


def _default_catalogue() -> Catalogue:
    global _default
    if _default is None:
        from nuages.conf import settings

        _default = translation(settings.LANGUAGE_CODE)
    return _default


def get_language() -> str | None:
    """Return the code of the active language; None where nothing is translated."""
    active = _current.get()
    if active is None:
        return _default_language()
    return None if active is _NOTHING else active.language


@memo.worked_out_from("LANGUAGE_CODE")
def _default_language() -> str:
    from nuages.conf import settings

    return settings.LANGUAGE_CODE


def get_language_bidi() -> bool:
    """Return whether the active language is written from right to left."""
    from nuages.conf import settings

    language = get_language()
    return language is not None and language.split("-")[0] in settings.LANGUAGES_BIDI


# --- messages ---


def _normal(message: str) -> str:
    """Return the message as catalogues have it: with plain newlines."""
    if "\r" in message:
        return message.replace("\r\n", "\n").replace("\r", "\n")
    return message


def gettext(message: str) -> str:
    """Return the message in the active language; an empty one stays empty, a safe one safe."""
    # An empty key holds the header of the catalogue.
    wanted = _normal(message) if message else ""
    found = (_current.get() or _default_catalogue()).find(wanted) if wanted else None
    if found is None:
        return str(message) if not isinstance(message, str) else message
    return mark_safe(found) if isinstance(message, SafeData) else found


def pgettext(context: str, message: str) -> str:
    """Return the message as it is said in this context."""
    found = catalog().find(f"{context}{CONTEXT_SEPARATOR}{_normal(message)}")
    if found is None:
        return message
    return mark_safe(found) if isinstance(message, SafeData) else found


def gettext_noop(message: str) -> str:
    """Mark a message for translation and return it as it is."""
    return message


def ngettext(singular: str, plural: str, number: float) -> str:
    """Return the form of the message for the number."""
    return catalog().ngettext(singular, plural, number)


def npgettext(context: str, singular: str, plural: str, number: float) -> str:
    """Return the form for the number as it is said in this context."""
    found = catalog().find_plural(f"{context}{CONTEXT_SEPARATOR}{singular}", number)
    return ngettext(singular, plural, number) if found is None else found


# --- which language ---

_LANGUAGE_CODE = re.compile(r"[a-z]{1,8}(?:-[a-z0-9]{1,8})*(?:@[a-z0-9]{1,20})?", re.IGNORECASE | re.ASCII)
_PATH_PREFIX = re.compile(r"/(\w+(?:[@-]\w+){0,2})(?:/|$)")
_ACCEPTED = re.compile(
    r"""\s* ( [A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})* | \* )
        (?: \s*;\s*q= ( 0(?:\.[0-9]{0,3})? | 1(?:\.0{0,3})? ) )? \s* """,
    re.VERBOSE,
)


def check_for_language(lang_code: str | None) -> bool:
    """Return whether there is a catalogue for this language, here or in the project."""
    if lang_code is None or len(lang_code) > LANGUAGE_CODE_MAX_LENGTH:
        return False
    # Long runs of letters are no codes, but they may be asked for; the look-up says no.
    if not _LANGUAGE_CODE.fullmatch(lang_code) and not (lang_code.isascii() and lang_code.isalpha()):
        return False
    return translation_catalog_exists(lang_code)


@lru_cache(maxsize=1000)
def translation_catalog_exists(lang_code: str) -> bool:
    """Return whether the language, or its generic one, is known to nuages or has a file in the project."""
    from nuages.conf.languages import NAMES

    code = lang_code.partition("@")[0]
    generic = code.split("-")[0].lower()
    # Some generic languages are known by their varieties alone: there is no plain "zh".
    if generic in NAMES or any(name.startswith(f"{generic}-") for name in NAMES):
        return True
    locales = {to_locale(code), generic}
    return any(
        find_file(directory, locale, "django") is not None
        for directory in _locale_directories()
        for locale in locales
    )


@lru_cache(maxsize=1)
def get_languages() -> dict[str, str]:
    """Return LANGUAGES as a dictionary."""
    from nuages.conf import settings

    return dict(settings.LANGUAGES)


def get_supported_language_variant(lang_code: str, strict: bool = False) -> str:
    """Return this language or its nearest relative in LANGUAGES; LookupError when there is none."""
    if len(lang_code) > LANGUAGE_CODE_MAX_LENGTH:
        shortened = lang_code[:LANGUAGE_CODE_MAX_LENGTH].rpartition("-")[0]
        if strict or not shortened:
            raise LookupError("'lang_code' exceeds the maximum accepted length")
        lang_code = shortened
    return _get_supported_language_variant(lang_code, strict)


@lru_cache(maxsize=1000)
def _get_supported_language_variant(lang_code: str, strict: bool = False) -> str:
    from nuages.conf.languages import FALLBACKS

    supported = [code.lower() for code in get_languages()]
    relatives = [lang_code]
    if lang_code.lower() in FALLBACKS:
        relatives.append(FALLBACKS[lang_code.lower()])
    # zh-hant-hk, zh-hant, zh
    parts = lang_code.split("-")
    relatives += ["-".join(parts[:length]) for length in range(len(parts) - 1, 0, -1)] if not strict else []
    for code in relatives:
        if code.lower() in supported and check_for_language(code):
            return code
    if not strict:
        for code in supported:
            if code.startswith(parts[0].lower() + "-"):
                return code
    raise LookupError(lang_code)


def get_language_from_path(path: str, strict: bool = False) -> str | None:
    """Return the language with which the path starts, if it is one of LANGUAGES or a relative of one."""
    found = _PATH_PREFIX.match(path)
    if found is None:
        return None
    try:
        return get_supported_language_variant(found[1], strict)
    except LookupError:
        return None


def get_language_from_request(request: Any, check_path: bool = False) -> str:
    """Return the language to answer a request in: from its path (on request), cookie, header, or the default."""
    from nuages.conf import settings

    if check_path and (language := get_language_from_path(request.path_info)):
        return language
    wanted = [request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)]
    for code, _ in parse_accept_lang_header(request.META.get("HTTP_ACCEPT_LANGUAGE", "")):
        if code == "*":
            break
        wanted.append(code)
    for code in [*wanted, settings.LANGUAGE_CODE]:
        try:
            if code:
                return get_supported_language_variant(code)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


def parse_accept_lang_header(lang_string: str) -> tuple[tuple[str, float], ...]:
    """Return the languages of an Accept-Language header with their weights, the most wanted first.

    A header that breaks the rules gives nothing; one that is too long is read up to its limit.
    """
    if len(lang_string) > ACCEPT_LANGUAGE_HEADER_MAX_LENGTH:
        lang_string = lang_string[:ACCEPT_LANGUAGE_HEADER_MAX_LENGTH].rpartition(",")[0]
    return _parse_accept_lang_header(lang_string) if lang_string else ()


@lru_cache(maxsize=1000)
def _parse_accept_lang_header(lang_string: str) -> tuple[tuple[str, float], ...]:
    accepted: list[tuple[str, float]] = []
    items = lang_string.lower().split(",")
    if items and not items[-1].strip():
        items.pop()
    for item in items:
        found = _ACCEPTED.fullmatch(item)
        if found is None:
            return ()
        accepted.append((found[1], float(found[2]) if found[2] else 1.0))
    return tuple(sorted(accepted, key=lambda pair: -pair[1]))
