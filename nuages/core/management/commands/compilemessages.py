"""`compilemessages`: compile message catalogues (`.po`) for use (`.mo`), with Babel; GNU gettext is not needed."""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from io import BytesIO
from pathlib import Path
from typing import Any

from nuages.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    help = "Compiles .po files to .mo files for use with builtin gettext support."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add(
            "--locale",
            "-l",
            action="append",
            default=[],
            help="Locale to process, e.g. de_AT; may be repeated.",
        )
        add("--exclude", "-x", action="append", default=[], help="Locale to leave out; may be repeated.")
        add("--use-fuzzy", "-f", dest="fuzzy", action="store_true", help="Take fuzzy translations too.")
        add(
            "--ignore",
            "-i",
            action="append",
            dest="ignore_patterns",
            default=[],
            metavar="PATTERN",
            help="Ignore folders matching this glob-style pattern; may be repeated.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folders = list(locale_folders([os.path.normpath(pattern) for pattern in options["ignore_patterns"]]))
        if not folders:
            raise CommandError("There is no folder named locale here, and LOCALE_PATHS names none.")
        failed = False
        for folder in folders:
            for path in catalogues(folder, options["locale"], options["exclude"]):
                failed |= not self._compile(path, options["fuzzy"], options["verbosity"])
        if failed:
            raise CommandError("compilemessages generated one or more errors.")

    def _compile(self, path: Path, fuzzy: bool, verbosity: int) -> bool:
        """Compile one catalogue, unless that is done; say whether all went well."""
        target = path.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= path.stat().st_mtime:
            if verbosity > 0:
                self.stdout.write(f"File “{path}” is already compiled and up to date.")
            return True
        if verbosity > 0:
            self.stdout.write(f"processing file {path.name} in {path.parent}")
        try:
            compiled = compiled_catalogue(path.read_bytes(), fuzzy)
        except ValueError as error:
            for line in error.args:
                self.stderr.write(f"{path}: {line}")
            return False
        try:
            target.write_bytes(compiled)
        except OSError as error:
            self.stderr.write(
                f"The po files under {path.parent} are in a seemingly not writable location: {error}"
            )
            return False
        return True


def compiled_catalogue(source: bytes, fuzzy: bool = False) -> bytes:
    """The `.mo` form of a `.po` file; ValueError lists what is wrong in it."""
    if source.startswith(codecs.BOM_UTF8):
        raise ValueError("The file has a BOM (Byte Order Mark). Save it as UTF-8 without one.")
    try:
        from babel.messages import mofile, pofile
    except ImportError as error:
        raise CommandError("Compiling messages needs Babel: pip install nuages[i18n]") from error
    try:
        catalogue = pofile.read_po(BytesIO(source), abort_invalid=True)
    except (pofile.PoFileError, UnicodeDecodeError) as error:
        raise ValueError(str(error)) from error
    wrong = [
        f"line {message.lineno}: {problem}" for message, problems in catalogue.check() for problem in problems
    ]
    if wrong:
        raise ValueError(*wrong)
    out = BytesIO()
    mofile.write_mo(out, catalogue, use_fuzzy=fuzzy)
    return out.getvalue()


def locale_folders(ignored: Sequence[str]) -> Iterator[Path]:
    """The folders with catalogues: `conf/locale` and every `locale` below here, and those of LOCALE_PATHS."""
    from nuages.conf import settings

    found = [Path("conf", "locale")]
    for folder, names, _ in os.walk("."):
        kept = [name for name in names if not _matches(os.path.normpath(os.path.join(folder, name)), ignored)]
        names[:] = sorted(kept)
        found += [Path(folder, name) for name in names if name == "locale"]
    if settings.configured:
        found += map(Path, settings.LOCALE_PATHS)
    seen: set[Path] = set()
    for path in found:
        whole = path.resolve()
        if whole not in seen and path.is_dir():
            seen.add(whole)
            yield path


def _matches(path: str, patterns: Sequence[str]) -> bool:
    return any(fnmatch(path, pattern) for pattern in patterns)


def catalogues(folder: Path, wanted: Sequence[str], excluded: Sequence[str]) -> Iterator[Path]:
    """The `.po` files of the locales that are wanted (or of all) and not excluded."""
    there = sorted(path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith("_"))
    for locale in there:
        if locale not in excluded and (not wanted or locale in wanted):
            yield from sorted((folder / locale).rglob("*.po"))
