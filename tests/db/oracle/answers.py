"""Answers without a database: a slow evaluator of questions over plain Python rows.

It follows the documentation. Relations to many rows are joined outer: a row counts once for each combination of
related rows that fits, conditions of one call are about the same related row and those of another call about any;
what is excluded over such a relation is excluded when any related row fits. Comparing with null is neither true
nor false (None here); under a NOT a column without a value counts as different.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field, is_dataclass
from typing import Any

from tests.db.oracle.people import ROWS, Row
from tests.db.oracle.questions import (
    MANY,
    Aggregate,
    All,
    Among,
    Annotate,
    AnyOf,
    Choice,
    Column,
    Combined,
    Distinct,
    Exclude,
    Filter,
    Grouped,
    HasGift,
    LastGift,
    Leaf,
    Not,
    OddOf,
    Ordered,
    Path,
    Plus,
    Question,
    Rows,
    Total,
)

# Columns that may be null.
NULLABLE = frozenset({"age", "height", "born", "data", "size", "value", "town_id", "boss_id"})

Truth = bool | None


@dataclass
class Binding:
    """A row with the related rows it was joined to, and its annotations."""

    row: Row
    joins: dict[tuple[int, Path], Row | None] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)


@dataclass
class Place:
    """Where a condition is evaluated: in which call, and the relations that the call has joined so far."""

    call: int
    joined: set[Path] = field(default_factory=set)

    def row(self, binding: Binding, path: Path) -> Row | None:
        """The row a path leads to."""
        here: Row | None = binding.row
        for position, name in enumerate(path):
            if name in MANY:
                here = binding.joins[self.call, path[: position + 1]]
            elif here is not None:
                here = here.one[name]
        return here

    def value(self, binding: Binding, path: Path, name: str) -> Any:
        """The value of a column at the end of a path, or of an annotation."""
        if not path and name in binding.notes:
            return binding.notes[name]
        row = self.row(binding, path)
        if row is None:
            return None
        if name.endswith("_id"):
            other = row.one[name[:-3]]
            return None if other is None else other.columns["id"]
        if name == "pk":
            name = "id"
        return row.columns[name]


# Comparing -------------------------------------------------------------------------------------------------


def _key(document: Any, *keys: str) -> Any:
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else None
    return document


def _has(document: Any, key: str) -> bool:
    return isinstance(document, dict) and key in document


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "exact": lambda one, two: bool(one == two),
    "gt": lambda one, two: bool(one > two),
    "gte": lambda one, two: bool(one >= two),
    "lt": lambda one, two: bool(one < two),
    "lte": lambda one, two: bool(one <= two),
    "contains": lambda one, two: two in one,
    "startswith": lambda one, two: one.startswith(two),
    "endswith": lambda one, two: one.endswith(two),
    "range": lambda one, two: bool(two[0] <= one <= two[1]),
    "has_key": lambda one, two: _has(one, two),
}


def compare(left: Any, lookup: str, right: Any) -> Truth:
    """One comparison."""
    if lookup == "isnull":
        return bool((left is None) == right)
    if lookup == "k__isnull":
        return (not _has(left, "k")) == right
    if lookup in ("k", "t", "n__k"):
        left, lookup = _key(left, *lookup.split("__")), "exact"
    if lookup == "in":
        items = [item for item in right if item is not None]
        if not items:
            return False
        return None if left is None else left in items
    if right is None or left is None:
        return None
    return _COMPARE[lookup](left, right)


def negation(truth: Truth) -> Truth:
    """NOT."""
    return None if truth is None else not truth


def conjunction(truths: Sequence[Truth]) -> Truth:
    """AND."""
    if any(truth is False for truth in truths):
        return False
    return None if any(truth is None for truth in truths) else True


# Conditions ------------------------------------------------------------------------------------------------


def holds(node: Any, binding: Binding, place: Place, negated: bool = False, below_not: bool = False) -> Truth:
    """Whether a condition holds for a row joined to related rows; `negated` under an odd number of NOTs."""
    match node:
        case Leaf():
            return _leaf_holds(node, binding, place, negated, below_not)
        case Not(inside):
            return negation(holds(inside, binding, place, not negated, True))
        case All(parts):
            return conjunction([holds(part, binding, place, negated, below_not) for part in parts])
        case AnyOf(parts):
            truths = [holds(part, binding, place, negated, below_not) for part in parts]
            return negation(conjunction([negation(truth) for truth in truths]))
        case OddOf(parts):
            # Each part counts as one or none, whatever stands around.
            return sum(holds(part, binding, place, False, below_not) is True for part in parts) % 2 == 1
        case HasGift(condition):
            return any(matches(condition, gift) for gift in binding.row.many["gifts"])
        case Among(path, model, condition):
            row = place.row(binding, path)
            if row is None:
                return False if negated else None
            return any(row is other and matches(condition, other) for other in ROWS[model])
    raise TypeError(node)


def _leaf_holds(leaf: Leaf, binding: Binding, place: Place, negated: bool, below_not: bool) -> Truth:
    right: Any = leaf.value
    lookup, right_known = ("isnull", False) if right is None else (leaf.lookup, False)
    if right is None:
        right = True
    elif is_dataclass(right):
        right_known = isinstance(right, Column) and right.name in NULLABLE
        right = value_of(right, binding, place)
    if not below_not:
        place.joined.update(several_in(leaf.path))
    first = _first_unshared(leaf.path, place.joined)
    if first is not None:
        # Under a NOT: whether there is any such row.
        start = place.row(binding, leaf.path[:first])
        return any(
            compare(_column(row, leaf.column), lookup, right) is True
            for row in _chains(start, leaf.path[first:])
        )
    left = place.value(binding, leaf.path, leaf.column)
    truth = compare(left, lookup, right)
    if not negated or (not leaf.path and leaf.column in binding.notes):
        return truth
    if left is None and lookup == "in":
        # Not to be among these and None is to be something else.
        return None in right
    return False if truth is None and (left is None or right_known) else truth


def several_in(path: Path) -> list[Path]:
    """The relations to many rows on a path, each as a path of its own."""
    return [path[: position + 1] for position, name in enumerate(path) if name in MANY]


def _column(row: Row | None, name: str) -> Any:
    return None if row is None else row.columns["id" if name == "pk" else name]


def _first_unshared(path: Path, shared: set[Path]) -> int | None:
    for position, name in enumerate(path):
        if name in MANY and path[: position + 1] not in shared:
            return position
    return None


def _chains(start: Row | None, path: Path) -> Iterator[Row | None]:
    """All rows at the end of a path; None where it ends early."""
    if start is None or not path:
        yield start
        return
    following = start.many[path[0]] or [None] if path[0] in MANY else [start.one[path[0]]]
    for row in following:
        yield from _chains(row, path[1:])


def matches(condition: Any, row: Row) -> bool:
    """Whether a row matches a condition without relations to many."""
    return holds(condition, Binding(row), Place(-1)) is True


def joined_by(node: Any, below_not: bool = False) -> list[Path]:
    """Relations to many rows that a call joins: those of its conditions outside of any NOT."""
    found: list[Path] = []
    match node:
        case Leaf(path, _, _, value):
            found += [] if below_not else several_in(path)
            assert not is_dataclass(value) or not isinstance(value, Aggregate)
        case Not(inside):
            found += joined_by(inside, True)
        case All(parts) | AnyOf(parts) | OddOf(parts):
            for part in parts:
                found += joined_by(part, below_not)
    return list(dict.fromkeys(found))


# Expressions -----------------------------------------------------------------------------------------------


def value_of(node: Any, binding: Binding, place: Place) -> Any:
    """The value of an expression without aggregates."""
    match node:
        case Column(path, name):
            return place.value(binding, path, name)
        case Plus(left, number):
            value = value_of(left, binding, place)
            return None if value is None else value + number
        case Choice(condition, then, otherwise):
            chosen = then if holds(condition, binding, place) is True else otherwise
            return value_of(chosen, binding, place)
        case LastGift(condition):
            gifts = [gift for gift in binding.row.many["gifts"] if matches(condition, gift)]
            return gifts[-1].columns["value"] if gifts else None
    return node


def total_of(aggregate: Aggregate, bindings: Sequence[Binding], place: Place) -> Any:
    """An aggregate over joined rows."""
    values = [
        place.value(binding, aggregate.path, aggregate.name)
        for binding in bindings
        if aggregate.condition is None or holds(aggregate.condition, binding, place) is True
    ]
    values = [value for value in values if value is not None]
    if aggregate.distinct:
        values = list(dict.fromkeys(values))
    if aggregate.kind == "count":
        return len(values)
    if not values:
        return None
    return {"sum": sum, "min": min, "max": max}[aggregate.kind](values)


# Questions -------------------------------------------------------------------------------------------------


def join(bindings: Sequence[Binding], paths: Sequence[Path], place: Place) -> list[Binding]:
    """Each binding once for each combination of related rows, once with none where there are none."""
    found = list(bindings)
    for path in sorted(paths, key=len):
        if found and (place.call, path) in found[0].joins:
            continue
        more = []
        for binding in found:
            owner = place.row(binding, path[:-1])
            for row in (owner.many[path[-1]] if owner is not None else ()) or (None,):
                more.append(
                    Binding(binding.row, {**binding.joins, (place.call, path): row}, dict(binding.notes))
                )
        found = more
    return found


class Run:
    """One question being answered."""

    def __init__(self, model: str, steps: tuple[Any, ...]) -> None:
        self.bindings = [Binding(row) for row in ROWS[model]]
        self.grouped = False
        self.names: list[str] = []
        #: Relations that calls have joined: aggregates read the one that was joined last.
        self.joined: dict[Path, int] = {}
        for number, step in enumerate(steps, 1):
            self.take(number, step)

    def take(self, number: int, step: Any) -> None:
        """One step."""
        match step:
            case Filter(condition):
                self.keep(number, condition)
            case Exclude(condition):
                self.keep(number, Not(condition))
            case Annotate(name, expression):
                self.names.append(name)
                if isinstance(expression, Aggregate):
                    self.aggregate(name, expression)
                else:
                    for binding in self.bindings:
                        binding.notes[name] = value_of(expression, binding, Place(0))

    def keep(self, number: int, condition: Any) -> None:
        """Rows for which the condition holds."""
        paths = joined_by(condition)
        self.joined.update(dict.fromkeys(paths, number))
        self.bindings = [
            binding
            for binding in join(self.bindings, paths, Place(number))
            if holds(condition, binding, Place(number)) is True
        ]

    def joined_for(self, aggregate: Aggregate) -> Place:
        """Join what an aggregate reads."""
        paths = several_in(aggregate.path)
        place = Place(self.joined.get(paths[0], 0) if paths else 0)
        self.bindings = join(self.bindings, paths, place)
        return place

    def aggregate(self, name: str, aggregate: Aggregate) -> None:
        """One row for each, with a total over what it is joined to."""
        place = self.joined_for(aggregate)
        groups: dict[int, list[Binding]] = {}
        for binding in self.bindings:
            groups.setdefault(id(binding.row), []).append(binding)
        self.bindings = []
        for group in groups.values():
            total = total_of(aggregate, group, place)
            self.bindings.append(Binding(group[0].row, {}, {**group[0].notes, name: total}))


def answered(question: Question) -> list[tuple[Any, ...]]:
    """The answer."""
    run = Run(question.model, question.steps)
    place = Place(0)

    def cells(binding: Binding, keys: Sequence[tuple[Path, str]]) -> tuple[Any, ...]:
        return tuple(place.value(binding, *key) for key in keys)

    whole: list[tuple[Path, str]] = [((), "pk"), *(((), name) for name in run.names)]
    match question.tail:
        case Rows():
            found = [cells(binding, whole) for binding in run.bindings]
        case Ordered(keys, start, stop):
            ordered = sorted(run.bindings, key=lambda binding: binding.row.columns["id"])
            for path, name, down in reversed(keys):
                ordered.sort(key=_sorting(place, path, name), reverse=down)
            # Sorting backwards must leave equal rows as they are.
            return [cells(binding, whole) for binding in ordered][start:stop]
        case Grouped(keys, aggregate):
            place_of_total = run.joined_for(aggregate)
            groups: dict[Hashable, list[Binding]] = {}
            for binding in run.bindings:
                groups.setdefault(cells(binding, keys), []).append(binding)
            found = [
                (*key, total_of(aggregate, group, place_of_total))  # type: ignore[misc]
                for key, group in groups.items()
            ]
        case Distinct(keys):
            found = list({cells(binding, keys) for binding in run.bindings})
        case Total(aggregate):
            place_of_total = run.joined_for(aggregate)
            return [(total_of(aggregate, run.bindings, place_of_total),)]
        case Combined(kind, other):
            found = _combined(kind, run, Run(question.model, other))
        case _:
            raise TypeError(question.tail)
    return sorted(found, key=repr)


def _sorting(place: Place, path: Path, name: str) -> Callable[[Binding], tuple[bool, Any]]:
    def key(binding: Binding) -> tuple[bool, Any]:
        value = place.value(binding, path, name)
        return value is not None, 0 if value is None else value

    return key


def _combined(kind: str, one: Run, two: Run) -> list[tuple[Any, ...]]:
    first, second = (Counter((binding.row.columns["id"],) for binding in run.bindings) for run in (one, two))
    match kind:
        case "union all":
            return list((first + second).elements())
        case "union":
            return list(first | second)
        case "intersection":
            return [key for key in first if key in second]
    return [key for key in first if key not in second]
