"""Dotted paths under either name."""

from __future__ import annotations

from nuages.compat.alias import installed


def spelled(path: str) -> str:
    """Return `path` as generated code and stored data should spell it: with `django` under the alias."""
    if path == "nuages" or path.startswith("nuages."):
        return f"django{path[len('nuages') :]}" if installed() else path
    return path


def resolved(path: str) -> str:
    """Return the nuages path for a dotted path that may be spelled with `django`."""
    if path == "django" or path.startswith("django."):
        return f"nuages{path[len('django') :]}"
    return path
