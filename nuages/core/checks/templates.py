"""Checks of TEMPLATES: each engine checks itself."""

from __future__ import annotations

from itertools import chain
from typing import Any

from nuages.core.checks.registry import Tags, register


@register(Tags.templates)
def check_templates(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Gather what the template engines find."""
    from nuages.template import engines

    return list(chain.from_iterable(engine.check() for engine in engines.all()))
