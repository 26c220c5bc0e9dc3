"""`filter()` and `exclude()`: from conditions as people write them to a tree of lookups over columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from nuages.core.exceptions import FieldError
from nuages.db import NotSupportedError, connections
from nuages.db.models.constants import LOOKUP_SEP
from nuages.db.models.expressions import Col, ColPairs, Exists
from nuages.db.models.lookups import Exact
from nuages.db.models.query_utils import Q
from nuages.db.models.shapes import joins, paths, wording
from nuages.db.models.shapes.slots import Preparation, Slot
from nuages.db.models.sql.where import AND, OR, XOR, WhereNode
from nuages.db.utils import DEFAULT_DB_ALIAS

if TYPE_CHECKING:
    from nuages.db.models.shapes.draft import Draft


class Context(NamedTuple):
    """Where in a condition we are."""

    reuse: set[str] | None  # joins that belong to this call
    negated: bool = False  # under an odd number of NOTs
    below_not: bool = False  # under any NOT
    allow_joins: bool = True
    summarize: bool = False
    split: bool = True  # whether conditions on many rows under a NOT become subqueries
    filterable: bool = True  # whether to insist that expressions may be filtered by
    for_save: bool = False


def extend(
    draft: Draft,
    conditions: Iterable[Any],
    *,
    negate: bool = False,
    sticky: bool = False,
    reuse_all: bool = False,
) -> None:
    """Add the conditions of one `filter()` or `exclude()` call."""
    reuse: set[str] = set(draft.sticky)
    q = Q.create(list(conditions), negated=negate)
    draft.sticky = joins.Nothing
    draft.require(tree(draft, q, Context(reuse=None if reuse_all else reuse)))
    if sticky:
        draft.sticky = frozenset(reuse)


def tree(draft: Draft, q: Any, context: Context) -> WhereNode:
    """The condition a Q (or any other conditional node) stands for."""
    if not isinstance(q, Q):
        return WhereNode(leaf(draft, q, context))
    negated = context.negated ^ q.negated
    if q.connector == XOR and len(q) > 1:
        # Each condition is counted as one or none by itself: what stands around them is no matter.
        negated = False
    below_not = context.below_not or q.negated
    if negated == context.negated and below_not == context.below_not:
        inner = context
    else:
        inner = Context(context.reuse, negated, below_not, *context[3:])
    children: list[Any] = []
    for child in q.children:
        if isinstance(child, Q):
            made = tree(draft, child, inner)
            if made:
                merge = not made.negated and (made.connector == q.connector or len(made) == 1)
                children.extend(made.children if merge else [made])
        else:
            made_leaf = leaf(draft, child, inner)
            if len(made_leaf) > 1 and (q.connector != AND):
                children.append(WhereNode(made_leaf))
            else:
                children.extend(made_leaf)
    if len(children) == 1 and isinstance(children[0], WhereNode) and not q.negated and q.connector != XOR:
        return children[0]
    return WhereNode(children, q.connector, q.negated)


def leaf(draft: Draft, child: Any, context: Context) -> list[Any]:
    """The condition, or the conditions that hold together, for one lookup or conditional expression."""
    if isinstance(child, dict):
        raise FieldError("Cannot parse keyword query as dict")
    if isinstance(child, (tuple, list)):
        name, value = child
        return _keyword(draft, name, value, context)
    if isinstance(child, WhereNode):
        return [child]
    if hasattr(child, "resolve_expression"):
        if not getattr(child, "conditional", False):
            raise TypeError("Cannot filter against a non-conditional expression.")
        condition = child.resolve_expression(
            draft, allow_joins=context.allow_joins, reuse=context.reuse, summarize=context.summarize
        )
        if isinstance(condition, WhereNode) or hasattr(condition, "lookup_name"):
            return [condition]
        if getattr(condition, "is_condition", False):
            return [condition]
        return [lookup(draft, ["exact"], condition, True)]
    if hasattr(child, "as_sql"):
        return [child]
    raise TypeError("Cannot filter against a non-conditional expression.")


def _keyword(draft: Draft, name: str, value: Any, context: Context) -> list[Any]:
    if not name:
        raise FieldError(f"Cannot parse keyword query {name!r}")
    names: Sequence[str] = name.split(LOOKUP_SEP)
    known, rest = draft.annotation_in(names)
    if known is not None:
        node = draft.annotations[known]
        if context.summarize:
            from nuages.db.models.expressions import Ref

            node = Ref(known, node)
        if context.filterable:
            check_filterable(node)
        if not context.allow_joins and any(_is_joined(draft, inner) for inner in node.flatten()):
            raise FieldError("Joined field references are not permitted in this query")
        return [lookup(draft, list(rest) or ["exact"], node, _value(draft, value, context))]
    if draft._inside is not None:
        names = draft._moved_inside(names)
    path = draft.path(names)
    lookups = list(path.rest) or ["exact"]
    if not context.allow_joins and path.trimmed().hops:
        raise FieldError("Joined field references are not permitted in this query")
    value = _value(draft, value, context)
    if context.filterable:
        check_filterable(value)
    check_related(draft, path, value)
    if context.split and context.below_not and path.first_many is not None:
        many = joins.first_unshared(draft, path.hops, context.reuse)
        if many is not None:
            return [_without_rows(draft, path, many, lookups, value, context)]
    trimmed = path.trimmed()
    alias = joins.attach(
        draft, trimmed.hops, context.reuse, used=context.reuse.add if context.reuse is not None else None
    )
    left = _left(draft, path, trimmed, alias, lookups)
    made = lookup(draft, lookups, left, value)
    if not context.negated or made.lookup_name == "isnull":
        return [made]
    if lookups == ["in"] and isinstance(value, (list, tuple)) and any(item is None for item in value):
        return [_in_or_null(draft, trimmed, alias, left, made, value)]
    return [made, *_known_to_compare(draft, trimmed, alias, made)]


def _in_or_null(
    draft: Draft, trimmed: paths.Path, alias: str, left: Any, made: Any, value: Sequence[Any]
) -> Any:
    """Under NOT, None among the items is a wish for rows that are not null."""
    null = lookup(draft, ["isnull"], left, True)
    if all(item is None for item in value):
        return null
    if not _nullable(draft, alias) and not is_nullable(trimmed.targets[0]):
        return made
    return WhereNode([made, null], OR)


def _is_joined(draft: Draft, node: Any) -> bool:
    join = draft.joins.get(getattr(node, "alias", None) or "")
    return join is not None and join.parent_alias is not None


def _value(draft: Draft, value: Any, context: Context) -> Any:
    """The right side with its names resolved."""
    if isinstance(value, Slot):
        return value
    from nuages.db.models.sql.query import Query

    if isinstance(value, Query):
        return value.resolve_expression(draft)
    if hasattr(value, "resolve_expression"):
        return value.resolve_expression(
            draft, allow_joins=context.allow_joins, reuse=context.reuse, summarize=context.summarize
        )
    if isinstance(value, (list, tuple)):
        items = [_value(draft, item, context) for item in value]
        return type(value)._make(items) if hasattr(value, "_make") else type(value)(items)
    return value


def _left(draft: Draft, path: paths.Path, trimmed: paths.Path, alias: str, lookups: list[str]) -> Any:
    final = path.final
    if getattr(final, "is_relation", False):
        if (path.rest and len(path.rest) > 1) or (path.rest and not _has_lookup(final, path.rest[0])):
            raise wording.unsupported_lookup(LOOKUP_SEP.join(path.rest), final, path.rest[0])
        if len(trimmed.targets) == 1:
            return trimmed.targets[0].get_col(alias if draft.alias_cols else None, final)
        return ColPairs(alias, trimmed.targets, path.targets, final)
    if len(trimmed.targets) == 1:
        target = trimmed.targets[0]
        return target.get_col(alias if draft.alias_cols else None, path.targets[0])
    return draft.column(trimmed, alias)


def _has_lookup(field: Any, name: str) -> bool:
    return field.get_lookup(name) is not None or (
        hasattr(field, "get_transform") and field.get_transform(name) is not None
    )


def lookup(draft: Draft, lookups: Sequence[str], lhs: Any, rhs: Any) -> Any:
    """Apply all but the last of `lookups` as transforms and the last as the comparison."""
    *transforms, name = lookups or ["exact"]
    for position, transform in enumerate(transforms):
        lhs = draft.try_transform(lhs, transform, lookups[position:])
    kind = lhs.get_lookup(name)
    if kind is None:
        if getattr(getattr(lhs, "field", None) or getattr(lhs, "output_field", None), "is_relation", False):
            field = lhs.output_field
            if field.get_transform(name) is None:
                raise wording.unsupported_lookup(name, field)
        lhs = draft.try_transform(lhs, name, [name])
        name = "exact"
        kind = lhs.get_lookup(name)
        if kind is None:
            raise wording.unsupported_lookup(name, lhs.output_field)
    made = kind(lhs, rhs)
    if made.rhs is None and not made.can_use_none_as_rhs:
        if name not in ("exact", "iexact"):
            raise ValueError("Cannot use None as a query value")
        return lhs.get_lookup("isnull")(lhs, True)
    return made


def _known_to_compare(draft: Draft, trimmed: paths.Path, alias: str, made: Any) -> list[Any]:
    """Under NOT, null must count as different: say so where a side can be null."""
    if made.rhs is None or made.lookup_name == "isnull":
        return []
    conditions = []
    target = trimmed.targets[0]
    if _nullable(draft, alias) or is_nullable(target):
        column = target.get_col(alias if draft.alias_cols else None)
        conditions.append(target.get_lookup("isnull")(column, False))
    if isinstance(made.rhs, Col) and is_nullable(made.rhs.target):
        conditions.append(made.rhs.target.get_lookup("isnull")(made.rhs, False))
    return conditions


def is_nullable(field: Any) -> bool:
    """Whether the column of a field can hold null."""
    if field.null:
        return True
    features = connections[DEFAULT_DB_ALIAS].features
    return bool(features.interprets_empty_strings_as_nulls and field.empty_strings_allowed)


def _nullable(draft: Draft, alias: str) -> bool:
    step = draft.joins.get(alias)
    while step is not None and step.parent_alias is not None:
        if step.nullable:
            return True
        step = draft.joins.get(step.parent_alias)
    return False


def check_filterable(node: Any) -> None:
    """Refuse what cannot stand in a WHERE clause, such as an aggregate's window."""
    if hasattr(node, "resolve_expression") and not getattr(node, "filterable", True):
        raise NotSupportedError(f"{node.__class__.__name__} is disallowed in the filter clause.")
    for inner in node.get_source_expressions() if hasattr(node, "get_source_expressions") else ():
        if inner is not None:
            check_filterable(inner)


def check_related(draft: Draft, path: paths.Path, value: Any) -> None:
    """Refuse an object or query set of another model for a relation, at the call."""
    final = path.final
    if not getattr(final, "is_relation", False) or not path.hops:
        return
    opts = path.hops[-1].to_opts
    from nuages.db.models.sql.query import Query

    if isinstance(value, Query):
        if value.selection is None and not value.combinator and not _same_family(value.model, opts, final):
            raise ValueError(
                f'Cannot use QuerySet for "{value.model._meta.object_name}": Use a QuerySet for "{opts.object_name}".'
            )
    elif isinstance(value, Slot):
        value.prepared(_ObjectCheck(opts, final))
    elif isinstance(value, (list, tuple)):
        for item in value:
            if isinstance(item, Slot):
                item.prepared(_ObjectCheck(opts, final))
            elif hasattr(item, "_meta"):
                _ObjectCheck(opts, final)(item)
    elif hasattr(value, "_meta"):
        _ObjectCheck(opts, final)(value)


class _ObjectCheck(Preparation):
    """`prepare` step that refuses objects of other models than the one compared with."""

    __slots__ = ("final", "opts")

    def __init__(self, opts: Any, final: Any) -> None:
        self.opts = opts
        self.final = final

    def leaves(self, kind: type) -> bool:
        return kind in (int, str)

    def __call__(self, value: Any) -> Any:
        if hasattr(value, "_meta"):
            if not _same_family(value._meta.model, self.opts, self.final):
                raise ValueError(f'Cannot query "{value}": Must be "{self.opts.object_name}" instance.')
        elif isinstance(value, (list, tuple)):
            for item in value:
                self(item)
        return value


def _same_family(model: Any, opts: Any, final: Any) -> bool:
    if model is None:
        return True
    own = model._meta
    concrete = opts.concrete_model
    return bool(
        own.concrete_model is concrete
        or concrete in own.all_parents
        or own.concrete_model in opts.all_parents
        # A relation that is the primary key may be asked for by its own model's objects too.
        or (getattr(final, "primary_key", False) and _same_family(model, final.model._meta, None))
    )


def _without_rows(
    draft: Draft, path: paths.Path, many: int, lookups: list[str], value: Any, context: Context
) -> Any:
    """Under NOT, a condition on a relation with many rows asks whether such a row exists."""
    if lookups[-1] == "isnull" and value is True:
        # Rows that are there have a value, where every step behind them leads to a row.
        certain = all(hop.direct and not hop.join_field.null for hop in path.hops[many + 1 :])
        if certain and not path.targets[0].null and len(lookups) == 1:
            present = _exists(draft, path, many, ["isnull"], False, context)
            return WhereNode([present], negated=True)
        absent = _exists(draft, path, many, None, None, context)
        null = _exists(draft, path, many, lookups, True, context)
        return WhereNode([WhereNode([absent], negated=True), null], OR)
    if value is None and lookups in (["exact"], ["iexact"]):
        return _without_rows(draft, path, many, ["isnull"], True, context)
    return _exists(draft, path, many, lookups, value, context)


def _exists(
    draft: Draft, path: paths.Path, many: int, lookups: list[str] | None, value: Any, context: Context
) -> Any:
    """EXISTS(rows of the relation for which the lookup holds)."""
    from nuages.db.models.shapes import nesting
    from nuages.db.models.sql.query import Query

    hop = path.hops[many]
    inner = Query(hop.to_opts.model)
    # Its slots are those of the step that is being taken.
    inner.values = None
    inner.prefix = nesting.prefix_above(value)
    table = joins.BaseTable(hop.to_opts.db_table, f"{inner.prefix}0")
    inner.joins = {table.table_alias: table}
    inner.filtered_relations = draft.filtered_relations
    remaining = paths.Path(path.hops[many + 1 :], path.final, path.targets, path.rest)
    if lookups is not None:
        trimmed = remaining.trimmed()
        alias = joins.attach(inner, trimmed.hops, set(), start=table.table_alias)
        left = _left(inner, path, trimmed, alias, lookups)
        inner.require(lookup(inner, lookups, left, value))
    else:
        joins.attach(inner, remaining.trimmed().hops, set(), start=table.table_alias)
    pairs = hop.join_field.get_joining_fields()
    lead = paths.Path(path.hops[:many], hop.join_field, tuple(left for left, _ in pairs), ()).trimmed()
    outer = joins.attach(draft, lead.hops, context.reuse)
    for (_, right), local in zip(pairs, lead.targets):
        near = local.get_col(outer)
        far = right.get_col(table.table_alias)
        inner.require(_equal(far, near))
    extra = hop.join_field.get_extra_restriction(table.table_alias, outer)
    if extra:
        inner.require(extra)
    if hop.filtered_relation is not None:
        inner.require(_moved_condition(inner, hop.filtered_relation))
    inner.placed = True
    return Exists(inner)


def _moved_condition(inner: Any, filtered: Any) -> WhereNode:
    """The condition of a filtered relation, asked of the inner query's own table."""
    before = filtered.relation_name + LOOKUP_SEP

    def moved(q: Any) -> Any:
        if isinstance(q, Q):
            return Q.create([moved(child) for child in q.children], q.connector, q.negated)
        if isinstance(q, tuple) and q[0].startswith(before):
            return (q[0].removeprefix(before), q[1])
        return q

    context = Context(reuse=set(inner.joins), split=False, filterable=False)
    return tree(inner, moved(filtered.condition), context)


def _equal(left: Any, right: Any) -> Any:
    """A plain comparison of two columns, whatever their fields make of "exact"."""
    return Exact(left, right)
