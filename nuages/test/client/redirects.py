"""Following redirects."""

from __future__ import annotations

from typing import Any

#: A location longer than this is left alone; the same bound as the response class's.
MAX_URL_REDIRECT_LENGTH = 2048

#: How many redirects are followed before it is taken for a circle.
MOST_REDIRECTS = 20


class RedirectCycleError(Exception):
    """Raised when redirects go in a circle; `last_response` and `redirect_chain` tell how far it came."""

    def __init__(self, message: str, last_response: Any) -> None:
        super().__init__(message)
        self.last_response = last_response
        self.redirect_chain = last_response.redirect_chain


def check_circle(response: Any, chain: list[tuple[str, int]]) -> None:
    """Raise `RedirectCycleError` when the newest redirect was met before, or there are too many."""
    if chain[-1] in chain[:-1]:
        raise RedirectCycleError("Redirect loop detected.", last_response=response)
    if len(chain) > MOST_REDIRECTS:
        raise RedirectCycleError("Too many redirects.", last_response=response)
