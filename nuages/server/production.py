"""`serve`: worker processes under Granian, stopped gracefully."""

from __future__ import annotations

import gc
import os
import signal
import sys
from dataclasses import dataclass
from importlib import import_module

from nuages.server.address import Address
from nuages.server.entry import ACCESS_LOG, MASTER, SERVE_FILES


@dataclass(frozen=True)
class ServeOptions:
    """How to serve. `grace` is how many seconds requests may take to finish when the server stops."""

    workers: int = 1
    access_log: bool = False
    files: bool = True
    grace: int = 30
    backlog: int = 1024
    max_memory: int | None = None
    uds: str | None = None


def serve(address: Address, options: ServeOptions) -> None:
    """Serve the project until SIGTERM or SIGINT: no new connections then, and running requests finish.

    A worker that dies is replaced; one that exceeds `max_memory` (MiB) is replaced gracefully. Workers stop by
    themselves when this process is gone, as nobody could stop them any more and they would keep the port.
    """
    from pathlib import Path

    from granian.constants import HTTPModes, Interfaces, Loops
    from granian.log import LogLevels
    from granian.server import Server

    os.environ[ACCESS_LOG] = "1" if options.access_log else "0"
    os.environ[SERVE_FILES] = "1" if options.files else "0"
    os.environ[MASTER] = str(os.getpid())
    server = Server(
        "nuages.server.entry:make_application",
        factory=True,
        address=address.host,
        port=address.port,
        uds=Path(options.uds) if options.uds else None,
        interface=Interfaces.RSGI,
        loop=Loops.asyncio if sys.platform == "win32" else Loops.uvloop,
        http=HTTPModes.auto,
        websockets=False,
        workers=options.workers,
        backlog=options.backlog,
        respawn_failed_workers=True,
        workers_kill_timeout=options.grace,
        workers_max_rss=options.max_memory,
        log_level=LogLevels.warning,
    )
    if sys.platform != "win32":
        _leave_the_terminal_to_this_process()
        _let_starting_workers_be_stopped()
        _load_what_workers_share()
    server.serve()


#: What requests need of the framework, beyond what setting the project up has loaded.
_SHARED = (
    "nuages.server.rsgi",
    "nuages.template.backends.django",
    "nuages.template.defaultfilters",
    "nuages.template.defaulttags",
    "nuages.template.loader_tags",
)


def _load_what_workers_share() -> None:
    """Import the framework's own parts before workers are forked, so that they lie in memory once for all of them.

    The project's own modules are there already, since looking whether settings name the right ones has loaded them.
    """
    for name in _SHARED:
        import_module(name)
    # Frozen objects are not looked through in the workers, which would copy their pages.
    gc.collect()
    gc.freeze()


def _let_starting_workers_be_stopped() -> None:
    """Have SIGTERM end a worker that does not serve yet.

    A forked worker has its parent's handlers until Granian gives it its own, which is after the application is loaded:
    a signal in between would be taken for the parent's and lost, and the stop would wait out the whole of `grace`.
    """
    parent = os.getpid()

    def in_worker() -> None:
        if os.getppid() == parent:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)

    os.register_at_fork(after_in_child=in_worker)


def _leave_the_terminal_to_this_process() -> None:
    """Put workers into process groups of their own.

    Ctrl-C goes to everything in the terminal's group. A worker would be stopped twice, by it and by this process, and
    Granian drops the requests of one that hears a second signal while it finishes them.
    """
    parent = os.getpid()

    def in_worker() -> None:
        if os.getppid() == parent:
            os.setpgid(0, 0)

    os.register_at_fork(after_in_child=in_worker)
