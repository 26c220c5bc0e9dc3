"""Allowed methods, and conditional requests (topics/conditional-view-processing)."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from typing import Any

from nuages.http import HttpResponseNotAllowed
from nuages.middleware.http import ConditionalGetMiddleware
from nuages.spine import call
from nuages.utils import timezone
from nuages.utils.cache import get_conditional_response
from nuages.utils.decorators import decorator_from_middleware
from nuages.utils.http import http_date, quote_etag
from nuages.utils.log import log_response
from nuages.views.decorators.around import View, around

conditional_page = decorator_from_middleware(ConditionalGetMiddleware)


def require_http_methods(request_method_list: Iterable[str]) -> Callable[[View], View]:
    """Allow only these methods: `@require_http_methods(["GET", "POST"])`."""
    allowed = list(request_method_list)

    def before(request: Any, *args: Any, **kwargs: Any) -> Any:
        if request.method in allowed:
            return None
        response = HttpResponseNotAllowed(allowed)
        log_response(
            "Method Not Allowed (%s): %s", request.method, request.path, response=response, request=request
        )
        return response

    return lambda view: around(view, before=before)


require_GET = require_http_methods(["GET"])
require_POST = require_http_methods(["POST"])
require_safe = require_http_methods(["GET", "HEAD"])


def condition(
    etag_func: Callable[..., Any] | None = None,
    last_modified_func: Callable[..., Any] | None = None,
) -> Callable[[View], View]:
    """Answer 304 or 412 without calling the view where its ETag or time of change says so.

    Both functions get what the view gets; they may be `async def`, and may return None.
    """

    def before(request: Any, *args: Any, **kwargs: Any) -> Any:
        modified = call(last_modified_func, request, *args, **kwargs) if last_modified_func else None
        etag = call(etag_func, request, *args, **kwargs) if etag_func else None
        found = (_timestamp(modified) if modified else None, quote_etag(etag) if etag is not None else None)
        # Both are wanted again when the view has answered; there may be other conditions around it.
        request.__dict__.setdefault("_conditions", {})[before] = found
        response = get_conditional_response(request, etag=found[1], last_modified=found[0])
        if response is not None:
            after(request, response)
        return response

    def after(request: Any, response: Any) -> None:
        modified, etag = request._conditions[before]
        if request.method not in ("GET", "HEAD"):
            return
        if modified and not response.has_header("Last-Modified"):
            response.headers["Last-Modified"] = http_date(modified)
        if etag:
            response.headers.setdefault("ETag", etag)

    return lambda view: around(view, before=before, after=after)


def _timestamp(moment: datetime.datetime) -> int:
    if not timezone.is_aware(moment):
        moment = timezone.make_aware(moment, datetime.UTC)
    return int(moment.timestamp())


def etag(etag_func: Callable[..., Any]) -> Callable[[View], View]:
    """Like `condition`, with an ETag only."""
    return condition(etag_func=etag_func)


def last_modified(last_modified_func: Callable[..., Any]) -> Callable[[View], View]:
    """Like `condition`, with a time of change only."""
    return condition(last_modified_func=last_modified_func)
