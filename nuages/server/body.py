"""A request's body as a file that plain code reads while it is still arriving."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable
from typing import Any, TypeVar

from nuages.server.protocol import HTTPProtocol
from nuages.spine import in_worker, wait

T = TypeVar("T")

#: Bodies up to this many bytes are received whole before the request starts, which is quickest.
SMALL = 128 * 1024


class Bridge:
    """Runs coroutines of the server's loop for plain code in either lane."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop

    def wait(self, awaitable: Awaitable[T]) -> T:
        """Wait for `awaitable`: cooperatively in a worker, from outside the loop in a thread."""
        if in_worker():
            return wait(awaitable)
        return asyncio.run_coroutine_threadsafe(_as_coroutine(awaitable), self.loop).result()

    def let_others_run(self) -> None:
        """Give the loop a turn: plain code in a worker holds it from one wait that really waits to the next."""
        if in_worker():
            wait(asyncio.sleep(0))


async def _as_coroutine(awaitable: Awaitable[T]) -> T:
    # What Granian returns can be awaited, but is no coroutine.
    return await awaitable


class ArrivingBody(io.RawIOBase):
    """Reads the body piece by piece, so that a large upload never stands in memory as a whole.

    Granian ends a body that breaks off like one that is whole. Where `length` was announced, the bytes are counted.
    A chunked body that is whole ends with one empty piece, a broken one with two, as does one with trailers: those
    that are `trailed` are believed to be whole.
    """

    def __init__(self, protocol: HTTPProtocol, bridge: Bridge, length: int | None, trailed: bool) -> None:
        self._pieces = protocol.__aiter__()
        self._bridge = bridge
        self._missing = length
        self._trailed = trailed
        self._left = b""
        self._ended = False

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` as far as one piece goes; 0 at the end."""
        if not self._left and not self._ended:
            try:
                self._left = bytes(self._bridge.wait(self._next()))
            except RuntimeError as error:  # Granian's word for a connection that broke
                raise OSError(f"the client went away: {error}") from error
            self._ended = not self._left
            if self._missing is not None:
                self._missing -= len(self._left)
                if self._ended and self._missing > 0:
                    raise OSError(f"the client went away: {self._missing} bytes of the body are missing")
        taken = self._left[: len(buffer)]
        self._left = self._left[len(taken) :]
        buffer[: len(taken)] = taken
        return len(taken)

    async def _next(self) -> bytes:
        empty = 0
        while True:
            try:
                # Not `async for`: Granian's iterator begins anew when asked for itself.
                piece = await self._pieces.__anext__()
            except StopAsyncIteration:
                if empty > 1 and self._missing is None and not self._trailed:
                    raise OSError("the body's chunks are malformed, or the client went away") from None
                return b""
            if piece:
                return piece
            empty += 1


def arriving(
    protocol: HTTPProtocol, bridge: Bridge, length: int | None, trailed: bool = False
) -> io.BufferedReader:
    """Return the body of a request as a buffered file that raises `OSError` where the body breaks off."""
    return io.BufferedReader(ArrivingBody(protocol, bridge, length, trailed), 64 * 1024)
