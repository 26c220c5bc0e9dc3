"""`BaseHandler`: middleware folded once into one callable, and the view at its core.

All of it is plain code that runs in a lane of the spine. `respond(request)` is the whole way from a request to a
response; a server only makes the request, chooses the lane with `is_cooperative(request)` and sends what comes back.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from types import CoroutineType
from typing import TYPE_CHECKING, Any

from nuages.conf import settings
from nuages.core.exceptions import ImproperlyConfigured, MiddlewareNotUsed
from nuages.core.handlers.exception import awaited, convert_exception_to_response, folded
from nuages.core.signals import request_finished, request_started
from nuages.http import HttpRequest, HttpResponse, HttpResponseBase
from nuages.spine import call, is_async, is_cooperative, wait
from nuages.urls import Resolver404, get_resolver, get_urlconf, set_script_prefix, set_urlconf
from nuages.urls.match import ResolverMatch
from nuages.utils.deprecation import MiddlewareMixin
from nuages.utils.functional import cached_property
from nuages.utils.log import log_response
from nuages.utils.module_loading import import_string, named_by
from nuages.utils.translation import get_language

if TYPE_CHECKING:
    from nuages.db.handler import ConnectionHandler

logger = logging.getLogger("django.request")

Respond = Callable[[HttpRequest], HttpResponseBase]


class BaseHandler:
    """Runs requests through the middleware of the site to their views."""

    _middleware_chain: Respond | None = None

    def __init__(self) -> None:
        self._view_middleware: list[Callable[..., Any]] = []
        self._template_response_middleware: list[Callable[..., Any]] = []
        self._exception_middleware: list[Callable[..., Any]] = []
        self._may_wait = True

    # -- at start-up

    def load_middleware(self, is_async: bool = False) -> None:
        """Fold the classes and functions of `MIDDLEWARE` into one callable.

        Under `is_async` a project's middleware that can do both is asked for its async form, which waits well, and
        a developer is told which middleware may block.
        """
        self._view_middleware, self._template_response_middleware = [], []
        self._exception_middleware = []
        self._may_wait = True
        # What is made of hooks is folded together, as far as nothing else stands between.
        core: Callable[..., Any] = self._get_response
        chain = convert_exception_to_response(core)
        hooked: list[MiddlewareMixin] = []
        for path in reversed(settings.MIDDLEWARE):
            with named_by("MIDDLEWARE", path):
                factory = import_string(path)
            waits_well = _waits_well(factory, factory)
            async_form = not waits_well and _has_async_form(factory)
            if is_async and settings.DEBUG and not (waits_well or async_form):
                # What topics/async tells people to look for: this is what keeps requests out of the workers.
                logger.debug("Asynchronous handler adapted for middleware %s.", path)
            layer = self._layer(path, factory, chain, is_async and async_form)
            if layer is None:
                continue
            if isinstance(layer, MiddlewareMixin) and type(layer).__call__ is MiddlewareMixin.__call__:
                hooked.insert(0, layer)
                chain = folded(hooked, core)
            else:
                core, hooked = layer, []
                chain = convert_exception_to_response(layer)
        # Set last: a request that comes while middleware is still being made must not find half a chain.
        self._middleware_chain = chain

    def _layer(self, path: str, factory: Any, inner: Respond, async_form: bool) -> Callable[..., Any] | None:
        takes_plain = getattr(factory, "sync_capable", True)
        if not takes_plain and not getattr(factory, "async_capable", False):
            raise RuntimeError(
                f"Middleware {path} must have at least one of sync_capable/async_capable set to True."
            )
        get_response: Callable[..., Any] = inner
        if not takes_plain or async_form:
            get_response = awaitable(inner)
            if settings.DEBUG and not async_form:
                logger.debug("Synchronous handler adapted for middleware %s.", path)
        try:
            layer = factory(get_response)
        except MiddlewareNotUsed as unused:
            if settings.DEBUG:
                reason = (
                    f"MiddlewareNotUsed({path!r}): {unused}"
                    if str(unused)
                    else f"MiddlewareNotUsed: {path!r}"
                )
                logger.debug(reason)
            return None
        if layer is None:
            raise ImproperlyConfigured(f"Middleware factory {path} returned None.")
        waits_well = _waits_well(factory, layer)
        # Asked here once, so that nothing is looked up while requests run.
        for name, hooks, first in (
            ("process_view", self._view_middleware, True),
            ("process_template_response", self._template_response_middleware, False),
            ("process_exception", self._exception_middleware, False),
        ):
            hook = getattr(layer, name, None)
            if hook is not None:
                hooks.insert(0 if first else len(hooks), hook)
                waits_well = waits_well and (is_cooperative(hook) or _waits_well(factory, factory))
        self._may_wait = self._may_wait and waits_well
        return layer

    # -- what a server calls

    def is_cooperative(self, request: HttpRequest) -> bool:
        """Say whether a request belongs into the worker lane, and find its view once for both purposes.

        That takes a view that waits well, and middleware that does: a plain one that is not the framework's and not
        marked with `@cooperative` may block, and so puts everything into threads. Call it inside a worker, as a
        converter of the project's may look something up.
        """
        if not self._may_wait:
            return False
        if request._route is None:
            urlconf = getattr(request, "urlconf", None)
            try:
                match = get_resolver(urlconf).resolve(request.path_info)
            except Resolver404:
                return False
            except Exception:
                # Whatever is wrong with the configuration is told inside the chain, as an error page.
                return False
            language = None if match.is_fixed else get_language()
            request._route = ((urlconf, request.path_info), language, match)
        return is_cooperative(request._route[2].func)

    def is_for_threads(self, request: HttpRequest) -> bool:
        """Say whether a request belongs into a thread, where that shows without running code of the project.

        That needs no worker, unlike `is_cooperative`. False where it does not show.
        """
        if not self._may_wait:
            return True
        try:
            resolver = get_resolver(getattr(request, "urlconf", None))
        except Exception:
            # Told inside the chain, like whatever else is wrong with the configuration.
            return False
        return resolver.is_whole_path(request.path_info) and not self.is_cooperative(request)

    def respond(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request, with the signals that belong to it. Plain code, in any lane."""
        set_script_prefix(request.script_name or "/")
        request_started.send(sender=type(self), **request.started_with())
        response = None
        try:
            response = self.get_response(request)
        finally:
            if response is None:
                # Cancelled: the client went away, and there is no response whose closing would say so.
                reset_urlconf()
                request_finished.send(sender=type(self))
        response._handler_class = type(self)
        return response

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request through middleware and view."""
        set_urlconf(None)
        chain = self._middleware_chain
        if chain is None:
            self.load_middleware()
            chain = self._middleware_chain
            assert chain is not None
        response = chain(request)
        response._resource_closers.append(request.close)
        if get_urlconf() is not None:
            response._resource_closers.append(reset_urlconf)
        if response.status_code >= 400:
            log_response("%s: %s", response.reason_phrase, request.path, response=response, request=request)
        return response

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request, for callers that await."""
        return self.get_response(request)

    # -- the core of the chain

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        """Find the view, for the URL configuration that middleware may have set."""
        urlconf = getattr(request, "urlconf", None)
        if urlconf is not None:
            set_urlconf(urlconf)
        if request._route is not None:
            asked, language, match = request._route
            # Middleware may have changed the path, and the language that some patterns depend on.
            if asked == (urlconf, request.path_info) and (match.is_fixed or language == get_language()):
                request.resolver_match = match
                return match
        match = request.resolver_match = get_resolver(urlconf).resolve(request.path_info)
        return match

    def _get_response(self, request: HttpRequest) -> HttpResponseBase:
        match = self.resolve_request(request)
        view, args, kwargs = match.func, match.args, match.kwargs
        response = None
        for hook in self._view_middleware:
            response = hook(request, view, args, kwargs)
            if response is not None:
                response = awaited(response)
                if response:
                    break
        if response is None:
            atomic = self.make_view_atomic(view)
            try:
                response = atomic(request, *args, **kwargs)
                # A coroutine from a plain function is a forgotten await, and is said to be one below.
                if type(response) is CoroutineType and is_async(view):
                    response = wait(response)
            except Exception as error:
                response = self.process_exception_by_middleware(error, request)
        if response is None or type(response) is CoroutineType:
            self.check_response(response, view)
        if callable(getattr(response, "render", None)):
            response = self._rendered(request, response)
        return response  # type: ignore[return-value]

    def _rendered(self, request: HttpRequest, response: Any) -> Any:
        for hook in self._template_response_middleware:
            response = call(hook, request, response)
            owner = type(getattr(hook, "__self__", hook)).__name__
            self.check_response(response, hook, name=f"{owner}.process_template_response")
        try:
            return call(response.render)
        except Exception as error:
            return self.process_exception_by_middleware(error, request)

    def check_response(self, response: Any, callback: Any, name: str | None = None) -> None:
        """Refuse what is not a response, saying who returned it."""
        if response is not None and type(response) is not CoroutineType:
            return
        if name is None:
            if getattr(callback, "__name__", None) is not None:
                name = f"The view {callback.__module__}.{callback.__name__}"
            else:
                name = f"The view {callback.__module__}.{type(callback).__name__}.__call__"
        if response is None:
            raise ValueError(f"{name} didn't return an HttpResponse object. It returned None instead.")
        response.close()
        raise ValueError(
            f"{name} didn't return an HttpResponse object. It returned an unawaited coroutine instead. "
            "You may need to add an 'await' into your view."
        )

    def make_view_atomic(self, view: Callable[..., Any]) -> Callable[..., Any]:
        """Put a view into a transaction of each database with `ATOMIC_REQUESTS`, unless it asked not to be."""
        for alias, options in self._connections.settings.items():
            if not options["ATOMIC_REQUESTS"] or alias in getattr(view, "_non_atomic_requests", ()):
                continue
            if is_async(view):
                raise RuntimeError("You cannot use ATOMIC_REQUESTS with async views.")
            from nuages.db import transaction

            view = transaction.atomic(using=alias)(view)
        return view

    @cached_property
    def _connections(self) -> ConnectionHandler:
        # Imported once and late: a site without a database can do without all that comes with one.
        from nuages.db import connections

        return connections

    def process_exception_by_middleware(self, exception: Exception, request: HttpRequest) -> Any:
        """Return what the first middleware says to an exception of the view; raise it if none says anything."""
        for hook in self._exception_middleware:
            response = call(hook, request, exception)
            if response:
                return response
        raise exception


def _waits_well(factory: Any, layer: Any) -> bool:
    """Say whether a middleware never blocks the thread: ours, async ones, and those that say so."""
    ours = getattr(factory, "__module__", "").startswith("nuages.")
    return ours or is_cooperative(factory) or is_cooperative(layer)


def _has_async_form(factory: Any) -> bool:
    """Say whether a middleware of both colours is async throughout when it is asked for its async form.

    One that is made of hooks is not: they stay plain functions, which may block.
    """
    hooked = isinstance(factory, type) and issubclass(factory, MiddlewareMixin)
    return bool(getattr(factory, "async_capable", False)) and not hooked


def awaitable(inner: Respond) -> Callable[[HttpRequest], Any]:
    """Return `inner` for those who await it. It runs where they run: inside a worker, or on the thread's loop."""

    async def get_response(request: HttpRequest) -> HttpResponseBase:
        return inner(request)

    return get_response


def reset_urlconf(sender: Any = None, **kwargs: Any) -> None:
    """Forget the URL configuration of the request that ends."""
    set_urlconf(None)


__all__ = ["BaseHandler", "HttpResponse", "reset_urlconf"]
