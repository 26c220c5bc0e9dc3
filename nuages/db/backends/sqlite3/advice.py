"""What to do about errors whose cause lies outside the site's code, as notes beside SQLite's own words."""

from __future__ import annotations

import os
from pathlib import Path

MISSING_TABLE = "Have all migrations been applied? `python manage.py migrate` does that, and `showmigrations` shows which are missing."


def for_running(message: str, name: str) -> str | None:
    """Return what to do about an error of the database file `name`, where there is something to say."""
    path = Path(name.removeprefix("file:").partition("?")[0])
    if "no such table" in message or "no such column" in message:
        return MISSING_TABLE
    if "readonly" in message:
        return (
            f"This process may not write {str(path)!r}. SQLite writes the file and others beside it: give the user that "
            f"runs the site both the file and its folder {str(path.absolute().parent)!r}."
        )
    if "unable to open" in message:
        return _cannot_open(path)
    if "not a database" in message or "malformed" in message:
        return f"{str(path)!r} is damaged or was written by something else. Put a copy in its place, or correct NAME."
    if "disk is full" in message:
        return f"There is no space left for {str(path)!r} and the files beside it."
    return None


def _cannot_open(path: Path) -> str:
    folder = path.absolute().parent
    if path.is_dir():
        return f"{str(path)!r} is a folder. NAME has to name a file."
    if not folder.is_dir():
        return f"The folder {str(folder)!r} does not exist. Make it, or correct NAME in DATABASES."
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"This process may not write in {str(folder)!r}, where the database and the files beside it belong."
    return f"This process may not read and write {str(path)!r}."
