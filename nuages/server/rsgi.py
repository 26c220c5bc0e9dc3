"""The RSGI application: each request finds its route, then runs in its lane.

Granian makes a task per request. It stays on the loop, as nothing in it is the project's: what is goes into a worker or,
for plain `def` views, into a thread.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from io import BytesIO
from types import FrameType
from typing import BinaryIO

from nuages.conf import settings
from nuages.core.exceptions import BadRequest
from nuages.core.handlers.base import BaseHandler
from nuages.core.handlers.exception import response_for_exception
from nuages.http import HttpRequest, HttpResponseBase
from nuages.server.body import SMALL, Bridge, arriving
from nuages.server.protocol import HTTPProtocol, Scope
from nuages.server.request import RSGIRequest
from nuages.server.sending import send
from nuages.server.static import ServedFiles
from nuages.spine import Guard, ThreadLane, WorkerLane, leave_on_loop, task_factory
from nuages.spine.worker import set_guard

logger = logging.getLogger("django.request")

#: A client that goes away cancels its request; watching for that starts when a request has lasted this long.
WATCH_AFTER = 0.25
#: Every so many seconds a worker looks whether the process that started it is still there.
LOOK_FOR_MASTER = 1.0

#: Called with (scope, status, bytes sent or -1, seconds).
AccessLog = Callable[[Scope, int, int, float], None]


class RSGIHandler(BaseHandler):
    """The sender of `request_started` and `request_finished` under RSGI."""


class RSGIApplication:
    """What Granian serves. `files` are answered before anything else; `access_log` is told of each request.

    `master` is the id of the process that looks after this one, which stops when that is gone.
    """

    def __init__(
        self,
        files: ServedFiles | None = None,
        access_log: AccessLog | None = None,
        master: int | None = None,
    ) -> None:
        self.master = master
        self.handler = RSGIHandler()
        self.handler.load_middleware(is_async=True)
        self.files = files
        self.access_log = access_log
        self.script_name = settings.FORCE_SCRIPT_NAME or ""
        self.threshold: float | None = settings.LOOP_GUARD_THRESHOLD
        self.guard: Guard | None = None
        self.knows_server = False

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Prepare a server process."""
        loop.set_task_factory(task_factory)
        self.bridge = Bridge(loop)
        self.threads = ThreadLane(loop=loop)
        self.workers = WorkerLane()
        if self.master is not None:
            self._look_for(self.master)
        if self.threshold:
            self.guard = Guard(self.threshold)
            self.guard.start()
            set_guard(self.guard)

    def _look_for(self, master: int) -> None:
        if os.getppid() != master:
            logger.error("The process that started this worker (%s) is gone: it stops, too.", master)
            os.kill(os.getpid(), signal.SIGTERM)
        # Again in any case: before the server has begun to serve, it does not hear the signal.
        self.bridge.loop.call_later(LOOK_FOR_MASTER, self._look_for, master)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """End a server process: threads, guard, and the pools of the databases."""
        self.threads.close()
        if self.guard is not None:
            self.guard.stop()
            set_guard(None)

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        """Answer one request."""
        started = time.perf_counter()
        if not self.knows_server:
            self._come_to_know(sys._getframe(1))
        if self.files is not None and (place := self.files.find(scope)) is not None:
            self._log(scope, started, *place.send(scope, protocol))
        else:
            await self._answer(scope, protocol, started)

    def _come_to_know(self, caller: FrameType) -> None:
        """Leave on the loop what the server has around `__rsgi__`, where nothing else is between the two."""
        self.knows_server = True
        task = asyncio.current_task()
        if task is not None and getattr(task.get_coro(), "cr_code", None) is caller.f_code:
            leave_on_loop(caller.f_code)

    def _log(self, scope: Scope, started: float, status: int, sent: int) -> None:
        if self.access_log is not None:
            self.access_log(scope, status, sent, time.perf_counter() - started)

    async def _answer(self, scope: Scope, protocol: HTTPProtocol, started: float) -> None:
        try:
            body = await self._body(scope, protocol)
            request: HttpRequest = RSGIRequest(scope, body, self.script_name)
        except BadRequest as error:
            # Nothing of the site has seen it; it is told of it all the same.
            await self.workers.run(self._refuse, scope, protocol, started, error)
            return
        if not self.handler.is_for_threads(request):
            task = asyncio.current_task()
            assert task is not None
            watch = self.bridge.loop.call_later(WATCH_AFTER, self._watch, protocol, task)
            try:
                if await self.workers.run(self._serve_cooperatively, request, scope, protocol, started):
                    return
            finally:
                watch.cancel()
        await self.threads.finish(self._serve, request, scope, protocol, started)

    def _serve_cooperatively(
        self, request: HttpRequest, scope: Scope, protocol: HTTPProtocol, started: float
    ) -> bool:
        """Serve a request that belongs into the worker lane; say whether it did."""
        if not self.handler.is_cooperative(request):
            return False
        self._serve(request, scope, protocol, started)
        return True

    def _serve(self, request: HttpRequest, scope: Scope, protocol: HTTPProtocol, started: float) -> None:
        """Make and send the response; plain code in either lane."""
        self._send(self.handler.respond(request), request, scope, protocol, started)

    def _send(
        self,
        response: HttpResponseBase,
        request: HttpRequest,
        scope: Scope,
        protocol: HTTPProtocol,
        started: float,
    ) -> None:
        try:
            sent = send(scope, protocol, response, self.bridge, request.method == "HEAD")
        except RuntimeError as error:
            # Granian says so when the connection is closed; there is nobody left to tell.
            logger.info("%s %s: the client went away (%s)", request.method, request.path, error)
            sent = -1
        finally:
            response.close()
        self._log(scope, started, response.status_code, sent)

    async def _body(self, scope: Scope, protocol: HTTPProtocol) -> BinaryIO | None:
        headers = scope.headers
        length = headers.get("content-length")
        if length is None and headers.get("transfer-encoding") is None and scope.http_version.startswith("1"):
            return None
        size = int(length) if length is not None and length.isascii() and length.isdigit() else None
        if size is not None and size <= SMALL:
            try:
                return BytesIO(await protocol())
            except RuntimeError as error:
                raise BadRequest(f"The body did not arrive whole ({error})") from error
        return arriving(protocol, self.bridge, size, headers.get("trailer") is not None)

    def _watch(self, protocol: HTTPProtocol, task: asyncio.Task[None]) -> None:
        async def cancel_when_gone() -> None:
            await protocol.client_disconnect()
            if not task.done():
                task.cancel()

        watcher = asyncio.Task(cancel_when_gone(), loop=self.bridge.loop)
        task.add_done_callback(lambda _: watcher.cancel())

    def _refuse(self, scope: Scope, protocol: HTTPProtocol, started: float, error: Exception) -> None:
        bare = HttpRequest()
        bare.method, bare.path, bare.path_info = scope.method, scope.path, scope.path
        self._send(response_for_exception(bare, error), bare, scope, protocol, started)
