"""`Writer`: from a query to SQL, parameters (constants and slots) and the layout of its rows.

Planning works on a scratch copy: whatever has to be joined for the selection or the order is joined there, and
neither the shape nor the dialect is changed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from nuages.core.exceptions import EmptyResultSet, FullResultSet
from nuages.db.models.expressions import Col, RawSQL, Ref, Value
from nuages.db.models.shapes import joins
from nuages.db.models.shapes.clauses import limit, lock, order_by, related
from nuages.db.models.shapes.columns import Column, selected, written
from nuages.db.models.shapes.converting import inline_converter, reads_stored
from nuages.db.models.shapes.slots import Opaque
from nuages.db.models.sql.where import NothingNode, WhereNode, divided

if TYPE_CHECKING:
    from nuages.db.models.shapes.draft import Draft

Params = list[Any]

_CONSTANT = re.compile(r"(%s|-?\d+)( ASC| DESC)?( NULLS (FIRST|LAST))?")


@dataclass(slots=True)
class Layout:
    """What a row holds, in order: extras, the model's columns, annotations, related instances, and what sorts."""

    columns: list[Column] = field(default_factory=list)
    root: related.Loaded | None = None
    extras: list[tuple[str, int]] = field(default_factory=list)
    annotations: list[tuple[str, int]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)  # of values(), in order
    positions: list[int] = field(default_factory=list)
    hidden: int = 0  # columns at the end that only sort


_writers: dict[tuple[Any, type], Any] = {}


def writer_for(dialect: Any, cls: type) -> Any:
    """How a dialect writes a kind of expression, where it differs from the common way."""
    key = (dialect, cls)
    try:
        return _writers[key]
    except KeyError:
        table = dialect.writers
        found = None
        for base in cls.__mro__:
            if base in table:
                found = table[base]
                break
            # A subclass that writes itself is not to be overruled by what its base would have needed.
            if "as_sql" in base.__dict__ and not base.__module__.startswith("nuages."):
                break
        _writers[key] = found
        return found


class Writer:
    """Writes one query for one connection. This is the `compiler` that expressions are given."""

    def __init__(
        self,
        query: Any,
        connection: Any,
        using: str | None = None,
        elide_empty: bool = True,
        outer: Any = None,
    ) -> None:
        self.query = query
        self.connection = connection
        self.using = using
        self.elide_empty = elide_empty and query.elide_empty
        self.outer = outer
        self.dialect = connection.dialect
        self._vendor_method = f"as_{connection.vendor}"
        self.draft: Draft = query
        self.layout = Layout()
        # Whether constants stand where a slot could be: then third-party code may look at values.
        self.values_known: bool = outer.values_known if isinstance(outer, Writer) else True

        # Whether what was written may be different the next time.
        self.volatile = False
        # The model's own ordering, where it was used: it can be replaced while the program runs.
        self.ordering: Any = None
        self.locks = False
        # The statement that gives columns as they are stored, where the driver would convert some.
        self.stored_sql: str | None = None
        # Whether the loader takes every column as it is stored.
        self.reads_stored = False

    def note_restriction(self, join_field: Any) -> None:
        """A relation restricts its rows by itself: what third-party code says there may change."""
        kind = type(getattr(join_field, "field", join_field))
        if not kind.get_extra_restriction.__module__.startswith("nuages."):
            self.volatile = True
            if isinstance(self.outer, Writer):
                self.outer.volatile = True

    # What expressions ask for -------------------------------------------------------------------------------

    def compile(self, node: Any) -> tuple[str, Any]:
        """The SQL of a node and its parameters."""
        if type(node) is Col and (known := written(node, self)) is not None:
            return known.sql, ()
        return self.compile_anew(node)

    def compile_anew(self, node: Any) -> tuple[str, Any]:
        """The same, whatever is known of the node."""
        cls = type(node)
        method = getattr(cls, self._vendor_method, None)
        if method is not None:
            if not self.values_known:
                raise Opaque
            return method(node, self, self.connection)
        writer = writer_for(self.dialect, cls)
        if writer is not None:
            return writer(node, self, self.connection)
        return node.as_sql(self, self.connection)

    def quote_name(self, name: str) -> str:
        """A name in the database's quotes."""
        return self.connection.ops.quote_name(name)

    __call__ = quote_name

    def quote_name_unless_alias(self, name: str) -> str:
        """The former name of `quote_name()`."""
        import warnings

        from nuages.utils.deprecation import RemovedInDjango2028Warning

        warnings.warn(
            "SQLCompiler.quote_name_unless_alias() is deprecated. Use .quote_name() instead.",
            category=RemovedInDjango2028Warning,
            stacklevel=2,
        )
        return self.quote_name(name)

    # The whole query ----------------------------------------------------------------------------------------

    def write(self, with_limits: bool = True, with_col_aliases: bool = False) -> tuple[str, Params]:
        """The SELECT statement. Raises EmptyResultSet when it can find nothing."""
        self.draft = draft = self.query.draft()
        if draft.empty_slice:
            raise EmptyResultSet
        if draft.combinator:
            if any(isinstance(child, NothingNode) for child in draft.conditions.children):
                raise EmptyResultSet
            from nuages.db.models.shapes.clauses import combine

            return combine.write(self, draft, with_limits, with_col_aliases)
        before, after, qualify = divided(draft.conditions)
        if qualify:
            from nuages.db.models.shapes.clauses import qualify as qualify_clause

            return qualify_clause.write(self, draft, before, after, qualify, with_limits, with_col_aliases)
        self.select(with_col_aliases)
        if self.elide_empty and any(isinstance(child, NothingNode) for child in draft.conditions.children):
            raise EmptyResultSet
        order, own = order_by.resolved(draft)
        if own and draft.group_by is not None:
            order = []
        if (
            draft.model is not None
            and draft.default_ordering
            and not (draft.order_by or draft.extra_order_by)
        ):
            # Also where the model has none: it can be given one.
            self.ordering = draft.get_meta().ordering
        ordered = self.ordered(order)
        if draft.distinct and not draft.distinct_fields:
            self.sort_columns(ordered, with_col_aliases)
        distinct = self.distinct_on() if draft.distinct_fields else []
        grouping = self.grouping(ordered, after, own)
        try:
            where, where_params = self.condition(before)
        except EmptyResultSet:
            if self.elide_empty:
                raise
            where, where_params = "0 = 1", []
        having, having_params = self.condition(after)
        sources, source_params = self.sources()
        parts = ["SELECT"]
        params: Params = []
        if draft.distinct:
            words, some = self.connection.ops.distinct_sql(
                [sql for sql, _ in distinct], [p for _, p in distinct]
            )
            parts += words
            params += some
        selected = [self.column_sql(column, params) for column in self.layout.columns]
        place = len(parts)
        parts.append(", ".join(selected) or "1")
        if sources:
            parts += ["FROM", *sources]
            params += source_params
        elif self.connection.features.bare_select_suffix:
            parts.append(self.connection.features.bare_select_suffix.strip())
        locking = ""
        if draft.lock is not None:
            locking = lock.write(draft, self.connection, self.layout.root, self)
            self.locks = bool(locking)
        if where:
            parts += ["WHERE", where]
            params += where_params
        if grouping:
            parts += ["GROUP BY", ", ".join(sql for sql, _ in grouping)]
            for _, some in grouping:
                params += some
            if not ordered:
                ordered = [(None, sql, []) for sql in self.connection.ops.force_no_ordering() or ()]
        if having:
            if not grouping:
                parts += (
                    self.connection.ops.force_group_by()
                    if hasattr(self.connection.ops, "force_group_by")
                    else []
                )
            parts += ["HAVING", having]
            params += having_params
        if ordered:
            parts += ["ORDER BY", ", ".join(sql for _, sql, _ in ordered)]
            for _, _, some in ordered:
                params += some
        if with_limits:
            limits, some = limit.write(draft, self.connection)
            if limits:
                parts.append(limits)
                params += some
        if locking:
            parts.append(locking)
        sql = " ".join(part for part in parts if part)
        if draft.explain_info is not None:
            how, options = draft.explain_info
            sql = f"{self.connection.ops.explain_query_prefix(how, **dict(options))} {sql}"
        elif self.outer is None:
            taken = [
                reads_stored(column.node, self.connection)
                if column.reads_stored is None
                else column.reads_stored
                for column in self.layout.columns
            ]
            self.reads_stored = all(taken)
            sorted_by = None if draft.distinct or grouping else ", ".join([sql for _, sql, _ in ordered])
            stored = self.stored_columns(selected, taken, sorted_by)
            if stored != selected:
                parts[place] = ", ".join(stored)
                self.stored_sql = " ".join(part for part in parts if part)
        return sql, params

    def stored_columns(self, selected: list[str], taken: list[bool], sorted_by: str | None) -> list[str]:
        """The SELECT list with columns taken as they are stored, as far as loaders read them so (`taken`).

        What rows are sorted by, or told apart by (None), a database need not work out again to select it: that stays as
        it is, unless the driver would convert it.
        """
        as_stored = self.dialect.as_stored
        if as_stored == "{}":
            return selected
        return [
            as_stored.format(sql)
            if takes
            and ((sorted_by is not None and column.sql not in sorted_by) or self.converts_stored(column))
            else sql
            for sql, column, takes in zip(selected, self.layout.columns, taken)
        ]

    def converts_stored(self, column: Column) -> bool:
        """Whether the loader would convert what is stored as the driver does."""
        if column.converts_stored is not None:
            return column.converts_stored
        found = inline_converter(column.node, self.connection)
        return found is not None and found.takes_stored

    def column_sql(self, column: Column, params: Params) -> str:
        """One entry of the SELECT list."""
        params += column.params
        return f"{column.sql} AS {self.quote_name(column.alias)}" if column.alias else column.sql

    # The selection ------------------------------------------------------------------------------------------

    def select(self, with_col_aliases: bool = False) -> None:
        """Work out what is selected, joining what it needs."""
        draft, layout = self.draft, self.layout = self.draft, Layout()
        if draft.selection is None and draft.model is not None:
            for name in draft.extra:
                if name not in draft.extra_hidden:
                    layout.extras.append((name, len(layout.columns)))
                    self.add_extra(name)
            layout.root = root = related.gather(draft)
            self.add_instance(root)
            for name in draft.shown_annotations:
                layout.annotations.append((name, len(layout.columns)))
                self.add_annotation(name)
            self.add_children(root)
        else:
            for item in draft.selection or ():
                layout.names.append(item.name)
                layout.positions.append(len(layout.columns))
                if item.kind == "extra":
                    self.add_extra(item.name)
                elif item.kind == "annotation":
                    self.add_annotation(item.name)
                elif getattr(item.node, "is_composite", False):
                    layout.columns += [self.column(node, name=item.name) for node in item.node.get_cols()]
                else:
                    layout.columns.append(self.column(item.node, name=item.name))
            if draft.selection is None:
                for name in draft.shown_annotations:
                    layout.names.append(name)
                    layout.positions.append(len(layout.columns))
                    self.add_annotation(name)
        if with_col_aliases:
            taken = {column.alias for column in layout.columns}
            for number, column in enumerate(layout.columns, 1):
                if column.alias is None:
                    own = column.name if column.name not in taken else None
                    column = layout.columns[number - 1] = replace(column, alias=own or f"col{number}")
                    taken.add(column.alias)

    def column(
        self, node: Any, alias: str | None = None, name: str | None = None, kind: str = "field"
    ) -> Column:
        """A column of the SELECT list."""
        known = written(node, self)
        if known is not None:
            if alias is None and name is None and kind == "field":
                return known
            return Column(node, known.sql, (), alias, name, kind, known.reads_stored, known.converts_stored)
        try:
            sql, params = self.compile(node)
        except EmptyResultSet:
            instead = getattr(node, "empty_result_set_value", NotImplemented)
            sql, params = ("0", []) if instead is NotImplemented else self.compile(Value(instead))
        except FullResultSet:
            sql, params = self.compile(Value(True))
        else:
            if not sql:
                sql, params = self.compile(Value(getattr(node, "empty_result_set_value", None)))
            else:
                sql, params = node.select_format(self, sql, params)
        return Column(node, sql, list(params), alias, name, kind)

    def add_extra(self, name: str) -> None:
        """Select a raw column."""
        sql, params = self.draft.extra[name]
        column = Column(RawSQL(sql, params), f"({sql})", list(params), name, name, "extra")
        self.layout.columns.append(column)

    def add_annotation(self, name: str) -> None:
        """Select an annotation under its name."""
        node = self.draft.annotations[name]
        # Over the rows of another query, its columns and not ours have names.
        alias = name if self.draft.source is None else None
        self.layout.columns.append(self.column(node, alias=alias, name=name, kind="annotation"))

    def add_instance(self, loaded: related.Loaded) -> None:
        """Select the columns of an instance."""
        loaded.start = len(self.layout.columns)
        self.layout.columns += selected(loaded, self)

    def add_children(self, loaded: related.Loaded) -> None:
        """Select the columns of the instances loaded beside one."""
        for child in loaded.children:
            self.add_instance(child)
            self.add_children(child)

    # Order --------------------------------------------------------------------------------------------------

    def ordered(self, nodes: Sequence[Any]) -> list[tuple[Any, str, Params]]:
        """The ORDER BY entries, each once."""
        seen: set[Any] = set()
        entries: list[tuple[Any, str, Params]] = []
        for node in nodes:
            node = self.unambiguous(node)
            try:
                sql, params = self.compile(node)
            except EmptyResultSet:
                continue
            except FullResultSet:
                continue
            # A constant sorts nothing, and would be taken for the position of a column.
            if _CONSTANT.fullmatch(sql):
                continue
            bare = (sql.rsplit(" ", 1)[0] if sql.endswith((" ASC", " DESC")) else sql, tuple(params))
            try:
                if bare in seen:
                    continue
                seen.add(bare)
            except TypeError:
                pass
            entries.append((node, sql, list(params)))
        return entries

    def unambiguous(self, node: Any) -> Any:
        """An order by the name of an annotation that a selected column has too: by what it stands for instead."""
        ref = getattr(node, "expression", None)
        if not isinstance(ref, Ref) or not any(
            column.alias is None and getattr(getattr(column.node, "target", None), "column", None) == ref.refs
            for column in self.layout.columns
        ):
            return node
        plain = node.copy()
        plain.set_source_expressions([ref.source])
        return plain

    def sort_columns(
        self, ordered: Sequence[tuple[Any, str, Params]], with_col_aliases: bool = False
    ) -> None:
        """Distinct rows can only be sorted by what is selected: select it, at the end, where it is not read."""
        if not self.layout.columns:
            return
        have = {(column.sql, tuple(map(_hashable, column.params))) for column in self.layout.columns}
        for node, _, _ in ordered:
            source = getattr(node, "expression", node)
            if isinstance(source, Ref):
                continue
            sql, params = self.compile(source)
            key = (sql, tuple(map(_hashable, params)))
            if key in have:
                continue
            have.add(key)
            alias = f"col{len(self.layout.columns) + 1}" if with_col_aliases else None
            self.layout.columns.append(Column(source, sql, list(params), alias, None, "sort"))
            self.layout.hidden += 1

    def distinct_on(self) -> list[tuple[str, Params]]:
        """What the rows are to be distinct by."""
        draft = self.draft
        if draft.group_by is not None:
            raise NotImplementedError("annotate() + distinct(fields) is not implemented.")
        found: list[tuple[str, Params]] = []
        for name in draft.distinct_fields:
            for node in order_by.distinct_by(draft, name):
                sql, params = self.compile(node)
                if (sql, list(params)) not in found:
                    found.append((sql, list(params)))
        return found

    # Groups -------------------------------------------------------------------------------------------------

    def grouping(
        self, ordered: Sequence[tuple[Any, str, Params]], having: Sequence[Any], own_order: bool
    ) -> list[tuple[str, Params]]:
        """What rows are grouped by, each once."""
        draft = self.draft
        group_by = draft.group_by
        if group_by is None:
            return []
        nodes: list[Any] = []
        named: set[str] = set()
        if group_by is not True:
            for node in group_by:
                if isinstance(node, str):
                    node = draft.resolve_ref(node)
                if isinstance(node, Ref):
                    named.add(node.refs)
                    nodes.append(node)
                else:
                    nodes.append(node)
        for column in self.layout.columns:
            if column.kind == "annotation" and column.name in named:
                continue
            if column.kind == "sort":
                continue
            nodes += column.node.get_group_by_cols()
        if not own_order:
            for node, _, _ in ordered:
                if node is not None and not isinstance(getattr(node, "expression", None), Ref):
                    nodes += node.get_group_by_cols()
        in_having: list[Any] = []
        for condition in having:
            in_having += condition.get_group_by_cols()
        nodes = self.without_dependents(nodes, in_having) + in_having
        return self.grouped_sql(nodes)

    def without_dependents(self, nodes: list[Any], in_having: list[Any]) -> list[Any]:
        """Where the database knows that a key determines its row, the row's other columns are left out."""
        features = self.connection.features
        if not features.allows_group_by_selected_pks:
            return nodes
        keys = [
            node
            for node in nodes
            if getattr(getattr(node, "target", None), "primary_key", False)
            and features.allows_group_by_selected_pks_on_model(node.target.model)
        ]
        tables = {node.alias for node in keys}
        return [
            node
            for node in nodes
            if any(node is key for key in keys)
            or node in in_having
            or getattr(node, "alias", None) not in tables
        ]

    def grouped_sql(self, nodes: Sequence[Any]) -> list[tuple[str, Params]]:
        """Each expression once; one that is selected, by its position where that is allowed."""
        by_position = self.connection.features.allows_group_by_select_index
        positions: dict[Any, int] = {}
        names: dict[str, int] = {}
        for number, column in enumerate(self.layout.columns, 1):
            if column.kind == "annotation" and column.name is not None:
                names.setdefault(column.name, number)
            if not isinstance(column.node, Col):
                positions.setdefault((column.sql, tuple(map(_hashable, column.params))), number)
        written: list[tuple[str, Params]] = []
        seen: set[Any] = set()
        for node in nodes:
            source = node
            if isinstance(node, Ref):
                if by_position and node.refs in names and not isinstance(node.source, Col):
                    self._once(written, seen, str(names[node.refs]), [])
                    continue
                source = node.source
            if getattr(source, "is_composite", False):
                for column in source.get_cols():
                    sql, params = self.compile(column)
                    self._once(written, seen, sql, list(params))
                continue
            try:
                sql, params = self.compile(source)
            except (EmptyResultSet, FullResultSet):
                continue
            sql, params = (
                source.select_format(self, sql, params) if hasattr(source, "select_format") else (sql, params)
            )
            key = (sql, tuple(map(_hashable, params)))
            if by_position and key in positions:
                self._once(written, seen, str(positions[key]), [])
            else:
                self._once(written, seen, sql, list(params))
        return written

    def _once(self, written: list[tuple[str, Params]], seen: set[Any], sql: str, params: Params) -> None:
        key = (sql, tuple(map(_hashable, params)))
        if key not in seen:
            seen.add(key)
            written.append((sql, params))

    # Conditions and tables ----------------------------------------------------------------------------------

    def condition(self, conditions: Sequence[Any]) -> tuple[str, Params]:
        """Conditions that hold together, or nothing when they always do."""
        if not conditions:
            return "", []
        try:
            sql, params, _ = WhereNode(conditions).written(self, self.connection)
        except FullResultSet:
            return "", []
        return sql, params

    def sources(self) -> tuple[list[str], Params]:
        """The FROM clause."""
        draft = self.draft
        parts: list[str] = []
        params: Params = []
        if draft.source is not None:
            sql, some = self.derived(draft.source)
            return [sql], some
        if draft.model is not None:
            joins.base_alias(draft)
        typed = joins.typed(draft.joins, draft.conditions)
        for join in typed.values():
            try:
                sql, some = join.as_sql(self, self.connection)
            except EmptyResultSet:
                # A filtered relation that can match nothing: nothing is joined.
                sql, some = self.never_joined(join)
            parts.append(sql)
            params += some
        for table in draft.extra_tables:
            if table not in draft.joins:
                parts.append(f", {self.quote_name(table)}")
        return parts, params

    def never_joined(self, join: Any) -> tuple[str, Params]:
        """A join whose condition can never hold."""
        from nuages.db.models.sql.datastructures import named

        table = named(self, join.table_name, join.table_alias)
        if join.join_type == joins.INNER:
            raise EmptyResultSet
        return f"{join.join_type} {table} ON (0 = 1)", []

    def derived(self, inner: Any) -> tuple[str, Params]:
        """Another query in the place of a table."""
        writer = Writer(inner, self.connection, self.using, self.elide_empty, outer=self)
        sql, params = writer.write(with_col_aliases=True)
        values = inner.values
        if values:
            from nuages.db.models.shapes.slots import Slot

            params = [
                param.resolve(values, self.connection) if isinstance(param, Slot) else param
                for param in params
            ]
        return f"({sql}) {self.quote_name('subquery')}", params


def _hashable(value: Any) -> Any:
    try:
        hash(value)
    except TypeError:
        return repr(value)
    return (type(value), value)
