"""X-Frame-Options for single views."""

from __future__ import annotations

from typing import Any

from nuages.views.decorators.around import View, around


def _allowing(value: str) -> Any:
    def after(request: Any, response: Any) -> None:
        if response.get("X-Frame-Options") is None:
            response.headers["X-Frame-Options"] = value

    return after


def xframe_options_deny(view_func: View) -> View:
    """Keep the page out of every frame."""
    return around(view_func, after=_allowing("DENY"))


def xframe_options_sameorigin(view_func: View) -> View:
    """Allow the page in frames of this site."""
    return around(view_func, after=_allowing("SAMEORIGIN"))


def xframe_options_exempt(view_func: View) -> View:
    """Have the middleware leave the page alone."""

    def after(request: Any, response: Any) -> None:
        response.xframe_options_exempt = True

    return around(view_func, after=after)
