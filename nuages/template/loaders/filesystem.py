"""Templates from directories."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from nuages.core.exceptions import SuspiciousFileOperation
from nuages.template.exceptions import TemplateDoesNotExist
from nuages.template.loaders.base import Loader as BaseLoader
from nuages.template.origin import Origin
from nuages.utils._os import safe_join

# Other files in the same directories are images, fonts and the like.
TEMPLATE_SUFFIXES = frozenset(
    {".html", ".htm", ".txt", ".xml", ".svg", ".js", ".css", ".json", ".md", ".eml"}
)


# Bytes as they are, for this process only.
_PLAIN_OPENING = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_AT_ONCE = 1 << 16

# Names that lead nowhere else, whatever the directory.
_PLAIN_NAME = re.compile(r"\w[\w-]*(?:\.\w[\w-]*)*(?:/\w[\w-]*(?:\.\w[\w-]*)*)*", re.ASCII)


@lru_cache(maxsize=1024)
def _tidy(directory: Any) -> str | None:
    """An absolute directory with a slash at its end and without detours; None for a relative one."""
    return f"{os.path.normpath(directory).rstrip(os.sep)}{os.sep}" if os.path.isabs(directory) else None


def _content(path: str) -> bytes:
    """The bytes of a file. Without the objects that stand for an open file, which take longer than a template's text."""
    file = os.open(path, os.O_RDONLY | _PLAIN_OPENING)
    try:
        pieces = []
        while piece := os.read(file, _AT_ONCE):
            pieces.append(piece)
        return b"".join(pieces)
    finally:
        os.close(file)


class Loader(BaseLoader):
    """Loads from the engine's directories, or from those it is given."""

    keeps_code = True

    def __init__(self, engine: Any, dirs: Sequence[Any] | None = None) -> None:
        super().__init__(engine)
        self.dirs = dirs

    def get_dirs(self) -> Sequence[Any]:
        """The directories to look in, in order."""
        return self.engine.dirs if self.dirs is None else self.dirs  # type: ignore[no-any-return]

    def get_contents(self, origin: Origin) -> str:
        """The file's text."""
        try:
            text = _content(origin.name).decode(self.engine.file_charset)
        except FileNotFoundError:
            raise TemplateDoesNotExist(origin) from None
        return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text

    def get_template_sources(self, template_name: Any) -> Iterator[Origin]:
        """The file in each directory, unless its name leads out of there."""
        is_plain = (
            os.sep == "/"
            and isinstance(template_name, str)
            and _PLAIN_NAME.fullmatch(template_name) is not None
        )
        for directory in self.get_dirs():
            tidy = _tidy(directory) if is_plain else None
            if tidy is not None:
                yield Origin(f"{tidy}{template_name}", template_name, self)
                continue
            try:
                path = safe_join(directory, template_name)
            except SuspiciousFileOperation:
                continue
            yield Origin(name=path, template_name=template_name, loader=self)

    def list_sources(self) -> Iterator[Origin]:
        """The files below each directory that are of a kind that templates are of."""
        for directory in map(Path, self.get_dirs()):
            for path in sorted(directory.rglob("*")):
                if path.suffix in TEMPLATE_SUFFIXES and path.is_file():
                    name = path.relative_to(directory).as_posix()
                    yield Origin(name=safe_join(directory, name), template_name=name, loader=self)
