"""What a row consists of: `values()`, `annotate()`, `extra(select=…)` and the columns of a model."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from nuages.core.exceptions import FieldError
from nuages.db.models.constants import LOOKUP_SEP
from nuages.db.models.expressions import Subquery
from nuages.db.models.expressions.base import OutputFieldIsNoneError
from nuages.db.models.shapes import joins
from nuages.db.models.shapes.clauses import related

if TYPE_CHECKING:
    from nuages.db.models.shapes.draft import Draft

# Anything that could end the quoted name early or hide what follows.
_FORBIDDEN = re.compile(r"['`\"\]\[;\s\x00-\x1f\x7f-\x9f]|#|--|/\*|\*/")


@dataclass(frozen=True, slots=True)
class Selected:
    """One thing `values()` asked for: a column, or an annotation or extra by its name."""

    name: str
    kind: str  # "field", "annotation" or "extra"
    node: Any = None

    def mapped(self, change: Callable[[Any], Any]) -> Selected:
        """The same thing with its column changed."""
        return self if self.node is None else replace(self, node=change(self.node))


def check_alias(alias: str) -> None:
    """Refuse names that could break out of their quotes."""
    if _FORBIDDEN.search(alias):
        raise ValueError(
            "Column aliases cannot contain whitespace characters, hashes, control characters, quotation marks, "
            "semicolons, or SQL comments."
        )
    if "%" in alias:
        from nuages.utils.deprecation import RemovedInDjango2028Warning

        warnings.warn(
            "Using percent signs in a column alias is deprecated.",
            category=RemovedInDjango2028Warning,
            stacklevel=2,
        )


def annotate(draft: Draft, alias: str, node: Any, *, select: bool = True) -> Any:
    """Compute `node` for every row under the name `alias`."""
    check_alias(alias)
    resolved = node.resolve_expression(draft, allow_joins=True, reuse=None)
    if hasattr(resolved, "combined_queries"):
        resolved = Subquery(resolved)
    if isinstance(resolved, Subquery):
        _check_one_column(resolved)
    draft.annotations = {**draft.annotations, alias: resolved}
    hidden = draft.hidden
    if select:
        draft.hidden = hidden - {alias}
        if draft.selection is not None:
            kept = tuple(item for item in draft.selection if item.name != alias or item.kind == "field")
            draft.selection = (*kept, Selected(alias, "annotation"))
    else:
        draft.hidden = hidden | {alias}
    return resolved


def _check_one_column(subquery: Any) -> None:
    """Refuse rows of several columns, which have no type, where one value is asked for."""
    query = subquery.query
    # Asking for a type that is not known is an error by itself.
    if subquery.output_field is not query.output_field or query.selection is not None:
        return
    opts = query.get_meta()
    # Objects are taken for their key, but only where nothing else of them is loaded.
    if opts is not None and len(related.loaded_fields(opts, related.mask_of(query))) > 1:
        raise OutputFieldIsNoneError("Cannot resolve expression type, unknown output_field")


def group(draft: Draft) -> None:
    """Group by what is selected, before aggregates are added to it."""
    if draft.selection is None:
        draft.group_by = True
        return
    if not isinstance(draft.group_by, tuple):
        draft.group_by = grouped_by(draft)
    else:
        draft.group_by = grouped_by(draft)


def grouped_by(draft: Draft, *, refs: bool = True) -> tuple[Any, ...]:
    """The expressions that tell groups apart when the selection is grouped."""
    from nuages.db.models.expressions import Ref

    nodes: list[Any] = []
    for item in draft.selection or ():
        if item.kind == "field":
            nodes.append(item.node)
        elif item.kind == "annotation":
            node = draft.annotations[item.name]
            columns = node.get_group_by_cols()
            if not columns:
                continue
            if refs and not node.contains_aggregate:
                nodes.append(Ref(item.name, node))
            else:
                nodes.extend(columns)
    return tuple(nodes)


def values(draft: Draft, names: Sequence[str]) -> None:
    """Select these fields, annotations and extras, or everything there is when none is named."""
    _settle_group(draft)
    draft.select_related = False
    draft.deferred = (frozenset(), True)
    items: list[Selected] = []
    if names:
        for name in names:
            if name in draft.extra:
                items.append(Selected(name, "extra"))
            elif name in draft.annotations:
                if name in draft.hidden:
                    raise _not_selectable(draft, name)
                items.append(Selected(name, "annotation"))
            else:
                items += columns_of(draft, name)
    else:
        items += [Selected(name, "extra") for name in draft.extra if name not in draft.extra_hidden]
        for field in draft.get_meta().concrete_fields:
            items += columns_of(draft, field.attname)
        items += [Selected(name, "annotation") for name in draft.shown_annotations]
    chosen = {item.name for item in items if item.kind == "annotation"}
    draft.hidden = frozenset(draft.annotations) - chosen
    draft.extra_hidden = frozenset(draft.extra) - {item.name for item in items if item.kind == "extra"}
    draft.selection = tuple(items)
    _drop_refs_of_group(draft)


def _not_selectable(draft: Draft, name: str) -> Exception:
    if draft.selection is None:
        return FieldError(f"Cannot select the '{name}' alias. Use annotate() to promote it.")
    return FieldError(
        f"Cannot select the '{name}' alias. It was excluded by a previous values() or values_list() call. Include "
        f"'{name}' in that call to select it."
    )


def _settle_group(draft: Draft) -> None:
    """Groups by the model's columns stay so when fewer are selected."""
    if draft.group_by is True:
        opts = draft.get_meta()
        alias = draft.base_alias()
        draft.group_by = tuple(
            column for field in opts.concrete_fields for column in [_own_column(draft, opts, field, alias)]
        )


def _own_column(draft: Draft, opts: Any, field: Any, alias: str) -> Any:
    from nuages.db.models.shapes.paths import parent_hops

    at = joins.attach(draft, parent_hops(opts, field.model._meta.concrete_model), start=alias)
    return field.get_col(at)


def _drop_refs_of_group(draft: Draft) -> None:
    """A group may refer to an annotation by name only as long as that is selected."""
    from nuages.db.models.expressions import Ref

    group_by = draft.group_by
    if isinstance(group_by, tuple):
        chosen = {item.name for item in draft.selection or () if item.kind == "annotation"}
        draft.group_by = tuple(
            node.source if isinstance(node, Ref) and node.refs not in chosen else node for node in group_by
        )


def columns_of(draft: Draft, name: str) -> list[Selected]:
    """The column that a name leads to; transforms in the name make it an annotation of that name."""
    names = name.split(LOOKUP_SEP)
    path = draft.path(names)
    if path.rest:
        return [_transformed(draft, name, names, path)]
    trimmed = path.trimmed()
    alias = joins.attach(draft, trimmed.hops)
    if len(trimmed.targets) > 1:
        from nuages.db.models.expressions import ColPairs

        return [Selected(name, "field", ColPairs(alias, trimmed.targets, path.targets, path.final))]
    target = trimmed.targets[0]
    return [Selected(name, "field", target.get_col(alias))]


def _transformed(draft: Draft, name: str, names: Sequence[str], path: Any) -> Selected:
    """A column under the transforms that its name ends with."""
    check_alias(name)
    if getattr(path.final, "is_relation", False):
        draft.path(names, whole=True)
    trimmed = path.trimmed()
    node = trimmed.targets[0].get_col(joins.attach(draft, trimmed.hops))
    for step in path.rest:
        transform = node.get_transform(step)
        if transform is None:
            # Says which part of the name leads nowhere.
            draft.path(names, whole=True)
        node = transform(node)
    return Selected(name, "field", node)


def unselect(draft: Draft) -> None:
    """Select nothing."""
    draft.selection = ()
    draft.select_related = False
    draft.hidden = frozenset(draft.annotations)
    draft.extra_hidden = frozenset(draft.extra)


def add_columns(draft: Draft, names: Iterable[str]) -> None:
    """Select further columns."""
    draft.selection = (
        *(draft.selection or ()),
        *(item for name in names for item in columns_of(draft, name)),
    )
