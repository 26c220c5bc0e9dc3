"""Exceptions from what `CommonMiddleware` does."""

from __future__ import annotations

from nuages.views.decorators.around import View, marked


def no_append_slash(view_func: View) -> View:
    """Have no redirect made to this view from the path without its slash."""
    return marked(view_func, "should_append_slash", False)
