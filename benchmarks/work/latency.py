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
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def send(self, due: float) -> None:
        """Send a request that was due then."""
        self.due = due
        self.received = b""
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
            self.load.answered(self, time.perf_counter() - self.due)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.load.over:
            raise SystemExit(f"the server closed a connection: {exc}")


class Load:
    """The requests that are due, the connections that are free, and the times that were taken."""

    def __init__(self, request: bytes) -> None:
        self.request = request
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

    def answered(self, connection: Connection, seconds: float) -> None:
        """Note an answer; the connection takes what waits."""
        self.times.append(seconds)
        if self.waiting:
            connection.send(self.waiting.popleft())
        else:
            self.free.append(connection)


async def percentile(port: int, path: str, cookies: str, rate: float, seconds: float) -> float:
    """Return the time within which 99 of 100 requests are answered."""
    load = Load(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookies}\r\n\r\n".encode())
    loop = asyncio.get_running_loop()
    for _ in range(CONNECTIONS):
        _, connection = await loop.create_connection(lambda: Connection(load), "127.0.0.1", port)
        load.free.append(connection)
    draw = random.Random(1)
    due = time.perf_counter()
    end = due + seconds
    while due < end:
        due += draw.expovariate(rate)
        left = due - time.perf_counter()
        if left > 0:
            await asyncio.sleep(left)
        load.due(due)
    while len(load.free) < CONNECTIONS and time.perf_counter() < end + 30:
        await asyncio.sleep(0.01)
    load.over = True
    if len(load.free) < CONNECTIONS:
        raise SystemExit(f"{path} does not keep up with {rate:.0f} requests a second")
    return sorted(load.times)[int(len(load.times) * 0.99)]


def main() -> None:
    """Measure what the command line says."""
    port, path, cookies, rate, seconds = sys.argv[1:]
    print(asyncio.run(percentile(int(port), path, cookies, float(rate), float(seconds))))


if __name__ == "__main__":
    main()
