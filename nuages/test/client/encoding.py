"""Writing multipart form bodies."""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Iterable, Mapping
from typing import Any

from nuages.utils.encoding import force_bytes
from nuages.utils.functional import Promise
from nuages.utils.itercompat import is_iterable

BOUNDARY = "BoUnDaRyStRiNg"
MULTIPART_CONTENT = f"multipart/form-data; boundary={BOUNDARY}"


def encode_multipart(boundary: str, data: Mapping[str, Any]) -> bytes:
    """Return `data` as a multipart/form-data body. Files are objects with `read`; lists give several values.

    Raises `TypeError` for None, which a form cannot send.
    """
    lines: list[bytes] = []
    for key, value in data.items():
        if value is None:
            raise TypeError(
                f"Cannot encode None for key '{key}' as POST data. Did you mean to pass an empty string or omit "
                "the value?"
            )
        if _is_file(value):
            lines += encode_file(boundary, key, value)
        elif isinstance(value, str | bytes | Promise) or not is_iterable(value):
            lines += _field(boundary, key, value)
        else:
            for item in value:
                lines += encode_file(boundary, key, item) if _is_file(item) else _field(boundary, key, item)
    lines += [b"--%s--" % force_bytes(boundary), b""]
    return b"\r\n".join(lines)


def _is_file(thing: Any) -> bool:
    return callable(getattr(thing, "read", None))


def _field(boundary: str, key: str, value: Any) -> Iterable[bytes]:
    return [
        force_bytes(line)
        for line in (f"--{boundary}", f'Content-Disposition: form-data; name="{key}"', "", value)
    ]


def encode_file(boundary: str, key: str, file: Any) -> Iterable[bytes]:
    """Return the lines of one file's part."""
    # Files opened from a descriptor have a number for a name.
    name = getattr(file, "name", None)
    filename = os.path.basename(name) if isinstance(name, str) else ""
    content_type = getattr(file, "content_type", None)
    if content_type is None:
        content_type = (mimetypes.guess_type(filename)[0] if filename else None) or "application/octet-stream"
    head = (
        f"--{boundary}",
        f'Content-Disposition: form-data; name="{key}"; filename="{filename or key}"',
        f"Content-Type: {content_type}",
        "",
    )
    return [*map(force_bytes, head), force_bytes(file.read())]
