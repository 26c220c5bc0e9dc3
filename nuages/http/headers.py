"""Header mappings: `HttpHeaders` over a request's `META`, `ResponseHeaders` for what is sent."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import Any, TypeVar, overload

from nuages.utils.datastructures import CaseInsensitiveMapping

T = TypeVar("T")

_UNPREFIXED = frozenset({"CONTENT_TYPE", "CONTENT_LENGTH"})


class BadHeaderError(ValueError):
    """A header that would break the message if it were sent."""


class HttpHeaders(CaseInsensitiveMapping[Any]):
    """The headers among the entries of a WSGI-like environment, looked up in any case."""

    HTTP_PREFIX = "HTTP_"
    UNPREFIXED_HEADERS = _UNPREFIXED

    def __init__(self, environ: Mapping[str, Any]) -> None:
        named = ((self.parse_header_name(key), value) for key, value in environ.items())
        super().__init__({name: value for name, value in named if name})

    def __getitem__(self, key: str) -> Any:
        """Look a header up; `user_agent` finds `User-Agent`, for use in templates."""
        return super().__getitem__(key.replace("_", "-"))

    @classmethod
    def parse_header_name(cls, header: str) -> str | None:
        """Return `User-Agent` for `HTTP_USER_AGENT`, None for what is not a header."""
        if header.startswith(cls.HTTP_PREFIX):
            header = header.removeprefix(cls.HTTP_PREFIX)
        elif header not in _UNPREFIXED:
            return None
        return header.replace("_", "-").title()

    @classmethod
    def to_wsgi_name(cls, header: str) -> str:
        """Return the `META` key of a header."""
        key = header.replace("-", "_").upper()
        return key if key in _UNPREFIXED else cls.HTTP_PREFIX + key

    @classmethod
    def to_asgi_name(cls, header: str) -> str:
        """Return the name of a header as ASGI spells it, before encoding."""
        return header.replace("-", "_").upper()

    @classmethod
    def to_wsgi_names(cls, headers: Mapping[str, Any]) -> dict[str, Any]:
        """Return headers as entries of a WSGI environment."""
        return {cls.to_wsgi_name(name): value for name, value in headers.items()}

    @classmethod
    def to_asgi_names(cls, headers: Mapping[str, Any]) -> dict[str, Any]:
        """Return headers under the names that ASGI uses."""
        return {cls.to_asgi_name(name): value for name, value in headers.items()}


def header_text(value: object, charset: str) -> str:
    """Return a header's name or value as text that can be sent in `charset` and holds no line break.

    Values beyond latin-1 are MIME-encoded; names must be ASCII.
    """
    if isinstance(value, bytes):
        raw: bytes | None = value
        text = value.decode("latin-1")
    else:
        raw = None
        text = value if type(value) is str else str(value)
    if "\n" in text or "\r" in text:
        raise BadHeaderError(f"Header values can't contain newlines (got {text!r})")
    if "\0" in text:
        raise BadHeaderError(f"Header values can't contain null bytes (got {text!r})")
    if text.isascii():
        return text
    try:
        if raw is not None:
            return raw.decode(charset)
        text.encode(charset)
    except UnicodeError as error:
        if charset == "ascii":
            error.add_note(f"HTTP response headers must be in {charset} format")
            raise
        # The header class folds at line lengths and after some characters, whatever it is told.
        # Few headers are anything but Latin-1.
        from email.header import Header

        return str(Header(text, "utf-8", maxlinelen=sys.maxsize).encode()).replace("\n", "")
    return text


#: A header as `ResponseHeaders` keeps it: (name in small letters, (name, value)).
Entry = tuple[str, tuple[str, str]]


def entry_of(name: str, value: object) -> Entry:
    """Return a header as `ResponseHeaders` keeps it, checked."""
    pair = header_text(name, "ascii"), header_text(value, "latin-1")
    return pair[0].lower(), pair


class ResponseHeaders(MutableMapping[str, str]):
    """The headers of a response: any case finds them, their own spelling is sent, deleting never fails."""

    __slots__ = ("_store",)

    def __init__(self, data: Mapping[Any, Any] | Iterable[tuple[Any, Any]] = ()) -> None:
        self._store: dict[str, tuple[str, str]] = {}
        if data:
            for name, value in data.items() if isinstance(data, Mapping) else data:
                self[name] = value

    def __setitem__(self, name: Any, value: Any) -> None:
        if type(name) is not str or not name.isascii() or "\n" in name or "\r" in name:
            name = header_text(name, "ascii")
        if type(value) is not str or not value.isascii() or "\n" in value or "\r" in value or "\0" in value:
            value = header_text(value, "latin-1")
        self._store[name.lower()] = (name, value)

    def __getitem__(self, name: str) -> str:
        return self._store[name.lower()][1]

    @overload
    def get(self, name: str) -> str | None: ...
    @overload
    def get(self, name: str, default: T) -> str | T: ...
    def get(self, name: str, default: Any = None) -> Any:
        """Return a header, or `default` where it is not set."""
        entry = self._store.get(name.lower())
        return default if entry is None else entry[1]

    def __delitem__(self, name: str) -> None:
        self._store.pop(name.lower(), None)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._store

    def __iter__(self) -> Iterator[str]:
        return iter([name for name, _ in self._store.values()])

    def __len__(self) -> int:
        return len(self._store)

    def __repr__(self) -> str:
        return repr(dict(self._store.values()))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mapping):
            return NotImplemented
        mine = {name: value for name, (_, value) in self._store.items()}
        return mine == {str(name).lower(): value for name, value in other.items()}

    __hash__ = None  # type: ignore[assignment]

    def copy(self) -> ResponseHeaders:
        """Return headers of their own with the same entries."""
        made = ResponseHeaders()
        made._store.update(self._store)
        return made

    def put(self, entry: Entry) -> None:
        """Set a header, given as `entry_of` makes it: for what is the same again and again."""
        self._store[entry[0]] = entry[1]

    def fill_in(self, entries: Mapping[str, tuple[str, str]]) -> None:
        """Set those of some headers that are not set; a dictionary of what `entry_of` makes."""
        store = self._store
        if store.keys().isdisjoint(entries):
            store.update(entries)
        else:
            for lower, pair in entries.items():
                store.setdefault(lower, pair)

    def pairs(self) -> Iterable[tuple[str, str]]:
        """Return (name, value) in the order set; cheaper than `items()`."""
        return self._store.values()

    def setdefault(self, name: str, value: Any = "") -> str:
        """Set a header unless it is there already."""
        if name.lower() not in self._store:
            self[name] = value
        return self[name]
