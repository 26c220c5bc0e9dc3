"""System checks: what is wrong with a project before it runs; specified in topics/checks and ref/checks."""

from __future__ import annotations

from nuages.core.checks.messages import (
    CRITICAL,
    DEBUG,
    ERROR,
    INFO,
    WARNING,
    CheckMessage,
    Critical,
    Debug,
    Error,
    Info,
    Warning,
)
from nuages.core.checks.registry import Tags, register, run_checks, tag_exists

# Importing them registers the checks that come with nuages.
from nuages.core.checks import (  # isort: skip
    async_checks,
    caches,
    commands,
    database,
    files,
    mail,
    model_checks,
    named,
    templates,
    translation,
    urls,
)
from nuages.core.checks.compatibility import django_4_0  # isort: skip
from nuages.core.checks.security import base, csrf, sessions  # isort: skip

__all__ = [
    "CRITICAL",
    "DEBUG",
    "ERROR",
    "INFO",
    "WARNING",
    "CheckMessage",
    "Critical",
    "Debug",
    "Error",
    "Info",
    "Tags",
    "Warning",
    "async_checks",
    "base",
    "caches",
    "commands",
    "csrf",
    "database",
    "django_4_0",
    "files",
    "mail",
    "model_checks",
    "named",
    "register",
    "run_checks",
    "sessions",
    "tag_exists",
    "templates",
    "translation",
    "urls",
]
