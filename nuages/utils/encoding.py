"""Between text, bytes, IRIs and URIs."""

from __future__ import annotations

import codecs
import datetime
import locale
import re
from decimal import Decimal
from pathlib import Path
from types import NoneType
from typing import Any
from urllib.parse import quote

from nuages.utils.functional import Promise


class DjangoUnicodeDecodeError(UnicodeDecodeError):
    """A UnicodeDecodeError whose text shows the value that could not be decoded."""

    def __str__(self) -> str:
        return f"{super().__str__()}. You passed in {self.object!r} ({type(self.object)})"


_PROTECTED_TYPES = (NoneType, int, float, Decimal, datetime.datetime, datetime.date, datetime.time)


def is_protected_type(obj: Any) -> bool:
    """Return whether `force_str(obj, strings_only=True)` leaves the object as it is: numbers, dates, None."""
    return isinstance(obj, _PROTECTED_TYPES)


def smart_str(s: Any, encoding: str = "utf-8", strings_only: bool = False, errors: str = "strict") -> Any:
    """Return `s` as text; a lazy string is left lazy."""
    return s if isinstance(s, Promise) else force_str(s, encoding, strings_only, errors)


def force_str(s: Any, encoding: str = "utf-8", strings_only: bool = False, errors: str = "strict") -> Any:
    """Return `s` as text, a lazy string as what it is now; bytes are decoded."""
    if isinstance(s, str) and issubclass(type(s), str):
        return s
    if strings_only and is_protected_type(s):
        return s
    if not isinstance(s, bytes):
        return str(s)
    try:
        return bytes(s).decode(encoding, errors)
    except UnicodeDecodeError as error:
        raise DjangoUnicodeDecodeError(*error.args) from None


def smart_bytes(s: Any, encoding: str = "utf-8", strings_only: bool = False, errors: str = "strict") -> Any:
    """Return `s` as bytes; a lazy string is left lazy."""
    return s if isinstance(s, Promise) else force_bytes(s, encoding, strings_only, errors)


def force_bytes(s: Any, encoding: str = "utf-8", strings_only: bool = False, errors: str = "strict") -> Any:
    """Return `s` as bytes; bytes are taken to be UTF-8 and recoded when another encoding is asked for."""
    if isinstance(s, bytes):
        return s if encoding == "utf-8" else s.decode("utf-8", errors).encode(encoding, errors)
    if strings_only and is_protected_type(s):
        return s
    return bytes(s) if isinstance(s, memoryview) else str(s).encode(encoding, errors)


# --- IRIs and URIs (RFC 3986, RFC 3987) -------------------------------------------------------------------

_RESERVED = ":/?#[]@!$&'()*+,;="
_UNRESERVED_BYTES = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ESCAPED_BYTES = re.compile(rb"(?:%[0-9a-fA-F]{2})+")


def iri_to_uri(iri: Any) -> Any:
    """Return an IRI as a URI; reserved characters and what is escaped already stay."""
    if iri is None:
        return None
    return quote(str(iri) if isinstance(iri, Promise) else iri, safe=_RESERVED + "~%")


def _unescape_run(found: re.Match[bytes]) -> bytes:
    """Decode a run of percent escapes, save ASCII characters that mean something else unescaped."""
    pieces = []
    for code in found[0].split(b"%")[1:]:
        value = int(code, 16)
        plain = value >= 0x80 or value in _UNRESERVED_BYTES
        pieces.append(bytes([value]) if plain else b"%" + code)
    return b"".join(pieces)


def uri_to_iri(uri: Any) -> Any:
    """Return a URI as an IRI: what decodes to valid, unreserved text is decoded."""
    if uri is None:
        return None
    return repercent_broken_unicode(_ESCAPED_BYTES.sub(_unescape_run, force_bytes(uri))).decode()


def escape_uri_path(path: str) -> str:
    """Escape what may not stand in the path of a URI."""
    # RFC 3986 section 3.3: ";" and "=" are for parameters, which we leave to whoever writes the path.
    return quote(path, safe="/:@&+$,-_.!~*'()")


def punycode(domain: str) -> str:
    """Return the ASCII form of a domain name."""
    return domain.encode("idna").decode("ascii")


def repercent_broken_unicode(path: bytes) -> bytes:
    """Escape again, as %XX, the bytes that are not valid UTF-8."""
    done: list[bytes] = []
    while True:
        try:
            path.decode()
        except UnicodeDecodeError as error:
            broken = quote(path[error.start : error.end], safe=b"/#%[]=:;$&()+,!?*@'~")
            done += path[: error.start], broken.encode()
            path = path[error.end :]
        else:
            return b"".join([*done, path])


def filepath_to_uri(path: str | Path | None) -> str | None:
    """Return a path of the file system as it is written in a URL."""
    if path is None:
        return None
    return quote(str(path).replace("\\", "/"), safe="/~!*()'")


def get_system_encoding() -> str:
    """Return the encoding of the system's locale, or "ascii" where it has none that Python knows."""
    try:
        encoding = locale.getlocale()[1] or "ascii"
        codecs.lookup(encoding)
    except Exception:
        return "ascii"
    return encoding


DEFAULT_LOCALE_ENCODING = get_system_encoding()
