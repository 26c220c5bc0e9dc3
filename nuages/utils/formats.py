"""Dates and numbers as the reader's language writes them; specified in topics/i18n/formatting.

A format is looked for in the modules of FORMAT_MODULE_PATH, then in those that come with nuages (the
language's own, then its generic one), then in the settings.
"""

from __future__ import annotations

import datetime
import decimal
import functools
import re
import unicodedata
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

from nuages.utils import dateformat, memo, numberformat
from nuages.utils.functional import lazy
from nuages.utils.module_loading import home_path
from nuages.utils.translation import check_for_language, get_language, to_locale

# The settings for which a language may have its own value.
_SHOWN = ("DATE", "TIME", "DATETIME", "SHORT_DATE", "SHORT_DATETIME", "MONTH_DAY", "YEAR_MONTH")
_READ = ("DATE", "TIME", "DATETIME")
FORMAT_SETTINGS = frozenset(
    [f"{kind}_FORMAT" for kind in _SHOWN]
    + [f"{kind}_INPUT_FORMATS" for kind in _READ]
    + ["FIRST_DAY_OF_WEEK", "DECIMAL_SEPARATOR", "THOUSAND_SEPARATOR", "NUMBER_GROUPING"]
)

# Whatever the language, what HTML inputs and databases write can be read.
ISO_INPUT_FORMATS = {
    "DATE_INPUT_FORMATS": ["%Y-%m-%d"],
    "TIME_INPUT_FORMATS": ["%H:%M:%S", "%H:%M:%S.%f", "%H:%M"],
    "DATETIME_INPUT_FORMATS": [f"%Y-%m-%d{clock}" for clock in (" %H:%M:%S", " %H:%M:%S.%f", " %H:%M", "")],
}

FORMAT_MODULE_NAME = "formats"

# Both by language; formats also by the name of the format.
_format_cache: dict[tuple[str, str | None], Any] = {}
_format_modules_cache: dict[str, list[ModuleType]] = {}


def reset_format_cache() -> None:
    """Forget all formats; they are looked for anew."""
    _format_cache.clear()
    _format_modules_cache.clear()


memo.on_change(
    reset_format_cache,
    *FORMAT_SETTINGS,
    "FORMAT_MODULE_PATH",
    "USE_THOUSAND_SEPARATOR",
    "LANGUAGE_CODE",
    "USE_I18N",
)


def iter_format_modules(lang: str, format_module_path: Any = None) -> Iterator[ModuleType]:
    """Yield the modules with formats for a language, the most important first."""
    if not check_for_language(lang):
        return
    places = [format_module_path] if isinstance(format_module_path, str) else list(format_module_path or ())
    locale = to_locale(lang)
    locales = list(dict.fromkeys((locale, locale.split("_")[0])))
    for place in [*places, "nuages.conf.locale"]:
        for name in locales:
            path = f"{home_path(place)}.{name}"
            try:
                yield import_module(f"{path}.{FORMAT_MODULE_NAME}")
            except ModuleNotFoundError as error:
                # Most languages have none; a module that is there but broken must not be passed over.
                if error.name is None or not f"{path}.{FORMAT_MODULE_NAME}".startswith(error.name):
                    raise


def get_format_modules(lang: str | None = None) -> list[ModuleType]:
    """Return the modules with formats for a language, by default the active one."""
    from nuages.conf import settings

    if lang is None:
        lang = get_language() or settings.LANGUAGE_CODE
    if lang not in _format_modules_cache:
        _format_modules_cache[lang] = list(iter_format_modules(lang, settings.FORMAT_MODULE_PATH))
    return _format_modules_cache[lang]


def get_format(format_type: Any, lang: str | None = None, use_l10n: bool | None = None) -> Any:
    """Return a format by its name, for a language (by default the active one).

    What is no name of a format is taken for a format itself. Unless `use_l10n`, a language's own formats are
    used.
    """
    name = format_type if type(format_type) is str else str(format_type)
    if not name.isidentifier():
        # "Y-m-d" cannot be the name of anything.
        return name
    if use_l10n is None or use_l10n:
        if lang is None:
            lang = get_language()
    else:
        lang = None
    try:
        return _format_cache[name, lang]
    except KeyError:
        value = _format_cache[name, lang] = _find_format(name, lang)
        return value


def _find_format(name: str, lang: str | None) -> Any:
    from nuages.conf import settings

    for module in get_format_modules(lang) if lang is not None else ():
        if (value := getattr(module, name, None)) is not None:
            # A project's own settings are taken at their word; a language's formats are not all that is read.
            missing = [form for form in ISO_INPUT_FORMATS.get(name, ()) if form not in value]
            return [*value, *missing] if missing else value
    return getattr(settings, name) if name in FORMAT_SETTINGS else name


def decimal_separator(use_l10n: bool | None = None) -> str:
    """Return `get_format("DECIMAL_SEPARATOR")`, which is asked for each number with a point on a page."""
    found = _format_cache.get(("DECIMAL_SEPARATOR", None if use_l10n is False else get_language()))
    return get_format("DECIMAL_SEPARATOR", use_l10n=use_l10n) if found is None else found  # type: ignore[no-any-return]


get_format_lazy = lazy(get_format, str, list, tuple)


def date_format(value: Any, format: Any = None, use_l10n: bool | None = None) -> str:
    """Return a date or datetime in a format: DATE_FORMAT unless one is given, by its name or itself."""
    return dateformat.format(value, get_format(format or "DATE_FORMAT", use_l10n=use_l10n))


def time_format(value: Any, format: Any = None, use_l10n: bool | None = None) -> str:
    """Return a time in a format: TIME_FORMAT unless one is given, by its name or itself."""
    return dateformat.time_format(value, get_format(format or "TIME_FORMAT", use_l10n=use_l10n))


def number_format(
    value: Any, decimal_pos: int | None = None, use_l10n: bool | None = None, force_grouping: bool = False
) -> Any:
    """Return a number with the separators of the active language."""
    lang = get_language() if use_l10n or use_l10n is None else None
    point, comma, grouping = (
        get_format(name, lang, use_l10n=use_l10n)
        for name in ("DECIMAL_SEPARATOR", "THOUSAND_SEPARATOR", "NUMBER_GROUPING")
    )
    return numberformat.format(
        value, point, decimal_pos, grouping, comma, force_grouping=force_grouping, use_l10n=use_l10n
    )


def localize(value: Any, use_l10n: bool | None = None) -> Any:
    """Return a number, date or time as text in the active language; other values as they are."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        # A bool is an int, but "1" says less.
        return str(value)
    if isinstance(value, (decimal.Decimal, float, int)):
        return str(value) if use_l10n is False else number_format(value, use_l10n=use_l10n)
    if isinstance(value, datetime.datetime):
        return date_format(value, "DATETIME_FORMAT", use_l10n=use_l10n)
    if isinstance(value, datetime.date):
        return date_format(value, use_l10n=use_l10n)
    if isinstance(value, datetime.time):
        return time_format(value, use_l10n=use_l10n)
    return value


_INPUT_FORMATS: list[tuple[Any, str]] = [
    (datetime.datetime, "DATETIME_INPUT_FORMATS"),
    (datetime.date, "DATE_INPUT_FORMATS"),
    (datetime.time, "TIME_INPUT_FORMATS"),
]


def localize_input(value: Any, default: str | None = None) -> Any:
    """Return a value as an input would show it: dates and times in the first input format, or in `default`."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, (decimal.Decimal, float, int)):
        return number_format(value)
    for kind, formats in _INPUT_FORMATS:
        if isinstance(value, kind):
            return value.strftime(sanitize_strftime_format(default or get_format(formats)[0]))
    return value


@functools.lru_cache(maxsize=1)
def _unpadded_codes() -> frozenset[str]:
    """Return the codes that this system's strftime does not fill up with zeros before the year 1000."""
    early = datetime.date(1, 1, 1)
    padded = {"C": "00", "F": "0001-01-01", "G": "0001", "Y": "0001"}
    return frozenset(code for code, expected in padded.items() if early.strftime(f"%{code}") != expected)


_STRFTIME_CODE = re.compile(r"((?:^|[^%])(?:%%)*)%([CFGY])")
_FILLED = {"C": "%02C", "F": "%010F", "G": "%04G", "Y": "%04Y"}


def sanitize_strftime_format(fmt: str) -> str:
    """Return a strftime format that writes years before 1000 with four digits on every system."""
    codes = _unpadded_codes()
    if not codes:
        return fmt
    return _STRFTIME_CODE.sub(
        lambda found: found[1] + (_FILLED[found[2]] if found[2] in codes else f"%{found[2]}"), fmt
    )


def sanitize_separators(value: Any) -> Any:
    """Return a number that was typed in the active language as Python reads it; other values as they are."""
    if not isinstance(value, str):
        return value
    from nuages.conf import settings

    decimal_separator = get_format("DECIMAL_SEPARATOR")
    whole, point, fraction = (
        value.partition(decimal_separator) if decimal_separator in value else (value, "", "")
    )
    if settings.USE_THOUSAND_SEPARATOR:
        separator = get_format("THOUSAND_SEPARATOR")
        # "10.10" with dots between thousands: more likely a decimal point than a strange grouping.
        lone_point = separator == "." and whole.count(".") == 1 and len(whole.rpartition(".")[2]) != 3
        if not lone_point:
            # Non-breaking spaces are hard to type; the plain ones mean the same.
            for form in {separator, unicodedata.normalize("NFKD", separator)}:
                whole = whole.replace(form, "")
    return f"{whole}.{fraction}" if point else whole
