"""Reading and writing what HTTP headers, query strings and redirects hold; specified in ref/utils."""

from __future__ import annotations

import base64
import math
import re
import time
from binascii import Error as BinasciiError
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import collapse_rfc2231_value, decode_rfc2231, formatdate
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit
from urllib.parse import urlencode as _urlencode

from nuages.utils.datastructures import MultiValueDict
from nuages.utils.regex_helper import _lazy_re_compile

# RFC 9110 quotes strings so; entity tags hold no backslash escapes.
_ETAG = _lazy_re_compile(r'(?:W/)?"[^"]*"')

MAX_URL_LENGTH = 2048
MAX_URL_REDIRECT_LENGTH = 16384
MAX_HEADER_LENGTH = 10_000

# RFC 3986 sections 2.2 and 2.3.
RFC3986_GENDELIMS = ":/?#[]@"
RFC3986_SUBDELIMS = "!$&'()*+,;="


def urlencode(query: Any, doseq: bool = False) -> str:
    """Return a query string from a mapping, a MultiValueDict or pairs.

    With `doseq` a value that can be iterated over gives one parameter for each item; otherwise its text.
    """
    if isinstance(query, MultiValueDict):
        pairs: Iterable[Any] = query.lists()
    else:
        pairs = query.items() if isinstance(query, Mapping) else query
    written: list[tuple[Any, Any]] = []
    for key, value in pairs:
        items = [value]
        if doseq and not isinstance(value, (str, bytes)):
            try:
                items = list(value)
            except TypeError:
                pass
        for item in items:
            if item is None:
                raise TypeError(
                    f"Cannot encode None for key '{key}' in a query string. Did you mean to pass an empty string or "
                    "omit the value?"
                )
            written.append((key, item if isinstance(item, bytes) else str(item)))
    return _urlencode(written)


# --- dates (RFC 9110 section 5.6.7) ---

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_CLOCK = r"(?P<hour>\d\d):(?P<min>\d\d):(?P<sec>\d\d)"
_HTTP_DATES = [
    _lazy_re_compile(pattern, re.ASCII | re.IGNORECASE)
    for pattern in (
        # Sun, 06 Nov 1994 08:49:37 GMT; what everybody should send
        rf"[a-z]{{3}}, (?P<day>\d\d) (?P<mon>[a-z]{{3}}) (?P<year>\d{{4}}) {_CLOCK} GMT",
        # Sunday, 06-Nov-94 08:49:37 GMT
        rf"[a-z]{{6,9}}, (?P<day>\d\d)-(?P<mon>[a-z]{{3}})-(?P<year>\d\d) {_CLOCK} GMT",
        # Sun Nov  6 08:49:37 1994
        rf"[a-z]{{3}} (?P<mon>[a-z]{{3}}) (?P<day>[ \d]\d) {_CLOCK} (?P<year>\d{{4}})",
    )
]


def http_date(epoch_seconds: float | None = None) -> str:
    """Return a time (now, if none is given) as HTTP writes it: "Mon, 01 Jan 2007 01:54:21 GMT"."""
    return _written_date(math.floor(time.time() if epoch_seconds is None else epoch_seconds))


# The dates of a busy site are a few, again and again: now, and now and a cookie's age.
@lru_cache(maxsize=256)
def _written_date(epoch_seconds: int) -> str:
    return formatdate(epoch_seconds, usegmt=True)


def parse_http_date(date: str) -> int:
    """Return the seconds since the epoch that a date of HTTP says, in any of its three forms."""
    for form in _HTTP_DATES:
        found = form.fullmatch(date)
        if found:
            break
    else:
        raise ValueError(f"{date!r} is not in a valid HTTP date format")
    try:
        year = _full_year(int(found["year"]))
        month = _MONTHS.index(found["mon"].lower()) + 1
        clock = (int(found["hour"]), int(found["min"]), int(found["sec"]))
        return int(datetime(year, month, int(found["day"]), *clock, tzinfo=UTC).timestamp())
    except Exception as error:
        raise ValueError(f"{date!r} is not a valid date") from error


def _full_year(year: int) -> int:
    """Return a year of two digits as the last such year that is at most 50 years from now."""
    if year >= 100:
        return year
    this = datetime.now(tz=UTC).year
    full = this - this % 100 + year
    return full - 100 if full > this + 50 else full


def parse_http_date_safe(date: str) -> int | None:
    """As parse_http_date, but None for what is no date."""
    try:
        return parse_http_date(date)
    except Exception:
        return None


# --- numbers and bytes in addresses ---

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def base36_to_int(s: str) -> int:
    """Return the number that a base 36 string says."""
    # Thirteen digits hold every number of 64 bits; longer input is an attempt to keep us busy.
    if len(s) > 13:
        raise ValueError("Base36 input too large")
    return int(s, 36)


def int_to_base36(i: int) -> str:
    """Return a number that is not negative in base 36."""
    if i < 0:
        raise ValueError("Negative base36 conversion input.")
    digits = _DIGITS[i % 36]
    while i := i // 36:
        digits = _DIGITS[i % 36] + digits
    return digits


def urlsafe_base64_encode(s: bytes) -> str:
    """Return bytes in base 64 for addresses, without the equal signs at the end."""
    return base64.urlsafe_b64encode(s).rstrip(b"=").decode("ascii")


def urlsafe_base64_decode(s: str | bytes) -> bytes:
    """Return the bytes; ValueError for what is not base 64."""
    data = s.encode() if isinstance(s, str) else s
    try:
        return base64.urlsafe_b64decode(data + b"=" * (-len(data) % 4))
    except (LookupError, BinasciiError) as error:
        raise ValueError(error) from error


# --- entity tags ---


def parse_etags(etag_str: str) -> list[str]:
    """Return the entity tags of an If-Match or If-None-Match header, with their quotes; `["*"]` for any."""
    if etag_str.strip() == "*":
        return ["*"]
    found = (_ETAG.fullmatch(part.strip()) for part in etag_str.split(","))
    return [match[0] for match in found if match]


def quote_etag(etag_str: str) -> str:
    """Return an entity tag in quotes, if it has none yet."""
    return etag_str if _ETAG.fullmatch(etag_str) else f'"{etag_str}"'


# --- hosts and redirects ---


def is_same_domain(host: str, pattern: str) -> bool:
    """Return whether a host matches: exactly or, where the pattern starts with a dot, as a subdomain too."""
    if not pattern:
        return False
    pattern = pattern.lower()
    return host == pattern or (pattern[0] == "." and (host.endswith(pattern) or host == pattern[1:]))


def url_has_allowed_host_and_scheme(url: Any, allowed_hosts: Any, require_https: bool = False) -> bool:
    """Return whether it is safe to send a browser to this address: one of ours, by http or https.

    A relative address is; the host of another must be among `allowed_hosts`.
    """
    url = url.strip() if url is not None else ""
    if not url:
        return False
    hosts = {allowed_hosts} if isinstance(allowed_hosts, str) else set(allowed_hosts or ())
    # Browsers take a backslash for a slash, so the address must be safe read either way.
    return all(_is_safe(form, hosts, require_https) for form in (url, url.replace("\\", "/")))


def _is_safe(url: str, hosts: set[str], require_https: bool) -> bool:
    # "///host" is a relative path to us, and another site to some browsers.
    if len(url) > MAX_URL_LENGTH or url.startswith("///"):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    # A control character in front makes browsers read something else than we do.
    if (parts.scheme and not parts.netloc) or ord(url[0]) < 33:
        return False
    scheme = parts.scheme or ("http" if parts.netloc else "")
    schemes = ("https",) if require_https else ("http", "https")
    return (not parts.netloc or parts.netloc in hosts) and (not scheme or scheme in schemes)


def escape_leading_slashes(url: str) -> str:
    """Escape the second of two leading slashes, which would make the path the name of a host."""
    return f"/%2F{url[2:]}" if url.startswith("//") else url


# --- headers ---


def split_header_value(value: str, sep: str = ",") -> Iterator[str]:
    """Yield the parts of a header's value that are not empty, without white space around them."""
    return (part for piece in value.split(sep) if (part := piece.strip()))


def split_directive_names(value: str) -> Iterator[str]:
    """Yield the names of the directives in a header such as Cache-Control, in lower case."""
    return (part.partition("=")[0].strip().lower() for part in split_header_value(value))


def _parts_outside_quotes(line: str) -> Iterator[str]:
    """Split at semicolons that are not inside a quoted value."""
    start, quoted, escaped = 0, False, False
    for position, character in enumerate(line):
        if escaped:
            escaped = False
        elif character == "\\" and quoted:
            escaped = True
        elif character == '"':
            quoted = not quoted
        elif character == ";" and not quoted:
            yield line[start:position].strip()
            start = position + 1
    yield line[start:].strip()


def parse_header_parameters(
    line: str | None, max_length: int | None = MAX_HEADER_LENGTH
) -> tuple[str, dict[str, str]]:
    """Return the value of a header and its parameters: ("text/html", {"charset": "utf-8"}).

    Extended parameters (`title*=utf-8''...`) are decoded; ValueError for an encoding that does not exist.
    """
    if not line:
        return "", {}
    if max_length is not None and len(line) > max_length:
        raise ValueError("Unable to parse header parameters (value too long).")
    parts = _parts_outside_quotes(line)
    main = next(parts).lower()
    parameters: dict[str, str] = {}
    for part in parts:
        name, equals, value = part.partition("=")
        if not equals:
            continue
        name, value = name.strip().lower(), value.strip()
        if len(value) > 1 and value[0] == value[-1] == '"':
            value = value[1:-1].replace("\\\\", "\\").replace('\\"', '"')
        if name.endswith("*"):
            name = name[:-1]
            value = _decode_extended(value)
        parameters[name] = value
    return main, parameters


def _decode_extended(value: str) -> str:
    """Return the text of an extended value (RFC 2231): charset'language'text with percent escapes."""
    from urllib.parse import unquote

    if value.count("'") != 2:
        return collapse_rfc2231_value(unquote(value))
    charset, _, text = decode_rfc2231(value)
    try:
        return unquote(text, encoding=charset or "utf-8")
    except LookupError as error:
        raise ValueError(f"Invalid encoding: {charset!r}") from error


def content_disposition_header(as_attachment: bool, filename: str | None) -> str | None:
    """Return the value of a Content-Disposition header (RFC 6266); None where it would say nothing."""
    disposition = "attachment" if as_attachment else "inline"
    if not filename:
        return disposition if as_attachment else None
    if filename.isascii() and filename.isprintable():
        escaped = filename.replace("\\", "\\\\").replace('"', r"\"")
        return f'{disposition}; filename="{escaped}"'
    return f"{disposition}; filename*=utf-8''{quote(filename)}"
