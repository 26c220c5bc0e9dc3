"""Random questions: hypothesis strategies over the town's models."""

from __future__ import annotations

import datetime
from typing import Any

from hypothesis import strategies as st

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

# Literals by kind; the next one in the list is the other value that a warm plan is asked with.
LITERALS: dict[type, list[Any]] = {
    int: [0, 1, 2, 3],
    float: [0.0, 0.5, 1.5, 2.0, 3.5],
    str: ["a", "ab", "a%", "_", "", "b'\\", "x", "%"],
    datetime.date: [datetime.date(2000, 1, day) for day in (1, 2, 3)],
    bool: [True, False],
}

COLUMNS: dict[str, dict[str, type]] = {
    "Town": {"id": int, "name": str, "size": int},
    "Person": {
        "id": int,
        "pk": int,
        "name": str,
        "age": int,
        "height": float,
        "born": datetime.date,
        "active": bool,
    },
    "Club": {"id": int, "name": str, "level": int},
    "Gift": {"id": int, "value": int, "tag": str},
}

# Path → model at its end, from each model.
ONE: dict[str, dict[Path, str]] = {
    "Town": {(): "Town"},
    "Person": {
        (): "Person",
        ("town",): "Town",
        ("boss",): "Person",
        ("boss", "town"): "Town",
        ("boss", "boss"): "Person",
    },
    "Club": {(): "Club"},
    "Gift": {
        (): "Gift",
        ("person",): "Person",
        ("person", "town"): "Town",
        ("person", "boss"): "Person",
    },
}
SEVERAL: dict[str, dict[Path, str]] = {
    "Town": {("people",): "Person", ("people", "gifts"): "Gift", ("people", "boss"): "Person"},
    "Person": {
        ("gifts",): "Gift",
        ("clubs",): "Club",
        ("team",): "Person",
        ("team", "gifts"): "Gift",
        ("team", "town"): "Town",
        ("boss", "gifts"): "Gift",
        ("town", "people"): "Person",
        ("clubs", "members"): "Person",
    },
    "Club": {("members",): "Person", ("members", "town"): "Town", ("members", "gifts"): "Gift"},
    "Gift": {("person", "gifts"): "Gift", ("person", "clubs"): "Club"},
}

COMPARISONS = ["exact", "exact", "gt", "gte", "lt", "lte"]
TEXTUAL = ["exact", "contains", "startswith", "endswith"]


def literals(kind: type) -> st.SearchStrategy[Any]:
    """A value of a kind."""
    return st.sampled_from(LITERALS[kind])


def other(value: Any) -> Any:
    """Another value of the same kind."""
    known = LITERALS[type(value)]
    return known[(known.index(value) + 1) % len(known)] if value in known else known[0]


# Conditions ------------------------------------------------------------------------------------------------


@st.composite
def leaves(draw: Any, paths: dict[Path, str], own: str) -> Any:
    """A comparison at the end of one of these paths."""
    path = draw(st.sampled_from(sorted(paths)))
    columns = COLUMNS[paths[path]]
    name = draw(st.sampled_from(sorted(columns)))
    kind = columns[name]
    how = draw(st.integers(0, 11))
    if how == 0:
        return Leaf(path, name, "isnull", draw(st.booleans()))
    if how == 1:
        return Leaf(path, name, "exact", None)
    if how in (2, 3):
        items = draw(st.lists(st.one_of(literals(kind), st.none()), max_size=5))
        # Long lists share a shape with longer ones.
        return Leaf(path, name, "in", tuple(items * draw(st.sampled_from([1, 1, 5]))))
    if how == 4 and kind in (int, float):
        return Leaf(path, name, "range", tuple(sorted((draw(literals(kind)), draw(literals(kind))))))
    if how in (5, 6) and kind is int:
        beside = draw(st.sampled_from([name for name, one in COLUMNS[own].items() if one is int]))
        column: Any = Column((), beside)
        value = Plus(column, draw(literals(int))) if how == 6 else column
        return Leaf(path, name, draw(st.sampled_from(COMPARISONS)), value)
    lookup = draw(st.sampled_from(TEXTUAL if kind is str else ["exact"] if kind is bool else COMPARISONS))
    return Leaf(path, name, lookup, draw(literals(kind)))


def documents() -> st.SearchStrategy[Any]:
    """Conditions on keys of the JSON column, which are not put under a NOT."""
    return st.one_of(
        st.builds(Leaf, st.just(()), st.just("data"), st.sampled_from(["k", "n__k"]), literals(int)),
        st.builds(Leaf, st.just(()), st.just("data"), st.just("t"), st.sampled_from(["a", "ab"])),
        st.builds(Leaf, st.just(()), st.just("data"), st.just("k__isnull"), st.booleans()),
        st.just(Leaf((), "data", "has_key", "k")),
    )


def _inner(model: str) -> st.SearchStrategy[Any]:
    """A condition of a query inside another one."""
    return leaves({(): model}, model)


def conditions(model: str, *, several: bool = True) -> st.SearchStrategy[Any]:
    """Trees of conditions on a model."""
    one = leaves(ONE[model], model)
    kinds: list[Any] = [one, one]
    if several:
        kinds.append(leaves(SEVERAL[model], model))
    if model == "Person":
        kinds.append(st.builds(HasGift, _inner("Gift")))
        kinds.append(st.builds(Among, st.just(("town",)), st.just("Town"), _inner("Town")))
    tree = st.recursive(
        st.one_of(kinds),
        lambda inner: st.one_of(
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: All(tuple(parts))),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: OddOf(tuple(parts))),
            # Two NOTs directly upon each other are none.
            inner.map(lambda node: node.inside if isinstance(node, Not) else Not(node)),
        ),
        max_leaves=5,
    )
    if model == "Person":
        tree = st.one_of(tree, tree, tree, st.builds(lambda one, two: All((one, two)), documents(), tree))
    return tree


def _many(path: Path) -> bool:
    return any(name in MANY for name in path)


# Expressions -----------------------------------------------------------------------------------------------


def numbers(model: str) -> st.SearchStrategy[Any]:
    """Expressions that are whole numbers."""
    columns = st.sampled_from(
        [
            Column(path, name)
            for path, end in ONE[model].items()
            for name, kind in COLUMNS[end].items()
            if kind is int
        ]
    )
    sums = st.builds(Plus, columns, literals(int))
    inside = conditions(model, several=False).filter(_without_documents)
    kinds = [
        sums,
        st.builds(Choice, inside, st.one_of(columns, literals(int)), st.one_of(columns, st.none())),
    ]
    if model == "Person":
        kinds.append(st.builds(LastGift, _inner("Gift")))
    return st.one_of(kinds)


def _without_documents(condition: Any) -> bool:
    return "data" not in repr(condition)


@st.composite
def aggregates(draw: Any, model: str, paths: dict[Path, str]) -> Aggregate:
    """An aggregate over the end of one of these paths."""
    path = draw(st.sampled_from(sorted(paths)))
    columns = COLUMNS[paths[path]]
    kind = draw(st.sampled_from(["count", "sum", "min", "max"]))
    name = draw(
        st.sampled_from(
            sorted(name for name, one in columns.items() if kind == "count" or one in (int, float))
        )
    )
    distinct = kind in ("count", "sum") and draw(st.booleans())
    condition = draw(st.one_of(st.none(), leaves({(): model, path: paths[path]}, model)))
    return Aggregate(kind, path, name, distinct, condition)


# Questions -------------------------------------------------------------------------------------------------


def _keys(model: str) -> st.SearchStrategy[tuple[tuple[Path, str], ...]]:
    all_ = [(path, name) for path, end in sorted(ONE[model].items()) for name in sorted(COLUMNS[end])]
    return st.lists(st.sampled_from(all_), min_size=1, max_size=2, unique=True).map(tuple)


@st.composite
def _ordered(draw: Any, model: str) -> Ordered:
    sortable = [
        (path, name)
        for path, end in sorted(ONE[model].items())
        for name, kind in sorted(COLUMNS[end].items())
        if kind not in (str, bool)
    ]
    keys = draw(st.lists(st.sampled_from(sortable), max_size=2, unique=True))
    start = draw(st.integers(0, 3))
    stop = draw(st.one_of(st.none(), st.integers(0, 4).map(lambda more: start + more)))
    return Ordered(tuple((*key, draw(st.booleans())) for key in keys), start, stop)


@st.composite
def questions(draw: Any) -> Question:
    """A question."""
    model = draw(st.sampled_from(["Person", "Person", "Person", "Town", "Club", "Gift"]))
    filters = conditions(model).map(Filter)
    excludes = conditions(model).filter(_without_documents).map(Exclude)
    steps: list[Any] = draw(st.lists(st.one_of(filters, filters, excludes), max_size=2))
    if draw(st.booleans()):
        steps.append(Annotate("note", draw(numbers(model))))
        if draw(st.booleans()):
            steps.append(draw(_about("note")))
    how = draw(st.integers(0, 6))
    tail: Any = Rows()
    if how == 0:
        tail = draw(_ordered(model))
    elif how == 1:
        tail = Grouped(draw(_keys(model)), draw(aggregates(model, ONE[model] | SEVERAL[model])))
    elif how == 2:
        tail = Distinct(draw(_keys(model)))
    elif how == 3:
        tail = Total(draw(aggregates(model, ONE[model] | SEVERAL[model])))
    elif how == 4:
        steps = [step for step in steps if not isinstance(step, Annotate)]
        steps = [step for step in steps if "'note'" not in repr(step)]
        kind = draw(st.sampled_from(["union", "union all", "intersection", "difference"]))
        tail = Combined(kind, tuple(Filter(draw(conditions(model))) for _ in range(draw(st.integers(0, 1)))))
    elif how == 5:
        steps.append(Annotate("total", draw(aggregates(model, ONE[model] | SEVERAL[model]))))
        if draw(st.booleans()):
            steps.append(draw(_about("total")))
        if draw(st.booleans()):
            steps.append(Filter(draw(leaves(ONE[model], model))))
    return Question(model, tuple(steps), tail)


def _about(name: str) -> st.SearchStrategy[Any]:
    """A condition on an annotation."""
    comparing = st.builds(Leaf, st.just(()), st.just(name), st.sampled_from(COMPARISONS), literals(int))
    known = st.builds(Leaf, st.just(()), st.just(name), st.just("isnull"), st.booleans())
    return st.one_of(st.builds(Filter, st.one_of(comparing, known)), st.builds(Exclude, comparing))
