"""Tools for commands: other programs, patterns of paths, labels, formatting what was written."""

from __future__ import annotations

import fnmatch
import os
import shutil
import subprocess
import sys
import traceback
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from nuages.core.management.base import CommandError, CommandParser
from nuages.utils.crypto import get_random_string
from nuages.utils.encoding import DEFAULT_LOCALE_ENCODING

_SECRET_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)"


def popen_wrapper(args: Sequence[Any], stdout_encoding: str = "utf-8") -> tuple[str, str, int]:
    """Run a program and return its output, its errors and its exit status."""
    try:
        done = subprocess.run(args, capture_output=True, close_fds=os.name != "nt", check=False)
    except OSError as error:
        raise CommandError(f"Error executing {args[0]}") from error
    errors = done.stderr.decode(DEFAULT_LOCALE_ENCODING, errors="replace")
    return done.stdout.decode(stdout_encoding), errors, done.returncode


def handle_extensions(extensions: Iterable[str]) -> set[str]:
    """Return file extensions with their dots, from options such as `["html,txt", ".py"]`."""
    named = (name.strip() for option in extensions for name in option.replace(" ", "").split(","))
    return {name if name.startswith(".") else f".{name}" for name in named if name}


def find_command(cmd: str, path: Any = None, pathext: Any = None) -> str | None:
    """Return where a program is; None when it is not on the path."""
    places = os.pathsep.join(path) if isinstance(path, (list, tuple)) else path
    return shutil.which(cmd, path=places)


def get_random_secret_key() -> str:
    """Return 50 random characters, fit for SECRET_KEY."""
    return get_random_string(50, _SECRET_CHARACTERS)


def parse_apps_and_model_labels(labels: Iterable[str]) -> tuple[set[Any], set[Any]]:
    """Return the models and the app configurations that labels such as `auth` and `auth.User` name."""
    from nuages.apps import apps

    models: set[Any] = set()
    configs: set[Any] = set()
    for label in labels:
        try:
            if "." in label:
                models.add(apps.get_model(label))
            else:
                configs.add(apps.get_app_config(label))
        except LookupError as error:
            kind = "model" if "." in label else "app"
            raise CommandError(f"Unknown {kind}: {label}" if kind == "model" else str(error)) from error
    return models, configs


def get_command_line_option(argv: Sequence[str], option: str) -> Any:
    """Return the value of one option of a command line; None when it is not there."""
    parser = CommandParser(add_help=False, allow_abbrev=False)
    parser.add_argument(option, dest="value")
    try:
        return parser.parse_known_args(argv[2:])[0].value
    except CommandError:
        return None


def normalize_path_patterns(patterns: Iterable[str]) -> list[str]:
    """Return patterns of paths in the system's spelling; a trailing `/*` stands for the directory itself."""
    return [os.path.normcase(pattern.removesuffix("/*")) for pattern in patterns]


def is_ignored_path(path: str | os.PathLike[str], ignore_patterns: Iterable[str]) -> bool:
    """Return whether one of the patterns matches the whole path or its last part."""
    name, whole = Path(path).name, str(path)
    return any(
        fnmatch.fnmatchcase(name, pattern) or fnmatch.fnmatchcase(whole, pattern)
        for pattern in normalize_path_patterns(ignore_patterns)
    )


def find_formatters() -> dict[str, str | None]:
    """Return where the formatters of Python files are."""
    return {"black_path": shutil.which("black")}


def run_formatters(written_files: Iterable[Any], black_path: Any = ..., stderr: Any = None) -> None:
    """Format the files that a command has written, if there is a formatter on the path."""
    if black_path is ...:
        black_path = shutil.which("black")
    if not black_path:
        return
    try:
        subprocess.run(
            [black_path, "--fast", "--", *map(str, written_files)], capture_output=True, check=False
        )
    except OSError:
        out = stderr or sys.stderr
        out.write("Formatters failed to launch:\n")
        traceback.print_exc(file=out)
