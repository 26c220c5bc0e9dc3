"""Lookups: preparing, comparing and folding."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from nuages.core.exceptions import EmptyResultSet, FullResultSet
from nuages.db import NotSupportedError, connections
from nuages.db.models import fields, lookups
from nuages.db.models.expressions import Value
from nuages.db.models.fields.json import JSONField, JSONNull
from nuages.db.models.fields.json_keys import KT, HasAnyKeys, HasKey, HasKeys, KeyTransform
from nuages.db.models.functions import ExtractIsoYear, ExtractYear, Length
from nuages.db.models.lookups import Lookup, Transform
from nuages.db.models.query_utils import lookup_generation
from nuages.db.models.shapes.slots import Opaque, SlotCounter
from tests.db.evaluating import evaluate, sql_of

V = Value


@contextmanager
def register_lookup(target: Any, lookup: Any, lookup_name: str | None = None) -> Iterator[None]:
    target.register_lookup(lookup, lookup_name)
    try:
        yield
    finally:
        target._unregister_lookup(lookup, lookup_name)


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (lookups.Exact(V(1), 1), True),
        (lookups.GreaterThan(V(1), 1), False),
        (lookups.LessThanOrEqual(V(1), 1), True),
        (lookups.In(V(2), [1, 2, None]), True),
        (lookups.Range(V(2), (1, 3)), True),
        (lookups.Contains(V("a%b"), "%"), True),
        (lookups.Contains(V("ab"), "%"), False),
        (lookups.Contains(V("a_b"), "_"), True),
        (lookups.Contains(V("axb"), "_"), False),
        (lookups.StartsWith(V("a\\b"), "a\\"), True),
        (lookups.EndsWith(V("ab"), "b"), True),
        (lookups.IContains(V("abc"), "B"), True),
        (lookups.IExact(V("a%"), "A%"), True),
        (lookups.IExact(V("ab"), "A%"), False),
        (lookups.Regex(V("abc"), "^a.c$"), True),
        (lookups.IRegex(V("ABC"), "^a"), True),
        (lookups.Contains(V("50% off"), V("0% o")), True),
        (lookups.Contains(V("500 off"), V("0% o")), False),
    ],
)
def test_lookups_compare(node: Any, expected: bool) -> None:
    assert evaluate(node) is expected


@pytest.mark.parametrize("node", [lookups.In(V(1), []), lookups.In(V(1), [None]), lookups.IsNull(V(1), True)])
def test_what_can_never_hold_is_no_query(node: Any) -> None:
    with pytest.raises(EmptyResultSet):
        sql_of(node)


def test_what_always_holds_is_no_condition() -> None:
    with pytest.raises(FullResultSet):
        sql_of(lookups.IsNull(V(1), False))


def test_isnull_wants_a_boolean() -> None:
    with pytest.raises(ValueError, match="must be True or False"):
        sql_of(lookups.IsNull(V(1), 1))


def test_a_range_wants_two_values() -> None:
    with pytest.raises(ValueError, match="needs two values, got 3"):
        lookups.Range(V(1), (1, 2, 3))


def test_years_are_ranges_of_the_column() -> None:
    moment = V(datetime.datetime(2015, 1, 1, tzinfo=datetime.UTC))
    sql, params = sql_of(lookups.YearExact(ExtractYear(moment), 2015))
    assert sql == "%s BETWEEN %s AND %s"
    assert len(params) == 3
    day = V(datetime.date(2016, 1, 2))
    assert evaluate(lookups.YearExact(ExtractIsoYear(day), 2015)) is True
    assert evaluate(lookups.YearExact(ExtractYear(day), 2015)) is False
    assert evaluate(lookups.YearLt(ExtractYear(day), 2016)) is False
    assert evaluate(lookups.YearGte(ExtractYear(day), 2016)) is True


@pytest.mark.parametrize(
    ("kind", "value", "outcome"),
    [
        (lookups.IntegerFieldExact, 2**70, EmptyResultSet),
        (lookups.IntegerGreaterThan, 2**70, EmptyResultSet),
        (lookups.IntegerLessThan, 2**70, FullResultSet),
        (lookups.IntegerGreaterThanOrEqual, -(2**70), FullResultSet),
        (lookups.IntegerLessThanOrEqual, -(2**70), EmptyResultSet),
    ],
)
def test_integers_beyond_the_column_are_decided_at_once(kind: Any, value: int, outcome: Any) -> None:
    with pytest.raises(outcome):
        sql_of(kind(V(1), value))


def test_a_slot_for_an_integer_refuses_one_beyond_the_column() -> None:
    counter = SlotCounter()
    lookups.IntegerFieldExact(V(1), counter.take())
    ((index, prepare),) = counter.prepares
    assert (index, prepare("12")) == (0, 12)
    with pytest.raises(Opaque):
        prepare(2**70)
    with pytest.raises(ValueError, match="expected a number"):
        prepare("x")


def test_fractions_are_rounded_the_way_that_keeps_the_comparison() -> None:
    assert evaluate(lookups.IntegerGreaterThanOrEqual(V(2), 1.5)) is True
    assert evaluate(lookups.IntegerLessThan(V(1), 1.5)) is True
    assert evaluate(lookups.IntegerGreaterThanOrEqual(V(1), 1.5)) is False


# The registry


def test_registering_is_seen_by_subclasses_and_taken_back() -> None:
    field = fields.CharField()
    before = lookup_generation.value
    with register_lookup(fields.Field, Length, lookup_name="howlong"):
        assert field.get_transform("howlong") is Length
        assert field.get_lookup("howlong") is None
    assert field.get_transform("howlong") is None
    assert lookup_generation.value >= before + 2


def test_a_lookup_on_one_field_hides_the_class_and_no_other_field() -> None:
    class Mine(lookups.StartsWith):
        lookup_name = "startswith"

    one, other = fields.CharField(), fields.CharField()
    with register_lookup(one, Mine):
        assert one.get_lookup("startswith") is Mine
        assert other.get_lookup("startswith") is lookups.StartsWith
        assert one.instance_lookups == {"startswith": Mine}
    assert one.instance_lookups == {}


def test_transforms_hand_lookups_of_their_result_on() -> None:
    class Twice(Transform):
        lookup_name = "twice"
        bilateral = True

        def as_sql(self, compiler: Any, connection: Any, **context: Any) -> Any:  # type: ignore[override]
            sql, params = compiler.compile(self.lhs)
            return f"2 * ({sql})", params

    node = Twice(V(3))
    assert node.get_lookup("gt") is lookups.IntegerGreaterThan
    assert node.get_bilateral_transforms() == [Twice]
    assert evaluate(lookups.Exact(node, 3)) is True


def test_third_party_lookups_follow_the_documented_interface() -> None:
    class NotEqual(Lookup):
        lookup_name = "ne"

        def as_sql(self, compiler: Any, connection: Any) -> Any:
            lhs, lhs_params = self.process_lhs(compiler, connection)
            rhs, rhs_params = self.process_rhs(compiler, connection)
            return f"{lhs} <> {rhs}", lhs_params + rhs_params

    assert evaluate(NotEqual(V("Jack"), "Jill")) is True
    assert sql_of(NotEqual(V("Jack"), "Jill")) == ("%s <> %s", ("Jack", "Jill"))


# JSON


def document(value: Any) -> Value:
    return Value(value, JSONField())


@pytest.mark.parametrize(
    ("key", "lookup", "rhs", "expected"),
    [
        ("a", "exact", 14, True),
        ("a", "gt", 3, True),
        ("t", "exact", True, True),
        ("t", "in", [True, "x"], True),
        ("n", "exact", None, True),
        ("n", "exact", JSONNull(), True),
        ("n", "isnull", True, False),
        ("missing", "isnull", True, True),
        ("s", "exact", "text", True),
        ("s", "icontains", "EX", True),
        ("l", "exact", [1, {"b": 2}], True),
        ("dot.ted' key", "exact", "x", True),
    ],
)
def test_keys_of_documents_compare(key: str, lookup: str, rhs: Any, expected: bool) -> None:
    whole = document({"a": 14, "t": True, "n": None, "s": "text", "l": [1, {"b": 2}], "dot.ted' key": "x"})
    node = KeyTransform(key, whole)
    assert evaluate(node.get_lookup(lookup)(node, rhs)) is expected


def test_keys_that_look_like_sql_are_parameters() -> None:
    sql, params = sql_of(KeyTransform("x') OR 1=1 --", document({})))
    assert "OR 1=1" not in sql
    assert any("OR 1=1" in str(param) for param in params)


def test_documents_know_their_keys() -> None:
    whole = document({"a": {"b": 1}, "1": None})
    assert evaluate(HasKey(whole, "1")) is True
    assert evaluate(HasKey(KeyTransform("a", whole), "b")) is True
    assert evaluate(HasKeys(whole, ["a", "x"])) is False
    assert evaluate(HasAnyKeys(whole, ["a", "x"])) is True


def test_paths_of_text_need_a_key() -> None:
    with pytest.raises(ValueError, match="must contain key or index"):
        KT("value")


def test_indexes_count_from_either_end() -> None:
    whole = document(["first", "last"])
    assert evaluate(KeyTransform(0, whole)) == "first"
    if connections["default"].features.supports_json_negative_indexing:
        assert evaluate(KeyTransform(-1, whole)) == "last"
    else:
        with pytest.raises(NotSupportedError, match="negative JSON array indices"):
            evaluate(KeyTransform(-1, whole))
