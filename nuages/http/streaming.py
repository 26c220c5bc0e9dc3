"""Responses that are sent while they are made: from iterators of either colour, and from files."""

from __future__ import annotations

import io
import mimetypes
import os
import stat
import warnings
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterator
from typing import Any

from nuages.http.base import HttpResponseBase
from nuages.spine import wait
from nuages.utils.http import content_disposition_header

# Browsers unpack these by themselves when told of the content encoding, which is not what a download wants.
_PACKED_TYPES = {
    "br": "application/x-brotli",
    "bzip2": "application/x-bzip",
    "compress": "application/x-compress",
    "gzip": "application/gzip",
    "xz": "application/x-xz",
}


_LARGE_BLOCK = 64 * 1024


class StreamingHttpResponse(HttpResponseBase):
    """A response made piece by piece, from a plain or an async iterator.

    Servers take the pieces through `chunks()`, which follows either kind without collecting it first.
    """

    streaming = True
    is_async = False

    def __init__(self, streaming_content: Any = (), *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.streaming_content = streaming_content

    def __repr__(self) -> str:
        return f"<{type(self).__qualname__} status_code={self.status_code}{self._content_type_for_repr}>"

    @property
    def content(self) -> bytes:
        """Not here."""
        raise AttributeError(
            f"This {type(self).__name__} instance has no `content` attribute. Use `streaming_content` instead."
        )

    @property
    def text(self) -> str:
        """Not here."""
        raise AttributeError(f"This {type(self).__name__} instance has no `text` attribute.")

    @property
    def streaming_content(self) -> Any:
        """The pieces as bytes: an iterator, or an async one where `is_async` says so."""
        return self._async_pieces(self._iterator) if self.is_async else map(self.make_bytes, self._iterator)

    @streaming_content.setter
    def streaming_content(self, value: Any) -> None:
        self._set_streaming_content(value)

    async def _async_pieces(self, pieces: AsyncIterator[Any]) -> AsyncIterator[bytes]:
        async for piece in pieces:
            yield self.make_bytes(piece)

    def _set_streaming_content(self, value: Any) -> None:
        self.is_async = isinstance(value, AsyncIterable)
        self._iterator: Any = aiter(value) if self.is_async else iter(value)
        # Of the iterable, not of the iterator: a file closes, a list_iterator cannot.
        close: Callable[[], object] | None = getattr(value, "close", None)
        if close is not None:
            self.on_close(close)

    def __iter__(self) -> Iterator[bytes]:
        if self.is_async:
            warnings.warn(
                "StreamingHttpResponse must consume asynchronous iterators in order to "
                "serve them synchronously. Use a synchronous iterator instead.",
                Warning,
                stacklevel=2,
            )
        return self.chunks()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if not self.is_async:
            warnings.warn(
                "StreamingHttpResponse must consume synchronous iterators in order to "
                "serve them asynchronously. Use an asynchronous iterator instead.",
                Warning,
                stacklevel=2,
            )
            for piece in map(self.make_bytes, self._iterator):
                yield piece
        else:
            async for piece in self._iterator:
                yield self.make_bytes(piece)

    def chunks(self) -> Iterator[bytes]:
        """Yield the pieces as they come, from plain code in any lane, whichever kind the iterator is."""
        if not self.is_async:
            yield from map(self.make_bytes, self._iterator)
            return
        pieces = self._iterator
        while True:
            try:
                piece = wait(anext(pieces))
            except StopAsyncIteration:
                return
            yield self.make_bytes(piece)

    def getvalue(self) -> bytes:
        """Use the pieces up and return them as one."""
        return b"".join(self.streaming_content)


class FileResponse(StreamingHttpResponse):
    """A file, sent in blocks or handed to the server to send.

    >>> FileResponse(open("report.pdf", "rb"), as_attachment=True)  # doctest: +SKIP
    """

    #: What one step of the iterator reads. Servers of ours take larger blocks, or the file itself.
    block_size = 4096

    def __init__(self, *args: Any, as_attachment: bool = False, filename: str = "", **kwargs: Any) -> None:
        self.as_attachment = as_attachment
        self.filename = filename
        # A content type that was asked for is not guessed over.
        self._content_type_given = kwargs.get("content_type") is not None or "content-type" in {
            str(name).lower() for name in dict(kwargs.get("headers") or {})
        }
        super().__init__(*args, **kwargs)

    def _set_streaming_content(self, value: Any) -> None:
        read = getattr(value, "read", None)
        if read is None:
            self.file_to_stream = None
            super()._set_streaming_content(value)
            return
        self.file_to_stream = value
        close = getattr(value, "close", None)
        if close is not None:
            self.on_close(close)
        self.set_headers(value)
        super()._set_streaming_content(iter(lambda: read(self.block_size), b""))

    def chunks(self) -> Iterator[bytes]:
        """Yield the file in larger blocks than the iterator does, or what middleware made of it."""
        if self.file_to_stream is None:
            return super().chunks()
        read = self.file_to_stream.read
        return iter(lambda: read(_LARGE_BLOCK), b"")

    def set_headers(self, filelike: Any) -> None:
        """Set Content-Length, Content-Type and Content-Disposition as far as they can be told from the file."""
        name = getattr(filelike, "name", "")
        name = name if isinstance(name, str) else ""
        length = _bytes_left(filelike, name)
        if length is not None:
            self.headers["Content-Length"] = str(length)
        filename = os.path.basename(self.filename or name)
        if not self._content_type_given:
            kind, packing = mimetypes.guess_type(filename) if filename else (None, None)
            self.headers["Content-Type"] = _PACKED_TYPES.get(
                packing or "", kind or "application/octet-stream"
            )
        disposition = content_disposition_header(self.as_attachment, filename)
        if disposition:
            self.headers["Content-Disposition"] = disposition

    def file_on_disk(self) -> tuple[str, int, int] | None:
        """Return (path, offset, length) of a regular file that a server can send by itself, else None.

        Only while nothing has been read and no middleware has replaced the content.
        """
        filelike, name = self.file_to_stream, getattr(self.file_to_stream, "name", None)
        if (
            not isinstance(name, str)
            or not os.path.isabs(name)
            or not isinstance(filelike, io.BufferedReader)
        ):
            return None
        try:
            named, opened = os.stat(name), os.fstat(filelike.fileno())
            offset = filelike.tell()
        except (OSError, ValueError):
            return None
        if not stat.S_ISREG(opened.st_mode) or not os.path.samestat(named, opened):
            return None
        return name, offset, max(0, opened.st_size - offset)


def _bytes_left(filelike: Any, name: str) -> int | None:
    seekable = getattr(filelike, "seekable", None)
    can_seek = callable(seekable) and seekable() and callable(getattr(filelike, "seek", None))
    tell = getattr(filelike, "tell", None)
    if callable(tell):
        try:
            position = tell()
        except (OSError, ValueError):
            return None
    elif can_seek:
        position = filelike.seek(0, io.SEEK_CUR)
    else:
        position = 0
    getbuffer = getattr(filelike, "getbuffer", None)
    if callable(getbuffer):
        return getbuffer().nbytes - position
    if name and os.path.isfile(name):
        return os.path.getsize(name) - position
    if can_seek:
        end = filelike.seek(0, io.SEEK_END)
        filelike.seek(position)
        return end - position
    return None
