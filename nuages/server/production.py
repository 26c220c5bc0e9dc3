"""`serve`: worker processes under Granian, stopped gracefully."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable
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
        _in_each_worker(_leaves_the_terminal_alone, _can_be_stopped_while_starting)
        _load_what_workers_share()
    if sys.platform == "linux":
        _in_each_worker(_lets_threads_finish)
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


def _in_each_worker(*actions: Callable[[], object]) -> None:
    """Call functions in each worker that this process forks, before anything else happens there."""
    parent = os.getpid()

    def begin() -> None:
        # Workers may fork, too, and what they start is no worker.
        if os.getppid() == parent:
            for action in actions:
                action()

    os.register_at_fork(after_in_child=begin)


def _can_be_stopped_while_starting() -> None:
    """Have SIGTERM end a worker that does not serve yet.

    A forked worker has its parent's handlers until Granian gives it its own, which is after the application is loaded:
    a signal in between would be taken for the parent's and lost, and the stop would wait out the whole of `grace`.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _leaves_the_terminal_alone() -> None:
    """Put a worker into a process group of its own.

    Ctrl-C goes to everything in the terminal's group. A worker would be stopped twice, by it and by the parent, and
    Granian drops the requests of one that hears a second signal while it finishes them.
    """
    os.setpgid(0, 0)


def _lets_threads_finish() -> None:
    """Have a thread of a worker that wakes up wait for its turn, where the system knows such turns (Linux).

    Those who receive, answer and send share one interpreter. A thread that wakes would by default take the processor
    from the one at work, find the interpreter taken, and give it back: several times in each request.
    """
    try:
        if os.sched_getscheduler(0) == os.SCHED_OTHER:  # else somebody has chosen
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    except OSError:
        # Not allowed here: slower, and nothing else.
        pass
