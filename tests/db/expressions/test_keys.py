"""Structure and values: the keys of conditions and expressions, and their lifted copies."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuages.db.models import fields
from nuages.db.models.aggregates import Count
from nuages.db.models.expressions import Case, F, Func, RawSQL, Value, When
from nuages.db.models.functions import Concat, Lower, Substr
from nuages.db.models.lookups import Exact, GreaterThan, In, Lookup
from nuages.db.models.query_utils import Q
from nuages.db.models.shapes.keys import key_of, lift
from nuages.db.models.shapes.slots import Opaque, Slot, SlotCounter
from tests.db.evaluating import evaluate


def key_and_values(node: Any) -> tuple[Any, list[Any]]:
    values: list[Any] = []
    return key_of(node, values), values


def slots_in(node: Any) -> list[int]:
    found: list[int] = []

    def walk(part: Any) -> None:
        if isinstance(part, Slot):
            found.append(part.index)
        elif isinstance(part, Q):
            for child in part.children:
                walk(child[1] if isinstance(child, tuple) else child)
        elif isinstance(part, Value):
            walk(part.value)
        elif isinstance(part, (list, tuple)):
            for item in part:
                walk(item)
        elif isinstance(part, Lookup):
            walk(part.lhs)
            walk(part.rhs)
        elif hasattr(part, "get_source_expressions"):
            for inner in part.get_source_expressions():
                walk(inner)

    walk(node)
    return found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Q(a=1, b__contains="x"), Q(a=2, b__contains="y")),
        (Q(a__in=[1, 2]), Q(a__in=[3, 4])),
        (F("a") + 1, F("a") + 2),
        (Substr("a", 1, 2), Substr("a", 3, 4)),
        (Concat("a", Value("x")), Concat("a", Value("y"))),
        (
            Case(When(a=1, then=Value("x")), default=Value("z")),
            Case(When(a=2, then=Value("y")), default=Value("q")),
        ),
        (GreaterThan(F("a"), 1), GreaterThan(F("a"), 9)),
        (Count("a", filter=Q(b=1)), Count("a", filter=Q(b=2))),
    ],
)
def test_other_literals_give_the_same_key(one: Any, other: Any) -> None:
    (key, values), (other_key, other_values) = key_and_values(one), key_and_values(other)
    assert key == other_key
    assert hash(key) == hash(other_key)
    assert len(values) == len(other_values)
    assert values != other_values


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Q(a=1), Q(b=1)),
        (Q(a=1), ~Q(a=1)),
        (Q(a=1, b=2), Q(a=1) | Q(b=2)),
        (Q(a=None), Q(a=1)),
        (Q(a=True), Q(a=False)),
        (Q(a__isnull=True), Q(a__isnull=False)),
        (Q(a__in=[1, 2]), Q(a__in=[1, 2, 3])),
        (Q(a=F("b")), Q(a="b")),
        (F("a") + 1, F("a") + 1.5),
        (F("a") + 1, F("a") - 1),
        (Lower("a"), Lower("b")),
        (Value(1, fields.IntegerField()), Value(1, fields.FloatField())),
        (Func("a", function="X"), Func("a", function="Y")),
        (Count("a"), Count("a", distinct=True)),
        (F("a")[1:2], F("a")[1:3]),
    ],
)
def test_another_structure_gives_another_key(one: Any, other: Any) -> None:
    assert key_and_values(one)[0] != key_and_values(other)[0]


LITERALS = st.one_of(
    st.integers(), st.text(), st.floats(allow_nan=False), st.binary(), st.decimals(), st.dates()
)


@st.composite
def conditions(draw: st.DrawFn, depth: int = 2) -> Q:
    pairs: list[Any] = [
        (draw(st.sampled_from(["a", "b__contains", "c__gt"])), draw(LITERALS)),
        (draw(st.sampled_from(["d__in", "e__range"])), draw(st.lists(LITERALS, min_size=1, max_size=20))),
        ("f", draw(st.one_of(st.none(), st.booleans(), LITERALS, st.lists(st.integers(), max_size=3)))),
    ]
    if depth:
        pairs.append(draw(conditions(depth=depth - 1)))
        pairs.append(GreaterThan(F("x") + draw(LITERALS), draw(LITERALS)))
    return Q(*pairs, _connector=draw(st.sampled_from(["AND", "OR", "XOR"])), _negated=draw(st.booleans()))


@given(conditions())
def test_slots_stand_where_the_values_were_found(condition: Q) -> None:
    values: list[Any] = []
    key_of(condition, values)
    counter = SlotCounter()
    lifted = lift(condition, counter)
    assert counter.taken == len(values)
    assert slots_in(lifted) == list(range(len(values)))


def test_long_lists_share_a_shape() -> None:
    keys = {key_and_values(Q(a__in=list(range(length))))[0] for length in range(17, 65)}
    assert len(keys) == 2
    _, values = key_and_values(Q(a__in=list(range(20))))
    assert len(values) == 32
    assert set(values[20:]) == {19}


def test_lists_are_one_literal_where_no_lookup_takes_them_apart() -> None:
    assert key_and_values(Q(a=[1, 2]))[0] == key_and_values(Q(a=[1, 2, 3]))[0]
    assert key_and_values(Q(a__contains={"x": [1]}))[1] == [{"x": [1]}]


@pytest.mark.parametrize(
    "node", [RawSQL("a = %s", [1]), Q(RawSQL("a = %s", [1])), Func(object(), function="X")]
)
def test_what_cannot_be_told_apart_is_opaque_or_a_value(node: Any) -> None:
    try:
        _, values = key_and_values(node)
    except Opaque:
        return
    assert len(values) == 1


def test_third_party_lookups_are_opaque() -> None:
    class Odd(Exact):
        def process_rhs(self, compiler: Any, connection: Any) -> Any:
            return super().process_rhs(compiler, connection)

    with pytest.raises(Opaque):
        key_and_values(Odd(F("a"), 1))


def test_a_lifted_expression_computes_with_any_values() -> None:
    node = Case(When(In(Value(2), [1, 2]), then=Concat(Value("a"), Value("b"))), default=Value("no"))
    lifted = lift(node, SlotCounter())
    values: list[Any] = []
    key_of(node, values)
    assert evaluate(lifted, values) == "ab"
    assert evaluate(lifted, [5, *values[1:]]) == "no"
    assert evaluate(lifted, [*values[:3], "x", "y", "no"]) == "xy"


def test_types_are_kept_when_literals_are_gone() -> None:
    lifted = lift(Value(3), SlotCounter())
    assert isinstance(lifted.output_field, fields.IntegerField)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Q(a__in=[1]), Q(a__in=True)),
        (Q(a__in=[]), Q(a__in=False)),
        (Func(F("a"), function="X", size=1), Func(F("a"), function="X", size=True)),
        (Func(F("a"), function="X", size=1), Func(F("a"), function="X", size=1.0)),
        (Func(F("a"), function="X", size=0.0), Func(F("a"), function="X", size=-0.0)),
    ],
)
def test_numbers_that_are_equal_but_written_otherwise_are_other_structure(one: Any, other: Any) -> None:
    assert key_and_values(one)[0] != key_and_values(other)[0]
