"""Plans: a statement, the function that turns values into its parameters, and the functions that read its rows.

Binder and loaders are generated Python. Only names made here and `repr()`s of attribute names get into their
source; everything else is reached through the namespace they run in.
"""

from __future__ import annotations

import inspect
import warnings
import weakref
from collections.abc import Callable, Sequence
from typing import Any

from nuages.core.exceptions import EmptyResultSet
from nuages.db.backends.statement import Statement
from nuages.db.models.shapes.clauses import lock
from nuages.db.models.shapes.clauses.related import Loaded
from nuages.db.models.shapes.slots import Late, Slot
from nuages.db.models.shapes.writing import Layout, Writer
from nuages.db.models.signals import post_init, pre_init
from nuages.db.models.utils import create_namedtuple_class
from nuages.utils.deprecation import RemovedInDjango2028Warning

Rows = Sequence[Sequence[Any]]


class Plan:
    """One shape on one database. `statement` is None when the query can find nothing."""

    __slots__ = (
        "_loaders",
        "bind",
        "connection",
        "layout",
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
    bind, source = binder(params)
    plan = Plan(Statement(sql), bind, writer.layout, connection, source)
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


def binder(params: Sequence[Any]) -> tuple[Callable[[Sequence[Any], Any], Sequence[Any]], str]:
    """Generate the function from values to parameters."""
    names: dict[str, Any] = {}
    parts = []
    for number, param in enumerate(params):
        if isinstance(param, Slot):
            part = f"values[{param.index}]"
            for step, bind in enumerate(param.binds):
                if _changes_nothing(bind):
                    continue
                names[f"bind{number}_{step}"] = bind
                part = f"bind{number}_{step}({part}, connection)"
        elif isinstance(param, Late):
            names[f"find{number}"] = param.find
            part = f"find{number}(connection)"
        else:
            names[f"constant{number}"] = param
            part = f"constant{number}"
        parts.append(part)
    body = f"({', '.join(parts)},)" if parts else "()"
    source = f"def bind(values, connection):\n    return {body}\n"
    exec(source, names)
    return names["bind"], source


def _changes_nothing(bind: Any) -> bool:
    """Whether a bind is the base class's conversion of a prepared value, which gives the value back."""
    field = getattr(bind, "field", None)
    if field is None:
        return False
    from nuages.db.models.lookups.binding import PreparedForField

    return isinstance(bind, PreparedForField) and _takes_prepared(field)


def _takes_prepared(field: Any) -> bool:
    """Whether a field hands a prepared value on to the database as it is."""
    from nuages.db.models.fields import AutoField, Field
    from nuages.db.models.fields.related import ForeignKey

    convert = type(field).get_db_prep_value
    if convert is ForeignKey.get_db_prep_value:
        return _takes_prepared(field.target_field)
    return convert is Field.get_db_prep_value or convert is AutoField.get_db_prep_value


# Rows ----------------------------------------------------------------------------------------------------------


def converters_of(node: Any, connection: Any) -> list[Any]:
    """What turns a column's value into the Python value of its expression."""
    ours = connection.ops.get_db_converters(node)
    return [*ours, *node.get_db_converters(connection)]


class _Source:
    """Source text being composed, and the names it uses."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: dict[str, Any] = {}

    def use(self, prefix: str, value: Any) -> str:
        """A name for a value."""
        name = f"{prefix}{len(self.names)}"
        self.names[name] = value
        return name

    def cell(self, layout: Layout, connection: Any, position: int) -> str:
        """The expression for one column's value in the row `c0, c1, …`."""
        node = layout.columns[position].node
        value = f"c{position}"
        inline = _inline(node, connection)
        if inline is not None:
            template, extra = inline
            self.names.update(extra)
            return f"(None if {value} is None else {template.format(value)})"
        for convert in converters_of(node, connection):
            value = f"{self.use('convert', convert)}({value}, {self.use('node', node)}, connection)"
        return value

    def build(self, name: str, arguments: str, body: Sequence[str]) -> tuple[Any, str]:
        """Compile `def name(arguments)`."""
        source = f"def {name}({arguments}):\n" + "\n".join(f"    {line}" for line in body) + "\n"
        exec(source, self.names)
        return self.names[name], source


def _inline(node: Any, connection: Any) -> tuple[str, dict[str, Any]] | None:
    """Source for a column whose field and backend convert it in the ordinary way."""
    from nuages.db.models.expressions import Col

    if type(node) is not Col:
        return None
    field = node.target
    if not type(field).__module__.startswith("nuages.db.models.fields") or node.output_field is not field:
        return None
    dialect = connection.dialect
    template = dialect.inline_converters.get(field.get_internal_type())
    if template is None or field.get_db_converters(connection):
        return None
    return template, dict(dialect.converter_names)


def _unpacked(layout: Layout) -> str:
    names = [f"c{number}" for number in range(len(layout.columns))]
    return ", ".join(names) + ("," if len(names) == 1 else "")


def _spans(layout: Layout) -> list[tuple[int, int]]:
    """First column and number of columns of each thing that `values()` selects."""
    ends = [*layout.positions[1:], len(layout.columns) - layout.hidden]
    return [(start, end - start) for start, end in zip(layout.positions, ends)]


def _cells(source: _Source, layout: Layout, connection: Any) -> list[str]:
    cells = []
    for start, width in _spans(layout):
        if width == 1:
            cells.append(source.cell(layout, connection, start))
        else:
            inside = ", ".join(source.cell(layout, connection, start + more) for more in range(width))
            cells.append(f"({inside},)")
    return cells


def _plain(cells: Sequence[str], layout: Layout) -> bool:
    return not layout.hidden and all(cell == f"c{number}" for number, cell in enumerate(cells))


def tuples(layout: Layout, connection: Any) -> tuple[Any, str]:
    """Rows as tuples."""
    source = _Source()
    cells = _cells(source, layout, connection)
    if _plain(cells, layout) and len(cells) == len(layout.columns):
        return source.build("load", "rows, connection", ["return list(map(tuple, rows))"])
    body = ", ".join(cells) + ("," if len(cells) == 1 else "")
    return source.build("load", "rows, connection", [f"return [({body}) for {_unpacked(layout)} in rows]"])


def dicts(layout: Layout, connection: Any) -> tuple[Any, str]:
    """Rows as dictionaries."""
    source = _Source()
    pairs = ", ".join(
        f"{name!r}: {cell}" for name, cell in zip(layout.names, _cells(source, layout, connection))
    )
    return source.build("load", "rows, connection", [f"return [{{{pairs}}} for {_unpacked(layout)} in rows]"])


def flat(layout: Layout, connection: Any) -> tuple[Any, str]:
    """The first value of each row."""
    source = _Source()
    cell = _cells(source, layout, connection)[0]
    return source.build("load", "rows, connection", [f"return [{cell} for {_unpacked(layout)} in rows]"])


def named(layout: Layout, connection: Any) -> tuple[Any, str]:
    """Rows as named tuples."""
    source = _Source()
    cells = ", ".join(_cells(source, layout, connection))
    source.names["Row"] = create_namedtuple_class(*layout.names)
    return source.build(
        "load", "rows, connection", [f"return [Row({cells}) for {_unpacked(layout)} in rows]"]
    )


# Instances -----------------------------------------------------------------------------------------------------


def instances(layout: Layout, connection: Any) -> tuple[Any, str]:
    """Rows as model instances, with what was selected beside them."""
    from nuages.db.models.state import ModelState

    assert layout.root is not None
    source = _Source()
    source.names |= {"new": object.__new__, "State": ModelState, "share": share_peers, "listening": listening}
    groups: list[str] = []
    body: list[str] = []
    extras = [(name, position) for name, position in layout.extras]
    _instance(source, layout, connection, layout.root, "one", body, groups, [*extras, *layout.annotations])
    lines = [
        "found = []",
        "add = found.append",
        "heard = listening()",
        *(f"{group} = []" for group in groups),
    ]
    lines.append(f"for {_unpacked(layout)} in rows:")
    lines += [f"    {line}" for line in body]
    lines.append("    add(one)")
    lines.append("if mode.track_peers:")
    lines += [f"    share({group})" for group in ["found", *groups]]
    lines.append("return found")
    return source.build("load", "rows, connection, db, mode", lines)


def share_peers(found: Sequence[Any]) -> None:
    """Tell instances of those loaded together with them."""
    if len(found) > 1:
        peers = tuple(map(weakref.ref, found))
        for one in found:
            one._state.peers = peers


def _instance(
    source: _Source,
    layout: Layout,
    connection: Any,
    loaded: Loaded,
    name: str,
    body: list[str],
    groups: list[str],
    beside: Sequence[tuple[str, int]],
) -> None:
    """Lines that make one instance of a row, and those that hang on it."""
    cells = [source.cell(layout, connection, loaded.start + number) for number in range(len(loaded.fields))]
    model = source.use("Model", loaded.model)
    state = f"{name}_state"
    direct = makes_directly(loaded.model)
    assigned = [
        f"setattr({name}, {attribute!r}, {source.cell(layout, connection, position)})"
        for attribute, position in beside
    ]
    if direct:
        # What nothing of the class wants to know about can be part of the dictionary at once.
        plain = [pair for pair in beside if not hasattr(loaded.model, pair[0])]
        assigned = [line for line, pair in zip(assigned, beside) if pair not in plain]
        attributes = [(attribute, source.cell(layout, connection, position)) for attribute, position in plain]
        pairs = [f"{attname!r}: {cell}" for attname, cell in zip(loaded.attnames, cells)]
        make = source.use("make", maker_of(loaded.model))
        body.append("if heard:")
        body.append(f"    {name} = {make}(db, {tuple(loaded.attnames)!r}, ({', '.join(cells)},), mode)")
        body.append(f"    {state} = {name}._state")
        body += [f"    {name}.__dict__[{attribute!r}] = {cell}" for attribute, cell in attributes]
        body.append("else:")
        body.append(f"    {state} = new(State)")
        body.append(f"    {state}.adding = False")
        body.append(f"    {state}.db = db")
        body.append(f"    {state}.fetch_mode = mode")
        body.append(f"    {state}.peers = ()")
        body.append(f"    {name} = new({model})")
        body.append(
            f"    {name}.__dict__ = {{'_state': {state}, {', '.join([*pairs, *(f'{attribute!r}: {cell}' for attribute, cell in attributes)])}}}"
        )
    else:
        make = source.use("make", maker_of(loaded.model))
        body.append(f"{name} = {make}(db, {tuple(loaded.attnames)!r}, ({', '.join(cells)},), mode)")
        body.append(f"{state} = {name}._state")
    body += assigned
    cached: list[str] = []
    for child in loaded.children:
        _child(source, layout, connection, child, name, body, groups, cached)
    if cached:
        body.append(f"{state}._fields_cache = {{{', '.join(cached)}}}")


def _child(
    source: _Source,
    layout: Layout,
    connection: Any,
    child: Loaded,
    parent: str,
    body: list[str],
    groups: list[str],
    cached: list[str],
) -> None:
    name = f"{parent}_{len(groups)}"
    groups.append(f"{name}_all")
    keys = [number for number, one in enumerate(child.fields) if one in child.model._meta.pk_fields]
    missing = " or ".join(f"c{child.start + number} is None" for number in keys) or "False"
    inner: list[str] = []
    _instance(source, layout, connection, child, name, inner, groups, ())
    body.append(f"if {missing}:")
    body.append(f"    {name} = None")
    body.append("else:")
    body += [f"    {line}" for line in inner]
    body.append(f"    {name}_all.append({name})")
    link = child.link
    if child.filtered:
        body.append(f"setattr({parent}, {child.name!r}, {name})")
        back = None
        if link is not None and child.reverse:
            back = link.field
        elif link is not None and link.unique:
            back = link.remote_field
        if back is not None:
            body.append(f"if {name} is not None:")
            body.append(f"    {name}._state.fields_cache[{_cache_name(back)!r}] = {parent}")
        return
    if child.reverse:
        here, there = link.remote_field, link
        cached.append(f"{_cache_name(here)!r}: {name}")
        body.append(f"if {name} is not None:")
        body.append(f"    {name}._state.fields_cache[{_cache_name(there)!r}] = {parent}")
        return
    cached.append(f"{_cache_name(link)!r}: {name}")
    if link.unique and link.remote_field is not None and not link.remote_field.hidden:
        body.append(f"if {name} is not None:")
        body.append(f"    {name}._state.fields_cache[{_cache_name(link.remote_field)!r}] = {parent}")


def _cache_name(relation: Any) -> str:
    return relation.cache_name


def makes_directly(model: Any) -> bool:
    """Whether instances may be made without calling anything of the model."""
    from nuages.db.models.base import Model

    return bool(
        model.__init__ is Model.__init__
        and getattr(model.from_db, "__func__", None) is getattr(Model.from_db, "__func__", None)
        and model.__setattr__ is object.__setattr__
        and model.__new__ is object.__new__
    )


def listening() -> bool:
    """Whether anybody wants to hear of new instances."""
    return bool(pre_init.receivers or post_init.receivers)


def maker_of(model: Any) -> Any:
    """The documented way: `from_db()`."""
    parameters = inspect.signature(model.from_db).parameters.values()
    takes_mode = any(one.name == "fetch_mode" or one.kind is one.VAR_KEYWORD for one in parameters)

    def make(db: str, names: Sequence[str], values: Sequence[Any], mode: Any) -> Any:
        if takes_mode:
            return model.from_db(db, names, values, fetch_mode=mode)
        warnings.warn(
            f"{model.__name__}.from_db() must accept a fetch_mode keyword argument. Support for from_db() methods "
            "that do not accept it is deprecated.",
            RemovedInDjango2028Warning,
            stacklevel=2,
        )
        one = model.from_db(db, names, values)
        one._state.fetch_mode = mode
        return one

    return make


_LOADERS: dict[str, Callable[[Layout, Any], tuple[Any, str]]] = {
    "instances": instances,
    "tuples": tuples,
    "dicts": dicts,
    "flat": flat,
    "named": named,
}
