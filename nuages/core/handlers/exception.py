"""Exceptions as responses: the film between each two layers of the chain (ref/views, error views)."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Sequence
from functools import update_wrapper
from types import CoroutineType
from typing import Any

from nuages.conf import settings
from nuages.core import signals
from nuages.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from nuages.db.exceptions import DatabaseError
from nuages.http import Http404, HttpRequest, HttpResponseBase, UnreadablePostError
from nuages.http.multipartparser import MultiPartParserError
from nuages.spine import call, wait
from nuages.urls import get_resolver, get_urlconf
from nuages.utils.log import log_message, log_response, with_advice

#: What the site's operator can do. Told as a warning, since the error itself is told, and mailed, beside it.
_advice = logging.getLogger("nuages.advice")
_TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def convert_exception_to_response(
    get_response: Callable[..., Any],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Return `get_response` (of either colour) as a plain callable that always gives a response."""

    def inner(request: HttpRequest) -> HttpResponseBase:
        try:
            response = get_response(request)
            if type(response) is CoroutineType:
                response = wait(response)
        except Exception as error:
            return response_for_exception(request, error)
        return response

    # The name of the layer is what tracebacks and `repr` of middleware show.
    if hasattr(get_response, "__name__"):
        update_wrapper(inner, get_response, assigned=("__module__", "__name__", "__qualname__"), updated=())
        del inner.__wrapped__  # type: ignore[attr-defined]
    return inner


def folded(middleware: Sequence[Any], core: Callable[..., Any]) -> Callable[..., HttpResponseBase]:
    """Return one callable for middleware that are two hooks each, the outermost first, around `core`.

    Each is a layer by itself, and so is the core: what it raises becomes a response there, for those outside of it.
    """
    numbered = list(enumerate(middleware, 1))
    befores = tuple(
        (hook, place)
        for place, layer in numbered
        if (hook := getattr(layer, "process_request", None)) is not None
    )
    afters = tuple(
        (hook, place)
        for place, layer in reversed(numbered)
        if (hook := getattr(layer, "process_response", None)) is not None
    )
    outwards = tuple(tuple(each for each in afters if each[1] <= place) for place in range(len(numbered) + 2))
    # The innermost layer, which goes out through all of them.
    place_of_core = len(numbered) + 1

    def layers(request: HttpRequest, response: Any = None, place: int | None = None) -> HttpResponseBase:
        """Go the whole way or, with a response that was made on it, from `place` outwards."""
        # Whichever way it goes, `place` is the layer at work: where it goes on if that one fails.
        try:
            if place is None:
                for before, place in befores:  # noqa: B007
                    response = before(request)
                    if response is not None:
                        response = awaited(response)
                        if response:
                            break
                else:
                    place = place_of_core
                    response = core(request)
                    if type(response) is CoroutineType:
                        response = wait(response)
            for after, place in outwards[place]:  # noqa: B007, B020
                response = after(request, response)
                if type(response) is CoroutineType:
                    response = wait(response)
        except Exception as error:
            assert place is not None
            response, place = converted(request, error, place)
        else:
            return response  # type: ignore[no-any-return]
        return layers(request, response, place)

    def converted(request: HttpRequest, error: Exception, place: int) -> tuple[HttpResponseBase, int]:
        """Return the response to an error of the layer at `place`, and where it goes on."""
        try:
            return response_for_exception(request, error), place - 1
        except Exception as another:
            if place == 1:
                raise
            return converted(request, another, place - 1)

    return layers


def awaited(response: Any) -> Any:
    """Return what a hook answers; hooks may be `async def`."""
    return wait(response) if type(response) is CoroutineType else response


def response_for_exception(request: HttpRequest, exc: Exception) -> HttpResponseBase:
    """Return the response that an exception stands for."""
    if isinstance(exc, Http404):
        response = _not_found(request, exc)
    elif isinstance(exc, PermissionDenied):
        response = get_exception_response(request, _resolver(), 403, exc)
        _log(request, response, "Forbidden (Permission denied): %s", request.path, exc=exc)
    elif isinstance(exc, (MultiPartParserError, UnreadablePostError)):
        response = get_exception_response(request, _resolver(), 400, exc)
        _log(request, response, "Bad request (Unable to parse request body): %s", request.path, exc=exc)
    elif isinstance(exc, BadRequest):
        response = _bad_request(request, exc)
        _log(request, response, "%s: %s", str(exc), request.path, exc=exc)
    elif isinstance(exc, SuspiciousOperation):
        response = _suspicious(request, exc)
    else:
        signals.got_request_exception.send(sender=None, request=request)
        response = handle_uncaught_exception(request, _resolver(), sys.exc_info())
        _log(request, response, "%s: %s", response.reason_phrase, request.path, exc=exc)
        if isinstance(exc, DatabaseError) and getattr(exc, "__notes__", None):
            # The traceback ends with it, too, but an operator is to find it without reading those.
            log_message(_advice, "%s: %s", request.path, with_advice(exc), level="warning", request=request)
    # Error views may return a template response, and middleware relies on content.
    render = getattr(response, "render", None)
    if callable(render) and not getattr(response, "is_rendered", True):
        response = call(render)
    return response


def _resolver() -> Any:
    return get_resolver(get_urlconf())


def _log(request: HttpRequest, response: Any, message: str, *args: str, exc: Exception) -> None:
    log_response(message, *args, response=response, request=request, exception=exc)


def _not_found(request: HttpRequest, exc: Http404) -> HttpResponseBase:
    if settings.DEBUG:
        from nuages.views import debug

        return debug.technical_404_response(request, exc)
    return get_exception_response(request, _resolver(), 404, exc)


def _bad_request(request: HttpRequest, exc: Exception) -> HttpResponseBase:
    if settings.DEBUG:
        from nuages.views import debug

        return debug.technical_500_response(request, *sys.exc_info(), status_code=400)
    return get_exception_response(request, _resolver(), 400, exc)


def _suspicious(request: HttpRequest, exc: SuspiciousOperation) -> HttpResponseBase:
    if isinstance(exc, _TOO_MUCH):
        # What is left of the body is too much as well; nobody shall read on from the middle of it.
        request._mark_post_parse_error()
    # Told to a logger of its own kind, so that a site can route each kind as it likes.
    logging.getLogger(f"django.security.{type(exc).__name__}").error(
        str(exc), exc_info=exc, extra={"status_code": 400, "request": request}
    )
    response = _bad_request(request, exc)
    # Told already, and to the right logger.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def get_exception_response(
    request: HttpRequest, resolver: Any, status_code: int, exception: Exception
) -> HttpResponseBase:
    """Return what the site's view for an error status answers."""
    try:
        view = resolver.resolve_error_handler(status_code)
        return call(view, request, exception=exception)
    except Exception:
        signals.got_request_exception.send(sender=None, request=request)
        return handle_uncaught_exception(request, resolver, sys.exc_info())


def handle_uncaught_exception(request: HttpRequest, resolver: Any, exc_info: Any) -> HttpResponseBase:
    """Return the response to an error of the site's own: 500, with all details under DEBUG."""
    if settings.DEBUG_PROPAGATE_EXCEPTIONS:
        raise exc_info[1]
    if settings.DEBUG:
        from nuages.views import debug

        return debug.technical_500_response(request, *exc_info)
    view = resolver.resolve_error_handler(500)
    return call(view, request)
