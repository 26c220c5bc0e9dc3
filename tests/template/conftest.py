"""An engine whose templates a test writes down beside its assertions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nuages.template import Context, Engine

Render = Callable[..., str]


def engine_of(templates: dict[str, str] | None = None, **options: Any) -> Engine:
    """An engine that keeps the given templates, with the tag libraries of tests."""
    locmem = ("nuages.template.loaders.locmem.Loader", templates or {})
    return Engine(
        loaders=[("nuages.template.loaders.cached.Loader", [locmem])],
        libraries={
            "i18n": "nuages.templatetags.i18n",
            "l10n": "nuages.templatetags.l10n",
            "tz": "nuages.templatetags.tz",
            "static": "nuages.templatetags.static",
            "own": "tests.template.tags_of_tests",
        },
        **options,
    )


@pytest.fixture
def render() -> Render:
    """`render(source, name=value, ...)`."""
    engine = engine_of()

    def rendered(source: str, **values: Any) -> str:
        return engine.from_string(source).render(Context(values))

    return rendered
