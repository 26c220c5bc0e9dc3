"""`MessageMiddleware`: gives requests their messages, and stores what the next page should show."""

from __future__ import annotations

from typing import Any

from nuages.conf import settings
from nuages.contrib.messages.storage import default_storage
from nuages.utils.deprecation import MiddlewareMixin


class MessageMiddleware(MiddlewareMixin):
    """Goes after the session middleware, as messages may be kept in the session."""

    def process_request(self, request: Any) -> None:
        """Attach the messages."""
        request._messages = default_storage(request)

    def process_response(self, request: Any, response: Any) -> Any:
        """Store them. Raises `ValueError` in DEBUG when there was no room for some."""
        if hasattr(request, "_messages"):  # a middleware before this one may have answered
            unstored = request._messages.update(response)
            if unstored and settings.DEBUG:
                raise ValueError("Not all temporary messages could be stored.")
        return response
