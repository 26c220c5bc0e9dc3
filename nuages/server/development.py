"""`runserver`: one process that watches files, and one that serves and is replaced when they change."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from nuages.server.address import Address
from nuages.server.protocol import HTTPProtocol, Scope

#: In the environment of the process that serves.
RUN_MAIN = "NUAGES_RUN_MAIN"
#: How long the serving process may take to end before it is killed.
PATIENCE = 5.0

#: What a developer edits: code, templates, translations, configuration.
WATCHED = frozenset(
    {".py", ".html", ".txt", ".po", ".mo", ".toml", ".env", ".json", ".yaml", ".yml", ".jinja", ".xml"}
)


def reloading() -> bool:
    """Say whether this process is the one that serves, under one that watches."""
    return os.environ.get(RUN_MAIN) == "true"


def watch_and_restart(announce: Callable[[str], None]) -> int:
    """Run this same command in a child process, anew whenever a watched file changes. Returns its exit status."""
    from watchfiles import DefaultFilter, watch

    class Edited(DefaultFilter):
        def __call__(self, change: Any, path: str) -> bool:
            return Path(path).suffix in WATCHED and super().__call__(change, path)

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(_own_command(), env=os.environ | {RUN_MAIN: "true"})

    missed_since: float | None = time.time()
    child = start()
    # Whoever ends this process means the child, too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # Ctrl-C reaches the child as well; it ends by itself and we with it.
    try:
        for changes in watch(
            *_folders(),
            watch_filter=Edited(),
            debounce=150,
            yield_on_timeout=True,
            rust_timeout=500,
            raise_interrupt=True,
        ):
            edited = {path for _, path in changes}
            if missed_since is not None:
                # Setting the watch up takes a while in a large folder, and the child has begun to import meanwhile.
                edited |= _saved_since(missed_since, Edited.ignore_dirs)
                missed_since = None
            status = child.poll()
            if status is not None and status != 0 and not edited:
                return status
            if edited:
                announce(f"{_described(edited)} changed, reloading.")
                _end(child)
                child = start()
            elif status == 0:
                return 0
    except KeyboardInterrupt:
        pass
    finally:
        _end(child)
    return 0


def _own_command() -> list[str]:
    main = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    options = [f"-W{option}" for option in sys.warnoptions]
    if spec is not None and spec.name != "__main__" and not sys.argv[0].endswith(".py"):
        module = spec.name.removesuffix(".__main__")
        return [sys.executable, *options, "-m", module, *sys.argv[1:]]
    return [sys.executable, *options, *sys.argv]


def _folders() -> list[str]:
    """Return the project's folder and others on the path that are not installed packages."""
    found = [Path.cwd()]
    for entry in sys.path:
        path = Path(entry or ".").resolve()
        outside = "site-packages" not in path.parts and "dist-packages" not in path.parts
        stdlib = path.is_relative_to(Path(sys.base_prefix)) or path.is_relative_to(Path(sys.prefix))
        if path.is_dir() and outside and not stdlib and path != Path(path.anchor):
            found.append(path)
    # A folder below another one is watched with it.
    kept: list[Path] = []
    for path in sorted(set(found), key=lambda p: len(p.parts)):
        if not any(path.is_relative_to(other) for other in kept):
            kept.append(path)
    return [str(path) for path in kept]


def _saved_since(moment: float, ignored: Iterable[str]) -> set[str]:
    """Return the watched files that were saved after `moment`."""
    passed_over = {*ignored}
    found = set()
    for folder in _folders():
        for where, folders, names in os.walk(folder):
            folders[:] = [name for name in folders if name not in passed_over and not name.startswith(".")]
            for name in names:
                path = os.path.join(where, name)
                if Path(name).suffix in WATCHED:
                    with suppress(OSError):  # gone already, or a dangling link
                        if os.stat(path).st_mtime > moment:
                            found.add(path)
    return found


def _described(paths: Iterable[str]) -> str:
    names = sorted({os.path.relpath(path) for path in paths})
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is not None:
        return
    child.send_signal(signal.SIGTERM)
    try:
        child.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


class BrokenApplication:
    """Stands in for a project that cannot start, and shows every visitor why."""

    def __init__(self, error: BaseException) -> None:
        self.page = error_page(error)

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Nothing to prepare."""

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        """Answer with the error page."""
        headers = [("content-type", "text/html; charset=utf-8"), ("cache-control", "no-store")]
        protocol.response_str(500, headers, self.page)


def error_page(error: BaseException) -> str:
    """Return a page that shows `error`: the debug page, or a plain one where settings are what is broken."""
    try:
        from nuages.views.debug import ExceptionReporter

        reporter = ExceptionReporter(None, type(error), error, error.__traceback__)
        return reporter.get_traceback_html()
    except Exception:
        import html
        import traceback

        text = html.escape("".join(traceback.format_exception(error)))
        return (
            "<!doctype html><html lang=en><meta charset=utf-8><title>The project does not start</title>"
            "<style>body{font:16px/1.5 system-ui;margin:3rem auto;max-width:60rem;padding:0 1rem}"
            "pre{background:#8881;padding:1rem;overflow:auto;border-radius:.5rem}</style>"
            f"<h1>The project does not start</h1><p>Mend the error and reload this page.</p><pre>{text}</pre>"
        )


def serve_here(application: Any, address: Address) -> None:
    """Serve `application` in this process until it is told to end; a debugger can be used in it."""
    from granian.constants import Interfaces
    from granian.server.embed import Server

    server = Server(
        application,
        address=address.host,
        port=address.port,
        interface=Interfaces.RSGI,
        log_enabled=False,
        websockets=False,
    )

    async def main() -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, server.stop)
        if reloading():
            _stop_without(os.getppid(), loop, server.stop)
        await server.serve()

    with asyncio.Runner(loop_factory=_new_loop) as runner:
        runner.run(main())


def _stop_without(parent: int, loop: asyncio.AbstractEventLoop, stop: Callable[[], object]) -> None:
    """Look every second whether the process that watches is still there, as one that was killed ends nobody else."""
    if os.getppid() != parent:
        stop()
    else:
        loop.call_later(1, _stop_without, parent, loop, stop)


def _new_loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ImportError:  # not on Windows
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()
