"""`LiveServerTestCase`: the site served on a real socket, for browsers and other programs."""

from __future__ import annotations

import threading
from typing import Any

from nuages.core.handlers.wsgi import WSGIHandler
from nuages.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from nuages.db import connections
from nuages.test.cases.transactional import TransactionTestCase
from nuages.test.overriding import modify_settings
from nuages.utils.functional import classproperty
from nuages.views.static import serve


class QuietWSGIRequestHandler(WSGIRequestHandler):
    """Serves requests without a line for each."""

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


class FSFilesHandler(WSGIHandler):
    """Serves files below a folder before asking the application."""

    def __init__(self, application: Any, root: Any, base_url: str) -> None:
        self.application = application
        self.root = root
        self.base_url = base_url
        super().__init__()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        path = environ.get("PATH_INFO", "")
        if not (self.base_url.startswith("/") and path.startswith(self.base_url) and self.root):
            return self.application(environ, start_response)
        return super().__call__(environ, start_response)

    def get_response(self, request: Any) -> Any:
        from nuages.core.handlers.exception import response_for_exception
        from nuages.http import Http404

        try:
            return serve(request, request.path.removeprefix(self.base_url), document_root=str(self.root))
        except Http404 as error:
            return response_for_exception(request, error)


class _MediaFilesHandler(FSFilesHandler):
    def __init__(self, application: Any) -> None:
        from nuages.conf import settings

        super().__init__(application, settings.MEDIA_ROOT, settings.MEDIA_URL)


class _StaticFilesHandler(FSFilesHandler):
    def __init__(self, application: Any) -> None:
        from nuages.conf import settings

        super().__init__(application, settings.STATIC_ROOT, settings.STATIC_URL or "")


class LiveServerThread(threading.Thread):
    """The thread in which the site is served."""

    server_class: Any = ThreadedWSGIServer

    def __init__(
        self, host: str, static_handler: Any, connections_override: Any = None, port: int = 0
    ) -> None:
        super().__init__(daemon=True)
        self.host = host
        self.port = port
        self.is_ready = threading.Event()
        self.error: BaseException | None = None
        self.static_handler = static_handler
        self.connections_override = connections_override

    def run(self) -> None:
        """Serve until `terminate`; what goes wrong before is kept as `error`."""
        shared = self.connections_override or {}
        for alias, connection in shared.items():
            connections[alias] = connection
        try:
            handler = self.static_handler(_MediaFilesHandler(WSGIHandler()))
            self.httpd = self._create_server(connections_override=self.connections_override)
            if self.port == 0:
                self.port = self.httpd.server_address[1]
            self.httpd.set_app(handler)
            self.is_ready.set()
            self.httpd.serve_forever()
        except Exception as error:
            self.error = error
            self.is_ready.set()
        finally:
            connections.close_all()
            # Else they would be closed with what belongs to this thread, after the test that it was shared with.
            for alias in shared:
                del connections[alias]

    def _create_server(self, connections_override: Any = None) -> Any:
        return self.server_class(
            (self.host, self.port),
            QuietWSGIRequestHandler,
            allow_reuse_address=False,
            connections_override=connections_override,
        )

    def terminate(self) -> None:
        """Stop serving and wait for the thread."""
        server = self.__dict__.get("httpd")  # not there when starting failed
        for step in (server.shutdown, server.server_close) if server else ():
            step()
        self.join()


class LiveServerTestCase(TransactionTestCase):
    """Serves the site at `live_server_url` while its tests run. `host` and `port` may be set."""

    host = "localhost"
    port = 0
    server_thread_class = LiveServerThread
    static_handler: Any = _StaticFilesHandler
    server_thread: Any

    @classproperty
    def live_server_url(cls) -> str:
        """Where the site is served."""
        return f"http://{cls.host}:{cls.server_thread.port}"

    @classproperty
    def allowed_host(cls) -> str:
        """The host that is added to ALLOWED_HOSTS."""
        return cls.host

    @classmethod
    def _make_connections_override(cls) -> dict[str, Any]:
        # A database in memory exists in one connection only, which the server's threads have to share.
        return {
            connection.alias: connection
            for connection in _all_connections()
            if connection.vendor == "sqlite" and connection.is_in_memory_db()
        }

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.enterClassContext(modify_settings(ALLOWED_HOSTS={"append": cls.allowed_host}))
        cls._start_server_thread()

    @classmethod
    def _start_server_thread(cls) -> None:
        override = cls._make_connections_override()
        for connection in override.values():
            connection.inc_thread_sharing()
        cls.server_thread = cls._create_server_thread(override)
        cls.server_thread.start()
        cls.addClassCleanup(cls._terminate_thread)
        cls.server_thread.is_ready.wait()
        if cls.server_thread.error:
            raise cls.server_thread.error

    @classmethod
    def _create_server_thread(cls, connections_override: Any) -> LiveServerThread:
        return cls.server_thread_class(
            cls.host, cls.static_handler, connections_override=connections_override, port=cls.port
        )

    @classmethod
    def _terminate_thread(cls) -> None:
        cls.server_thread.terminate()
        for connection in cls.server_thread.connections_override.values():
            connection.dec_thread_sharing()


def _all_connections() -> list[Any]:
    return list(connections.all())
