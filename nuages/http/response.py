"""Responses held in memory, and the documented address of all others."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from nuages.core.exceptions import DisallowedRedirect
from nuages.http.base import HttpResponseBase
from nuages.http.exceptions import Http404
from nuages.http.headers import BadHeaderError, ResponseHeaders
from nuages.http.streaming import FileResponse, StreamingHttpResponse
from nuages.utils.encoding import iri_to_uri
from nuages.utils.functional import Promise
from nuages.utils.http import MAX_URL_REDIRECT_LENGTH

__all__ = [
    "BadHeaderError",
    "FileResponse",
    "Http404",
    "HttpResponse",
    "HttpResponseBadRequest",
    "HttpResponseBase",
    "HttpResponseForbidden",
    "HttpResponseGone",
    "HttpResponseNotAllowed",
    "HttpResponseNotFound",
    "HttpResponseNotModified",
    "HttpResponsePermanentRedirect",
    "HttpResponseRedirect",
    "HttpResponseServerError",
    "JsonResponse",
    "ResponseHeaders",
    "StreamingHttpResponse",
    "mimetypes",
]


class HttpResponse(HttpResponseBase):
    """A response whose content is held in memory.

    >>> HttpResponse("hello", content_type="text/plain").content
    b'hello'
    """

    def __init__(
        self,
        content: Any = b"",
        content_type: str | None = None,
        status: int | str | HTTPStatus | None = None,
        reason: str | None = None,
        charset: str | None = None,
        headers: Mapping[Any, Any] | Iterable[tuple[Any, Any]] | None = None,
    ) -> None:
        super().__init__(content_type, status, reason, charset, headers)
        self.content = content

    def __repr__(self) -> str:
        return f"<{type(self).__name__} status_code={self.status_code}{self._content_type_for_repr}>"

    def serialize(self) -> bytes:
        """Return headers and content as they stand in a message."""
        return self.serialize_headers() + b"\r\n\r\n" + self.content

    __bytes__ = serialize

    @property
    def content(self) -> bytes:
        """The content as bytes."""
        pieces = self._pieces
        if len(pieces) != 1:
            pieces[:] = [b"".join(pieces)]
        return pieces[0]

    @content.setter
    def content(self, value: Any) -> None:
        plain = isinstance(value, (str, bytes))
        self._pieces = [self.make_bytes(value) if plain else self._consumed(value)]

    def _consumed(self, value: Any) -> bytes:
        if isinstance(value, (memoryview, Promise)) or not isinstance(value, Iterable):
            return self.make_bytes(value)
        content = b"".join(map(self.make_bytes, value))
        close = getattr(value, "close", None)
        if close is not None:
            try:
                close()
            except Exception:
                # The content is complete; what gave it is no longer of interest.
                return content
        return content

    @property
    def text(self) -> str:
        """The content decoded."""
        return self.content.decode(self.charset or "utf-8")

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._pieces)

    def write(self, content: Any) -> None:
        """Add to the content."""
        self._pieces.append(self.make_bytes(content))

    def writelines(self, lines: Iterable[Any]) -> None:
        """Add each of `lines`, with nothing between them."""
        for line in lines:
            self.write(line)

    def tell(self) -> int:
        """Return the length of the content."""
        return len(self.content)

    def getvalue(self) -> bytes:
        """Return the content."""
        return self.content

    def writable(self) -> bool:
        """Always."""
        return True


class HttpResponseRedirectBase(HttpResponse):
    """What temporary and permanent redirects share."""

    allowed_schemes = ("http", "https", "ftp")
    status_code_preserve_request = 307

    def __init__(
        self,
        redirect_to: Any,
        preserve_request: bool = False,
        *args: Any,
        max_length: int | None = MAX_URL_REDIRECT_LENGTH,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        location = iri_to_uri(str(redirect_to))
        self["Location"] = location
        if max_length is not None and len(location) > max_length:
            raise DisallowedRedirect(f"Unsafe redirect exceeding {max_length} characters")
        try:
            scheme = urlsplit(str(redirect_to)).scheme
        except ValueError as error:
            raise DisallowedRedirect(f"Unsafe redirect to malformed URL {location!r}") from error
        if scheme and scheme not in self.allowed_schemes:
            raise DisallowedRedirect(f"Unsafe redirect to URL with protocol {scheme!r}")
        if preserve_request:
            self.status_code = self.status_code_preserve_request

    @property
    def url(self) -> str:
        """Where the redirect leads."""
        return self["Location"]

    def __repr__(self) -> str:
        return (
            f"<{type(self).__name__} status_code={self.status_code}{self._content_type_for_repr}, "
            f'url="{self.url}">'
        )


class HttpResponseRedirect(HttpResponseRedirectBase):
    """Look there for now: 302, or 307 to have the method and body sent again."""

    status_code = 302


class HttpResponsePermanentRedirect(HttpResponseRedirectBase):
    """Look there from now on: 301, or 308 to have the method and body sent again."""

    status_code = 301
    status_code_preserve_request = 308


class HttpResponseNotModified(HttpResponse):
    """What you have is still right: 304, without content."""

    status_code = 304

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self["content-type"]

    @HttpResponse.content.setter  # type: ignore[attr-defined]
    def content(self, value: Any) -> None:
        """Refuse content."""
        if value:
            raise AttributeError("You cannot set content to a 304 (Not Modified) response")
        self._pieces = [b""]


class HttpResponseNotAllowed(HttpResponse):
    """405, with the methods that are allowed."""

    status_code = 405

    def __init__(self, permitted_methods: Iterable[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self["Allow"] = ", ".join(permitted_methods)

    def __repr__(self) -> str:
        return (
            f"<{type(self).__name__} [{self['Allow']}] status_code={self.status_code}"
            f"{self._content_type_for_repr}>"
        )


class HttpResponseServerError(HttpResponse):
    """500."""

    status_code = 500


class HttpResponseGone(HttpResponse):
    """410."""

    status_code = 410


class HttpResponseBadRequest(HttpResponse):
    """400."""

    status_code = 400


class HttpResponseForbidden(HttpResponse):
    """403."""

    status_code = 403


class HttpResponseNotFound(HttpResponse):
    """404."""

    status_code = 404


class JsonResponse(HttpResponse):
    """JSON, of a dict unless `safe=False`.

    >>> JsonResponse({"foo": "bar"}).content
    b'{"foo": "bar"}'
    """

    def __init__(
        self,
        data: Any,
        encoder: type[json.JSONEncoder] | None = None,
        safe: bool = True,
        json_dumps_params: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        if safe and not isinstance(data, dict):
            raise TypeError(
                "In order to allow non-dict objects to be serialized set the safe parameter to False."
            )
        if encoder is None:
            # Not at the top: serializers stand above http in the order of rooms.
            from nuages.core.serializers.json import DjangoJSONEncoder

            encoder = DjangoJSONEncoder
        kwargs.setdefault("content_type", "application/json")
        super().__init__(json.dumps(data, cls=encoder, **(json_dumps_params or {})), **kwargs)
