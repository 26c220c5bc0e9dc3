"""What reading a field or relation that is not loaded does: fetch it, fetch it for all peers, or refuse."""

from __future__ import annotations

import weakref
from itertools import chain, islice
from typing import Any

from nuages.core.exceptions import FieldFetchBlocked

__all__ = ["FETCH_ONE", "FETCH_PEERS", "FETCH_RAISE", "FetchMode"]

#: How many instances the first reads fetch for.
WINDOW = 100
#: A loop that has come so far goes on, most likely: from there on a read fetches for this many times as many.
GROWTH = 10


class FetchMode:
    """One way to fetch; the three instances below are all there are."""

    __slots__ = ()

    #: Whether instances loaded together remember each other.
    track_peers = False

    def fetch(self, fetcher: Any, instance: Any) -> None:
        """Load what `fetcher` (a descriptor or relation with `fetch_one` and `fetch_many`) stands for."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"<{self.__class__.__name__}>"


class FetchOne(FetchMode):
    __slots__ = ()

    def fetch(self, fetcher: Any, instance: Any) -> None:
        fetcher.fetch_one(instance)

    def __reduce__(self) -> str:
        return "FETCH_ONE"


class FetchPeers(FetchMode):
    __slots__ = ()

    track_peers = True

    def fetch(self, fetcher: Any, instance: Any) -> None:
        window = window_of(instance)
        if len(window) > 1:
            fetcher.fetch_many(window)
        else:
            fetcher.fetch_one(instance)

    def __reduce__(self) -> str:
        return "FETCH_PEERS"


class FetchRaise(FetchMode):
    __slots__ = ()

    def fetch(self, fetcher: Any, instance: Any) -> None:
        name = f"{instance.__class__.__qualname__}.{fetcher.field.name}"
        raise FieldFetchBlocked(f"Fetching of {name} blocked.") from None

    def __reduce__(self) -> str:
        return "FETCH_RAISE"


FETCH_ONE = FetchOne()
FETCH_PEERS = FetchPeers()
FETCH_RAISE = FetchRaise()


def window_of(instance: Any) -> list[Any]:
    """This instance, those loaded after it and then those before it that are still around.

    Not all of them: a loop over many rows may stop early. A hundred to begin with, and ten times as many as stand before
    it further on, so that a loop over all of them asks a number of times that hardly grows with theirs. Those before
    it too: what is reached through another relation comes in any order.
    """
    peers = instance._state.peers
    position = 0
    for position, peer in enumerate(peers):  # noqa: B007 - read after the loop
        if _instance_of(peer) is instance:
            break
    around = chain(islice(peers, position, None), islice(peers, position))
    size = WINDOW if position < WINDOW else GROWTH * position
    found = (_instance_of(peer) for peer in islice(around, size))
    return [peer for peer in found if peer is not None]


def _instance_of(peer: Any) -> Any:
    """Peers are instances, or weak references to them."""
    return peer() if isinstance(peer, weakref.ref) else peer
