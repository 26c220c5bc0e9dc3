"""`Shape`: what a query asks, values taken out; found through the table of its parent.

Shapes are shared by every thread and never change. Two threads that make the same shape at the same
moment make it twice, harmlessly: one of the two is kept.

Memory is bounded by two generations. A table that is full becomes the older one and a new one is begun;
a shape that is asked for again moves over, one that is not goes with the older table when that is replaced.
So shapes in use stay, and finding one costs a look-up in one dictionary and no bookkeeping.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING, Any

from nuages.core.signals import setting_changed
from nuages.db.models import query_utils
from nuages.db.models.sql.where import WhereNode

if TYPE_CHECKING:
    from nuages.db.models.shapes.draft import Draft
    from nuages.db.models.shapes.slots import Prepare

# How many different next steps one shape remembers, and how many shapes are remembered in all. Users who
# compose filters freely then cost planning time, never memory without end.
NEXT_LIMIT = 512
TOTAL_LIMIT = 20_000

# What a query consists of, in the form a draft is given it. Everything here is treated as immutable.
STATE: dict[str, Any] = {
    "model": None,
    "joins": {},
    "conditions": WhereNode(),
    "annotations": {},
    "hidden": frozenset(),  # names of annotations that are not selected
    "selection": None,  # what values() asked for, or None for instances
    "group_by": None,  # None, True (by the model's columns) or a tuple of expressions
    "order_by": (),
    "extra_order_by": (),
    "default_ordering": True,
    "standard_ordering": True,
    "distinct": False,
    "distinct_fields": (),
    "low": None,  # rows to skip: None, a number or a Slot
    "count": None,  # rows to take
    "empty_slice": False,
    "deferred": (frozenset(), True),
    "select_related": False,
    "max_depth": 5,
    "extra": {},  # name → (sql, params)
    "extra_hidden": frozenset(),
    "extra_tables": (),
    "filtered_relations": {},
    "combinator": None,
    "combinator_all": False,
    "combined_queries": (),
    "lock": None,
    "explain_info": None,
    "source": None,  # a query in the place of the base table
    "prefix": "T",
    "sticky": frozenset(),
    "alias_cols": True,
    "elide_empty": True,  # whether a query that finds nothing need not be run
    "assignments": (),  # of an UPDATE: (field, value or expression) pairs
}


# Written out: each step to a new shape copies the whole state.
_source = "\n".join(
    [
        "def _take(shape, state):",
        *(f"    shape.{name} = state[{name!r}]" for name in STATE),
        "def _state_of(shape):",
        f"    return {{{', '.join(f'{name!r}: shape.{name}' for name in STATE)}}}",
    ]
)
_functions: dict[str, Any] = {}
exec(_source, _functions)
_take, _state_of = _functions["_take"], _functions["_state_of"]


# The table of a shape that remembers none; most are the last of their query.
_NONE: dict[Hashable, Any] = {}


class Shape:
    """One query without its values."""

    __slots__ = (
        *STATE,
        "__weakref__",
        "interned",
        "is_plain",
        "is_sliced",
        "key",
        "next",
        "older",
        "parent",
        "plans",
        "prepares",
        "verb",
        "width",
    )

    if TYPE_CHECKING:
        model: Any
        joins: dict[str, Any]
        conditions: WhereNode
        annotations: dict[str, Any]
        selection: tuple[Any, ...] | None
        combinator: str | None
        select_related: Any
        low: Any
        count: Any
        empty_slice: bool
        default_ordering: bool
        group_by: Any
        extra_order_by: tuple[str, ...]
        extra: dict[str, Any]
        filtered_relations: dict[str, Any]
        distinct: bool
        extra_tables: tuple[str, ...]
        order_by: tuple[Any, ...]
        distinct_fields: tuple[str, ...]
        lock: Any
        # Shapes by the steps to them, and ways to some of them.
        next: dict[Hashable, Any]
        older: dict[Hashable, Any]

    def __init__(
        self,
        state: Mapping[str, Any],
        parent: Shape | None = None,
        key: Hashable = None,
        verb: str = "",
        prepares: tuple[tuple[int, Prepare], ...] = (),
        width: int = 0,
        interned: bool = True,
    ) -> None:
        _take(self, state)
        # Whether rows are skipped or their number is limited.
        self.is_sliced = sliced = self.low is not None or self.count is not None or self.empty_slice
        # Whether its rows are those that its conditions leave, and no others.
        self.is_plain = not sliced and not self.combinator and not self.distinct_fields
        self.parent = parent
        self.key = key
        self.verb = verb
        self.prepares = prepares
        self.width = width
        self.interned = interned
        self.next = self.older = _NONE
        self.plans: dict[Any, Any] = {}

    def state(self) -> dict[str, Any]:
        """What it consists of, to be changed by a draft."""
        return _state_of(self)  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        steps = []
        shape: Shape | None = self
        while shape is not None and shape.parent is not None:
            if shape.verb:
                steps.append(shape.verb)
            shape = shape.parent
        name = self.model.__name__ if self.model is not None else "Nothing"
        return name + "".join(step if step.startswith("[") else f".{step}" for step in reversed(steps))

    def then(self, key: Hashable, verb: str, extend: Callable[[Draft], None]) -> Shape:
        """The neighbour that a step without values leads to."""
        found = self.next.get(key)
        if found is None:
            from nuages.db.models.shapes.steps import grow

            found = grow(self, key, verb, lambda draft, _counter: extend(draft))
        return found

    def kept(self, key: Hashable) -> Shape | None:
        """The neighbour that is remembered under a key, if there is one; it is in use from now on."""
        found = self.next.get(key)
        if found is None:
            found = self.older.get(key)
            if found is not None:
                self.keep(key, found)
        return found

    def keep(self, key: Hashable, shape: Any) -> Any:
        """Remember a neighbour; gives back the one that another thread has just remembered, where it was quicker."""
        global _young
        with _lock:
            if self.next is _NONE:
                self.next = {}
            kept = self.next.setdefault(key, shape)
            if kept is not shape:
                return kept
            if len(self.next) == 1:
                _parents.add(self)
            _young += 1
            if _young >= TOTAL_LIMIT // 2:
                for parent in list(_parents):
                    parent._age()
                _young = 0
            elif len(self.next) >= NEXT_LIMIT // 2:
                self._age()
        return shape

    def _age(self) -> None:
        self.older, self.next = self.next, _NONE
        if not self.older:
            _parents.discard(self)


_lock = threading.Lock()
_young = 0
#: The shapes of all rows of a model, which `root_of` makes.
roots: dict[Any, Shape] = {}
# Shapes that remember others. Not all of them hang on a root: a query set somebody holds has some of its own. Those
# stay until what they remember has aged.
_parents: set[Shape] = set()


def root_of(model: Any) -> Shape:
    """The shape of all rows of a model."""
    root = roots.get(model)
    if root is None:
        root = roots.setdefault(model, Shape({**STATE, "model": model}))
    return root


def remembered() -> int:
    """How many shapes are remembered; at most `TOTAL_LIMIT` beside one for each model."""
    with _lock:
        return sum(len(parent.next) + len(parent.older) for parent in _parents)


def forget(**kwargs: Any) -> None:
    """Let every remembered shape go: after lookups were registered, models changed or settings overridden."""
    global _young
    with _lock:
        roots.clear()
        for parent in list(_parents):
            parent.next = parent.older = _NONE
        _parents.clear()
        _young = 0


def _forget_setting(*, setting: str | None = None, **kwargs: Any) -> None:
    if setting in ("DATABASES", "USE_TZ", "TIME_ZONE", "INSTALLED_APPS"):
        forget()


query_utils.on_lookup_change(forget)
setting_changed.connect(_forget_setting)
