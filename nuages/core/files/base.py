"""`File`, a thin wrapper around a file object, and `ContentFile` around a string (ref/files/file)."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from typing import Any, Self

from nuages.core.files.utils import FileProxyMixin
from nuages.utils.functional import cached_property


class File(FileProxyMixin):
    """A file with a name, a size, and reading in chunks."""

    DEFAULT_CHUNK_SIZE = 64 * 2**10

    def __init__(self, file: Any, name: str | None = None) -> None:
        self.file = file
        self.name = getattr(file, "name", None) if name is None else name
        if hasattr(file, "mode"):
            self.mode = file.mode

    def __str__(self) -> str:
        return self.name or ""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {str(self) or 'None'}>"

    def __bool__(self) -> bool:
        return bool(self.name)

    def __len__(self) -> int:
        return self.size

    @cached_property
    def size(self) -> int:
        """The size in bytes."""
        if hasattr(self.file, "size"):
            return self.file.size
        path = getattr(self.file, "name", None)
        try:
            return os.path.getsize(path)  # type: ignore[arg-type]
        except (OSError, TypeError):
            pass
        if hasattr(self.file, "tell") and hasattr(self.file, "seek"):
            position = self.file.tell()
            end = self.file.seek(0, os.SEEK_END) or self.file.tell()
            self.file.seek(position)
            return end
        raise AttributeError("Unable to determine the file's size.")

    def chunks(self, chunk_size: int | None = None) -> Iterator[Any]:
        """Yield the file from its beginning in chunks."""
        chunk_size = chunk_size or self.DEFAULT_CHUNK_SIZE
        try:
            self.seek(0)
        except (AttributeError, io.UnsupportedOperation):
            pass
        while chunk := self.read(chunk_size):
            yield chunk

    def multiple_chunks(self, chunk_size: int | None = None) -> bool:
        """Say whether the file is larger than one chunk."""
        return self.size > (chunk_size or self.DEFAULT_CHUNK_SIZE)

    def __iter__(self) -> Iterator[Any]:
        """Yield lines, ended by any of the three conventions, however the chunks cut them."""
        held: Any = None
        for chunk in self.chunks():
            text = chunk if held is None else held + chunk
            held = None
            lines = text.splitlines(keepends=True)
            # The last line may go on in the next chunk, and a "\r" at the end may be half of "\r\n".
            last = lines.pop()
            yield from lines
            if last.endswith("\n" if isinstance(last, str) else b"\n"):
                yield last
            else:
                held = last
        if held is not None:
            yield held

    def __enter__(self) -> Self:
        return self

    def __exit__(self, exc_type: object, exc_value: object, tb: object) -> None:
        self.close()

    def open(self, mode: str | None = None, *args: Any, **kwargs: Any) -> Self:
        """Open the file again, or go back to its beginning."""
        if self.closed:
            if not self.name or not os.path.exists(self.name):
                raise ValueError("The file cannot be reopened.")
            self.file = open(self.name, mode or self.mode, *args, **kwargs)  # noqa: SIM115
        else:
            self.seek(0)
        return self

    def close(self) -> None:
        """Close the file."""
        self.file.close()


class ContentFile(File):
    """A file made of a string or bytes."""

    def __init__(self, content: str | bytes, name: str | None = None) -> None:
        super().__init__(io.StringIO(content) if isinstance(content, str) else io.BytesIO(content), name=name)
        self.size = len(content)

    def __str__(self) -> str:
        return "Raw content"

    def __bool__(self) -> bool:
        return True

    def open(self, mode: str | None = None, *args: Any, **kwargs: Any) -> Self:
        """Go back to the beginning."""
        self.seek(0)
        return self

    def close(self) -> None:
        """Keep the content: a ContentFile is never closed."""

    def write(self, data: Any) -> int:
        """Write, and measure the size afresh when it is next asked for."""
        self.__dict__.pop("size", None)
        return self.file.write(data)
