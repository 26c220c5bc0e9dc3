"""Applications that send static files and leave everything else to another one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from nuages.conf import settings
from nuages.contrib.staticfiles import utils
from nuages.contrib.staticfiles.views import serve
from nuages.core.handlers.asgi import ASGIHandler
from nuages.core.handlers.exception import response_for_exception
from nuages.core.handlers.wsgi import WSGIHandler, get_path_info
from nuages.http import Http404


class StaticFilesHandlerMixin:
    """What the handlers of both protocols do."""

    #: Says that static files are taken care of.
    handles_files = True

    application: Any

    def load_middleware(self, is_async: bool = False) -> None:
        """None: static files do not go through middleware."""

    def is_cooperative(self, request: Any) -> bool:
        """False: reading files blocks."""
        return False

    def get_base_url(self) -> str:
        """Return `STATIC_URL`, which has to be set."""
        utils.check_settings()
        return settings.STATIC_URL  # type: ignore[return-value]

    def _should_handle(self, path: str) -> bool:
        prefix = urlsplit(self.get_base_url())
        return path.startswith(prefix.path) and not prefix.netloc

    def file_path(self, url: str) -> str:
        """Return the name of the file that a path asks for."""
        return url2pathname(url.removeprefix(urlsplit(self.get_base_url()).path))

    def serve(self, request: Any) -> Any:
        """Send the file that is asked for."""
        return serve(request, self.file_path(request.path), insecure=True)

    def get_response(self, request: Any) -> Any:
        """Send the file, or say that there is none."""
        try:
            return self.serve(request)
        except Http404 as error:
            return response_for_exception(request, error)

    async def get_response_async(self, request: Any) -> Any:
        """The same for callers that await."""
        return self.get_response(request)


class StaticFilesHandler(StaticFilesHandlerMixin, WSGIHandler):
    """A WSGI application around another one."""

    def __init__(self, application: Any) -> None:
        self.application = application
        self.base_url = urlsplit(self.get_base_url())
        super().__init__()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if self._should_handle(get_path_info(environ)):
            return super().__call__(environ, start_response)
        return self.application(environ, start_response)


class ASGIStaticFilesHandler(StaticFilesHandlerMixin, ASGIHandler):
    """An ASGI application around another one."""

    def __init__(self, application: Any) -> None:
        super().__init__()
        self.application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] == "http" and self._should_handle(scope["path"]):
            return await super().__call__(scope, receive, send)
        return await self.application(scope, receive, send)
