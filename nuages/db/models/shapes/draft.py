"""`Draft`: a query while it is being extended; what expressions see as `query` when they are resolved.

A draft starts as a copy of a shape's state, is changed by the clause functions and frozen into the next
shape. Its values are replaced, never changed in place, so the shape it came from stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from nuages.core.exceptions import FieldError
from nuages.db.models.constants import LOOKUP_SEP
from nuages.db.models.expressions import Col, Ref
from nuages.db.models.shapes import joins, paths, wording
from nuages.db.models.shapes.clauses import where as where_clause
from nuages.db.models.shapes.shape import STATE, Shape
from nuages.db.models.sql.datastructures import BaseTable, Join
from nuages.db.models.sql.where import AND, NothingNode, WhereNode

if TYPE_CHECKING:
    from nuages.db.models.query_utils import FilteredRelation


class Draft:
    """A changeable query."""

    joins: dict[str, Any]
    annotations: dict[str, Any]
    conditions: WhereNode
    filtered_relations: dict[str, FilteredRelation]
    selection: tuple[Any, ...] | None
    prefix: str
    model: Any
    hidden: frozenset[str]
    group_by: Any
    order_by: tuple[Any, ...]
    extra_order_by: tuple[Any, ...]
    default_ordering: bool
    standard_ordering: bool
    distinct: bool
    distinct_fields: tuple[str, ...]
    low: Any
    count: Any
    empty_slice: bool
    deferred: tuple[frozenset[str], bool]
    select_related: Any
    max_depth: int
    extra: dict[str, Any]
    extra_hidden: frozenset[str]
    extra_tables: tuple[str, ...]
    combinator: str | None
    combinator_all: bool
    combined_queries: tuple[Any, ...]
    lock: Any
    explain_info: Any
    source: Any
    sticky: frozenset[str]
    alias_cols: bool
    elide_empty: bool
    assignments: tuple[Any, ...]
    # What names of the relation under a filtered relation's condition stand for while that is resolved.
    _inside: tuple[str, str] | None = None

    def __init__(self, state: Mapping[str, Any]) -> None:
        self.__dict__.update(state)

    @classmethod
    def of(cls, shape: Shape) -> Draft:
        """A draft that starts from a shape."""
        draft = Draft.__new__(Draft)
        draft.__dict__ = shape.state()
        return draft

    def state(self) -> dict[str, Any]:
        """What a shape is made from."""
        return {name: self.__dict__[name] for name in STATE}

    def copy(self) -> Self:
        """A draft of its own in the same state."""
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__)
        return made

    # Reading ------------------------------------------------------------------------------------------------

    def get_meta(self) -> Any:
        """Options of the model, if there is one."""
        return self.model._meta if self.model is not None else None

    @property
    def shown_annotations(self) -> dict[str, Any]:
        """Annotations that are selected."""
        hidden = self.hidden
        if not hidden:
            return self.annotations
        return {name: node for name, node in self.annotations.items() if name not in hidden}

    @property
    def is_sliced(self) -> bool:
        return self.low is not None or self.count is not None or self.empty_slice

    # Names --------------------------------------------------------------------------------------------------

    def base_alias(self) -> str:
        """Alias of the table the query starts from."""
        return joins.base_alias(self)

    def path(self, names: Sequence[str], *, whole: bool = False) -> paths.Path:
        """Where names lead from the model of the query."""
        return paths.find(self, names, self.get_meta(), whole=whole)

    def annotation_in(self, names: Sequence[str]) -> tuple[str | None, Sequence[str]]:
        """The annotation that names start with, and the names behind it."""
        if self.annotations:
            for length in range(len(names), 0, -1):
                name = LOOKUP_SEP.join(names[:length])
                if name in self.annotations:
                    return name, names[length:]
        return None, names

    def column(self, path: paths.Path, alias: str, output: Any = None) -> Any:
        """The column or columns a (trimmed) path ends at."""
        if len(path.targets) > 1:
            from nuages.db.models.expressions import ColPairs

            return ColPairs(alias, path.targets, self.full_targets(path), output or path.final)
        return path.targets[0].get_col(alias if self.alias_cols else None, output)

    @staticmethod
    def full_targets(path: paths.Path) -> tuple[Any, ...]:
        """The fields on the far side of a relation that its targets stand for."""
        final = path.final
        far = getattr(final, "foreign_related_fields", None)
        return tuple(far) if far and len(far) == len(path.targets) else path.targets

    def resolve_ref(
        self, name: str, allow_joins: bool = True, reuse: set[str] | None = None, summarize: bool = False
    ) -> Any:
        """What `F(name)` means here: an annotation or a column, under the transforms that follow it."""
        names: Sequence[str] = name.split(LOOKUP_SEP)
        known, rest = self.annotation_in(names)
        if known is not None:
            node = self.annotations[known]
            if summarize and known in self.hidden:
                raise FieldError(f"Cannot aggregate over the '{known}' alias. Use annotate() to promote it.")
            if not allow_joins and not rest:
                for inner in _flat(node):
                    self._refuse_join(inner)
            if summarize and not rest:
                return Ref(known, node)
            if summarize:
                node = Ref(known, node)
            for transform in rest:
                node = self.try_transform(node, transform, rest)
            return node
        if self._inside is not None:
            names = self._moved_inside(names)
        path = self.path(names)
        trimmed = path.trimmed()
        if not allow_joins and trimmed.hops:
            raise FieldError("Joined field references are not permitted in this query")
        if len(path.targets) > 1 and not _may_be_many(path):
            raise FieldError("Referencing multicolumn fields with F() objects isn't supported")
        alias = joins.attach(self, trimmed.hops, reuse)
        if reuse is not None:
            reuse.update(self._chain(alias))
        node = self.column(trimmed, alias)
        for transform in path.rest:
            if node.get_transform(transform) is None and not _is_reverse(path.final):
                # Says which part of the name leads nowhere.
                self.path(names, whole=True)
            node = self.try_transform(node, transform, path.rest, final=path.final)
        return node

    def _refuse_join(self, node: Any) -> None:
        if isinstance(node, Col) and isinstance(self.joins.get(node.alias or ""), Join):
            raise FieldError("Joined field references are not permitted in this query")

    def _chain(self, alias: str) -> Iterable[str]:
        step = self.joins.get(alias)
        while step is not None:
            yield step.table_alias
            step = self.joins.get(step.parent_alias or "")

    def try_transform(self, node: Any, name: str, names: Sequence[str] = (), final: Any = None) -> Any:
        """The node under the transform called `name`."""
        transform = node.get_transform(name)
        if transform is not None:
            return transform(node)
        # A relation that was trimmed to its key: names behind it are wrong for the relation, not for the key.
        shown = LOOKUP_SEP.join(names) if names else name
        field = final if final is not None else node.output_field
        field = getattr(field, "field", field) if field.__class__.__name__ == "ForeignObjectRel" else field
        raise wording.unsupported_lookup(shown, field, name)

    # Conditions ---------------------------------------------------------------------------------------------

    def build_condition(
        self,
        q: Any,
        *,
        allow_joins: bool = True,
        reuse: set[str] | None = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> WhereNode:
        """The condition a Q stands for inside an expression: nothing is split off into subqueries."""
        context = where_clause.Context(
            reuse=reuse,
            allow_joins=allow_joins,
            summarize=summarize,
            split=False,
            filterable=False,
            for_save=for_save,
        )
        return where_clause.tree(self, q, context)

    def build_lookup(self, lookups: Sequence[str], lhs: Any, rhs: Any) -> Any:
        """The lookup that names like `("year", "gte")` ask for."""
        return where_clause.lookup(self, lookups, lhs, rhs)

    def filtered_condition(self, filtered: FilteredRelation, alias: str) -> WhereNode:
        """The condition of a filtered relation, joined as `alias`."""
        inner = self.copy()
        inner._inside = (filtered.relation_name, alias)
        reuse = set(self._chain(alias))
        context = where_clause.Context(reuse=reuse, split=False, filterable=False)
        condition = where_clause.tree(inner, filtered.condition, context)
        self.joins = inner.joins
        return condition

    def _moved_inside(self, names: Sequence[str]) -> Sequence[str]:
        """`book__title` inside the condition of a filtered relation over `book` means its own table."""
        assert self._inside is not None
        relation, alias = self._inside
        before = relation.split(LOOKUP_SEP)
        if list(names[: len(before)]) == before:
            return [alias, *names[len(before) :]]
        if names[0] in self.filtered_relations and names[0] != alias:
            return names
        return names

    def require(self, *conditions: Any) -> None:
        """Add conditions to those that hold already."""
        added = [
            condition for condition in conditions if not (isinstance(condition, WhereNode) and not condition)
        ]
        if not added:
            return
        where = self.conditions
        if where.negated or where.connector != AND or where.offset:
            where = WhereNode([where] if where else [])
        children = [*where.children]
        for condition in added:
            plain = isinstance(condition, WhereNode) and not condition.negated and not condition.offset
            if plain and (condition.connector == AND or len(condition) == 1):
                children.extend(condition.children)
            else:
                children.append(condition)
        self.conditions = WhereNode(children)

    def never(self) -> None:
        """Make the query find nothing."""
        self.require(NothingNode())

    # Whole-tree changes -------------------------------------------------------------------------------------

    def mapped(self, change: Callable[[Any], Any], where: Callable[[WhereNode], WhereNode]) -> None:
        """Replace every expression by what `change` makes of it."""
        self.conditions = where(self.conditions)
        self.annotations = {name: change(node) for name, node in self.annotations.items()}
        if self.selection is not None:
            self.selection = tuple(item.mapped(change) for item in self.selection)
        if isinstance(self.group_by, tuple):
            self.group_by = tuple(map(change, self.group_by))
        self.order_by = tuple(item if isinstance(item, str) else change(item) for item in self.order_by)

    def relabel(self, change_map: dict[str, str]) -> None:
        """Rename tables everywhere."""
        if not change_map:
            return
        self.mapped(
            lambda node: node.relabeled_clone(change_map),
            lambda where: where.relabeled_clone(change_map),
        )
        self.joins = {
            change_map.get(alias, alias): join.renamed(change_map) for alias, join in self.joins.items()
        }
        self.sticky = frozenset(change_map.get(alias, alias) for alias in self.sticky)
        self.combined_queries = tuple(query.relabeled_clone(change_map) for query in self.combined_queries)


def _flat(node: Any) -> Iterable[Any]:
    return node.flatten() if hasattr(node, "flatten") else (node,)


def _is_reverse(field: Any) -> bool:
    return (
        getattr(field, "is_relation", False)
        and getattr(field, "field", None) is not None
        and not field.concrete
    )


def _may_be_many(path: paths.Path) -> bool:
    return (path.final is not None and path.final.__class__.__name__ == "CompositePrimaryKey") or bool(
        getattr(path.final, "is_relation", False)
    )


__all__ = ["BaseTable", "Draft", "Join"]
