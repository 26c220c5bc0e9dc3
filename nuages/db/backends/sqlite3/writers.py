"""How SQLite writes what it writes differently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nuages.db.backends.base.writers import Sql, internal_type, named, plainly, templated
from nuages.db.backends.dialect import Writer
from nuages.db.models import aggregates, expressions, functions, lookups
from nuages.db.models.fields import DateTimeField, FloatField, json_keys, tuple_lookups
from nuages.db.models.fields import json as json_fields
from nuages.db.models.shapes.slots import Slot

# Decimals are stored as floating point or text: without the cast they would not compare as numbers ------------


def _is_decimal(node: Any) -> bool:
    return internal_type(node) == "DecimalField"


def as_number(write: Writer) -> Writer:
    """A writer whose result, if decimal, has a numeric affinity."""

    def cast(node: Any, compiler: Any, connection: Any) -> Sql:
        sql, params = write(node, compiler, connection)
        return (f"CAST({sql} AS NUMERIC)" if _is_decimal(node) else sql), params

    return cast


def _value(node: Any, compiler: Any, connection: Any) -> Sql:
    sql, params = node.as_sql(compiler, connection)
    return (f"CAST({sql} AS NUMERIC)" if params and _is_decimal(node) else sql), params


# Combining --------------------------------------------------------------------------------------------------


def _combined(node: Any, compiler: Any, connection: Any) -> Sql:
    left, left_params = compiler.compile(node.lhs)
    right, right_params = compiler.compile(node.rhs)
    if node.connector == node.DIV and _is_decimal(node):
        # Decimals without a fraction are integers to SQLite, and integers divide without rest.
        left = f"CAST({left} AS REAL)"
    sql = connection.ops.combine_expression(node.connector, [left, right])
    return f"({sql})", (*left_params, *right_params)


_DATE_OR_MOMENT = {"DateField", "DateTimeField"}


class _Midnight(expressions.Func):
    """A date as the datetime it begins with: as texts they would not compare."""

    arity = 1
    template = "(%(expressions)s || ' 00:00:00')"
    output_field = DateTimeField()


def _compared(node: Any, compiler: Any, connection: Any) -> Sql:
    right = node.rhs
    if hasattr(right, "as_sql") and {internal_type(node.lhs), internal_type(right)} == _DATE_OR_MOMENT:
        node = node.copy()
        if internal_type(node.lhs) == "DateField":
            node.lhs = _Midnight(node.lhs)
        else:
            node.rhs = _Midnight(node.rhs)
    return node.as_sql(compiler, connection)  # type: ignore[no-any-return]


def _window(node: Any, compiler: Any, connection: Any) -> Sql:
    # The cast has to stand around OVER, not between it and the function.
    if _is_decimal(node):
        source = node.source_expression.copy()
        source.output_field = FloatField()
        node = node.copy()
        node.source_expression = source
        sql, params = node.as_sql(compiler, connection)
        return f"CAST({sql} AS NUMERIC)", params
    return node.as_sql(compiler, connection)  # type: ignore[no-any-return]


# Functions --------------------------------------------------------------------------------------------------


def _concatenated(node: Any, compiler: Any, connection: Any) -> Sql:
    # `||` gives NULL when either side is.
    return node.coalesce().as_sql(  # type: ignore[no-any-return]
        compiler, connection, template="%(expressions)s", arg_joiner=" || "
    )


def _by_substr(node: Any, compiler: Any, connection: Any) -> Sql:
    return compiler.compile(node.get_substr())  # type: ignore[no-any-return]


def _cast(node: Any, compiler: Any, connection: Any) -> Sql:
    # Dates and times are text: a cast would only cut off a number from their beginning.
    kind = node.output_field.db_type(connection)
    formats = {"datetime": "%%%%Y-%%%%m-%%%%d %%%%H:%%%%M:%%%%f", "time": "%%%%H:%%%%M:%%%%f"}
    if kind in formats:
        template = f"strftime('{formats[kind]}', %(expressions)s)"
        sql, params = node.as_sql(compiler, connection, template=template)
        # A year from the database, not from a format of two digits.
        return sql, params
    if kind == "date":
        return node.as_sql(compiler, connection, template="date(%(expressions)s)")  # type: ignore[no-any-return]
    return node.as_sql(compiler, connection)  # type: ignore[no-any-return]


def _not_negative(value: Any, connection: Any) -> Any:
    if value is not None and value < 0:
        raise ValueError("SQLite does not support negative precision.")
    return value


def _rounded(node: Any, compiler: Any, connection: Any) -> Sql:
    precision = node.get_source_expressions()[1]
    if isinstance(precision, expressions.Value):
        checked = precision.copy()
        if isinstance(precision.value, Slot):
            checked.value = precision.value.bound(_not_negative)
        else:
            checked.value = _not_negative(precision.value, connection)
        node = node.copy()
        node.set_source_expressions([node.get_source_expressions()[0], checked])
    return node.as_sql(compiler, connection)  # type: ignore[no-any-return]


def _string_agg(node: Any, compiler: Any, connection: Any) -> Sql:
    delimiter = node.get_source_expressions()[1]
    if node.distinct:
        plain = delimiter.source_expressions[0]
        value = getattr(plain, "value", None)
        if value != ",":
            from nuages.db.utils import NotSupportedError

            if isinstance(value, Slot):
                from nuages.db.models.shapes.slots import Opaque

                raise Opaque
            raise NotSupportedError(
                f"{node.name} does not support distinct with multiple expressions on this database backend."
            )
        alone = node.copy()
        alone.source_expressions = [node.source_expressions[0]]
        return alone.as_sql(compiler, connection, function="GROUP_CONCAT")  # type: ignore[no-any-return]
    return node.as_sql(compiler, connection, function="GROUP_CONCAT")  # type: ignore[no-any-return]


# JSON -------------------------------------------------------------------------------------------------------

_AS_STORED = (
    "(CASE WHEN JSON_TYPE({0}) IN ('false', 'true', 'null') THEN JSON_TYPE({0}) ELSE JSON_EXTRACT({0}) END)"
)


def _plain(key: Any) -> bool:
    # In a path, SQLite reads no quotation marks inside of quoted keys.
    return isinstance(key, str) and '"' not in key


def _descended(sql: str, params: Any, keys: Sequence[Any], connection: Any) -> tuple[str, tuple[Any, ...]]:
    """The arguments `document, path` for keys: what no path can hold is looked for among the pairs."""
    rest = list(keys)
    while not all(map(_plain, rest)):
        at = next(place for place, key in enumerate(rest) if not _plain(key))
        sql = f"(SELECT value FROM JSON_EACH({sql}, %s) WHERE key = %s)"
        params = (*params, json_keys.json_path(rest[:at], connection), rest[at])
        rest = rest[at + 1 :]
    return f"{sql}, %s", (*params, json_keys.json_path(rest, connection))


_PAIR_AS_STORED = "CASE WHEN type IN ('false', 'true', 'null') THEN type ELSE value END"


def _key(node: Any, compiler: Any, connection: Any) -> Sql:
    # JSON_EXTRACT gives true and false as numbers and null as NULL, which would be a missing key.
    sql, params, keys = node.preprocess_lhs(compiler, connection)
    if not _plain(keys[-1]):
        place, some = _descended(sql, params, keys[:-1], connection)
        return f"(SELECT {_PAIR_AS_STORED} FROM JSON_EACH({place}) WHERE key = %s)", (*some, keys[-1])
    place, some = _descended(sql, params, keys, connection)
    return _AS_STORED.format(place), some * 3


def _present(
    sql: str, params: Any, front: Sequence[Any], last: Any, connection: Any, *, name: bool = False
) -> tuple[str, tuple[Any, ...]]:
    """Whether a document has a key; with `name` it is never an index."""
    if _plain(last):
        if not name:
            place, some = _descended(sql, params, [*front, last], connection)
        else:
            place, some = _descended(sql, params, front, connection)
            some = (*some[:-1], some[-1] + json_keys.json_path([], connection, names_only=[last])[1:])
        return f"JSON_TYPE({place}) IS NOT NULL", some
    place, some = _descended(sql, params, front, connection)
    return f"EXISTS(SELECT 1 FROM JSON_EACH({place}) WHERE key = %s)", (*some, last)


def _has_key(node: Any, compiler: Any, connection: Any) -> Sql:
    sql, params = node.document_sql(compiler, connection)
    clauses: list[str] = []
    bound: list[Any] = []
    for key in node.wanted():
        clause, some = _present(sql, params, *node.way_to(key), connection, name=True)
        clauses.append(clause)
        bound += some
    text = (node.logical_operator or " AND ").join(clauses)
    return (f"({text})" if len(clauses) > 1 else text), tuple(bound)


def _key_missing(node: Any, compiler: Any, connection: Any) -> Sql:
    sql, params, keys = node.lhs.preprocess_lhs(compiler, connection)
    text, bound = _present(sql, params, keys[:-1], keys[-1], connection)
    if not node.rhs:
        return text, bound
    return (f"{text[:-8]}NULL" if text.endswith("NOT NULL") else f"NOT {text}"), bound


def _json_parts(node: Any, compiler: Any, connection: Any) -> Sql:
    # A document in a document, not its text.
    inner = [_Document(part) if _is_document(part) else part for part in node.get_source_expressions()]
    changed = node.copy()
    changed.set_source_expressions(inner)
    return changed.as_sql(compiler, connection)  # type: ignore[no-any-return]


def _is_document(part: Any) -> bool:
    return isinstance(part, expressions.Col) and internal_type(part) == "JSONField"


class _Document(expressions.Func):
    function = "JSON"


def _rows_in(node: Any, compiler: Any, connection: Any) -> Sql:
    if not isinstance(node.rhs, list) or not connection.features.supports_tuple_lookups:
        return node.as_sql(compiler, connection)  # type: ignore[no-any-return]
    lhs, lhs_params = node.lhs_sql(compiler, connection)
    rows, params = node.rows_sql(compiler, connection)
    return f"{lhs} IN (VALUES {rows})", (*lhs_params, *params)


_now = "STRFTIME('%%%%Y-%%%%m-%%%%d %%%%H:%%%%M:%%%%f', 'NOW')"

_TABLE: dict[type, Writer] = {
    expressions.Func: plainly,
    expressions.Case: plainly,
    expressions.ExpressionWrapper: plainly,
    expressions.CombinedExpression: _combined,
    expressions.DurationExpression: plainly,
    expressions.TemporalSubtraction: plainly,
    expressions.Subquery: plainly,
    functions.Cast: _cast,
    functions.Chr: named("CHAR"),
    functions.ConcatPair: _concatenated,
    functions.Greatest: named("MAX"),
    functions.Least: named("MIN"),
    functions.JSONArray: _json_parts,
    functions.JSONObject: _json_parts,
    functions.Left: _by_substr,
    functions.Right: _by_substr,
    functions.Now: templated(_now),
    functions.Ord: named("UNICODE"),
    functions.Random: named("RAND"),
    functions.Round: _rounded,
    functions.Substr: named("SUBSTR"),
    aggregates.StringAgg: _string_agg,
}

_COMPARISONS = (
    lookups.Exact,
    lookups.GreaterThan,
    lookups.GreaterThanOrEqual,
    lookups.LessThan,
    lookups.LessThanOrEqual,
)

WRITERS: Mapping[type, Writer] = {
    **{kind: as_number(write) for kind, write in _TABLE.items()},
    expressions.Value: _value,
    expressions.Window: _window,
    **dict.fromkeys(_COMPARISONS, _compared),
    expressions.OrderByList: plainly,
    expressions.ExpressionList: plainly,
    aggregates.AggregateFilter: plainly,
    json_fields.JSONNull: plainly,
    json_keys.KeyTransform: _key,
    json_keys.HasKeyLookup: _has_key,
    json_keys.KeyTransformIsNull: _key_missing,
    tuple_lookups.Tuple: plainly,
    tuple_lookups.TupleIn: _rows_in,
}
