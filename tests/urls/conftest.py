"""URL configurations made inside tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from nuages.test.utils import override_settings


class URLConf:
    """Stands in for a module with `urlpatterns`."""

    def __init__(self, patterns: list[Any]) -> None:
        self.urlpatterns = patterns


@pytest.fixture
def routes() -> Iterator[Callable[..., None]]:
    """Return a function that makes patterns the site's URL configuration for the rest of a test."""
    with ExitStack() as stack:
        yield (
            lambda *patterns: (
                stack.enter_context(override_settings(ROOT_URLCONF=URLConf(list(patterns)))) and None
            )
        )
