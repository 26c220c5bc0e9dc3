"""The messages of one language, gathered from all the places that have some.

Each place has a `.mo` file for the language (or a `.po` file that nobody has compiled yet). Places are read
from the least to the most important, and later ones win. Plural rules belong to messages, not to the
language: two places may count differently.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

CONTEXT_SEPARATOR = "\x04"

PluralRule = Callable[[Any], int]
Messages = dict[Any, str]


def germanic(number: Any) -> int:
    """Return 0 for one, else 1: the rule where nothing else is said."""
    return int(number != 1)


class Catalogue:
    """The messages of a language, and another catalogue for those it lacks."""

    def __init__(self, language: str, fallback: Catalogue | None = None, domain: str = "django") -> None:
        self.language = language
        self.domain = domain
        self.fallback = fallback
        # Keys are messages, or (message, form) for messages with plurals; a context stands before the message.
        self._catalog: Messages = {}
        self._rules: dict[str, PluralRule] = {}
        self.plural: PluralRule = germanic
        #: What others worked out from these messages and want to keep as long as they hold.
        self.memory: dict[Any, Any] = {}

    def __repr__(self) -> str:
        return f"<Catalogue lang:{self.language}>"

    def merge(self, other: Any) -> None:
        """Add the messages of another catalogue (ours or one of the gettext module) over what is here."""
        self.memory.clear()
        messages: Messages = getattr(other, "_catalog", {})
        rule: PluralRule = other.plural
        self._catalog.update(messages)
        self._rules.update((key[0], rule) for key in messages if isinstance(key, tuple))
        if messages:
            self.plural = rule

    def __len__(self) -> int:
        return len(self._catalog)

    def __bool__(self) -> bool:
        return True

    def _chain(self) -> Iterator[Catalogue]:
        catalogue: Catalogue | None = self
        while catalogue is not None:
            yield catalogue
            catalogue = catalogue.fallback

    def find(self, message: str) -> str | None:
        """Return the translation of a message, from the first catalogue in the chain that has it."""
        catalogue: Catalogue | None = self
        while catalogue is not None:
            found = catalogue._catalog.get(message)
            if found is None and message in catalogue._rules:
                found = catalogue._catalog.get((message, catalogue._rules[message](1)))
            if found is not None:
                return found
            catalogue = catalogue.fallback
        return None

    def find_plural(self, message: str, number: Any) -> str | None:
        """Return the form of a message for a number."""
        for catalogue in self._chain():
            rule = catalogue._rules.get(message)
            if rule is not None:
                found = catalogue._catalog.get((message, rule(_whole(number))))
                if found is not None:
                    return found
        return None

    def gettext(self, message: str) -> str:
        """Return the translation, or the message where there is none."""
        found = self.find(message)
        return message if found is None else found

    def ngettext(self, singular: str, plural: str, number: Any) -> str:
        """Return the form for the number, or one of the two given by the English rule."""
        found = self.find_plural(singular, number)
        return (singular if number == 1 else plural) if found is None else found


def _whole(number: Any) -> int:
    """Return a number that plural rules, written for whole ones, take: 1.5 counts as 2."""
    import math

    return number if isinstance(number, int) else math.ceil(number) if number > 1 else math.floor(number)


@lru_cache(maxsize=1024)
def find_file(directory: Path, locale: str, domain: str) -> Path | None:
    """Return the catalogue file of a locale in a directory: the compiled one, else the source."""
    folder = directory / locale / "LC_MESSAGES"
    for suffix in (".mo", ".po"):
        path = folder / f"{domain}{suffix}"
        try:
            if path.is_file():
                return path
        except OSError:
            # A language that somebody asks for may be no name that a file can have.
            return None
    return None


@lru_cache(maxsize=1024)
def read_file(path: Path) -> Any:
    """Return what a catalogue file holds, as something with messages and a plural rule."""
    if path.suffix == ".po":
        from nuages.utils.translation.po import read_po

        return read_po(path.read_text(encoding="utf-8"))
    with path.open("rb") as file:
        return gettext.GNUTranslations(file)


def gather(
    language: str,
    locale: str,
    directories: Iterable[Path],
    fallback: Catalogue | None,
    domain: str = "django",
) -> Catalogue:
    """Build the catalogue of a language from these directories, the least important first."""
    catalogue = Catalogue(language, fallback, domain)
    for directory in directories:
        path = find_file(directory, locale, domain)
        if path is not None:
            catalogue.merge(read_file(path))
    return catalogue


def forget_files() -> None:
    """Read files anew next time: one of them has changed."""
    find_file.cache_clear()
    read_file.cache_clear()
