"""`multipart/form-data`: fields and uploads, read piece by piece so that memory stays bounded.

Finding boundaries is the work of the `multipart` package. `Parser` turns its events into parts,
`MultiPartParser` takes the parts to `QueryDict`s and upload handlers and keeps the limits.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

import multipart

from nuages.conf import settings
from nuages.core.exceptions import (
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from nuages.core.files.uploadhandler import SkipFile, StopFutureHandlers, StopUpload
from nuages.http.querydict import QueryDict
from nuages.utils.datastructures import MultiValueDict
from nuages.utils.http import parse_header_parameters

if TYPE_CHECKING:
    from nuages.core.files.uploadhandler import FileUploadHandler

__all__ = ["ChunkIter", "InputStreamExhausted", "MultiPartParser", "MultiPartParserError"]

# What an item of the body is.
RAW = "raw"
FILE = "file"
FIELD = "field"

# Of one part, all its header lines together; more is no form that a browser sends.
MAX_TOTAL_HEADER_SIZE = 1024

_BOUNDARY = re.compile(r"[ -~]{0,200}[!-~]")
_LARGEST_CHUNK = 2**31 - 4
_NOT_BASE64 = re.compile(rb"\s+")


class MultiPartParserError(Exception):
    """A multipart body that cannot be understood; answered with status 400."""


class InputStreamExhausted(Exception):
    """There is nothing more to read."""


class ChunkIter:
    """The bytes of a stream in pieces of at most `chunk_size`, for parsers of other kinds of body."""

    def __init__(self, flo: Any, chunk_size: int = 64 * 1024) -> None:
        self.flo = flo
        self.chunk_size = chunk_size

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            piece: bytes = self.flo.read(self.chunk_size)
        except InputStreamExhausted:
            raise StopIteration from None
        if not piece:
            raise StopIteration
        return piece


class Part(NamedTuple):
    """The headers of a part. `name` is None for what is not a form field."""

    name: str | None
    filename: str | None
    content_type: str
    content_type_extra: dict[str, bytes]
    charset: str | None
    content_length: int | None
    base64: bool


class LazyStream:
    """The content of one part, pulled out of the body as it is read or iterated."""

    def __init__(self, producer: Iterator[bytes]) -> None:
        self._producer = producer
        self._held = b""

    def __iter__(self) -> LazyStream:
        return self

    def __next__(self) -> bytes:
        if self._held:
            held, self._held = self._held, b""
            return held
        return next(self._producer)

    def read(self, size: int | None = None) -> bytes:
        """Return up to `size` bytes, all that is left without it."""
        if size is None:
            return b"".join(self)
        pieces, missing = [], size
        while missing > 0:
            piece = next(self, b"")
            if not piece:
                break
            self._held = piece[missing:]
            pieces.append(piece[:missing])
            missing -= len(pieces[-1])
        return b"".join(pieces)

    def exhaust(self) -> None:
        """Skip what is left."""
        for _ in self:
            pass


class _Segments(multipart.PushMultipartParser):
    """The boundary finder, with headers read as tolerantly as Django reads them."""

    def __init__(self, boundary: bytes) -> None:
        super().__init__(
            boundary,
            max_header_size=MAX_TOTAL_HEADER_SIZE,
            max_header_count=64,
            # Bytes as they are; they are decoded with the encoding of the form, broken ones replaced.
            header_charset="latin-1",
        )

    def _create_segment(self, headerlist: list[tuple[str, str]]) -> multipart.MultipartSegment:
        if sum(len(name) + len(value) for name, value in headerlist) > MAX_TOTAL_HEADER_SIZE:
            raise multipart.ParserLimitReached("Maximum segment header length exceeded")
        segment = multipart.MultipartSegment([])
        segment.headerlist = headerlist
        return segment


class Parser:
    """Iterates over a body as (RAW, FIELD or FILE; headers; stream). Each stream is good until the next item.

    >>> for kind, part, stream in Parser(request, b"xyz"): ...  # doctest: +SKIP
    """

    def __init__(
        self,
        stream: BinaryIO,
        boundary: bytes,
        chunk_size: int = 64 * 2**10,
        encoding: str = "utf-8",
    ) -> None:
        self._stream = stream
        self._boundary = boundary
        self._chunk_size = chunk_size
        self._encoding = encoding
        #: Whether the closing boundary has been seen.
        self.complete = False

    def _events(self) -> Iterator[Any]:
        finder = _Segments(self._boundary)
        while chunk := self._stream.read(self._chunk_size):
            try:
                yield from finder.parse(chunk)
            except multipart.ParserLimitReached as error:
                raise MultiPartParserError("Request max total header size exceeded.") from error
            except multipart.MultipartError as error:
                raise MultiPartParserError(f"Invalid multipart data: {error}.") from error
        try:
            finder.close()
        except multipart.MultipartError:
            # Cut off: what came through is used, the last part is not (see `complete`).
            return
        self.complete = True

    def __iter__(self) -> Iterator[tuple[str, Part, LazyStream]]:
        events = self._events()
        for segment in events:
            part = read_part(dict(segment.headerlist), self._encoding)
            # `iter(next, None)` is one part: the finder sends None at its end.
            content = LazyStream(iter(lambda: next(events, None), None))
            if part is None or part.name is None:
                yield RAW, part or _NO_PART, content
            elif part.filename is not None:
                yield FILE, part, content
            else:
                yield FIELD, part, content
            content.exhaust()


_NO_PART = Part(None, None, "", {}, None, None, False)


def read_part(headers: dict[str, str], encoding: str) -> Part | None:
    """Return what the headers of a part say; None where they are broken, so that the part is left out."""

    def decoded(value: str) -> str:
        return value.encode("latin-1", "replace").decode(encoding, "replace")

    try:
        kind, params = parse_header_parameters(decoded(headers.get("Content-Disposition", "")))
        content_type, extra = parse_header_parameters(decoded(headers.get("Content-Type", "")))
    except (ValueError, LookupError):
        return None
    if kind != "form-data":
        return None
    try:
        length: int | None = int(headers["Content-Length"])
    except (KeyError, ValueError):
        length = None
    return Part(
        name=params.get("name", "").strip() or None,
        # Browsers send an empty name where no file was chosen: an empty field, as of any other input.
        filename=params.get("filename") or None,
        content_type=content_type.strip(),
        content_type_extra={name: value.encode() for name, value in extra.items()},
        charset=extra.get("charset"),
        content_length=length,
        base64=headers.get("Content-Transfer-Encoding", "").strip().lower() == "base64",
    )


class MultiPartParser:
    """Reads a multipart body into (POST, FILES)."""

    boundary_re = _BOUNDARY

    def __init__(
        self,
        META: dict[str, Any],
        input_data: BinaryIO,
        upload_handlers: list[FileUploadHandler],
        encoding: str | None = None,
    ) -> None:
        content_type = META.get("CONTENT_TYPE", "")
        if not content_type.startswith("multipart/"):
            raise MultiPartParserError(f"Invalid Content-Type: {content_type}")
        if not content_type.isascii():
            raise MultiPartParserError(f"Invalid non-ASCII Content-Type in multipart: {content_type}")
        boundary = parse_header_parameters(content_type)[1].get("boundary")
        if not boundary or not self.boundary_re.fullmatch(boundary):
            raise MultiPartParserError(f"Invalid boundary in multipart: {boundary}")
        try:
            length = int(META.get("CONTENT_LENGTH") or 0)
        except (TypeError, ValueError):
            length = 0
        if length < 0:
            raise MultiPartParserError(f"Invalid content length: {length}")
        self._meta = META
        self._boundary = boundary.encode("ascii")
        self._content_length = length
        self._input_data = input_data
        self._encoding = encoding or settings.DEFAULT_CHARSET
        self._upload_handlers = upload_handlers
        chunk_sizes = [handler.chunk_size for handler in upload_handlers if handler.chunk_size]
        self._chunk_size = min([_LARGEST_CHUNK, *chunk_sizes])

    def parse(self) -> tuple[Any, Any]:
        """Return (POST, FILES)."""
        if self._content_length == 0 and "CONTENT_LENGTH" in self._meta:
            return QueryDict(encoding=self._encoding), MultiValueDict()
        for handler in self._upload_handlers:
            whole = handler.handle_raw_input(
                self._input_data, self._meta, self._content_length, self._boundary, self._encoding
            )
            if whole is not None:
                return whole
        form = _Form(self._upload_handlers, self._encoding, self._chunk_size)
        parser = Parser(self._input_data, self._boundary, self._chunk_size, self._encoding)
        try:
            for kind, part, content in parser:
                form.finish_file()
                if kind == FIELD:
                    form.take_field(part, content)
                elif kind == FILE:
                    form.take_file(part, content, self.sanitize_file_name(part.filename or ""))
            if parser.complete:
                form.finish_file()
        except StopUpload as stop:
            form.close_files()
            if not stop.connection_reset:
                self._drain()
        except BaseException:
            form.close_files()
            raise
        else:
            if form.unfinished:
                form.interrupt()
            self._drain()
        for handler in self._upload_handlers:
            if handler.upload_complete():  # type: ignore[func-returns-value]
                break
        form.post._mutable = False
        return form.post, form.files

    def _drain(self) -> None:
        # A client that is still sending would take an early answer for a broken connection.
        while self._input_data.read(_DRAIN):
            pass

    def sanitize_file_name(self, file_name: str) -> str | None:
        """Return the last part of a name in any system's spelling, printable; None where nothing is left."""
        last = re.split(r"[/\\]", html.unescape(file_name))[-1]
        name = "".join(character for character in last if character.isprintable()).strip()
        return None if name in {"", ".", ".."} else name

    IE_sanitize = sanitize_file_name


_DRAIN = 64 * 2**10


class _Form:
    """What has been received so far, and the limits on it."""

    def __init__(self, handlers: list[FileUploadHandler], encoding: str, chunk_size: int) -> None:
        self.post = QueryDict(mutable=True, encoding=encoding)
        self.files: MultiValueDict = MultiValueDict()
        self.unfinished: str | None = None
        self._counters: list[int] = []
        self._handlers = handlers
        self._encoding = encoding
        self._chunk_size = chunk_size
        self._fields = self._file_parts = self._bytes = 0
        self._max_fields = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
        self._max_files = settings.DATA_UPLOAD_MAX_NUMBER_FILES
        self._max_bytes = settings.DATA_UPLOAD_MAX_MEMORY_SIZE

    def take_field(self, part: Part, content: LazyStream) -> None:
        assert part.name is not None
        self._fields += 1
        if self._max_fields is not None and self._fields > self._max_fields:
            raise TooManyFieldsSent(
                "The number of GET/POST parameters exceeded settings.DATA_UPLOAD_MAX_NUMBER_FIELDS."
            )
        if self._max_bytes is None:
            raw = content.read()
        else:
            # Base64 takes four bytes for three; the limit is on what is kept.
            room = self._max_bytes - self._bytes
            raw = content.read(max(0, room * 4 // 3 if part.base64 else room) + 1)
        value = _lenient_base64(raw) if part.base64 else raw
        # The name and the "=" and "&" that a query string would have count too.
        self._bytes += len(value) + len(part.name) + 2
        if self._max_bytes is not None and self._bytes > self._max_bytes:
            raise RequestDataTooBig("Request body exceeded settings.DATA_UPLOAD_MAX_MEMORY_SIZE.")
        self.post.appendlist(part.name, value.decode(self._encoding, "replace"))

    def take_file(self, part: Part, content: LazyStream, file_name: str | None) -> None:
        assert part.name is not None
        # Counted before the name is looked at: nameless files cost as much to read.
        self._file_parts += 1
        if self._max_files is not None and self._file_parts > self._max_files:
            raise TooManyFilesSent("The number of files exceeded settings.DATA_UPLOAD_MAX_NUMBER_FILES.")
        if file_name is None:
            return
        self._counters = [0] * len(self._handlers)
        self.unfinished = part.name
        try:
            for handler in self._handlers:
                try:
                    handler.new_file(
                        part.name,
                        file_name,
                        part.content_type,
                        part.content_length,
                        part.charset,
                        part.content_type_extra,
                    )
                except StopFutureHandlers:
                    break
            for chunk in _sized(_base64_chunks(content) if part.base64 else content, self._chunk_size):
                self._hand_on(chunk)
        except SkipFile:
            self.unfinished = None
            self.close_files()

    def _hand_on(self, chunk: bytes) -> None:
        passed: bytes | None = chunk
        for index, handler in enumerate(self._handlers):
            if passed is None:
                return
            length = len(passed)
            passed = handler.receive_data_chunk(passed, self._counters[index])
            self._counters[index] += length

    def finish_file(self) -> None:
        """Take the file from its handlers. Called once it is known that the body goes on after it."""
        if self.unfinished is None:
            return
        name, self.unfinished = self.unfinished, None
        for handler, size in zip(self._handlers, self._counters):
            uploaded = handler.file_complete(size)
            if uploaded:
                self.files.appendlist(name, uploaded)
                return

    def interrupt(self) -> None:
        for handler in self._handlers:
            handler.upload_interrupted()

    def close_files(self) -> None:
        for handler in self._handlers:
            unfinished = getattr(handler, "file", None)
            if unfinished is not None:
                unfinished.close()


def _sized(chunks: Iterator[bytes], size: int) -> Iterator[bytes]:
    for chunk in chunks:
        if len(chunk) <= size:
            yield chunk
        else:
            for start in range(0, len(chunk), size):
                yield chunk[start : start + size]


def _base64_chunks(chunks: Iterator[bytes]) -> Iterator[bytes]:
    carried = b""
    for chunk in chunks:
        packed = carried + _NOT_BASE64.sub(b"", chunk)
        whole = len(packed) // 4 * 4
        carried = packed[whole:]
        if whole:
            yield _decode(packed[:whole])
    if carried:
        _decode(carried)
        raise MultiPartParserError("Could not decode base64 data.")


def _decode(packed: bytes) -> bytes:
    try:
        return base64.b64decode(packed, validate=True)
    except binascii.Error as error:
        raise MultiPartParserError("Could not decode base64 data.") from error


def _lenient_base64(raw: bytes) -> bytes:
    try:
        return base64.b64decode(raw)
    except binascii.Error:
        # A field that only claims to be base64 is taken as it is.
        return raw
