"""Database functions, computed by SQLite."""

from __future__ import annotations

import datetime
import math
import uuid
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nuages.db import DataError
from nuages.db.models import fields, functions
from nuages.db.models.expressions import Value
from nuages.utils import timezone
from tests.conftest import only_on_sqlite
from tests.db.evaluating import evaluate

MOMENT = datetime.datetime(2015, 6, 15, 23, 30, 1, 321, tzinfo=datetime.UTC)
NULL_TEXT = Value(None, fields.CharField())


def V(value: Any) -> Value:
    return Value(value)


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (functions.Concat(V("a"), NULL_TEXT, V("c")), "ac"),
        (functions.Left(V("abc"), 2), "ab"),
        (functions.Right(V("abc"), 2), "bc"),
        (functions.Right(V("abc"), 9), "abc"),
        (functions.Substr(V("abcdef"), 2, 3), "bcd"),
        (functions.Substr(V("abcdef"), 4), "def"),
        (functions.LPad(V("ab"), 5, V("xyz")), "xyzab"),
        (functions.LPad(V("abcdef"), 3), "abc"),
        (functions.RPad(V("ab"), 5, V("xyz")), "abxyz"),
        (functions.Repeat(V("ab"), 3), "ababab"),
        (functions.Replace(V("a-b-c"), V("-"), V("+")), "a+b+c"),
        (functions.Reverse(V("été")), "été"[::-1]),
        (functions.StrIndex(V("abc"), V("c")), 3),
        (functions.StrIndex(V("abc"), V("x")), 0),
        (functions.Length(V("été")), 3),
        (functions.Chr(V(233)), "é"),
        (functions.Ord(V("é")), 233),
        (functions.MD5(V("a")), "0cc175b9c0f1b6a831c399e269772661"),
        (functions.MD5(NULL_TEXT), None),
        (functions.SHA256(V("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (functions.Trim(V(" a ")), "a"),
    ],
)
def test_text_functions_compute(node: Any, expected: Any) -> None:
    assert evaluate(node) == expected


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (functions.ACos(V(0.5)), math.acos(0.5)),
        (functions.ATan2(V(1), V(2)), math.atan2(1, 2)),
        (functions.Ceil(V(1.2)), 2),
        (functions.Floor(V(-1.2)), -2),
        (functions.Cot(V(1.0)), 1 / math.tan(1)),
        (functions.Log(V(2), V(8)), 3),
        (functions.Mod(V(5), V(3)), 2),
        (functions.Power(V(2), V(10)), 1024),
        (functions.Round(V(1.567), 2), 1.57),
        (functions.Sign(V(-3)), -1),
        (functions.Greatest(V(1), V(3), V(2)), 3),
        (functions.Least(V(1), V(3), V(2)), 1),
        (functions.Coalesce(Value(None, fields.IntegerField()), V(2)), 2),
        (functions.NullIf(V(1), V(1)), None),
    ],
)
def test_numeric_functions_compute(node: Any, expected: Any) -> None:
    assert evaluate(node) == pytest.approx(expected)


@only_on_sqlite
def test_negative_precision_is_refused_on_sqlite() -> None:
    with pytest.raises(ValueError, match="negative precision"):
        evaluate(functions.Round(V(123.4), -1))


def test_decimals_stay_decimals() -> None:
    assert evaluate(V(Decimal("1.50")) + 1) == Decimal("2.5")
    assert evaluate(functions.Abs(V(Decimal("-1.5")))) == Decimal("1.5")


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (functions.ExtractYear, 2015),
        (functions.ExtractIsoYear, 2015),
        (functions.ExtractQuarter, 2),
        (functions.ExtractMonth, 6),
        (functions.ExtractDay, 15),
        (functions.ExtractWeek, 25),
        (functions.ExtractWeekDay, 2),
        (functions.ExtractIsoWeekDay, 1),
        (functions.ExtractHour, 23),
        (functions.ExtractMinute, 30),
        (functions.ExtractSecond, 1),
    ],
)
def test_parts_of_a_moment_are_those_the_manual_lists(function: Any, expected: int) -> None:
    assert evaluate(function(V(MOMENT), tzinfo=datetime.UTC)) == expected


def test_the_current_zone_counts_when_the_statement_runs() -> None:
    day = functions.ExtractDay(V(MOMENT))
    with timezone.override("UTC"):
        assert evaluate(day) == 15
    with timezone.override("Australia/Melbourne"):
        assert evaluate(day) == 16


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("year", (2015, 1, 1)),
        ("quarter", (2015, 4, 1)),
        ("month", (2015, 6, 1)),
        ("week", (2015, 6, 15)),
        ("day", (2015, 6, 15)),
        ("hour", (2015, 6, 15, 23)),
        ("minute", (2015, 6, 15, 23, 30)),
        ("second", (2015, 6, 15, 23, 30, 1)),
    ],
)
def test_truncating_sets_what_is_smaller_to_its_least(kind: str, expected: tuple[int, ...]) -> None:
    with timezone.override("UTC"):
        cut = evaluate(functions.Trunc(V(MOMENT), kind))
    assert cut == datetime.datetime(*expected, tzinfo=datetime.UTC)  # type: ignore[misc, arg-type]


def test_part_names_that_could_be_sql_are_refused() -> None:
    with pytest.raises(ValueError, match="Invalid lookup_name"):
        evaluate(functions.Extract(V(MOMENT), "day' FROM x)) OR 1=1;--"))
    with pytest.raises(DataError, match="Invalid kind"):
        evaluate(functions.Trunc(V(MOMENT), "year', x)) OR 1=1;--"))


def test_parts_that_a_type_does_not_have_are_refused() -> None:
    with pytest.raises(ValueError, match="Cannot extract time component 'second' from DateField"):
        functions.ExtractSecond(V(MOMENT.date())).resolve_expression(None)
    with pytest.raises(ValueError, match="Cannot truncate DateField"):
        functions.Trunc(V(MOMENT.date()), "hour").resolve_expression(None)


@pytest.mark.parametrize("name", [None, "", 'et-x-icu" OR ', '"schema"."collation"'])
def test_collation_names_that_could_be_sql_are_refused(name: Any) -> None:
    with pytest.raises(ValueError, match="Invalid collation name"):
        functions.Collate(V("a"), name)


def test_json_functions_nest() -> None:
    node = functions.JSONObject(a=V("x"), b=functions.JSONArray(V(1), V(True), functions.JSONObject()))
    assert evaluate(node) == {"a": "x", "b": [1, 1, {}]}


@only_on_sqlite
def test_uuid7_sorts_by_time_and_shift() -> None:
    early, late = (evaluate(functions.UUID7(datetime.timedelta(days=shift))) for shift in (0, 1))
    assert isinstance(early, uuid.UUID)
    assert (early.version, late.version, early < late) == (7, 7, True)
    assert (late.int - early.int) >> 80 == pytest.approx(86_400_000, abs=5_000)


def test_casts_compute_the_type() -> None:
    assert evaluate(functions.Cast(V("12"), fields.IntegerField())) == 12
    assert evaluate(functions.Cast(V(12), fields.TextField())) == "12"
    assert evaluate(functions.Cast(V(MOMENT), fields.DateField())) == MOMENT.date()


@settings(max_examples=60, deadline=None)
@given(
    st.datetimes(datetime.datetime(1900, 1, 2), datetime.datetime(2100, 1, 1)),
    st.timedeltas(datetime.timedelta(days=-9000), datetime.timedelta(days=9000)),
)
def test_moments_and_durations_add_up_as_in_python(
    moment: datetime.datetime, span: datetime.timedelta
) -> None:
    aware = moment.replace(tzinfo=datetime.UTC)
    assert evaluate(V(aware) + span) == aware + span
    assert evaluate(V(aware) - span) == aware - span
    assert evaluate(V(aware + span) - V(aware)) == span


def test_importing_all_functions_hides_no_module_of_the_library() -> None:
    names: dict[str, object] = {}
    exec("from nuages.db.models.functions import *", names)
    assert {"Lower", "Now", "JSONObject", "Sqrt", "UUID4"} <= names.keys()
    assert not {"datetime", "json", "math", "uuid"} & names.keys()
