"""A thousand routes; one of the last is asked for."""

from __future__ import annotations

import sys
from typing import Any

from benchmarks.work.common import choose, report, timed


def view(request: Any, **kwargs: Any) -> None:
    """Never called."""


if __name__ == "__main__":
    choose(sys.argv[1])

from django.urls import path  # noqa: E402 - only now is it decided what `django` means

urlpatterns = [
    *(path(f"section{n}/<int:pk>/", view, name=f"section{n}") for n in range(996)),
    path("item/<int:pk>/", view, name="item"),
    path("about/", view, name="about"),
    path("shop/<slug:slug>/<int:pk>/", view, name="shop"),
    path("last/<str:name>/", view, name="last"),
]


def measure() -> dict[str, float]:
    """Measure through `django`, whichever that is."""
    import django
    from django.conf import settings

    settings.configure(SECRET_KEY="benchmark", ROOT_URLCONF="benchmarks.work.routes", INSTALLED_APPS=[])
    django.setup()
    from django.urls import resolve

    def work() -> None:
        resolve("/section500/17/")
        resolve("/last/one/")

    return {"1,000 routes": timed(work) / 2}


if __name__ == "__main__":
    report(measure())
