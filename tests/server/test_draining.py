"""A response is not made faster than its client takes it."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import pytest

from nuages.server import draining
from nuages.server.body import Bridge
from nuages.server.draining import AT_ONCE, UNWATCHED, ClientStalled, Drain, connection_of
from nuages.spine import spawn

pytestmark = pytest.mark.skipif(not os.path.isdir("/dev/fd"), reason="looks for the connection in /dev/fd")


@dataclass
class Pair:
    """Both ends of a connection."""

    server: socket.socket
    client: socket.socket

    @property
    def address(self) -> str:
        host, port = self.client.getsockname()
        return f"{host}:{port}"

    def fill(self) -> None:
        """Write until the connection takes no more."""
        self.server.setblocking(False)
        try:
            while True:
                self.server.send(b"x" * 65536)
        except BlockingIOError:
            pass

    def empty(self) -> None:
        """Read what has arrived."""
        self.client.settimeout(0.2)
        try:
            while self.client.recv(1 << 20):
                pass
        except TimeoutError:
            pass


@pytest.fixture
def pair() -> Iterator[Pair]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        server, _ = listener.accept()
        with client, server:
            yield Pair(server, client)


def drain_of(address: str, loop: Any = None) -> Drain:
    scope = type("Scope", (), {"client": address})()
    return Drain(cast(Any, scope), Bridge(loop))


def open_files() -> int:
    return len(os.listdir("/dev/fd"))


def test_a_connection_is_found_by_its_clients_address(pair: Pair) -> None:
    before = open_files()
    found = connection_of(pair.address)
    assert found is not None
    with found:
        assert found.getpeername() == pair.client.getsockname()
        assert found.fileno() != pair.server.fileno()
    assert connection_of("192.0.2.1:1") is None
    assert connection_of("unix:") is None
    assert open_files() == before


def test_addresses_of_version_six_are_found_too() -> None:
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("no IPv6 here")
    with listener, socket.create_connection(listener.getsockname()[:2]) as client:
        server, _ = listener.accept()
        with server:
            found = connection_of(f"[::1]:{client.getsockname()[1]}")
            assert found is not None
            found.close()


def test_a_full_connection_is_waited_for_in_a_thread(pair: Pair) -> None:
    pair.fill()
    drain = drain_of(pair.address)
    # What most responses have is not worth looking.
    drain.passed(UNWATCHED - 1)
    waited: list[float] = []

    def go_on() -> None:
        drain.passed(AT_ONCE)
        waited.append(time.monotonic())

    thread = threading.Thread(target=go_on)
    thread.start()
    time.sleep(0.2)
    assert not waited
    pair.empty()
    thread.join(5)
    assert waited
    drain.close()


def test_a_full_connection_is_waited_for_on_the_loop_without_holding_it(pair: Pair) -> None:
    pair.fill()
    events: list[str] = []

    async def main() -> None:
        drain = drain_of(pair.address, asyncio.get_running_loop())

        def go_on() -> None:
            drain.passed(UNWATCHED)
            events.append("passed")

        waiting = asyncio.ensure_future(spawn(go_on))
        await asyncio.sleep(0.1)
        events.append("loop")
        await asyncio.to_thread(pair.empty)
        await asyncio.wait_for(waiting, 5)
        drain.close()

    asyncio.run(main())
    assert events == ["loop", "passed"]


@pytest.mark.parametrize("lane", ["thread", "worker"])
def test_a_client_that_stops_reading_is_given_up(
    pair: Pair, lane: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draining, "PATIENCE", 0.05)
    pair.fill()

    async def main() -> None:
        await spawn(drain_of(pair.address, asyncio.get_running_loop()).passed, UNWATCHED)

    with pytest.raises(ClientStalled, match="not read for"):
        if lane == "thread":
            drain_of(pair.address).passed(UNWATCHED)
        else:
            asyncio.run(main())


def test_a_client_that_has_gone_is_not_waited_for(pair: Pair) -> None:
    drain = drain_of(pair.address)
    drain.passed(UNWATCHED)
    pair.fill()
    pair.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    pair.client.close()
    started = time.monotonic()
    drain.passed(AT_ONCE)
    drain.close()
    assert time.monotonic() - started < 5


def test_where_the_connection_cannot_be_found_nothing_is_waited_for() -> None:
    drain = drain_of("unix:")
    drain.passed(UNWATCHED)
    drain.passed(AT_ONCE)
    drain.close()
