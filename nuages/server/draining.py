"""Waiting for a client that reads more slowly than a response is made.

Granian takes whatever is handed to it and keeps what the connection does not take, without a bound and without a
word. The connection itself knows: while it cannot be written to, something is waiting already.
"""

from __future__ import annotations

import asyncio
import os
import selectors
import socket

from nuages.server.body import Bridge
from nuages.server.protocol import Scope
from nuages.spine import in_worker, wait

#: Where a process finds its open files, on Linux and macOS.
_OPEN_FILES = "/dev/fd"
#: So much of a response is handed over before its connection is looked for: most responses are smaller.
UNWATCHED = 1 << 20
#: And so much between one look at the connection and the next.
AT_ONCE = 1 << 18
#: A client that takes nothing for so many seconds has had its response.
PATIENCE = 60.0


class ClientStalled(RuntimeError):
    """The client has stopped reading; what is left of the response is not made."""


class Drain:
    """Keeps what is made of a response near what the client has taken of it.

    Where the connection cannot be found (one through a Unix socket has no address of its own) nothing is waited for.
    """

    def __init__(self, scope: Scope, bridge: Bridge) -> None:
        self._scope = scope
        self._bridge = bridge
        self._left = UNWATCHED
        self._connection: socket.socket | None = None
        self._searched = False

    def passed(self, size: int) -> None:
        """Say that so many bytes were handed over; waits when that is too much at once."""
        self._left -= size
        if self._left > 0:
            return
        self._left = AT_ONCE
        if not self._searched:
            self._searched = True
            self._connection = connection_of(self._scope.client)
        if self._connection is not None and not self._is_writable(self._connection):
            raise ClientStalled(f"it has not read for {PATIENCE:g} seconds")

    def close(self) -> None:
        """Let the connection go."""
        if self._connection is not None:
            self._connection.close()

    def _is_writable(self, connection: socket.socket) -> bool:
        if in_worker():
            return wait(_writable(connection, self._bridge.loop))
        with selectors.DefaultSelector() as selector:
            selector.register(connection, selectors.EVENT_WRITE)
            return bool(selector.select(PATIENCE))


async def _writable(connection: socket.socket, loop: asyncio.AbstractEventLoop) -> bool:
    ready = asyncio.Event()
    loop.add_writer(connection, ready.set)
    try:
        async with asyncio.timeout(PATIENCE):
            await ready.wait()
    except TimeoutError:
        return False
    finally:
        loop.remove_writer(connection)
    return True


def connection_of(client: str) -> socket.socket | None:
    """Return this process's connection to a client, given as `address:port`, under a file number of its own."""
    try:
        numbers = [int(name) for name in os.listdir(_OPEN_FILES)]
    except OSError:
        return None
    for number in numbers:
        connection = _as_socket(number)
        if connection is None:
            continue
        if _peer(connection) == client:
            return connection
        connection.close()
    return None


def _as_socket(number: int) -> socket.socket | None:
    """The open file, under another number that stays ours when its owner closes it, if it is a socket."""
    try:
        copy = os.dup(number)
    except OSError:
        # Closed meanwhile.
        return None
    try:
        return socket.socket(fileno=copy)
    except OSError:
        os.close(copy)
        return None


def _peer(connection: socket.socket) -> str:
    try:
        address = connection.getpeername()
    except OSError:
        return ""
    if not isinstance(address, tuple):
        return ""
    host, port = address[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
