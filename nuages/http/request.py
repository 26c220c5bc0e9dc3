"""`HttpRequest`: what a view is told about a request. Everything that costs is worked out when asked for."""

from __future__ import annotations

import codecs
import copy
from collections.abc import Iterator
from io import SEEK_END, BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO, Self
from urllib.parse import urljoin, urlsplit

from nuages.conf import settings
from nuages.core.exceptions import BadRequest, DisallowedHost, ImproperlyConfigured, RequestDataTooBig
from nuages.core.signing import BadSignature
from nuages.http.accept import MediaType, Negotiation
from nuages.http.cookie import unsign_cookie
from nuages.http.headers import HttpHeaders
from nuages.http.hosts import split_domain_port, validate_host
from nuages.http.querydict import QueryDict
from nuages.utils.datastructures import ImmutableList, MultiValueDict
from nuages.utils.encoding import escape_uri_path, iri_to_uri
from nuages.utils.functional import cached_property
from nuages.utils.http import is_same_domain, parse_header_parameters
from nuages.utils.module_loading import imported

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from datetime import timedelta

    from nuages.core.files.uploadhandler import FileUploadHandler
    from nuages.http.multipartparser import MultiPartParser
    from nuages.urls import ResolverMatch

__all__ = [
    "RAISE_ERROR",
    "HttpHeaders",
    "HttpRequest",
    "MediaType",
    "QueryDict",
    "RawPostDataException",
    "UnreadablePostError",
    "is_same_domain",
    "split_domain_port",
    "validate_host",
]

RAISE_ERROR = object()

# Not part of a copied or pickled request: bound to the connection or to the running process.
_CONNECTION_STATE = ("_stream", "environ", "scope", "resolver_match", "_route", "_upload_handlers")
_META_CONNECTION_STATE = ("wsgi.input", "wsgi.errors", "wsgi.file_wrapper")


class UnreadablePostError(OSError):
    """The client went away, or its connection broke, while the body was being read."""


class RawPostDataException(Exception):
    """`body` was asked for after the request had been read as a stream."""


class HttpRequest(Negotiation):
    """A request. Servers hand out subclasses that fill `META`, `path_info` and the body stream lazily."""

    method: str | None = None
    path = ""
    path_info = ""
    script_name = ""
    resolver_match: ResolverMatch | None = None
    content_type: str | None = None
    content_params: dict[str, str] | None = None

    #: ((urlconf, path), language, match) where the server has found the view already.
    _route: tuple[tuple[Any, str], str | None, ResolverMatch] | None = None
    _encoding: str | None = None
    _upload_handlers: list[FileUploadHandler] | None = None
    # Loaded by handlers, or with the first form that has files: commands do without.
    _multipart_parser_class: Any = imported("nuages.http.multipartparser.MultiPartParser")
    _stream: BinaryIO | None = None
    _read_started = False
    _post_parse_error = False
    _body: bytes

    if TYPE_CHECKING:
        # What middleware sets. The user's class is chosen by a setting: a view that relies on it says which it is.
        user: Any
        auser: Callable[[], Coroutine[Any, Any, Any]]
        session: Any
        site: Any
        csp_nonce: Any
        # What views and middleware may set.
        current_app: str
        urlconf: Any

    def __init__(self) -> None:
        # By hand, in a test or a script: everything empty, and to be filled. Servers' subclasses do not call this.
        self.META = {}
        self.COOKIES = {}
        self.GET = QueryDict(mutable=True)
        self._post = QueryDict(mutable=True)
        self._files = MultiValueDict()

    # -- what subclasses supply

    @cached_property
    def META(self) -> dict[str, Any]:  # type: ignore[override]
        """The headers and the server's variables, as WSGI spells them."""
        return {}

    @cached_property
    def GET(self) -> QueryDict:
        """The query string."""
        return QueryDict(mutable=True)

    @cached_property
    def COOKIES(self) -> dict[str, str]:
        """The cookies that the client sent."""
        return {}

    def started_with(self) -> dict[str, Any]:
        """Return what the signal `request_started` tells about this request."""
        return {}

    # -- form data: parsed on first use, dropped when the encoding changes

    @property
    def POST(self) -> Any:
        """The form fields of a POST request."""
        try:
            return self._post
        except AttributeError:
            self._load_post_and_files()
            return self._post

    @POST.setter
    def POST(self, value: Any) -> None:
        self._post = value

    @property
    def FILES(self) -> Any:
        """The uploaded files of a multipart POST request."""
        try:
            return self._files
        except AttributeError:
            self._load_post_and_files()
            return self._files

    @FILES.setter
    def FILES(self, value: Any) -> None:
        self._files = value

    @property
    def encoding(self) -> str | None:
        """The charset that the query string and the form are decoded in; None for the site's own."""
        return self._encoding

    @encoding.setter
    def encoding(self, value: str | None) -> None:
        self._encoding = value
        for parsed in ("GET", "_post", "_files"):
            self.__dict__.pop(parsed, None)

    # -- headers and addresses

    @cached_property
    def headers(self) -> HttpHeaders:
        """The headers of the request, in any case."""
        return HttpHeaders(self.META)

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        header = meta.get("CONTENT_TYPE", "")
        if ";" not in header:
            self.content_type, self.content_params = header.strip().lower(), {}
        else:
            try:
                self.content_type, self.content_params = parse_header_parameters(header)
            except (ValueError, LookupError) as error:
                raise BadRequest("Invalid Content-Type header.") from error
            charset = self.content_params.get("charset")
            if charset and _is_charset(charset):
                self.encoding = charset

    @property
    def scheme(self) -> str:
        """`http` or `https`, as the trusted proxy header says where one is configured."""
        trusted = settings.SECURE_PROXY_SSL_HEADER
        if trusted:
            try:
                header, secure_value = trusted
            except ValueError as error:
                raise ImproperlyConfigured(
                    "The SECURE_PROXY_SSL_HEADER setting must be a tuple containing two values."
                ) from error
            value = self.META.get(header)
            if value is not None:
                # Each proxy appends: the first entry is what the client spoke.
                return "https" if value.split(",", 1)[0].strip() == secure_value else "http"
        return self._get_scheme()

    def _get_scheme(self) -> str:
        return "http"

    def is_secure(self) -> bool:
        """Say whether the request came by HTTPS."""
        return self.scheme == "https"

    def _get_raw_host(self) -> str:
        meta = self.META
        if settings.USE_X_FORWARDED_HOST and "HTTP_X_FORWARDED_HOST" in meta:
            return meta["HTTP_X_FORWARDED_HOST"]
        if "HTTP_HOST" in meta:
            return meta["HTTP_HOST"]
        port, usual = self.get_port(), "443" if self.is_secure() else "80"
        return meta["SERVER_NAME"] if port == usual else f"{meta['SERVER_NAME']}:{port}"

    def get_host(self) -> str:
        """Return the host that the request was sent to, checked against `ALLOWED_HOSTS`."""
        host = self._get_raw_host()
        allowed = settings.ALLOWED_HOSTS
        if settings.DEBUG and not allowed:
            allowed = [".localhost", "127.0.0.1", "[::1]"]
        domain = split_domain_port(host)[0]
        if domain and validate_host(domain, allowed):
            return host
        message = f"Invalid HTTP_HOST header: {host!r}."
        if domain:
            message += f" You may need to add {domain!r} to ALLOWED_HOSTS."
        else:
            message += " The domain name provided is not valid according to RFC 1034/1035."
        raise DisallowedHost(message)

    def get_port(self) -> str:
        """Return the port that the request was sent to."""
        if settings.USE_X_FORWARDED_PORT and "HTTP_X_FORWARDED_PORT" in self.META:
            return str(self.META["HTTP_X_FORWARDED_PORT"])
        return str(self.META["SERVER_PORT"])

    def get_full_path(self, force_append_slash: bool = False) -> str:
        """Return the path with the query string."""
        return self._with_query(self.path, force_append_slash)

    def get_full_path_info(self, force_append_slash: bool = False) -> str:
        """Return the path below the script prefix with the query string."""
        return self._with_query(self.path_info, force_append_slash)

    def _with_query(self, path: str, force_append_slash: bool) -> str:
        full = escape_uri_path(path)
        if force_append_slash and not path.endswith("/"):
            full += "/"
        query = self.META.get("QUERY_STRING", "")
        return f"{full}?{iri_to_uri(query)}" if query else full

    @property
    def _current_scheme_host(self) -> str:
        return f"{self.scheme}://{self.get_host()}"

    def build_absolute_uri(self, location: str | None = None) -> str:
        """Return `location` (this page, if not given) as a whole URL."""
        if location is None:
            # Put together rather than joined: a path that begins with two slashes is not another host.
            return iri_to_uri(self._current_scheme_host + self.get_full_path())
        location = str(location)
        parts = urlsplit(location)
        if parts.scheme and parts.netloc:
            return iri_to_uri(location)
        return iri_to_uri(urljoin(self._current_scheme_host + self.path, location))

    def get_signed_cookie(
        self,
        key: str,
        default: Any = RAISE_ERROR,
        salt: str = "",
        max_age: int | timedelta | None = None,
    ) -> Any:
        """Return the value of a signed cookie; raise `BadSignature` (or return `default`) if it was altered."""
        try:
            signed = self.COOKIES[key]
        except KeyError:
            if default is RAISE_ERROR:
                raise
            return default
        try:
            return unsign_cookie(key, signed, salt, max_age)
        except BadSignature:
            if default is RAISE_ERROR:
                raise
            return default

    # -- uploads

    @property
    def upload_handlers(self) -> list[FileUploadHandler]:
        """The handlers that receive uploads, to be changed before the form is read."""
        if self._upload_handlers is None:
            from nuages.core.files import uploadhandler

            self._upload_handlers = [
                uploadhandler.load_handler(path, self) for path in settings.FILE_UPLOAD_HANDLERS
            ]
        return self._upload_handlers

    @upload_handlers.setter
    def upload_handlers(self, handlers: list[FileUploadHandler]) -> None:
        if "_files" in self.__dict__:
            raise AttributeError("You cannot set the upload handlers after the upload has been processed.")
        self._upload_handlers = handlers

    @property
    def multipart_parser_class(self) -> type[MultiPartParser]:
        """The class that reads `multipart/form-data`."""
        chosen: type[MultiPartParser] = self._multipart_parser_class
        return chosen

    @multipart_parser_class.setter
    def multipart_parser_class(self, parser_class: type[MultiPartParser]) -> None:
        if "_files" in self.__dict__:
            raise RuntimeError(
                "You cannot set the multipart parser class after the upload has been processed."
            )
        self._multipart_parser_class = parser_class

    def parse_file_upload(self, META: dict[str, Any], post_data: BinaryIO) -> tuple[Any, Any]:
        """Return (fields, files) of a multipart body."""
        self._upload_handlers = ImmutableList(  # type: ignore[assignment]
            self.upload_handlers,
            warning="You cannot alter upload handlers after the upload has been processed.",
        )
        parser = self.multipart_parser_class(META, post_data, self.upload_handlers, self.encoding)
        return parser.parse()

    # -- the body

    @property
    def body(self) -> bytes:
        """The whole body. Refused above `DATA_UPLOAD_MAX_MEMORY_SIZE` and after reading it as a stream."""
        if "_body" in self.__dict__:
            return self._body
        if self._read_started:
            raise RawPostDataException("You cannot access body after reading from request's data stream")
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if limit is not None and self._stated_size() > limit:
            raise _too_big()
        # One byte more than allowed shows a body that is longer than it said, or did not say.
        body = self.read() if limit is None else self.read(limit + 1)
        self._close_stream()
        if limit is not None and len(body) > limit:
            raise _too_big()
        self._body = body
        self._stream = BytesIO(body)
        return body

    def _stated_size(self) -> int:
        """Return the size of the body as far as it can be told without reading it."""
        stream = self._stream
        if stream is not None and stream.seekable():
            position = stream.tell()
            size = stream.seek(0, SEEK_END) - position
            stream.seek(position)
            return size
        return _as_length(self.META.get("CONTENT_LENGTH"))

    def _load_post_and_files(self) -> None:
        encoding = self._encoding
        if self.method != "POST":
            self._post, self._files = QueryDict(encoding=encoding), MultiValueDict()
        elif self._read_started and "_body" not in self.__dict__:
            self._mark_post_parse_error()
        elif self.content_type == "multipart/form-data":
            data = BytesIO(self._body) if "_body" in self.__dict__ else self
            try:
                self._post, self._files = self.parse_file_upload(self.META, data)  # type: ignore[arg-type]
            except Exception:
                # Whoever asks next (an error page that shows the form) must not read on from the middle.
                self._mark_post_parse_error()
                raise
        elif self.content_type == "application/x-www-form-urlencoded":
            # RFC 1866 section 8.2.1 and the URL standard know this form in UTF-8 only.
            if encoding is not None and encoding.lower() != "utf-8":
                raise BadRequest(
                    "HTTP requests with the 'application/x-www-form-urlencoded' "
                    "content type must be UTF-8 encoded."
                )
            self._post, self._files = QueryDict(self.body, encoding="utf-8"), MultiValueDict()
        else:
            self._post, self._files = QueryDict(encoding=encoding), MultiValueDict()

    def _mark_post_parse_error(self) -> None:
        self._post, self._files = QueryDict(), MultiValueDict()
        self._post_parse_error = True

    def close(self) -> None:
        """Close the files that were uploaded, if they were looked at."""
        uploads = self.__dict__.get("_files")
        if not uploads:
            return
        for _, files in uploads.lists():
            for file in files:
                file.close()

    def _close_stream(self) -> None:
        if self._stream is not None:
            self._stream.close()

    # -- the body as a file

    def read(self, size: int | None = None) -> bytes:
        """Read from the body, all of it or up to a size."""
        self._read_started = True
        if self._stream is None:
            return b""
        try:
            return self._stream.read(-1 if size is None else size)
        except OSError as error:
            raise UnreadablePostError(*error.args) from error

    def readline(self, size: int | None = None) -> bytes:
        """Read one line of the body."""
        self._read_started = True
        if self._stream is None:
            return b""
        try:
            return self._stream.readline(-1 if size is None else size)
        except OSError as error:
            raise UnreadablePostError(*error.args) from error

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def readlines(self) -> list[bytes]:
        """Read the lines that are left of the body."""
        return list(self)

    # -- copies

    def __repr__(self) -> str:
        if self.method is None or not self.get_full_path():
            return f"<{type(self).__name__}>"
        return f"<{type(self).__name__}: {self.method} {self.get_full_path()!r}>"

    def __copy__(self) -> Self:
        made = type(self).__new__(type(self))
        made.__dict__.update(self.__dict__)
        return made

    def __getstate__(self) -> dict[str, Any]:
        state = {name: value for name, value in self.__dict__.items() if name not in _CONNECTION_STATE}
        if "META" in state:
            state["META"] = {
                name: value for name, value in state["META"].items() if name not in _META_CONNECTION_STATE
            }
        return state

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        made = type(self).__new__(type(self))
        memo[id(self)] = made
        made.__dict__.update(copy.deepcopy(self.__getstate__(), memo))
        for name in ("_stream", "environ", "scope", "resolver_match"):
            if name in self.__dict__:
                made.__dict__[name] = self.__dict__[name]
        return made


def _is_charset(name: str) -> bool:
    try:
        codecs.lookup(name)
    except (LookupError, ValueError):
        return False
    return True


def _as_length(value: Any) -> int:
    try:
        return int(value or 0)
    except (TypeError, ValueError):
        return 0


def _too_big() -> RequestDataTooBig:
    return RequestDataTooBig("Request body exceeded settings.DATA_UPLOAD_MAX_MEMORY_SIZE.")
