"""`RequestSite`, which stands in for `Site` where the app is not installed."""

from __future__ import annotations

from typing import Any


class RequestSite:
    """A site made from a request: domain and name are the host asked for."""

    def __init__(self, request: Any) -> None:
        self.domain = self.name = request.get_host()

    def __str__(self) -> str:
        return self.domain

    def save(self, force_insert: bool = False, force_update: bool = False) -> None:
        """Refuse: there is no table."""
        raise NotImplementedError("RequestSite cannot be saved.")

    def delete(self) -> None:
        """Refuse: there is no table."""
        raise NotImplementedError("RequestSite cannot be deleted.")
