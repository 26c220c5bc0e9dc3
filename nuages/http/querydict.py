"""`QueryDict`: form and query-string data, several values to a name."""

from __future__ import annotations

import codecs
import copy
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn, Self
from urllib.parse import quote, quote_plus, unquote

from nuages.conf import settings
from nuages.core.exceptions import TooManyFieldsSent
from nuages.utils.datastructures import MultiValueDict


def split_pairs(query: str, encoding: str, limit: int | None) -> Iterator[tuple[str, str]]:
    """Yield the decoded (name, value) pairs of a query string.

    Never fails on broken escapes: what cannot be decoded becomes U+FFFD.
    """
    if limit is not None and query.count("&") >= limit:
        raise TooManyFieldsSent(
            "The number of GET/POST parameters exceeded settings.DATA_UPLOAD_MAX_NUMBER_FIELDS."
        )
    query = query.replace("+", " ")
    for piece in query.split("&"):
        if not piece:
            continue
        name, _, value = piece.partition("=")
        if "%" in piece:
            yield unquote(name, encoding, "replace"), unquote(value, encoding, "replace")
        else:
            yield name, value


class QueryDict(MultiValueDict):
    """The query string or form of a request; immutable unless asked for or copied.

    >>> QueryDict("a=1&a=2&c=3")
    <QueryDict: {'a': ['1', '2'], 'c': ['3']}>
    """

    # On the class so that a half-made instance (pickle fills in the items before the attributes) can be written to.
    _mutable = True
    _encoding: str | None = None

    def __init__(
        self, query_string: str | bytes | None = None, mutable: bool = False, encoding: str | None = None
    ) -> None:
        super().__init__()
        self._encoding = encoding or settings.DEFAULT_CHARSET
        if query_string:
            if isinstance(query_string, bytes):
                query_string = _decode(query_string, self._encoding)
            add = super().appendlist
            for name, value in split_pairs(
                query_string, self._encoding, settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
            ):
                add(name, value)
        self._mutable = mutable

    @classmethod
    def fromkeys(
        cls,
        iterable: Iterable[Any],
        value: Any = "",
        mutable: bool = False,
        encoding: str | None = None,
    ) -> Self:
        """Return a QueryDict that has `value` once for each time a key occurs in `iterable`."""
        made = cls("", mutable=True, encoding=encoding)
        for key in iterable:
            made.appendlist(key, value)
        made._mutable = mutable
        return made

    @property
    def encoding(self) -> str:
        """The charset that keys and values come in and are quoted in."""
        if self._encoding is None:
            self._encoding = settings.DEFAULT_CHARSET
        return self._encoding

    @encoding.setter
    def encoding(self, value: str) -> None:
        self._encoding = value

    def _refuse(self) -> NoReturn:
        error = AttributeError("This QueryDict instance is immutable")
        error.add_note("copy() returns a mutable one.")
        raise error

    def _text(self, value: Any) -> Any:
        return _decode(value, self.encoding) if isinstance(value, bytes) else value

    def __setitem__(self, key: Any, value: Any) -> None:
        if not self._mutable:
            self._refuse()
        super().__setitem__(self._text(key), self._text(value))

    def __delitem__(self, key: Any) -> None:
        if not self._mutable:
            self._refuse()
        super().__delitem__(key)

    def setlist(self, key: Any, list_: Iterable[Any]) -> None:
        """Set the whole list of values for `key`."""
        if not self._mutable:
            self._refuse()
        super().setlist(self._text(key), [self._text(value) for value in list_])

    def setlistdefault(self, key: Any, default_list: list[Any] | None = None) -> list[Any]:
        """Like `setdefault`, for the whole list."""
        if not self._mutable:
            self._refuse()
        return super().setlistdefault(key, default_list)

    def appendlist(self, key: Any, value: Any) -> None:
        """Add one more value for `key`."""
        if not self._mutable:
            self._refuse()
        super().appendlist(self._text(key), self._text(value))

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """Return the value for `key`, setting it to `default` first where there is none."""
        if not self._mutable:
            self._refuse()
        return super().setdefault(self._text(key), self._text(default))

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Append the values of another mapping to those that are here."""
        if not self._mutable:
            self._refuse()
        super().update(*args, **kwargs)

    def pop(self, key: Any, *default: Any) -> Any:
        """Remove `key` and return the list of its values."""
        if not self._mutable:
            self._refuse()
        return super().pop(key, *default)

    def popitem(self) -> tuple[Any, Any]:
        """Remove some key and return it with the list of its values."""
        if not self._mutable:
            self._refuse()
        return super().popitem()

    def clear(self) -> None:
        """Remove everything."""
        if not self._mutable:
            self._refuse()
        super().clear()

    def copy(self) -> Self:
        """Return a mutable deep copy."""
        return copy.deepcopy(self)

    def __copy__(self) -> Self:
        return self._again(self.lists())

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        made = self._again(())
        memo[id(self)] = made
        for key, values in self.lists():
            made.setlist(copy.deepcopy(key, memo), copy.deepcopy(values, memo))
        return made

    def _again(self, lists: Iterable[tuple[Any, list[Any]]]) -> Self:
        made = type(self)("", mutable=True, encoding=self.encoding)
        for key, values in lists:
            made.setlist(key, values)
        return made

    def urlencode(self, safe: str | None = None) -> str:
        """Return the data as a query string; characters in `safe` stay unquoted.

        >>> QueryDict("next=/a/&b=3&b=5").urlencode(safe="/")
        'next=/a/&b=3&b=5'
        """
        return "&".join(
            f"{_quoted(key, self.encoding, safe)}={_quoted(value, self.encoding, safe)}"
            for key, values in self.lists()
            for value in values
        )


def _quoted(value: object, encoding: str, safe: str | None) -> str:
    octets = value if isinstance(value, bytes) else str(value).encode(encoding)
    # With `safe` a space is written %20, without it "+": both are what Django writes.
    return quote(octets, safe) if safe else quote_plus(octets)


def _decode(value: bytes, encoding: str) -> str:
    if value.isascii() and codecs.lookup(encoding).name in {"utf-8", "iso8859-1", "ascii"}:
        return value.decode("ascii")
    try:
        return value.decode(encoding)
    except UnicodeDecodeError:
        # Query strings need not be text in the site's charset; every byte is something in this one.
        return value.decode("iso-8859-1")
