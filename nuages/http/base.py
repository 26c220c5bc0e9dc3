"""`HttpResponseBase`: status line, headers, cookies and closing, for held and streamed responses alike."""

from __future__ import annotations

import datetime
import re
import time
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Self

from nuages.conf import settings
from nuages.core.signals import request_finished
from nuages.http.cookie import SimpleCookie, cookie_attributes, is_plain_cookie, sign_cookie
from nuages.http.headers import BadHeaderError, Entry, ResponseHeaders, entry_of
from nuages.utils import timezone
from nuages.utils.functional import cached_property
from nuages.utils.http import http_date

_CHARSET = re.compile(r";\s*charset=(?P<charset>[^\s;]+)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# `http.client` has the same as `responses`, but brings sockets, TLS and half of `email`.
_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_SAMESITE = ("lax", "none", "strict")

# Set by the test client or bound to open files; a cached response does without.
_UNPICKLED = frozenset(
    {
        "_resource_closers",
        "_handler_class",
        "asgi_request",
        "client",
        "closed",
        "context",
        "json",
        "resolver_match",
        "templates",
        "wsgi_request",
    }
)


@lru_cache(maxsize=256)
def charset_in(content_type: str) -> str:
    """Return the charset that a Content-Type names, an empty text where it names none."""
    named = _CHARSET.search(content_type)
    return named["charset"].strip('"') if named else ""


@lru_cache(maxsize=16)
def _html_in(charset: str) -> Entry:
    return entry_of("Content-Type", f"text/html; charset={charset}")


class HttpResponseBase:
    """What all responses share: status, headers and cookies, but no content."""

    status_code = 200
    streaming = False
    closed = False

    _reason_phrase: str | None = None
    _charset: str | None = None
    _handler_class: type | None = None
    #: The cookies that were set, as long as nobody looks at `cookies`: (value, what `_attributes` takes) by name.
    _plain_cookies: dict[str, tuple[str, tuple[Any, ...]]]

    def __init__(
        self,
        content_type: str | None = None,
        status: int | str | HTTPStatus | None = None,
        reason: str | None = None,
        charset: str | None = None,
        headers: Mapping[Any, Any] | Iterable[tuple[Any, Any]] | None = None,
    ) -> None:
        made = self.headers = ResponseHeaders(headers or ())
        self._charset = charset
        self._resource_closers = []
        if "content-type" not in made._store:
            if content_type is None:
                made.put(_html_in(charset or settings.DEFAULT_CHARSET))
            else:
                made["Content-Type"] = content_type
        elif content_type:
            raise ValueError(
                "'headers' must not contain 'Content-Type' when the 'content_type' parameter is provided."
            )
        if status is not None:
            self.status_code = _checked_status(status)
        if reason is not None:
            self.reason_phrase = reason

    # -- status line

    @property
    def reason_phrase(self) -> str:
        """The words after the status code; those of the standard unless set."""
        if self._reason_phrase is not None:
            return self._reason_phrase
        return _PHRASES.get(self.status_code, "Unknown Status Code")

    @reason_phrase.setter
    def reason_phrase(self, value: str) -> None:
        if _CONTROL.search(value):
            raise BadHeaderError("reason_phrase can't contain control characters.")
        self._reason_phrase = value

    @property
    def charset(self) -> str:
        """The charset of the content: as given, else as the Content-Type says, else the site's."""
        if self._charset is not None:
            return self._charset
        stated = self.headers._store.get("content-type")
        return (charset_in(stated[1]) if stated else "") or settings.DEFAULT_CHARSET

    @charset.setter
    def charset(self, value: str) -> None:
        self._charset = value

    # -- headers

    def __setitem__(self, header: str, value: Any) -> None:
        self.headers[header] = value

    def __delitem__(self, header: str) -> None:
        del self.headers[header]

    def __getitem__(self, header: str) -> str:
        return self.headers[header]

    def __contains__(self, header: str) -> bool:
        return header in self.headers

    def has_header(self, header: str) -> bool:
        """Say whether a header is set; any case."""
        return header in self.headers

    def get(self, header: str, alternate: Any = None) -> Any:
        """Return a header, or `alternate` where it is not set."""
        return self.headers.get(header, alternate)

    def setdefault(self, header: str, value: Any) -> None:
        """Set a header unless it is set already."""
        self.headers.setdefault(header, value)

    def items(self) -> Iterable[tuple[str, str]]:
        """The headers as pairs."""
        return self.headers.items()

    @property
    def _content_type_for_repr(self) -> str:
        named = self.headers.get("Content-Type")
        return f', "{named}"' if named else ""

    def serialize_headers(self) -> bytes:
        """Return the headers and cookies as they stand in a message."""
        lines = [f"{name}: {value}".encode("latin-1") for name, value in self.headers.pairs()]
        lines += [f"Set-Cookie: {cookie}".encode("latin-1") for cookie in self.cookie_lines()]
        return b"\r\n".join(lines)

    __bytes__ = serialize_headers

    def header_list(self) -> list[tuple[str, str]]:
        """Return every line that a server has to send, cookies among them."""
        pairs = list(self.headers.pairs())
        pairs += [("Set-Cookie", cookie) for cookie in self.cookie_lines()]
        return pairs

    # -- cookies

    @cached_property
    def cookies(self) -> Any:
        """The cookies that this response sets."""
        cookies = SimpleCookie()
        for key, (value, said) in self.__dict__.pop("_plain_cookies", {}).items():
            cookies[key] = value
            dict.update(cookies[key], _attributes(*said))
        return cookies

    def cookie_lines(self) -> list[str]:
        """Return the value of each Set-Cookie line."""
        state = self.__dict__
        if "cookies" in state:
            lines = [
                f"{morsel.key}={morsel.coded_value}{cookie_attributes(tuple(morsel.items()))}"
                for morsel in state["cookies"].values()
            ]
        elif "_plain_cookies" in state:
            # Nothing in name and value needs to be looked for.
            return [
                f"{key}={value}{_attributes_written(*said)}"
                for key, (value, said) in state["_plain_cookies"].items()
            ]
        else:
            return []
        for line in lines:
            if _CONTROL.search(line):
                raise BadHeaderError(f"Header values can't contain newlines (got {line!r})")
        return lines

    def set_cookie(
        self,
        key: str,
        value: Any = "",
        max_age: int | float | datetime.timedelta | None = None,
        expires: str | datetime.datetime | None = None,
        path: str | None = "/",
        domain: str | None = None,
        secure: bool = False,
        httponly: bool = False,
        samesite: str | None = None,
    ) -> None:
        """Set a cookie; it lasts for the browser's session unless `max_age` or `expires` is given."""
        if samesite and str(samesite).lower() not in _SAMESITE:
            raise ValueError('samesite must be "lax", "none", or "strict".')
        if isinstance(expires, datetime.datetime):
            if max_age is not None:
                raise ValueError("'expires' and 'max_age' can't be used together.")
            max_age, expires = _seconds_until(expires), None
        if isinstance(max_age, datetime.timedelta):
            max_age = max_age.total_seconds()
        if max_age is not None:
            # Internet Explorer has never known max-age.
            expires = expires or http_date(time.time() + max_age)
            max_age = int(max_age)
        said = expires, max_age, path, domain, secure, httponly, samesite
        state = self.__dict__
        if "cookies" not in state and is_plain_cookie(key, value):
            plain = state.setdefault("_plain_cookies", {})
            # Set for the second time, a cookie keeps the attributes that are not set anew.
            if key not in plain:
                plain[key] = value, said
                return
        cookies = self.cookies
        cookies[key] = value
        # As a plain dictionary: a morsel looks at each name, and these are known to it.
        dict.update(cookies[key], _attributes(*said))

    def set_signed_cookie(self, key: str, value: Any, salt: str = "", **kwargs: Any) -> None:
        """Set a cookie that `HttpRequest.get_signed_cookie` reads back only if it was not altered."""
        self.set_cookie(key, sign_cookie(key, value, salt), **kwargs)

    def delete_cookie(
        self, key: str, path: str = "/", domain: str | None = None, samesite: str | None = None
    ) -> None:
        """Make the browser forget a cookie; path and domain as they were when it was set."""
        # Browsers ignore a Set-Cookie that is not secure for these names and for SameSite=None.
        secure = key.startswith(("__Secure-", "__Host-")) or bool(samesite and samesite.lower() == "none")
        same = {"path": path, "domain": domain, "samesite": samesite, "secure": secure}
        self.set_cookie(key, "", max_age=0, expires="Thu, 01 Jan 1970 00:00:00 GMT", **same)  # type: ignore[arg-type]

    # -- content

    def make_bytes(self, value: Any) -> bytes:
        """Return a piece of content as the bytes to send."""
        if isinstance(value, str):
            return str(value).encode(self.charset)
        if isinstance(value, (bytes, memoryview)):
            return bytes(value)
        return str(value).encode(self.charset)

    # -- end of life

    # Where a response does without `__init__`, or comes out of a cache.
    @cached_property
    def _resource_closers(self) -> list[Callable[[], object]]:
        return []

    def on_close(self, closer: Callable[[], object]) -> None:
        """Have something called when the server is done with this response."""
        self._resource_closers.append(closer)

    def close(self) -> None:
        """Release what the response holds on to; called by the server when all is sent."""
        for closer in self.__dict__.pop("_resource_closers", ()):
            try:
                closer()
            except Exception:
                # The answer is out: a file that will not close is no reason to leave the others open.
                continue
        self.closed = True
        request_finished.send(sender=self._handler_class)

    # -- a file, as far as it goes

    def write(self, content: Any) -> Any:
        """Add content; only a held response can."""
        raise OSError(f"This {type(self).__name__} instance is not writable")

    def flush(self) -> None:
        """Nothing is held back."""

    def tell(self) -> int:
        """Return how much has been written."""
        raise OSError(f"This {type(self).__name__} instance cannot tell its position")

    def readable(self) -> bool:
        """Never."""
        return False

    def seekable(self) -> bool:
        """Never."""
        return False

    def writable(self) -> bool:
        """Whether `write` works."""
        return False

    def writelines(self, lines: Iterable[Any]) -> None:
        """Write each of `lines`, adding nothing between them."""
        raise OSError(f"This {type(self).__name__} instance is not writable")

    def __copy__(self) -> Self:
        # A copy stays in this process, and keeps what a pickled response does without.
        copied = type(self).__new__(type(self))
        copied.__dict__.update(self.__dict__)
        return copied

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name not in _UNPICKLED}


def _attributes(
    expires: str | None,
    max_age: int | None,
    path: str | None,
    domain: str | None,
    secure: bool,
    httponly: bool,
    samesite: str | None,
) -> dict[str, Any]:
    """Return the attributes of a cookie as its morsel has them."""
    attributes: dict[str, Any] = {"expires": expires or ""}
    if max_age is not None:
        attributes["max-age"] = max_age
    if path is not None:
        attributes["path"] = path
    if domain:
        attributes["domain"] = domain
    if secure:
        attributes["secure"] = secure
    if httponly:
        attributes["httponly"] = httponly
    if samesite:
        attributes["samesite"] = samesite
    return attributes


# Few again, as `cookie_attributes` says.
@lru_cache(maxsize=256)
def _attributes_written(*said: Any) -> str:
    written = cookie_attributes(tuple(_attributes(*said).items()))
    if _CONTROL.search(written):
        raise BadHeaderError(f"Header values can't contain newlines (got {written!r})")
    return written


def _checked_status(status: Any) -> int:
    try:
        code = int(status)
    except (ValueError, TypeError) as error:
        raise TypeError("HTTP status code must be an integer.") from error
    if not 100 <= code <= 599:
        raise ValueError("HTTP status code must be an integer from 100 to 599.")
    return code


def _seconds_until(moment: datetime.datetime) -> int:
    if timezone.is_naive(moment):
        moment = timezone.make_aware(moment, datetime.UTC)
    left = moment - datetime.datetime.now(tz=datetime.UTC)
    # The second that has begun counts, so that the browser keeps the cookie no shorter than was asked.
    return max(0, left.days * 86400 + left.seconds + 1)
