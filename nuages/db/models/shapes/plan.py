"""Plans: a statement, the function that turns values into its parameters, and the functions that read its rows.

Binder and loaders (`loaders.py`, `instances.py`) are generated Python. Only names made there and `repr()`s of
attribute names get into their source; everything else is reached through the namespace they run in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nuages.core.exceptions import EmptyResultSet
from nuages.db.backends.statement import Statement
from nuages.db.models.fields import AutoField, Field
from nuages.db.models.fields.related import ForeignKey
from nuages.db.models.lookups.binding import PreparedForField
from nuages.db.models.shapes import instances, loaders
from nuages.db.models.shapes.clauses import lock
from nuages.db.models.shapes.converting import inline_adapter
from nuages.db.models.shapes.slots import Late, Slot
from nuages.db.models.shapes.writing import Layout, Writer

Rows = Sequence[Sequence[Any]]


class Plan:
    """One shape on one database. `statement` is None when the query can find nothing."""

    __slots__ = (
        "_loaders",
        "bind",
        "connection",
        "layout",
        "load_instances",
        "sources",
        "statement",
        "still_holds",
        "volatile",
    )

    def __init__(
        self, statement: Statement | None, bind: Any, layout: Layout, connection: Any, source: str
    ) -> None:
        self.statement = statement
        self.bind = bind
        self.layout = layout
        self.connection = connection
        self.sources = {"bind": source}
        self._loaders: dict[str, Any] = {}
        #: The most wanted of them, once it is there.
        self.load_instances: Any = None
        # Whether the plan is for one execution only.
        self.volatile = False
        # Says whether the plan may be used again, as `still_holds(shape, connection)`; None where nothing can change.
        self.still_holds: Callable[[Any, Any], bool] | None = None

    def loader(self, kind: str, model: Any = None) -> Any:
        """The function that reads rows as instances, tuples, dictionaries, named tuples or single values."""
        found = self._loaders.get(kind)
        if found is None:
            found, source = _LOADERS[kind](self.layout, self.connection)
            self._loaders[kind] = found
            if kind == "instances":
                self.load_instances = found
            self.sources[kind] = source
        return found


def make(shape: Any, connection: Any, writer_class: type[Writer] = Writer) -> Plan:
    """Write the SQL of a shape and generate its binder."""
    from nuages.db.models.sql.query import Query

    query = Query.of(shape, ())
    query.values = None
    writer = writer_class(query, connection, connection.alias)
    writer.values_known = not shape.width
    try:
        sql, params = writer.write()
    except EmptyResultSet:
        return Plan(None, None, writer.layout, connection, "")
    bind, source = binder(params, connection)
    plan = Plan(
        Statement(sql, writer.stored_sql, writer.reads_stored), bind, writer.layout, connection, source
    )
    plan.volatile = writer.volatile
    if writer.ordering is not None or writer.locks:
        plan.still_holds = _guard(writer.ordering, writer.locks)
    return plan


def _guard(ordering: Any, locks: bool) -> Callable[[Any, Any], bool]:
    """A model's ordering may have been replaced; rows are locked only inside a transaction."""

    def still_holds(shape: Any, connection: Any) -> bool:
        if locks:
            lock.check(connection)
        return ordering is None or ordering is shape.model._meta.ordering

    return still_holds


# Parameters ----------------------------------------------------------------------------------------------------


def binder(
    params: Sequence[Any], connection: Any
) -> tuple[Callable[[Sequence[Any], Any], Sequence[Any]], str]:
    """Generate the function from values to parameters."""
    names: dict[str, Any] = {}
    parts = []
    for number, param in enumerate(params):
        if isinstance(param, Slot):
            part = value = f"values[{param.index}]"
            for step, bind in enumerate(param.binds):
                if _changes_nothing(bind):
                    continue
                names[f"bind{number}_{step}"] = bind
                adapter = (
                    inline_adapter(bind.field, connection) if isinstance(bind, PreparedForField) else None
                )
                convert = f"bind{number}_{step}({part}, connection)"
                if adapter is not None and part == value:
                    names |= {f"kind{number}": adapter.kind, **adapter.names}
                    written = adapter.source.format(value)
                    convert = f"({written} if type({value}) is kind{number} else None) or {convert}"
                part = convert
        elif isinstance(param, Late):
            names[f"find{number}"] = param.find
            part = f"find{number}(connection)"
        else:
            names[f"constant{number}"] = param
            part = f"constant{number}"
        parts.append(part)
    body = f"({', '.join(parts)},)" if parts else "()"
    source = f"def bind(values, connection):\n    return {body}\n"
    return loaders.defined(source, "bind", names), source


def _changes_nothing(bind: Any) -> bool:
    """Whether a bind is the base class's conversion of a prepared value, which gives the value back."""
    field = getattr(bind, "field", None)
    if field is None:
        return False
    return isinstance(bind, PreparedForField) and _takes_prepared(field)


def _takes_prepared(field: Any) -> bool:
    """Whether a field hands a prepared value on to the database as it is."""
    convert = type(field).get_db_prep_value
    if convert is ForeignKey.get_db_prep_value:
        return _takes_prepared(field.target_field)
    return convert is Field.get_db_prep_value or convert is AutoField.get_db_prep_value


_LOADERS: dict[str, Callable[[Layout, Any], tuple[Any, str]]] = {
    "instances": instances.instances,
    "tuples": loaders.tuples,
    "dicts": loaders.dicts,
    "flat": loaders.flat,
    "named": loaders.named,
}
