"""`annotate(name=FilteredRelation(…))`: a relation joined under a condition of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nuages.db.models.constants import LOOKUP_SEP
from nuages.db.models.query_utils import Q
from nuages.db.models.shapes import paths
from nuages.db.models.shapes.clauses import select

if TYPE_CHECKING:
    from nuages.db.models.query_utils import FilteredRelation
    from nuages.db.models.shapes.draft import Draft


def extend(draft: Draft, alias: str, relation: FilteredRelation) -> None:
    """Make the relation known under its name; it is joined when something uses it."""
    if "." in alias:
        raise ValueError(f"FilteredRelation doesn't support aliases with periods (got {alias!r}).")
    select.check_alias(alias)
    relation = relation.clone()
    relation.alias = alias
    path = paths.find(draft, relation.relation_name.split(LOOKUP_SEP), draft.get_meta())
    if path.rest:
        raise ValueError(
            f"FilteredRelation's relation_name cannot contain lookups (got {relation.relation_name!r})."
        )
    for name in _names(relation.condition):
        _check_name(draft, relation.relation_name, name)
    draft.filtered_relations = {**draft.filtered_relations, alias: relation}


def _names(q: Q) -> Iterator[str]:
    for child in q.children:
        if isinstance(child, Q):
            yield from _names(child)
        elif isinstance(child, tuple):
            if hasattr(child[1], "_result_cache"):
                raise ValueError("Passing a QuerySet within a FilteredRelation is not supported.")
            yield child[0]


def _check_name(draft: Draft, relation: str, name: str) -> None:
    """Lookups may be about the relation, or about what lies on the way to it."""
    names = name.split(LOOKUP_SEP)
    if draft.annotation_in(names)[0] is not None:
        return
    path = paths.find(draft, names, draft.get_meta())
    steps = relation.split(LOOKUP_SEP)
    taken = names[: len(names) - len(path.rest)]
    # A plain comparison may look one relation aside: that is joined for it.
    before = taken[: -1 if path.rest else -2]
    for step, wanted in zip(before, steps):
        if step != wanted:
            raise ValueError(
                f"FilteredRelation's condition doesn't support relations outside the {relation!r} (got {name!r})."
            )
    if len(taken) > len(steps) + 1:
        raise ValueError(
            "FilteredRelation's condition doesn't support nested relations deeper than the relation_name (got "
            f"{name!r} for {relation!r})."
        )
