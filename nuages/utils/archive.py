"""Unpacking archives, for templates of projects and apps."""

from __future__ import annotations

import os
import shutil
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from nuages.core.exceptions import SuspiciousOperation


class ArchiveException(Exception):
    """The archive cannot be read."""


class UnrecognizedArchiveFormat(ArchiveException):
    """The file is no archive of a known kind."""


def extract(path: str | os.PathLike[str], to_path: str | os.PathLike[str]) -> None:
    """Unpack an archive into a directory; one folder around everything is left out."""
    with Archive(path) as archive:
        archive.extract(to_path)


class Archive:
    """A zip or tar file (compressed or not)."""

    def __init__(self, file: str | os.PathLike[str]) -> None:
        self._reader: _Zip | _Tar
        name = str(file)
        if zipfile.is_zipfile(name):
            self._reader = _Zip(name)
        elif tarfile.is_tarfile(name):
            self._reader = _Tar(name)
        else:
            raise UnrecognizedArchiveFormat(f"Path is not a recognized archive format: {file}")

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def extract(self, to_path: str | os.PathLike[str]) -> None:
        """Unpack everything; SuspiciousOperation for a member that would lie outside the directory."""
        base = Path(os.path.abspath(to_path))
        members = list(self._reader.members())
        leading = _common_folder(name for name, _, _ in members)
        for name, mode, content in members:
            target = _inside(base, name.removeprefix(leading).rstrip("/"))
            if content is None:
                target.mkdir(parents=True, exist_ok=True)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            with content() as source, target.open("wb") as copy:
                shutil.copyfileobj(source, copy)
            if mode:
                target.chmod(mode)

    def list(self) -> None:
        """Print the names of the members."""
        for name, _, _ in self._reader.members():
            print(name)

    def close(self) -> None:
        self._reader.close()


def _common_folder(names: Iterable[str]) -> str:
    """Return the one folder in which everything lies, with its slash; empty when there is none."""
    tops = {name.partition("/")[0] if "/" in name else "" for name in names}
    top = tops.pop() if len(tops) == 1 else ""
    return f"{top}/" if top else ""


def _inside(base: Path, name: str) -> Path:
    # A drive letter makes a path absolute on Windows wherever it stands.
    target = os.path.abspath(os.path.join(base, name))
    if target != str(base) and not target.startswith(f"{base}{os.sep}"):
        raise SuspiciousOperation(f"Archive contains invalid path: '{name}'")
    return Path(target)


# Name, permissions (0 where they are not recorded) and how to open the content; None for a folder.
Member = tuple[str, int, Any]


class _Zip:
    def __init__(self, name: str) -> None:
        self.file = zipfile.ZipFile(name)

    def members(self) -> Iterator[Member]:
        for info in self.file.infolist():
            mode = (info.external_attr >> 16) & 0o777
            yield info.filename, mode, None if info.is_dir() else self._opener(info)

    def _opener(self, info: zipfile.ZipInfo) -> Any:
        return lambda: self.file.open(info)

    def close(self) -> None:
        self.file.close()


class _Tar:
    def __init__(self, name: str) -> None:
        self.file = tarfile.open(name)  # noqa: SIM115 - closed with the archive

    def members(self) -> Iterator[Member]:
        for info in self.file.getmembers():
            # Links and devices have no place in a template.
            if info.isdir():
                yield f"{info.name}/", info.mode & 0o777, None
            elif info.isfile():
                yield info.name, info.mode & 0o777, self._opener(info)

    def _opener(self, info: tarfile.TarInfo) -> Any:
        def open_member() -> IO[bytes]:
            content = self.file.extractfile(info)
            if content is None:
                raise ArchiveException(f"{info.name} cannot be read")
            return content

        return open_member

    def close(self) -> None:
        self.file.close()
