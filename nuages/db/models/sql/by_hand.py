"""Changing a query by hand: what packages do with `queryset.query`, by the names they know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from nuages.db.models.query_utils import Q
from nuages.db.models.shapes.clauses import extra, related
from nuages.db.models.shapes.clauses import order_by as ordering
from nuages.db.models.shapes.clauses import select as select_clause
from nuages.db.models.shapes.clauses import where as where_clause
from nuages.db.models.shapes.draft import Draft
from nuages.db.models.shapes.filling import filled, filled_state
from nuages.db.models.shapes.shape import STATE, Shape
from nuages.db.models.sql.where import WhereNode


class ChangedByHand(Draft):
    """A draft that outsiders read and change.

    What a query set gives them is closed at first: it knows nothing but the shape and the values. What they read of
    it or change opens it, as a copy with values in the places of slots, so that no other query shares what they hold.
    """

    values: tuple[Any, ...] | None
    _shape: Shape | None
    #: Whether somebody outside has parts of this query in hand.
    was_opened = False

    @classmethod
    def closed(cls, shape: Shape, values: tuple[Any, ...]) -> Self:
        """The query that a shape and values stand for, to be given to outsiders."""
        query = cls.__new__(cls)
        query.__dict__ = {"_shape": shape, "values": values}
        return query

    def __getattr__(self, name: str) -> Any:
        shape = self.__dict__.get("_shape")
        if name not in STATE or shape is None:
            raise AttributeError(
                f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self
            )
        if self.values is None:
            self.__dict__ = {**shape.state(), **self.__dict__}
        else:
            value = getattr(shape, name)
            if filled(value, self.values) is value:
                return value  # nothing that could be changed, and no place of a value
            self.__dict__ = {**filled_state(shape.state(), self.values), **self.__dict__}
            self.values, self.was_opened = (), True
        return self.__dict__[name]

    def state(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in STATE}

    def draft(self) -> Draft:
        """A plain draft in the same state."""
        shape = self._shape
        if shape is not None and STATE.keys().isdisjoint(self.__dict__):
            return Draft.of(shape)
        return Draft(self.state())

    # Conditions ---------------------------------------------------------------------------------------------

    @property
    def where(self) -> WhereNode:
        """The conditions, by the name that packages know."""
        return self.conditions

    @where.setter
    def where(self, conditions: WhereNode) -> None:
        self.conditions = conditions

    def add_q(self, q: Q, reuse_all: bool = False) -> None:
        """Add a condition; `reuse_all`: about the related rows that are read already."""
        self._extended(lambda draft: where_clause.extend(draft, [q], reuse_all=reuse_all))

    def add_filter(self, name: str, value: Any) -> None:
        """Add one lookup."""
        self.add_q(Q((name, value)))

    def _extended(self, extend: Any) -> None:
        draft = Draft(self.state())
        extend(draft)
        self.__dict__.update(draft.state())

    # Changing -----------------------------------------------------------------------------------------------

    def add_annotation(self, annotation: Any, alias: str, select: bool = True) -> None:
        """Compute something for every row."""
        select_clause.annotate(self, alias, annotation, select=select)

    def add_ordering(self, *items: Any) -> None:
        """Order by these too."""
        ordering.extend(self, items)

    def clear_ordering(self, force: bool = False, clear_default: bool = True) -> None:
        """Forget the ordering where it makes no difference; with `force` even where it does."""
        ordering.clear(self, force=force, default=clear_default)

    def add_select_related(self, names: Iterable[str]) -> None:
        """Load related instances too."""
        related.extend(self, names)

    def add_deferred_loading(self, names: Iterable[str]) -> None:
        """Leave these columns out until they are read."""
        related.defer(self, names)

    def add_immediate_loading(self, names: Iterable[str]) -> None:
        """Load these columns and no others."""
        related.only(self, names)

    def add_extra(
        self,
        select: Mapping[str, Any] | None,
        select_params: Sequence[Any] | None,
        where: Sequence[str] | None,
        params: Sequence[Any] | None,
        tables: Sequence[str] | None,
        order_by: Sequence[str] | None,
    ) -> None:
        """Raw SQL in the parts of the query."""
        extra.extend(self, select, select_params, where, params, tables, order_by, everything=False)

    def add_fields(self, names: Iterable[str], allow_m2m: bool = True) -> None:
        """Select columns."""
        select_clause.add_columns(self, names)

    def set_values(self, names: Sequence[str]) -> None:
        """Select these and nothing else."""
        select_clause.values(self, tuple(names))

    def clear_select_clause(self) -> None:
        """Select nothing."""
        select_clause.unselect(self)

    def clear_select_fields(self) -> None:
        """Select no columns."""
        self.selection = ()

    def set_empty(self) -> None:
        """Find nothing."""
        self.never()

    def add_distinct_fields(self, *names: str) -> None:
        """Take only the first row for each combination of these."""
        self.distinct_fields = names
        self.distinct = True

    def set_group_by(self) -> None:
        """Group by what is selected."""
        select_clause.group(self)
