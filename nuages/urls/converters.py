"""Path converters: what `<int:year>` in a route matches, and what it becomes."""

from __future__ import annotations

import uuid
from functools import cache
from typing import Any, Protocol


class Converter(Protocol):
    """A class registered with `register_converter`. ValueError in either direction means "no match"."""

    regex: str

    def to_python(self, value: str) -> Any: ...

    def to_url(self, value: Any) -> str: ...


class IntConverter:
    """A whole number, zero or more."""

    regex = "[0-9]+"

    def to_python(self, value: str) -> int:
        """Return the number."""
        return int(value)

    def to_url(self, value: Any) -> str:
        """Return its digits."""
        return str(value)


class StringConverter:
    """Anything but a slash."""

    regex = "[^/]+"

    def to_python(self, value: str) -> str:
        """Return the text as it is."""
        return value

    def to_url(self, value: Any) -> str:
        """Return the text as it is."""
        return str(value)


class SlugConverter(StringConverter):
    """ASCII letters, digits, hyphens and underscores."""

    regex = "[-a-zA-Z0-9_]+"


class PathConverter(StringConverter):
    """Anything, slashes too."""

    regex = ".+"


class UUIDConverter:
    """A UUID in lower case with its hyphens."""

    regex = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

    def to_python(self, value: str) -> uuid.UUID:
        """Return the UUID."""
        return uuid.UUID(value)

    def to_url(self, value: Any) -> str:
        """Return its hexadecimal form."""
        return str(value)


#: Those whose `to_url` is `str`, and those of them whose values have only characters that may stand in a path.
WRITTEN_BY_STR = frozenset({IntConverter, StringConverter, SlugConverter, PathConverter, UUIDConverter})
NEVER_QUOTED = frozenset({IntConverter, SlugConverter, UUIDConverter})

DEFAULT_CONVERTERS: dict[str, Converter] = {
    "int": IntConverter(),
    "path": PathConverter(),
    "slug": SlugConverter(),
    "str": StringConverter(),
    "uuid": UUIDConverter(),
}

REGISTERED_CONVERTERS: dict[str, Converter] = {}


def register_converter(converter: type[Converter], type_name: str) -> None:
    """Make a converter class known under a name for use in routes: `<type_name:argument>`."""
    if type_name in REGISTERED_CONVERTERS or type_name in DEFAULT_CONVERTERS:
        raise ValueError(f"Converter {type_name!r} is already registered.")
    REGISTERED_CONVERTERS[type_name] = converter()
    get_converters.cache_clear()


@cache
def get_converters() -> dict[str, Converter]:
    """Return all converters by name."""
    return {**DEFAULT_CONVERTERS, **REGISTERED_CONVERTERS}


def get_converter(raw_converter: str) -> Converter:
    """Return the converter of a name, or raise KeyError."""
    return get_converters()[raw_converter]
