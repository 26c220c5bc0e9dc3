"""Files that a client sent (ref/files/uploads)."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any, Self

from nuages.conf import settings
from nuages.core.files import temp as tempfile
from nuages.core.files.base import File
from nuages.core.files.utils import validate_file_name

__all__ = ["InMemoryUploadedFile", "SimpleUploadedFile", "TemporaryUploadedFile", "UploadedFile"]

# What common file systems take as one name.
_LONGEST_NAME = 255


def _fitting(name: str) -> str:
    """Shorten a file name to what file systems take, keeping as much of the extension as possible."""
    if len(name) <= _LONGEST_NAME:
        return name
    stem, extension = os.path.splitext(name)
    extension = extension[:_LONGEST_NAME]
    return stem[: _LONGEST_NAME - len(extension)] + extension


class UploadedFile(File):
    """A file as the client described it: the name is made safe, the content type is only a claim."""

    if TYPE_CHECKING:
        #: Set by the form field for images.
        image: Any

    def __init__(
        self,
        file: Any = None,
        name: str | None = None,
        content_type: str | None = None,
        size: int | None = None,
        charset: str | None = None,
        content_type_extra: dict[str, bytes] | None = None,
    ) -> None:
        super().__init__(file, name)
        self.size = size  # type: ignore[assignment]
        self.content_type = content_type
        self.charset = charset
        self.content_type_extra = content_type_extra

    def __bool__(self) -> bool:
        return bool(self.name)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.name} ({self.content_type})>"

    @property
    def name(self) -> str | None:
        """The last part of the name that the client gave."""
        return self._name

    @name.setter
    def name(self, name: str | None) -> None:
        if name is not None:
            # Only the last part may decide where a file is put.
            name = validate_file_name(_fitting(os.path.basename(name)))
        self._name = name


class TemporaryUploadedFile(UploadedFile):
    """A file that was streamed to disk."""

    def __init__(
        self,
        name: str,
        content_type: str | None,
        size: int | None,
        charset: str | None,
        content_type_extra: dict[str, bytes] | None = None,
    ) -> None:
        extension = os.path.splitext(name)[1]
        file = tempfile.NamedTemporaryFile(suffix=".upload" + extension, dir=settings.FILE_UPLOAD_TEMP_DIR)
        super().__init__(file, name, content_type, size, charset, content_type_extra)

    def temporary_file_path(self) -> str:
        """Return where the file is on disk."""
        return self.file.name

    def close(self) -> None:
        """Close and delete the file, unless somebody has moved it away."""
        try:
            self.file.close()
        except OSError as error:
            if error.errno != errno.ENOENT:
                raise


class InMemoryUploadedFile(UploadedFile):
    """A file that was small enough to be kept in memory."""

    def __init__(
        self,
        file: Any,
        field_name: str | None,
        name: str | None,
        content_type: str | None,
        size: int | None,
        charset: str | None,
        content_type_extra: dict[str, bytes] | None = None,
    ) -> None:
        super().__init__(file, name, content_type, size, charset, content_type_extra)
        self.field_name = field_name

    def open(self, mode: str | None = None, *args: Any, **kwargs: Any) -> Self:
        """Go back to the beginning."""
        self.file.seek(0)
        return self

    def chunks(self, chunk_size: int | None = None) -> Iterator[Any]:
        """Yield all of it at once: it is in memory."""
        self.file.seek(0)
        yield self.read()

    def multiple_chunks(self, chunk_size: int | None = None) -> bool:
        """Never."""
        return False


class SimpleUploadedFile(InMemoryUploadedFile):
    """An upload made by hand, for tests: a name, content and a content type."""

    def __init__(self, name: str, content: bytes | None, content_type: str = "text/plain") -> None:
        content = content or b""
        super().__init__(BytesIO(content), None, name, content_type, len(content), None, None)

    @classmethod
    def from_dict(cls, file_dict: dict[str, Any]) -> Self:
        """Make one from `filename`, `content` and perhaps `content-type`."""
        return cls(file_dict["filename"], file_dict["content"], file_dict.get("content-type", "text/plain"))
