"""How one relation is travelled, and relations travelled under a condition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from nuages.db.models.query_utils.conditions import Q

if TYPE_CHECKING:
    from nuages.db.models.options import Options


class PathInfo(NamedTuple):
    """One hop from a model to another, as `Field.path_infos` and `reverse_path_infos` give it."""

    from_opts: Options
    to_opts: Options
    target_fields: tuple[Any, ...]
    join_field: Any
    m2m: bool
    direct: bool
    filtered_relation: FilteredRelation | None


class FilteredRelation:
    """A relation joined only where `condition` holds; `annotate()` gives it its alias."""

    def __init__(self, relation_name: str, *, condition: Q | None = None) -> None:
        if condition is None:
            condition = Q()
        if not relation_name:
            raise ValueError("relation_name cannot be empty.")
        if not isinstance(condition, Q):
            raise ValueError("condition argument must be a Q() instance.")
        self.relation_name = relation_name
        self.condition = condition
        self.alias: str | None = None
        # The condition with its names resolved; set by the query that joins the relation.
        self.resolved_condition: Any = None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FilteredRelation):
            return NotImplemented
        return (self.relation_name, self.alias, self.condition) == (
            other.relation_name,
            other.alias,
            other.condition,
        )

    def __hash__(self) -> int:
        return hash((self.relation_name, self.alias, self.condition))

    def __repr__(self) -> str:
        return f"<FilteredRelation: {self.relation_name!r} where {self.condition!r}>"

    def clone(self) -> FilteredRelation:
        """A copy that can be given another alias."""
        copied = FilteredRelation(self.relation_name, condition=self.condition)
        copied.alias = self.alias
        copied.resolved_condition = self.resolved_condition
        return copied
