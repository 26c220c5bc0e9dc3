"""Files that the server sends itself: collected static files and uploaded media.

Static files are listed once at start-up, so a request is a dictionary look-up and no path a client writes ever
reaches the file system. Media is looked up below its root, with links and `..` resolved first.
"""

from __future__ import annotations

import mimetypes
import os
import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path

from nuages.server.protocol import HeaderList, HTTPProtocol, Scope
from nuages.utils.http import http_date

#: A name with a hash of its content in it never changes what it means.
HASHED = re.compile(r"\.[0-9a-f]{8,}\.[^./]+$|\.[0-9a-f]{8,}$")
IMMUTABLE = "public, max-age=31536000, immutable"
STATIC = "public, max-age=3600"
MEDIA = "private, max-age=0, must-revalidate"

#: Types in which a browser would run scripts of whoever uploaded the file.
ACTIVE = frozenset(
    {"text/html", "application/xhtml+xml", "image/svg+xml", "text/xml", "application/xml", "application/pdf"}
)

_RANGE = re.compile(r"bytes=(\d*)-(\d*)$")


@dataclass(frozen=True, slots=True)
class ServedFile:
    """A file with the headers it is sent with."""

    path: str
    size: int
    modified: float
    etag: str
    headers: tuple[tuple[str, str], ...]

    def send(self, scope: Scope, protocol: HTTPProtocol) -> tuple[int, int]:
        """Send the file, the part of it that was asked for, or that it has not changed."""
        if scope.method not in ("GET", "HEAD"):
            protocol.response_empty(405, [("allow", "GET, HEAD"), ("content-length", "0")])
            return 405, 0
        headers: HeaderList = list(self.headers)
        if self._unchanged(scope):
            protocol.response_empty(
                304, [pair for pair in headers if pair[0] not in ("content-length", "content-type")]
            )
            return 304, 0
        if scope.method == "HEAD":
            protocol.response_empty(200, [*headers, ("content-length", str(self.size))])
            return 200, 0
        wanted = self._range(scope)
        if wanted is None:
            protocol.response_file(200, [*headers, ("content-length", str(self.size))], self.path)
            return 200, self.size
        start, end = wanted
        if start >= end:
            protocol.response_empty(416, [("content-range", f"bytes */{self.size}"), ("content-length", "0")])
            return 416, 0
        part = [
            ("content-range", f"bytes {start}-{end - 1}/{self.size}"),
            ("content-length", str(end - start)),
        ]
        protocol.response_file_range(206, [*headers, *part], self.path, start, end)
        return 206, end - start

    def _unchanged(self, scope: Scope) -> bool:
        known = scope.headers.get("if-none-match")
        if known is not None:
            return known.strip() == "*" or self.etag in [
                tag.strip().removeprefix("W/") for tag in known.split(",")
            ]
        since = scope.headers.get("if-modified-since")
        if since is None:
            return False
        try:
            return int(self.modified) <= parsedate_to_datetime(since).timestamp()
        except (TypeError, ValueError):
            return False

    def _range(self, scope: Scope) -> tuple[int, int] | None:
        """Return (start, end) of a single range; several at once are answered with the whole, as HTTP allows."""
        asked = scope.headers.get("range")
        match = _RANGE.match(asked) if asked else None
        if match is None or match[1] == match[2] == "" or len(match[1]) > 18 or len(match[2]) > 18:
            return None
        condition = scope.headers.get("if-range")
        if condition is not None and condition not in (self.etag, http_date(self.modified)):
            return None
        if not match[1]:
            return max(0, self.size - int(match[2])), self.size
        return int(match[1]), min(self.size, int(match[2]) + 1) if match[2] else self.size


def describe(path: str, cache_control: str, untrusted: bool = False) -> ServedFile:
    """Return the file at `path` with its headers. Raises `OSError` where there is none."""
    found = os.stat(path)
    kind, encoding = mimetypes.guess_type(path)
    if encoding:
        kind = "application/gzip" if encoding == "gzip" else "application/octet-stream"
    kind = kind or "application/octet-stream"
    etag = f'"{found.st_mtime_ns:x}-{found.st_size:x}"'
    shown = (
        f"{kind}; charset=utf-8"
        if kind.startswith("text/") or kind.endswith(("javascript", "json"))
        else kind
    )
    headers = [
        ("content-type", shown),
        ("cache-control", cache_control),
        ("last-modified", http_date(found.st_mtime)),
        ("etag", etag),
        ("accept-ranges", "bytes"),
        ("x-content-type-options", "nosniff"),
    ]
    if untrusted and kind in ACTIVE:
        headers.append(("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox"))
    return ServedFile(path, found.st_size, found.st_mtime, etag, tuple(headers))


class ServedFiles:
    """Finds the file for a request, below the static and the media URL."""

    def __init__(self) -> None:
        self.static: dict[str, ServedFile] = {}
        self.media_url = ""
        self.media_root: Path | None = None

    def add_static(self, url: str, root: str | os.PathLike[str]) -> int:
        """List all files below `root` under `url`; return how many there are."""
        folder, before = Path(root), len(self.static)
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                name = path.relative_to(folder).as_posix()
                cache_control = IMMUTABLE if HASHED.search(name) else STATIC
                self.static[f"{url}{name}"] = describe(str(path), cache_control)
        return len(self.static) - before

    def add_media(self, url: str, root: str | os.PathLike[str]) -> None:
        """Serve what is, at the time of a request, below `root` under `url`."""
        self.media_url, self.media_root = url, Path(root).resolve()

    def find(self, scope: Scope) -> ServedFile | None:
        """Return the file that `scope` asks for, if it is one of these."""
        path = scope.path
        found = self.static.get(path)
        if found is not None or self.media_root is None or not path.startswith(self.media_url):
            return found
        return self._media(path[len(self.media_url) :])

    def _media(self, name: str) -> ServedFile | None:
        assert self.media_root is not None
        if not name or "\x00" in name:
            return None
        try:
            path = (self.media_root / name).resolve()
            if not path.is_relative_to(self.media_root) or not path.is_file():
                return None
            return describe(str(path), MEDIA, untrusted=True)
        except (OSError, ValueError):  # a name too long, a loop of links, a file gone meanwhile
            return None
