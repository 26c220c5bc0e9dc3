"""Filters that apps declare for lists."""

from __future__ import annotations

from typing import Any


class ListFilter:
    """A filter of a list."""

    title: Any = None
    template = "admin/filter.html"


class SimpleListFilter(ListFilter):
    """A filter by choices of one's own: derive from it, name it and say what each choice finds."""

    parameter_name: str | None = None

    def lookups(self, request: Any, model_admin: Any) -> Any:
        """Return the choices, as pairs of value and label."""
        raise NotImplementedError(
            "The SimpleListFilter.lookups() method must be overridden to return a list of tuples."
        )

    def queryset(self, request: Any, queryset: Any) -> Any:
        """Return what the choice made finds."""
        raise NotImplementedError("subclasses of ListFilter must provide a queryset() method")


class FieldListFilter(ListFilter):
    """A filter by a field's values. Classes are chosen for fields by the tests they were registered with."""

    list_separator = ","
    _registered: list[tuple[Any, type[FieldListFilter]]] = []

    @classmethod
    def register(
        cls, test: Any, list_filter_class: type[FieldListFilter], take_priority: bool = False
    ) -> None:
        """Use a class for fields that `test(field)` is true of; with `take_priority`, before the others."""
        FieldListFilter._registered.insert(
            0 if take_priority else len(FieldListFilter._registered), (test, list_filter_class)
        )


class RelatedFieldListFilter(FieldListFilter):
    """By the object a relation points at."""


class BooleanFieldListFilter(FieldListFilter):
    """By yes or no."""


class ChoicesFieldListFilter(FieldListFilter):
    """By a field's choices."""


class DateFieldListFilter(FieldListFilter):
    """By today, this month, and so on."""


class AllValuesFieldListFilter(FieldListFilter):
    """By the values there are."""


class RelatedOnlyFieldListFilter(RelatedFieldListFilter):
    """By the objects that are pointed at."""


class EmptyFieldListFilter(FieldListFilter):
    """By whether there is a value."""
