"""`instance._state`: what an instance knows about its row and its neighbours."""

from __future__ import annotations

from typing import Any

from nuages.db.models.fetch_modes import FETCH_ONE

__all__ = ["DEFERRED", "NEW", "ModelState", "SharedState"]


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
        try:
            return state._fields_cache
        except AttributeError:
            made: dict[str, Any] = {}
            state._fields_cache = made
            return made

    def __set__(self, state: Any, value: dict[str, Any]) -> None:
        state._fields_cache = value


class SharedState:
    """The state of instances that have nothing of their own yet: of all rows of one result, say.

    It stands in their `__dict__`; asked for `_state`, an instance makes its own from it.
    """

    __slots__ = ("adding", "db", "fetch_mode", "peers")

    #: No relation of such an instance is kept.
    has_related = False

    def __init__(self, adding: bool, db: str | None, fetch_mode: Any, peers: Any = ()) -> None:
        self.adding = adding
        self.db = db
        self.fetch_mode = fetch_mode
        self.peers = peers

    def own(self) -> ModelState:
        """A state of one instance's own that says the same."""
        made = ModelState.__new__(ModelState)
        made.adding = self.adding
        made.db = self.db
        made.fetch_mode = self.fetch_mode
        made.peers = self.peers
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
    #: Related rows that reading a peer's brought too, by relation, with the write counts they were read at.
    peer_rows: dict[tuple[str, type], tuple[tuple[int, ...], list[Any] | None]]

    def __init__(self) -> None:
        self.adding = True
        self.db = None
        self.fetch_mode = FETCH_ONE
        self.peers = ()

    fields_cache = ModelStateFieldsCacheDescriptor()

    @property
    def has_related(self) -> bool:
        """Whether any related object is kept."""
        return bool(getattr(self, "_fields_cache", None))

    def __getstate__(self) -> dict[str, Any]:
        state = {**self.__dict__, "adding": self.adding, "db": self.db, "fetch_mode": self.fetch_mode}
        if hasattr(self, "_fields_cache"):
            state["fields_cache"] = self._fields_cache
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.peers = ()
        self.fetch_mode = FETCH_ONE
        for name, value in state.items():
            setattr(self, name, value)


#: The state of what was just made and not saved yet.
NEW = SharedState(True, None, FETCH_ONE)
