"""A line for each request: coloured for people, plain for files."""

from __future__ import annotations

import logging
import sys
import time
from typing import TextIO

from nuages.server.protocol import Scope

logger = logging.getLogger("nuages.access")

_RESET = "\x1b[0m"
_COLOURS = {1: "\x1b[36m", 2: "\x1b[32m", 3: "\x1b[36m", 4: "\x1b[33m", 5: "\x1b[1;31m"}
_CONTROL = {code: f"\\x{code:02x}" for code in [*range(32), *range(127, 160)]}


def printable(text: str) -> str:
    """Return `text` without control characters, which could forge lines or drive a terminal."""
    return text.translate(_CONTROL)


def line(scope: Scope, status: int, sent: int, seconds: float) -> str:
    """Return what happened: method, path, status, size, time taken."""
    query = f"?{scope.query_string}" if scope.query_string else ""
    size = "-" if sent < 0 else str(sent)
    return f"{scope.method} {printable(scope.path + query)} {status} {size} {seconds * 1000:.1f}ms"


class ConsoleLog:
    """Prints requests for the developer who watches, in the colour of their status."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        self.coloured = self.stream.isatty()

    def __call__(self, scope: Scope, status: int, sent: int, seconds: float) -> None:
        text = f"[{time.strftime('%H:%M:%S')}] {line(scope, status, sent, seconds)}"
        if self.coloured:
            text = f"{_COLOURS.get(status // 100, '')}{text}{_RESET}"
        self.stream.write(f"{text}\n")
        self.stream.flush()


def production_log(scope: Scope, status: int, sent: int, seconds: float) -> None:
    """Log a request through the `nuages.access` logger, with the client's address."""
    logger.info(
        '%s "%s"',
        scope.client.rpartition(":")[0],
        line(scope, status, sent, seconds),
        extra={"status_code": status, "seconds": seconds},
    )
