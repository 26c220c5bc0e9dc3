"""`ImageFile`: a file that knows its size in pixels."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from nuages.core.files.base import File

__all__ = ["ImageFile", "get_image_dimensions"]

#: What is read at first; most headers are within it.
FIRST_CHUNK = 1024


class ImageFile(File):
    """A file with `width` and `height`."""

    @property
    def width(self) -> int | None:
        return self._get_image_dimensions()[0]

    @property
    def height(self) -> int | None:
        return self._get_image_dimensions()[1]

    def _get_image_dimensions(self) -> tuple[int | None, int | None]:
        if not hasattr(self, "_dimensions_cache"):
            was_closed = self.closed
            self.open()
            self._dimensions_cache = get_image_dimensions(self, close=was_closed)
        return self._dimensions_cache


def get_image_dimensions(file_or_path: Any, close: bool = False) -> tuple[int | None, int | None]:
    """`(width, height)` of an open image or one at a path; a pair of None where it is no image."""
    from PIL import ImageFile as parsing

    parser = parsing.Parser()
    opened = not hasattr(file_or_path, "read")
    if opened:
        try:
            file = open(file_or_path, "rb")  # noqa: SIM115 - closed below
        except OSError:
            return None, None
    else:
        file = file_or_path
        position = file.tell()
        file.seek(0)
    try:
        # Reading on doubles, so that an image with its header at the very end is still found quickly.
        size = FIRST_CHUNK
        while data := file.read(size):
            try:
                parser.feed(data)
            except zlib.error as error:
                # The header needs more than what there is yet.
                if not error.args[0].startswith("Error -5"):
                    raise
            except (struct.error, RuntimeError):
                pass  # Too few bytes for the decoder; more may do.
            if parser.image:
                return parser.image.size
            size *= 2
        return None, None
    finally:
        if opened or close:
            file.close()
        else:
            file.seek(position, io.SEEK_SET)
