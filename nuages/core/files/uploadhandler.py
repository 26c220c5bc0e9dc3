"""What happens to the bytes of an upload: the documented handlers and the exceptions that steer them."""

from __future__ import annotations

import os
from io import SEEK_END, BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO

from nuages.conf import settings
from nuages.core.files.uploadedfile import InMemoryUploadedFile, TemporaryUploadedFile, UploadedFile
from nuages.utils.module_loading import import_string

if TYPE_CHECKING:
    from nuages.http.request import HttpRequest

__all__ = [
    "FileUploadHandler",
    "MemoryFileUploadHandler",
    "SkipFile",
    "StopFutureHandlers",
    "StopUpload",
    "TemporaryFileUploadHandler",
    "UploadFileException",
    "load_handler",
]


class UploadFileException(Exception):
    """Raised by an upload handler to steer the upload."""


class StopUpload(UploadFileException):
    """Stop the whole upload; with `connection_reset`, without reading what the client is still sending."""

    def __init__(self, connection_reset: bool = False) -> None:
        self.connection_reset = connection_reset

    def __str__(self) -> str:
        return (
            "StopUpload: Halt current upload."
            if self.connection_reset
            else ("StopUpload: Consume request data, then halt.")
        )


class SkipFile(UploadFileException):
    """Leave this file out and go on with the next."""


class StopFutureHandlers(UploadFileException):
    """Raised in `new_file`: the handlers after this one are not asked about this file."""


class FileUploadHandler:
    """Receives uploads chunk by chunk. Subclasses say what becomes of them."""

    chunk_size = 64 * 2**10

    def __init__(self, request: HttpRequest | None = None) -> None:
        self.file_name: str | None = None
        self.content_type: str | None = None
        self.content_length: int | None = None
        self.charset: str | None = None
        self.content_type_extra: dict[str, bytes] | None = None
        self.field_name: str | None = None
        self.request = request

    def handle_raw_input(
        self,
        input_data: BinaryIO,
        META: dict[str, Any],
        content_length: int,
        boundary: bytes,
        encoding: str | None = None,
    ) -> tuple[Any, Any] | None:
        """Read the whole body in a way of its own and return (POST, FILES), or None to have it parsed."""
        return None

    def new_file(
        self,
        field_name: str,
        file_name: str,
        content_type: str | None,
        content_length: int | None,
        charset: str | None = None,
        content_type_extra: dict[str, bytes] | None = None,
    ) -> None:
        """Learn that a file begins."""
        self.field_name, self.file_name = field_name, file_name
        self.content_type, self.content_type_extra = content_type, content_type_extra
        self.content_length, self.charset = content_length, charset

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Receive a chunk; return what the next handler shall receive, None for nothing."""
        raise NotImplementedError(
            "subclasses of FileUploadHandler must provide a receive_data_chunk() method"
        )

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """Return the file that has been received, None to leave that to the next handler."""
        raise NotImplementedError("subclasses of FileUploadHandler must provide a file_complete() method")

    def upload_complete(self) -> None:
        """Learn that all files have been received."""

    def upload_interrupted(self) -> None:
        """Learn that the upload broke off."""


class TemporaryFileUploadHandler(FileUploadHandler):
    """Streams each file to a temporary file."""

    file: TemporaryUploadedFile

    def new_file(
        self,
        field_name: str,
        file_name: str,
        content_type: str | None,
        content_length: int | None,
        charset: str | None = None,
        content_type_extra: dict[str, bytes] | None = None,
    ) -> None:
        """Open the temporary file."""
        super().new_file(field_name, file_name, content_type, content_length, charset, content_type_extra)
        self.file = TemporaryUploadedFile(file_name, content_type, 0, charset, content_type_extra)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Write to it."""
        self.file.write(raw_data)
        return None

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """Return it, at its beginning."""
        self.file.seek(0)
        self.file.size = file_size
        return self.file

    def upload_interrupted(self) -> None:
        """Take the unfinished file away."""
        unfinished = self.__dict__.get("file")
        if unfinished is not None:
            location = unfinished.temporary_file_path()
            unfinished.close()
            if os.path.exists(location):
                os.remove(location)


class MemoryFileUploadHandler(FileUploadHandler):
    """Keeps files in memory when the whole body is no larger than `FILE_UPLOAD_MAX_MEMORY_SIZE`."""

    activated = False

    def handle_raw_input(
        self,
        input_data: BinaryIO,
        META: dict[str, Any],
        content_length: int,
        boundary: bytes,
        encoding: str | None = None,
    ) -> tuple[Any, Any] | None:
        """Decide by the size of the body, which the client may have understated."""
        size = max(content_length, _seekable_size(input_data))
        self.activated = size <= settings.FILE_UPLOAD_MAX_MEMORY_SIZE
        return None

    def new_file(
        self,
        field_name: str,
        file_name: str,
        content_type: str | None,
        content_length: int | None,
        charset: str | None = None,
        content_type_extra: dict[str, bytes] | None = None,
    ) -> None:
        """Start collecting; no other handler needs to know."""
        super().new_file(field_name, file_name, content_type, content_length, charset, content_type_extra)
        if self.activated:
            self.file = BytesIO()
            raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Keep the chunk, or pass it on when the body is too large."""
        if not self.activated:
            return raw_data
        self.file.write(raw_data)
        return None

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """Return what was collected."""
        if not self.activated:
            return None
        self.file.seek(0)
        return InMemoryUploadedFile(
            self.file,
            self.field_name,
            self.file_name,
            self.content_type,
            file_size,
            self.charset,
            self.content_type_extra,
        )


def _seekable_size(input_data: Any) -> int:
    """Return the size of what can be measured without reading it, 0 for the rest."""
    # A request is measured by the stream it reads from.
    stream = getattr(input_data, "_stream", input_data)
    try:
        position = stream.tell()
        end = stream.seek(0, SEEK_END)
        stream.seek(position)
    except (AttributeError, OSError):
        # A limited stream: it ends where Content-Length says.
        return 0
    return end


def load_handler(path: str, *args: Any, **kwargs: Any) -> FileUploadHandler:
    """Return a new handler of the class that a dotted path names.

    >>> load_handler("nuages.core.files.uploadhandler.TemporaryFileUploadHandler", request)  # doctest: +SKIP
    """
    return import_string(path)(*args, **kwargs)
