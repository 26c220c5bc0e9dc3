"""The handler behind the client, and what it notes of a response."""

from __future__ import annotations

import copy
from typing import Any

from nuages.core.handlers.base import BaseHandler
from nuages.core.handlers.wsgi import WSGIRequest
from nuages.core.signals import request_finished, request_started
from nuages.db import close_old_connections
from nuages.test.contexts import ContextList


class ClientHandler(BaseHandler):
    """Answers a WSGI environment with a response object instead of a stream of bytes."""

    #: Whether middleware of both colours gets its async form.
    is_async = False

    def __init__(self, enforce_csrf_checks: bool = True) -> None:
        super().__init__()
        self.enforce_csrf_checks = enforce_csrf_checks
        self._loaded = False

    def __call__(self, environ: dict[str, Any]) -> Any:
        request_started.disconnect(close_old_connections)
        request_started.send(sender=self.__class__, environ=environ)
        request_started.connect(close_old_connections)
        return self.answer(WSGIRequest(environ))

    def answer(self, request: Any) -> Any:
        """Send `request` through the middleware; the response is closed but keeps its content."""
        if not self._loaded:
            self.load_middleware(is_async=self.is_async)
            self._loaded = True
        # The marker that the CSRF middleware documents for tests.
        request._dont_enforce_csrf_checks = not self.enforce_csrf_checks
        response: Any = self.get_response(request)
        conditional_content_removal(request, response)
        response.wsgi_request = request
        if response.streaming:
            response.streaming_content = _closing(
                response.streaming_content, response.close, response.is_async
            )
        else:
            _close_keeping_connections(response.close)
        return response


def _closing(chunks: Any, close: Any, is_async: bool) -> Any:
    if is_async:

        async def forward_async() -> Any:
            try:
                async for chunk in chunks:
                    yield chunk
            finally:
                _close_keeping_connections(close)

        return forward_async()

    def forward() -> Any:
        try:
            yield from chunks
        finally:
            _close_keeping_connections(close)

    return forward()


def _close_keeping_connections(close: Any) -> None:
    # The test goes on with its connection, and its transaction.
    request_finished.disconnect(close_old_connections)
    try:
        close()
    finally:
        request_finished.connect(close_old_connections)


def conditional_content_removal(request: Any, response: Any) -> Any:
    """Take the content away where a server would not send one: 1xx, 204, 304, and answers to HEAD."""
    if 100 <= response.status_code < 200 or response.status_code in (204, 304) or request.method == "HEAD":
        if response.streaming:
            response.streaming_content = []
        else:
            response.content = b""
    return response


def store_rendered_templates(
    store: dict[str, Any], signal: Any, sender: Any, template: Any, context: Any, **_: Any
) -> None:
    """Note a rendered template and its context, copied as it will change."""
    store.setdefault("templates", []).append(template)
    store.setdefault("context", ContextList()).append(copy.copy(context))
