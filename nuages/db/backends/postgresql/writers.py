"""How PostgreSQL writes what it writes differently."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from nuages.db.backends.base.writers import Sql, internal_type, named, templated
from nuages.db.backends.dialect import Writer
from nuages.db.models import aggregates, expressions, functions
from nuages.db.models.fields import CharField, DecimalField, FloatField, TextField, json_keys
from nuages.db.models.functions.math import NeedsDecimals
from nuages.db.models.shapes.slots import Slot
from nuages.db.utils import NotSupportedError

_TEXTUAL = frozenset(
    {"CharField", "TextField", "SlugField", "EmailField", "URLField", "FilePathField", "FileField"}
)


def _as_text(node: Any) -> Any:
    """`node` as text, cast only if it is something else."""
    return node if internal_type(node) in _TEXTUAL else functions.Cast(node, TextField())


def _changed(node: Any, sources: list[Any]) -> Any:
    changed = node.copy()
    changed.set_source_expressions(sources)
    return changed


def _concatenated(node: Any, compiler: Any, connection: Any) -> Sql:
    # `||` gives NULL when either side is, and wants texts.
    texts = _changed(node, [_as_text(part) for part in node.get_source_expressions()])
    return texts.coalesce().as_sql(  # type: ignore[no-any-return]
        compiler, connection, template="(%(expressions)s)", arg_joiner=" || "
    )


def _with_decimals(node: Any, compiler: Any, connection: Any) -> Sql:
    # LOG, MOD and ROUND to places exist for numeric, not for double precision.
    exact = DecimalField(decimal_places=sys.float_info.dig, max_digits=1000)
    sources = [
        functions.Cast(part, exact) if isinstance(part._output_field_or_none, FloatField) else part
        for part in node.get_source_expressions()
    ]
    return _changed(node, sources).as_sql(compiler, connection)  # type: ignore[no-any-return]


def _digest(node: Any, compiler: Any, connection: Any) -> Sql:
    template = "ENCODE(%(function)s(CONVERT_TO((%(expressions)s)::text, 'UTF8')), 'hex')"
    return node.as_sql(compiler, connection, template=template)  # type: ignore[no-any-return]


# JSON -------------------------------------------------------------------------------------------------------


def _typed(part: Any) -> Any:
    """A bare parameter has no type of its own, and the functions that build JSON take any."""
    if not isinstance(part, expressions.Value) or part.value is None:
        return part
    field = part._output_field_or_none
    return functions.Cast(part, TextField() if field is None or isinstance(field, CharField) else field)


def _json_parts(function: str) -> Writer:
    def write(node: Any, compiler: Any, connection: Any) -> Sql:
        typed = _changed(node, [_typed(part) for part in node.get_source_expressions()])
        return typed.as_sql(compiler, connection, function=function)  # type: ignore[no-any-return]

    return write


def _texts(value: Any, connection: Any) -> list[str]:
    return [str(key) for key in value]


def _text(value: Any, connection: Any) -> str:
    return str(value)


def _has_key(node: Any, compiler: Any, connection: Any) -> Sql:
    node = node.by_operator()
    lhs, lhs_params = node.process_lhs(compiler, connection)
    rhs = node.rhs
    if hasattr(rhs, "as_sql"):
        sql, params = compiler.compile(rhs)
    else:
        convert = _text if node.logical_operator is None else _texts
        sql, params = "%s", (rhs.bound(convert) if isinstance(rhs, Slot) else convert(rhs, connection),)
    return f"{lhs} {node.postgres_operator} {sql}", (*lhs_params, *params)


# Others -----------------------------------------------------------------------------------------------------


def _string_agg(node: Any, compiler: Any, connection: Any) -> Sql:
    texts = node.copy()
    first, *rest = node.source_expressions
    texts.source_expressions = [_as_text(first), *rest]
    return texts.as_sql(compiler, connection)  # type: ignore[no-any-return]


def _delimiter(node: Any, compiler: Any, connection: Any) -> Sql:
    return node.as_sql(compiler, connection, template="(%(expressions)s)::text")  # type: ignore[no-any-return]


def _uuid7(node: Any, compiler: Any, connection: Any) -> Sql:
    if not connection.features.supports_uuid7_function:
        raise NotSupportedError("UUID7 requires PostgreSQL version 18 or later.")
    return node.as_sql(compiler, connection)  # type: ignore[no-any-return]


WRITERS: Mapping[type, Writer] = {
    functions.Cast: templated("(%(expressions)s)::%(db_type)s"),
    functions.ConcatPair: _concatenated,
    functions.JSONArray: _json_parts("JSONB_BUILD_ARRAY"),
    functions.JSONObject: _json_parts("JSONB_BUILD_OBJECT"),
    functions.Now: templated("STATEMENT_TIMESTAMP()"),
    functions.SHA1: templated("ENCODE(DIGEST((%(expressions)s)::text, 'sha1'), 'hex')"),
    functions.SHA224: _digest,
    functions.SHA256: _digest,
    functions.SHA384: _digest,
    functions.SHA512: _digest,
    functions.StrIndex: named("STRPOS"),
    functions.UUID4: named("GEN_RANDOM_UUID"),
    functions.UUID7: _uuid7,
    NeedsDecimals: _with_decimals,
    aggregates.StringAgg: _string_agg,
    aggregates.StringAggDelimiter: _delimiter,
    json_keys.HasKeyLookup: _has_key,
}
