"""Reading settings from the environment, as `startproject` writes them: `env("SECRET_KEY")`.

A `.env` file holds what a machine needs while developing; what the environment itself says comes first.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

from nuages.core.exceptions import ImproperlyConfigured

T = TypeVar("T")

_REQUIRED: Any = object()
_TRUE = frozenset(("1", "true", "yes", "on"))
_FALSE = frozenset(("0", "false", "no", "off", ""))

ENGINES = {
    "sqlite": "nuages.db.backends.sqlite3",
    "sqlite3": "nuages.db.backends.sqlite3",
    "postgres": "nuages.db.backends.postgresql",
    "postgresql": "nuages.db.backends.postgresql",
    "mysql": "nuages.db.backends.mysql",
    "mariadb": "nuages.db.backends.mysql",
}


class Environment:
    """Environment variables, read as what they should be: `env.bool("DEBUG", default=False)`."""

    def __init__(self, variables: Mapping[str, str] | None = None) -> None:
        self._variables = os.environ if variables is None else variables
        self._file: dict[str, str] = {}

    def read(self, path: str | os.PathLike[str]) -> None:
        """Take variables from a `.env` file, if it is there, for those that the environment does not have."""
        file = Path(path)
        if not file.is_file():
            return
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            text = line.strip()
            if not text or text.startswith("#"):
                continue
            name, equals, value = text.removeprefix("export ").partition("=")
            if not equals or not name.strip().isidentifier():
                raise ImproperlyConfigured(f"{file}, line {number}: expected NAME=value, got {line!r}.")
            self._file[name.strip()] = _unquoted(value.strip())

    def _raw(self, name: str) -> str | None:
        value = self._variables.get(name)
        return self._file.get(name) if value is None else value

    def _get(self, name: str, default: Any, convert: Callable[[str], T], wanted: str) -> Any:
        value = self._raw(name)
        if value is None:
            if default is _REQUIRED:
                raise ImproperlyConfigured(f"Set the environment variable {name}: {wanted}.")
            return default
        try:
            return convert(value)
        except ValueError as error:
            raise ImproperlyConfigured(
                f"The environment variable {name} must be {wanted}, not {value!r}."
            ) from error

    def __call__(self, name: str, default: Any = _REQUIRED) -> Any:
        """Return a variable as text."""
        return self._get(name, default, str, "text")

    def bool(self, name: str, default: Any = _REQUIRED) -> Any:
        """Return a variable that says yes or no."""
        return self._get(name, default, _truth, "1 or 0 (or true, false, yes, no, on, off)")

    def int(self, name: str, default: Any = _REQUIRED) -> Any:
        """Return a variable that is a whole number."""
        return self._get(name, default, int, "a whole number")

    def list(self, name: str, default: Any = _REQUIRED) -> Any:
        """Return a variable that lists things, separated by commas."""
        return self._get(name, default, _parts, "a list separated by commas")

    def database(self, name: str = "DATABASE_URL", default: Any = _REQUIRED) -> dict[str, Any]:
        """Return a database for DATABASES from an address: `postgres://user:password@host:5432/name`.

        What stands after a question mark goes into OPTIONS, save conn_max_age and such, which go beside it. The
        default may also be the path of an SQLite file.
        """
        if isinstance(default, Path) and self._raw(name) is None:
            return {"ENGINE": ENGINES["sqlite"], "NAME": default}
        wanted = f"an address of a database ({', '.join(sorted(ENGINES))})"
        value = self._get(name, default, str, wanted)
        try:
            return database_from_url(value)
        except ValueError as error:
            shown = urlsplit(value)._replace(netloc="...").geturl() if "@" in value else value
            raise ImproperlyConfigured(
                f"The environment variable {name} must be {wanted}: {error}; got {shown!r}."
            ) from None


def _truth(value: str) -> bool:
    word = value.strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ValueError(value)


def _parts(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value.partition(" #")[0].rstrip()


_BESIDE_OPTIONS: dict[str, Callable[[str], Any]] = {
    "conn_max_age": int,
    "conn_health_checks": _truth,
    "atomic_requests": _truth,
    "disable_server_side_cursors": _truth,
}


def database_from_url(url: str) -> dict[str, Any]:
    """Return a database for DATABASES from its address; ValueError for what is none."""
    parts = urlsplit(url)
    if parts.scheme not in ENGINES:
        raise ValueError(f"{parts.scheme or 'no scheme'!r} is no database that nuages knows")
    config: dict[str, Any] = {"ENGINE": ENGINES[parts.scheme]}
    if parts.scheme.startswith("sqlite"):
        # sqlite:///relative.db, sqlite:////absolute.db, sqlite://:memory:
        path = unquote(parts.netloc + parts.path)
        config["NAME"] = path if path == ":memory:" else path.removeprefix("/")
        if not config["NAME"]:
            raise ValueError("it names no file")
    else:
        config |= {
            "NAME": unquote(parts.path.removeprefix("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
        }
    options: dict[str, Any] = {}
    for key, value in parse_qsl(parts.query, keep_blank_values=True):
        if key in _BESIDE_OPTIONS:
            config[key.upper()] = _BESIDE_OPTIONS[key](value)
        else:
            options[key] = int(value) if value.isdigit() else value
    if options:
        config["OPTIONS"] = options
    return config


env = Environment()
