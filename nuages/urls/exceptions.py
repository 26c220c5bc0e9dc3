"""What goes wrong between paths and views."""

from __future__ import annotations

from nuages.http.exceptions import Http404


class Resolver404(Http404):
    """No pattern matches a path."""


class NoReverseMatch(Exception):
    """No pattern gives a path for a name and arguments."""

    # A template shows nothing in place of a link it cannot make, where it was told to go on.
    silent_variable_failure = True
