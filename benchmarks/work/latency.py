"""Latency at a given rate: `python -m benchmarks.work.latency PORT PATH COOKIES RATE SECONDS` prints the 99th percentile.

Requests are sent when they are due (at random, as independent visitors come), whether or not earlier ones are answered, and
an answer's time counts from when its request was due. A generator that waits for answers would send less to a server that
stalls, and so not see the stall.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections import deque

CONNECTIONS = 64


class Connection(asyncio.Protocol):
    """Sends one request at a time and notes how long its answer took."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.due = 0.0
        self.received = b""
        self.asked = False
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def send(self, due: float) -> None:
        """Send a request that was due then."""
        self.due = due
        self.received = b""
        self.asked = True
        self.transport.write(self.load.request)

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, blank, body = self.received.partition(b"\r\n\r\n")
        if not blank:
            return
        lines = head.lower().split(b"\r\n")
        length = next(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:"))
        if len(body) >= length:
            if b" 200 " not in lines[0]:
                raise SystemExit(f"not 200: {lines[0]!r}")
            self.asked = False
            self.load.times.append(time.perf_counter() - self.due)
            if b"connection: close" not in lines:
                self.load.use(self)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.load.over:
            return
        if self.asked:
            raise SystemExit(f"the server closed a connection without an answer: {exc}")
        self.load.lost(self)


class Load:
    """The requests that are due, the connections that are open or free, and the times that were taken.

    Connections are opened when they are needed: a server with one worker and no keep-alive would wait for the first
    request of one that is open and silent.
    """

    def __init__(self, port: int, request: bytes) -> None:
        self.port, self.request = port, request
        self.open = 0
        self.opening: set[asyncio.Task[None]] = set()
        self.free: list[Connection] = []
        self.waiting: deque[float] = deque()
        self.times: list[float] = []
        self.over = False

    def due(self, when: float) -> None:
        """Send a request now, or when a connection is free."""
        if self.free:
            self.free.pop().send(when)
        else:
            self.waiting.append(when)
            self.open_another()

    def use(self, connection: Connection) -> None:
        """Send what waits, or keep the connection for what comes."""
        if self.waiting:
            connection.send(self.waiting.popleft())
        else:
            self.free.append(connection)

    def lost(self, connection: Connection) -> None:
        """Do without a connection that the server has closed."""
        self.open -= 1
        if connection in self.free:
            self.free.remove(connection)
        if self.waiting:
            self.open_another()

    def open_another(self) -> None:
        """Open a connection for what waits, unless there are enough."""
        if self.open < CONNECTIONS:
            self.open += 1
            task = asyncio.ensure_future(self._open())
            self.opening.add(task)
            task.add_done_callback(self.opening.discard)

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(lambda: Connection(self), "127.0.0.1", self.port)
        self.use(connection)


async def percentile(port: int, path: str, cookies: str, rate: float, seconds: float) -> float:
    """Return the time within which 99 of 100 requests are answered."""
    load = Load(port, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookies}\r\n\r\n".encode())
    draw = random.Random(1)
    sent = 0
    due = time.perf_counter()
    end = due + seconds
    while due < end:
        due += draw.expovariate(rate)
        left = due - time.perf_counter()
        if left > 0:
            await asyncio.sleep(left)
        load.due(due)
        sent += 1
    while len(load.times) < sent and time.perf_counter() < end + 30:
        await asyncio.sleep(0.01)
    load.over = True
    if len(load.times) < sent:
        raise SystemExit(f"{path} does not keep up with {rate:.0f} requests a second")
    return sorted(load.times)[int(len(load.times) * 0.99)]


def main() -> None:
    """Measure what the command line says."""
    port, path, cookies, rate, seconds = sys.argv[1:]
    print(asyncio.run(percentile(int(port), path, cookies, float(rate), float(seconds))))


if __name__ == "__main__":
    main()
