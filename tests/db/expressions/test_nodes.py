"""Expressions as values: making, comparing, combining, typing and storing them."""

from __future__ import annotations

import copy
import datetime
import pickle
from decimal import Decimal
from typing import Any

import pytest

from nuages.core.exceptions import FieldError
from nuages.db.models import fields
from nuages.db.models.aggregates import Aggregate, Avg, Count, StdDev, Sum
from nuages.db.models.expressions import (
    Case,
    CombinedExpression,
    Expression,
    ExpressionWrapper,
    F,
    Func,
    NegatedExpression,
    OrderBy,
    OutputFieldIsNoneError,
    RowRange,
    Value,
    ValueRange,
    When,
    Window,
    WindowFrameExclusion,
)
from nuages.db.models.functions import Concat, Length, Lower, RowNumber, Substr
from nuages.db.models.query_utils import Q
from tests.db.evaluating import evaluate, sql_of


def test_expressions_are_equal_however_arguments_were_passed() -> None:
    assert Expression(fields.IntegerField()) == Expression(output_field=fields.IntegerField())
    assert Expression(fields.IntegerField()) != Expression(fields.CharField())
    assert hash(Substr("a", 1, 2)) == hash(Substr("a", 1, 2))
    assert Substr("a", 1, 2) != Substr("a", 1, 3)


def test_values_that_python_thinks_equal_are_different_constants() -> None:
    assert Value(1) != Value(True)
    assert Value(1) != Value(1.0)
    assert Value("a", fields.CharField()) != Value("a")


def test_a_changed_copy_is_not_the_original() -> None:
    wanted = Length(F("a"))
    replaced = wanted.replace_expressions({F("a"): Value("x")})
    assert replaced != wanted
    assert replaced.get_source_expressions() == [Value("x")]
    assert wanted.get_source_expressions() == [F("a")]


@pytest.mark.parametrize(
    "node", [Lower("a"), Value(3), F("a") + 1, Count("*"), OrderBy(F("a"), nulls_last=True), ~F("a")]
)
def test_nodes_survive_pickling_and_copying(node: Any) -> None:
    assert pickle.loads(pickle.dumps(node)) == node
    assert copy.deepcopy(node) == node
    assert copy.copy(node) == node


@pytest.mark.parametrize(
    ("node", "path", "args"),
    [
        (F("name"), "nuages.db.models.F", ("name",)),
        (Value("x"), "nuages.db.models.Value", ("x",)),
        (Lower("x"), "nuages.db.models.functions.Lower", ("x",)),
        (Q(a=1), "nuages.db.models.Q", (("a", 1),)),
    ],
)
def test_nodes_deconstruct_to_their_documented_path(node: Any, path: str, args: Any) -> None:
    assert node.deconstruct() == (path, args, {})


@pytest.mark.parametrize(
    ("node", "shown"),
    [
        (F("a") + F("b"), "<CombinedExpression: F(a) + F(b)>"),
        (Func("a", function="TO_CHAR"), "Func(F(a), function=TO_CHAR)"),
        (Count("a", filter=Q(a=1), distinct=True), "Count(F(a), distinct=True, filter=(AND: ('a', 1)))"),
        (Count("*"), "Count('*')"),
        (StdDev("a"), "StdDev(F(a), sample=False)"),
        (F("a")[1:3], "Sliced(F(a), slice(1, 3, None))"),
        (Case(When(a=1)), "<Case: CASE WHEN <Q: (AND: ('a', 1))> THEN Value(None), ELSE Value(None)>"),
        (Concat("a", "b"), "Concat(ConcatPair(F(a), F(b)))"),
    ],
)
def test_reprs_read_like_the_source(node: Any, shown: str) -> None:
    assert repr(node) == shown


@pytest.mark.parametrize(
    ("subscript", "error"),
    [
        (slice(0, -4), "Negative indexing is not supported."),
        (-1, "Negative indexing is not supported."),
        (slice(4, 2), "Slice stop must be greater than slice start."),
        (slice(None, None, 4), "Step argument is not supported."),
    ],
)
def test_slices_that_make_no_sense_are_refused(subscript: Any, error: str) -> None:
    with pytest.raises(ValueError, match=error):
        F("name")[subscript]


def test_names_are_not_sequences() -> None:
    with pytest.raises(TypeError, match="not iterable"):
        "a" in F("name")  # noqa: B015


def E(field: type) -> Expression:
    return Expression(field())


@pytest.mark.parametrize(
    ("left", "connector", "right", "result"),
    [
        (fields.IntegerField, "+", fields.DecimalField, fields.DecimalField),
        (fields.PositiveIntegerField, "*", fields.PositiveIntegerField, fields.PositiveIntegerField),
        (fields.PositiveIntegerField, "-", fields.PositiveIntegerField, fields.IntegerField),
        (fields.DateField, "+", fields.DurationField, fields.DateTimeField),
        (fields.DateTimeField, "-", fields.DateTimeField, fields.DurationField),
        (fields.DurationField, "+", fields.TimeField, fields.TimeField),
    ],
)
def test_types_combine(left: type, connector: str, right: type, result: type) -> None:
    assert isinstance(CombinedExpression(E(left), connector, E(right)).output_field, result)


def test_types_that_do_not_combine_are_named() -> None:
    with pytest.raises(FieldError, match="'\\+' expression involving these types: CharField, DateField"):
        CombinedExpression(E(fields.CharField), "+", E(fields.DateField)).output_field  # noqa: B018
    with pytest.raises(FieldError, match="mixed types: IntegerField, CharField"):
        Func(Value(1), Value("a")).output_field  # noqa: B018
    with pytest.raises(OutputFieldIsNoneError):
        Value(None).output_field  # noqa: B018


def test_conditions_combine_with_logic_and_numbers_do_not() -> None:
    condition = ExpressionWrapper(Q(a=1), fields.BooleanField())
    assert isinstance(condition & condition, Q)
    assert isinstance(~condition, NegatedExpression)
    assert ~~condition == condition
    with pytest.raises(NotImplementedError, match="bitand"):
        F("a") & F("b")


def test_combined_values_compute() -> None:
    assert evaluate(Value(7) / 2) == 3
    assert evaluate(Value(2) ** 5) == 32
    assert evaluate(Value(6).bitxor(3)) == 5
    assert evaluate(10 - Value(3) % 2) == 9
    assert evaluate(-Value(Decimal("1.5"))) == Decimal("-1.5")
    assert evaluate(Value(datetime.timedelta(hours=1)) + datetime.timedelta(minutes=1)) == datetime.timedelta(
        hours=1, minutes=1
    )


def test_case_takes_the_first_branch_that_holds() -> None:
    from nuages.db.models.lookups import Exact, GreaterThan, In

    node = Case(
        When(In(Value(1), []), then=Value("never")),
        When(Exact(Value(1), 2), then=Value("no")),
        When(GreaterThan(Value(3), 2), then=Value("yes")),
        default=Value("default"),
    )
    assert evaluate(node) == "yes"
    assert "never" not in sql_of(node)[1]


def test_when_wants_a_condition() -> None:
    with pytest.raises(TypeError, match=r"When\(\) supports a Q object"):
        When(condition=object())
    with pytest.raises(ValueError, match=r"An empty Q\(\)"):
        When(Q(), then=1)
    with pytest.raises(TypeError, match="must all be When"):
        Case(Value(1))  # type: ignore[arg-type]


def test_ordering_reverses_with_its_nulls() -> None:
    order = F("a").desc(nulls_last=True)
    order.reverse_ordering()
    assert (order.descending, order.nulls_first, order.nulls_last) == (False, True, None)
    with pytest.raises(ValueError, match="mutually exclusive"):
        OrderBy(F("a"), nulls_first=True, nulls_last=True)
    with pytest.raises(ValueError, match="must be True or None"):
        F("a").asc(nulls_first=False)


def test_aggregates_say_what_they_do_not_take() -> None:
    with pytest.raises(TypeError, match="StdDev does not allow distinct"):
        StdDev("a", distinct=True)
    with pytest.raises(TypeError, match="Sum does not allow order_by"):
        Sum("a", order_by="b")
    with pytest.raises(TypeError, match="Count does not allow default"):
        Count("a", default=1)
    with pytest.raises(ValueError, match="Star cannot be used with filter"):
        Count("*", filter=Q(a=1))


def test_own_aggregates_need_a_function_only() -> None:
    class Median(Aggregate):
        function = "MEDIAN"

    assert Median("a").name == "Median"
    assert Median("a").default_alias == "a__median"
    assert isinstance(Avg(Value(1)).output_field, fields.FloatField)


def test_windows_write_their_clauses() -> None:
    node = Window(
        RowNumber(),
        partition_by=[Value(1), Value(2)],
        order_by=Value(3).desc(),
        frame=RowRange(start=-2, end=0, exclusion=WindowFrameExclusion.TIES),
    )
    sql, params = sql_of(node)
    assert sql == (
        "ROW_NUMBER() OVER (PARTITION BY %s, %s ORDER BY %s DESC "
        "ROWS BETWEEN 2 PRECEDING AND CURRENT ROW EXCLUDE TIES)"
    )
    assert params == (1, 2, 3)
    assert evaluate(node) == 1


def test_windows_refuse_what_is_no_window_function() -> None:
    with pytest.raises(ValueError, match="'Lower' isn't compatible with OVER clauses"):
        Window(Lower("a"))
    with pytest.raises(ValueError, match="must be either a string reference"):
        Window(RowNumber(), order_by=123)
    with pytest.raises(TypeError, match="must be a WindowFrameExclusion instance"):
        ValueRange(exclusion="TIES")


def test_third_party_methods_make_a_node_opaque() -> None:
    class Plain(Func):
        function = "PLAIN"

    class Clever(Func):
        def as_sql(self, compiler: Any, connection: Any, **context: Any) -> Any:  # type: ignore[override]
            return super().as_sql(compiler, connection, **context)

    class Promising(Clever):
        shape_safe = True

        def as_sqlite(self, compiler: Any, connection: Any) -> Any:
            return self.as_sql(compiler, connection)

    assert (Plain.shape_safe, Clever.shape_safe, Promising.shape_safe) == (True, False, True)


def test_a_node_made_with_keywords_is_told_from_one_without_and_gives_them_back() -> None:
    made = Value(1, output_field=fields.FloatField())
    _path, args, kwargs = made.deconstruct()
    assert args == (1,)
    assert list(kwargs) == ["output_field"]
    assert made != Value(1)
    assert Value(1).deconstruct()[2] == {}
    kwargs.clear()
    assert made == Value(1, output_field=fields.FloatField())


def test_conditions_are_joined_by_a_connector_that_is_only_known_when_they_are_joined() -> None:
    by_name, by_size = Q(name="a"), Q(size=1)
    assert by_name._combine(by_size, Q.OR) == by_name | by_size
    assert by_name._combine(by_size, "AND") == by_name & by_size
    assert Q()._combine(by_size, "XOR") == by_size
