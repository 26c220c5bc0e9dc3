"""Descriptors that give related managers: `author.book_set`, `book.authors`.

The manager of a relation is an ordinary class here (`one_to_many.py`, `many_to_many.py`), put in front of the
class of the related model's default manager, so that its methods are there too.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from nuages.db.models.fields.relations.many_to_many import ManyToManyManager
from nuages.db.models.fields.relations.one_to_many import NullableOneToManyManager, OneToManyManager

__all__ = [
    "ManyToManyDescriptor",
    "ReverseManyToOneDescriptor",
    "create_forward_many_to_many_manager",
    "create_reverse_many_to_one_manager",
]


def create_reverse_many_to_one_manager(superclass: type, rel: Any) -> Any:
    """The manager class of a ForeignKey's reverse side, over this default manager class."""
    manager = NullableOneToManyManager if rel.field.null else OneToManyManager
    return type("RelatedManager", (manager, superclass), {"relation": rel, "__module__": manager.__module__})


def create_forward_many_to_many_manager(superclass: type, rel: Any, reverse: bool) -> Any:
    """The manager class of one side of a ManyToManyField, over this default manager class."""
    namespace = {"relation": rel, "reverse": reverse, "__module__": ManyToManyManager.__module__}
    return type("ManyRelatedManager", (ManyToManyManager, superclass), namespace)


class ReverseManyToOneDescriptor:
    """`author.book_set`."""

    def __init__(self, rel: Any) -> None:
        self.rel = rel
        self.field = rel.field

    @cached_property
    def related_manager_cls(self) -> Any:
        related = self.rel.related_model
        return create_reverse_many_to_one_manager(related._default_manager.__class__, self.rel)

    def __get__(self, instance: Any, cls: type | None = None) -> Any:
        if instance is None:
            return self
        return self.related_manager_cls(instance)

    def _get_set_deprecation_msg_params(self) -> tuple[str, str]:
        return "reverse side of a related set", self.rel.accessor_name

    def __set__(self, instance: Any, value: Any) -> None:
        side, name = self._get_set_deprecation_msg_params()
        raise TypeError(f"Direct assignment to the {side} is prohibited. Use {name}.set() instead.")


class ManyToManyDescriptor(ReverseManyToOneDescriptor):
    """`book.authors`, and `author.book_set` the other way round."""

    def __init__(self, rel: Any, reverse: bool = False) -> None:
        super().__init__(rel)
        self.reverse = reverse

    @property
    def through(self) -> Any:
        """The intermediate model."""
        return self.rel.through

    @cached_property
    def related_manager_cls(self) -> Any:
        related = self.rel.related_model if self.reverse else self.rel.model
        return create_forward_many_to_many_manager(related._default_manager.__class__, self.rel, self.reverse)

    def _get_set_deprecation_msg_params(self) -> tuple[str, str]:
        side = "reverse" if self.reverse else "forward"
        return (
            f"{side} side of a many-to-many set",
            self.rel.accessor_name if self.reverse else self.field.name,
        )
