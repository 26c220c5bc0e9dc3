"""Checks of TEMPLATES and of the templates: each engine checks itself."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import Any

from nuages.core.checks.messages import CheckMessage, Warning
from nuages.core.checks.registry import Tags, register


@register(Tags.templates)
def check_templates(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Gather what the template engines find."""
    from nuages.template import engines

    return list(chain.from_iterable(engine.check() for engine in engines.all()))


@register(Tags.templates, thorough=True)
def check_template_sources(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Compile all templates that engines can list (only those of some apps, if these are named).

    A file that several engines have is fine when one of them can make something of it. What is wrong in a template of an
    installed package is a warning only: packages bring templates for companions that a site may not have.
    """
    from nuages.template import engines

    found: dict[str, list[Any]] = {}
    for engine in engines.all():
        for path, messages in engine.check_sources():
            if app_configs is None or any(_is_in(path, config.path) for config in app_configs):
                found[path] = messages if found.get(path, messages) else []
    return [
        _as_warning(message) if _is_installed(path) else message
        for path, messages in found.items()
        for message in messages
    ]


def _is_in(path: str, folder: str) -> bool:
    return Path(path).is_relative_to(folder)


def _is_installed(path: str) -> bool:
    return not {"site-packages", "dist-packages"}.isdisjoint(Path(path).parts)


def _as_warning(error: CheckMessage) -> CheckMessage:
    assert error.id is not None
    return Warning(error.msg, hint=error.hint, obj=error.obj, id=error.id.replace(".E", ".W"))
