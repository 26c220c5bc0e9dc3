"""What can be asked, as data: conditions, expressions and questions; `asked` says it in the query language.

The same data is answered without a database by `answers.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from nuages.db.models import (
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)

Path = tuple[str, ...]

# Relations to many rows, by name; all others are to one.
MANY = frozenset({"team", "gifts", "clubs", "people", "members"})

AGGREGATES = {"count": Count, "sum": Sum, "min": Min, "max": Max}


def model_of(name: str) -> Any:
    """The model class of that name."""
    from tests.db.oracle.town import models

    return getattr(models, name)


# Conditions ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Leaf:
    """`path__column__lookup=value`; the value may be an expression."""

    path: Path
    column: str
    lookup: str
    value: Any


@dataclass(frozen=True)
class Not:
    inside: Any


@dataclass(frozen=True)
class All:
    parts: tuple[Any, ...]


@dataclass(frozen=True)
class AnyOf:
    parts: tuple[Any, ...]


@dataclass(frozen=True)
class OddOf:
    """XOR."""

    parts: tuple[Any, ...]


@dataclass(frozen=True)
class HasGift:
    """`Exists(Gift.objects.filter(person=OuterRef(path), …))`"""

    condition: Any


@dataclass(frozen=True)
class Among:
    """`path__in=Model.objects.filter(…)`"""

    path: Path
    model: str
    condition: Any


# Expressions -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    path: Path
    name: str


@dataclass(frozen=True)
class Plus:
    left: Any
    number: int


@dataclass(frozen=True)
class Choice:
    """`Case(When(condition, then=…), default=…)`"""

    condition: Any
    then: Any
    otherwise: Any


@dataclass(frozen=True)
class LastGift:
    """A subquery for the value of the newest gift that matches."""

    condition: Any


@dataclass(frozen=True)
class Aggregate:
    kind: str
    path: Path
    name: str
    distinct: bool = False
    condition: Any = None


# Steps and questions ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Filter:
    condition: Any


@dataclass(frozen=True)
class Exclude:
    condition: Any


@dataclass(frozen=True)
class Annotate:
    name: str
    expression: Any


@dataclass(frozen=True)
class Rows:
    """Keys and annotations, in any order."""


@dataclass(frozen=True)
class Ordered:
    """Rows by columns and then key; a slice of them."""

    keys: tuple[tuple[Path, str, bool], ...]
    start: int
    stop: int | None


@dataclass(frozen=True)
class Grouped:
    """`values(*keys).annotate(…)`"""

    keys: tuple[tuple[Path, str], ...]
    aggregate: Aggregate


@dataclass(frozen=True)
class Distinct:
    keys: tuple[tuple[Path, str], ...]


@dataclass(frozen=True)
class Total:
    """`aggregate(…)`"""

    aggregate: Aggregate


@dataclass(frozen=True)
class Combined:
    kind: str  # union, union all, intersection, difference
    other: tuple[Any, ...]  # the steps of the other query


@dataclass(frozen=True)
class Question:
    model: str
    steps: tuple[Any, ...]
    tail: Any


def joined(path: Path, *names: str) -> str:
    """A keyword for the query language."""
    return "__".join((*path, *names))


def condition_of(node: Any) -> Any:
    """A condition in the query language."""
    match node:
        case Leaf(path, column, lookup, value):
            value = list(value) if isinstance(value, tuple) else value
            value = expression_of(value) if is_dataclass(value) else value
            return Q((joined(path, column, *([] if lookup == "exact" else [lookup])), value))
        case Not(inside):
            return ~condition_of(inside)
        case All(parts):
            return Q(*map(condition_of, parts))
        case AnyOf(parts):
            return Q(*map(condition_of, parts), _connector="OR")
        case OddOf(parts):
            return Q(*map(condition_of, parts), _connector="XOR")
        case HasGift(condition):
            gifts = model_of("Gift").objects.filter(person=OuterRef("pk"))
            return Q(Exists(gifts.filter(condition_of(condition))))
        case Among(path, model, condition):
            return Q((joined(path, "in"), model_of(model).objects.filter(condition_of(condition))))
    raise TypeError(node)


def expression_of(node: Any) -> Any:
    """An expression in the query language."""
    match node:
        case Column(path, name):
            return F(joined(path, name))
        case Plus(left, number):
            kind = FloatField if isinstance(left, Column) and left.name == "height" else IntegerField
            return ExpressionWrapper(expression_of(left) + number, output_field=kind())
        case Choice(condition, then, otherwise):
            return Case(
                When(condition_of(condition), then=expression_of(then)),
                default=expression_of(otherwise),
                output_field=IntegerField(),
            )
        case LastGift(condition):
            gifts = model_of("Gift").objects.filter(condition_of(condition), person=OuterRef("pk"))
            return Subquery(gifts.order_by("-pk").values("value")[:1])
        case Aggregate(kind, path, name, distinct, condition):
            only = {} if condition is None else {"filter": condition_of(condition)}
            only |= {"distinct": True} if distinct else {}
            return AGGREGATES[kind](joined(path, name), **only)
    return Value(node)


def queryset_of(model: str, steps: tuple[Any, ...]) -> Any:
    """A query set in the query language."""
    found = model_of(model).objects.all()
    for step in steps:
        match step:
            case Filter(condition):
                found = found.filter(condition_of(condition))
            case Exclude(condition):
                found = found.exclude(condition_of(condition))
            case Annotate(name, expression):
                found = found.annotate(**{name: expression_of(expression)})
    return found


def names_of(question: Question) -> list[str]:
    """Names of the annotations."""
    return [step.name for step in question.steps if isinstance(step, Annotate)]


def queryset_for(question: Question) -> Any:
    """The query set whose rows are the answer; for `Total`, the one that is aggregated over."""
    found = queryset_of(question.model, question.steps)
    names = names_of(question)
    match question.tail:
        case Rows():
            return found.values_list("pk", *names)
        case Ordered(keys, start, stop):
            order = [
                F(joined(path, name)).desc(nulls_last=True)
                if down
                else F(joined(path, name)).asc(nulls_first=True)
                for path, name, down in keys
            ]
            return found.order_by(*order, "pk").values_list("pk", *names)[start:stop]
        case Grouped(keys, aggregate):
            return (
                found.order_by()
                .values(*(joined(*key) for key in keys))
                .annotate(total=expression_of(aggregate))
                .values_list(*(joined(*key) for key in keys), "total")
            )
        case Distinct(keys):
            return found.order_by().values_list(*(joined(*key) for key in keys)).distinct()
        case Combined(kind, other):
            one, two = found.values_list("pk"), queryset_of(question.model, other).values_list("pk")
            if kind == "union all":
                return one.union(two, all=True)
            return getattr(one, kind)(two)
    return found


def asked(question: Question) -> list[tuple[Any, ...]]:
    """What the database answers."""
    found = queryset_for(question)
    match question.tail:
        case Total(aggregate):
            return [(found.aggregate(total=expression_of(aggregate))["total"],)]
        case Ordered():
            return list(found)
    rows = list(found)
    assert found.count() == len(rows)
    assert found.exists() == bool(rows)
    return sorted(rows, key=repr)


async def aasked(question: Question) -> list[tuple[Any, ...]]:
    """The same through the async twins."""
    found = queryset_for(question)
    match question.tail:
        case Total(aggregate):
            return [((await found.aaggregate(total=expression_of(aggregate)))["total"],)]
        case Ordered():
            return [row async for row in found]
    rows = [row async for row in found.aiterator(chunk_size=3)]
    assert await found.acount() == len(rows)
    assert await found.aexists() == bool(rows)
    return sorted(rows, key=repr)


# Other values ----------------------------------------------------------------------------------------------


def revalued(node: Any, other: Any) -> Any:
    """The same structure with `other(value)` for every literal."""
    if isinstance(node, Leaf):
        if node.lookup.endswith("isnull") or node.lookup == "has_key" or node.value is None:
            return node
        value = node.value
        if isinstance(value, tuple):
            return replace(node, value=tuple(item if item is None else other(item) for item in value))
        return replace(node, value=revalued(value, other) if is_dataclass(value) else other(value))
    if isinstance(node, Choice):
        literal = {name: getattr(node, name) for name in ("then", "otherwise")}
        changed = {
            name: revalued(value, other) if is_dataclass(value) or value is None else other(value)
            for name, value in literal.items()
        }
        return replace(node, condition=revalued(node.condition, other), **changed)
    if isinstance(node, Plus):
        return replace(node, number=other(node.number))
    if isinstance(node, tuple):
        return tuple(revalued(item, other) for item in node)
    if is_dataclass(node) and not isinstance(node, (Ordered, Column)):
        return replace(node, **{one.name: revalued(getattr(node, one.name), other) for one in fields(node)})
    return node
