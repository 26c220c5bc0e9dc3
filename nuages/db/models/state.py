"""`instance._state`: what an instance knows about its row and its neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from nuages.db.models.fetch_modes import FETCH_ONE

__all__ = [
    "DEFERRED",
    "NEW",
    "ModelState",
    "SharedState",
    "common_state",
    "fresh_state",
    "mark_as_saved",
    "own_state",
    "seen_state",
]


class Deferred:
    """The marker for a field that is not loaded."""

    def __repr__(self) -> str:
        return "<Deferred field>"

    def __str__(self) -> str:
        return "<Deferred field>"


DEFERRED = Deferred()


class ModelStateFieldsCacheDescriptor:
    """`state.fields_cache`: related objects by relation. Most instances never need the dictionary."""

    def __get__(self, state: Any, cls: type | None = None) -> Any:
        if state is None:
            return self
        found = state._fields_cache
        if found is None:
            found = state._fields_cache = {}
        return found

    def __set__(self, state: Any, value: dict[str, Any]) -> None:
        state._fields_cache = value


_NOWHERE: Mapping[str, int] = {}


class SharedState:
    """The state of instances that have nothing of their own yet: of all rows of one result, say.

    It stands in their `__dict__`; asked for `_state`, an instance makes its own from it. Where related objects were
    loaded with the row, a tuple stands there: the shared state, and the objects at `places`.
    """

    __slots__ = ("adding", "db", "fetch_mode", "peers", "places")

    #: No relation of such an instance is kept.
    has_related = False
    _fields_cache = None

    def __init__(
        self, adding: bool, db: str | None, fetch_mode: Any, places: Mapping[str, int] = _NOWHERE
    ) -> None:
        self.adding = adding
        self.db = db
        self.fetch_mode = fetch_mode
        self.peers: Any = ()
        self.places = places

    def own(self) -> ModelState:
        """A state of one instance's own that says the same."""
        made = ModelState.__new__(ModelState)
        made.adding = self.adding
        made.db = self.db
        made.fetch_mode = self.fetch_mode
        made.peers = self.peers
        made._fields_cache = None
        return made


class ModelState:
    """Whether the row exists, in which database, and what is cached beside the fields.

    `peers` are the rows loaded together with this one: weak references, or the loader's own list of them.
    """

    __slots__ = (
        "__dict__",
        "__weakref__",
        "_fields_cache",
        "adding",
        "db",
        "fetch_mode",
        "peer_rows",
        "peers",
    )

    adding: bool
    db: str | None
    fetch_mode: Any
    peers: Any
    _fields_cache: dict[str, Any] | None
    #: Related rows that reading a peer's brought too, by relation.
    peer_rows: dict[tuple[str, type], Any]

    def __init__(self) -> None:
        self.adding = True
        self.db = None
        self.fetch_mode = FETCH_ONE
        self.peers = ()
        self._fields_cache = None

    fields_cache = ModelStateFieldsCacheDescriptor()

    @property
    def has_related(self) -> bool:
        """Whether any related object is kept."""
        return bool(self._fields_cache)

    def __getstate__(self) -> dict[str, Any]:
        state = {**self.__dict__, "adding": self.adding, "db": self.db, "fetch_mode": self.fetch_mode}
        if self._fields_cache is not None:
            state["fields_cache"] = self._fields_cache
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.peers = ()
        self.fetch_mode = FETCH_ONE
        self._fields_cache = None
        for name, value in state.items():
            setattr(self, name, value)


def fresh_state(db: str, fetch_mode: Any, places: tuple[str, ...] = ()) -> SharedState:
    """The state of the rows of one result, for them to be told of each other."""
    return SharedState(False, db, fetch_mode, {place: number for number, place in enumerate(places, 1)})


#: The state of rows that are told nothing of the kind: all results have the same. Nobody changes it.
common_state = lru_cache(maxsize=1024)(fresh_state)


def own_state(state: SharedState | tuple[Any, ...]) -> ModelState:
    """A state of one instance's own that says the same as what it shares with others."""
    if type(state) is not tuple:
        return state.own()  # type: ignore[union-attr]
    made: ModelState = state[0].own()
    made._fields_cache = dict(zip(state[0].places, state[1:]))
    return made


def seen_state(instance: Any) -> SharedState | ModelState:
    """The state to be read and not changed: one that is shared stays so."""
    state = instance.__dict__["_state"]
    return state[0] if type(state) is tuple else state


def mark_as_saved(instances: Iterable[Any], db: str) -> None:
    """Note that rows exist in a database."""
    shared: dict[Any, SharedState] = {}
    for instance in instances:
        values = instance.__dict__
        state = values["_state"]
        if type(state) is tuple:
            state = instance._state
        if type(state) is SharedState:
            if not state.adding and state.db == db:
                continue
            mode = state.fetch_mode
            state = shared.get(mode)
            if state is None:
                state = shared[mode] = SharedState(False, db, mode)
            values["_state"] = state
        else:
            state.adding = False
            state.db = db


#: The state of what was just made and not saved yet.
NEW = SharedState(True, None, FETCH_ONE)
