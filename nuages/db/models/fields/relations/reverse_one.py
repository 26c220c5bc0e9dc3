"""Reading and setting the one object that points here: `place.restaurant`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from nuages.db import router
from nuages.db.models.fetch_modes import FETCH_ONE
from nuages.db.models.fields.relations.forward import _single_queryset, unordered

__all__ = ["ReverseOneToOneDescriptor"]


class ReverseOneToOneDescriptor:
    """`place.restaurant` and `place.restaurant = restaurant`."""

    def __init__(self, related: Any) -> None:
        self.related = related

    @property
    def field(self) -> Any:
        """What fetch modes name in their errors."""
        return self.related

    @cached_property
    def RelatedObjectDoesNotExist(self) -> Any:
        """Raised where there is no object; also an AttributeError, so that hasattr() answers."""
        relation = self.related
        return type(
            "RelatedObjectDoesNotExist",
            (relation.related_model.DoesNotExist, AttributeError),
            {
                "__module__": relation.model.__module__,
                "__qualname__": f"{relation.model.__qualname__}.{relation.name}.RelatedObjectDoesNotExist",
            },
        )

    def is_cached(self, instance: Any) -> bool:
        return self.related.is_cached(instance)

    def get_queryset(self, *, instance: Any = None, **hints: Any) -> Any:
        """All rows that may point here."""
        if instance is not None:
            hints["instance"] = instance
        queryset = self.related.related_model._base_manager.db_manager(hints=hints).all()
        queryset._fetch_mode = FETCH_ONE if instance is None else instance._state.fetch_mode
        return queryset

    def get_prefetch_querysets(self, instances: Sequence[Any], querysets: Any = None) -> tuple[Any, ...]:
        """What prefetch_related() needs: rows, how to match them, and where to keep them."""
        queryset = _single_queryset(querysets)
        if queryset is None:
            queryset = self.get_queryset(instance=instances[0])
        queryset._add_hints(instance=instances[0])
        field = self.related.field
        by_key = {field.get_foreign_related_value(instance): instance for instance in instances}
        queryset = unordered(queryset).filter(**{f"{field.name}__in": list(by_key.values())})
        for row in queryset:
            field.set_cached_value(row, by_key[field.get_local_related_value(row)])
        return (
            queryset,
            field.get_local_related_value,
            field.get_foreign_related_value,
            True,
            self.related.cache_name,
            False,
        )

    def __get__(self, instance: Any, cls: type | None = None) -> Any:
        if instance is None:
            return self
        relation = self.related
        if relation.is_cached(instance):
            related = relation.get_cached_value(instance)
        elif not instance._is_pk_set() or None in relation.field.get_foreign_related_value(instance):
            related = None
        else:
            instance._state.fetch_mode.fetch(self, instance)
            related = relation.get_cached_value(instance, default=None)
        if related is None:
            raise self.RelatedObjectDoesNotExist(
                f"{instance.__class__.__name__} has no {relation.accessor_name}."
            )
        return related

    def fetch_one(self, instance: Any) -> None:
        """Load the object of one instance; None is remembered too."""
        relation = self.related
        condition = relation.field.get_forward_related_filter(instance)
        try:
            related = self.get_queryset(instance=instance).get(**condition)
        except relation.related_model.DoesNotExist:
            related = None
        else:
            relation.field.set_cached_value(related, instance)
        relation.set_cached_value(instance, related)

    def fetch_many(self, instances: Sequence[Any]) -> None:
        """Load the objects of instances that were loaded together."""
        from nuages.db.models.query import prefetch_related_objects

        missing = [peer for peer in instances if not self.is_cached(peer)]
        prefetch_related_objects(missing, self.related.accessor_name)

    def __set__(self, instance: Any, value: Any) -> None:
        relation = self.related
        if value is None:
            related = relation.get_cached_value(instance, default=None)
            if related is not None:
                # Forget first: setting the other side would look back here.
                relation.delete_cached_value(instance)
                setattr(related, relation.field.name, None)
            return
        if not isinstance(value, relation.related_model):
            raise ValueError(
                f'Cannot assign "{value!r}": "{instance._meta.object_name}.{relation.accessor_name}" must be a '
                f'"{relation.related_model._meta.object_name}" instance.'
            )
        router.bring_together(instance, value)
        for own, other in relation.field.related_fields:
            setattr(value, own.attname, getattr(instance, other.attname))
        relation.set_cached_value(instance, value)
        relation.field.set_cached_value(value, instance)

    def __reduce__(self) -> Any:
        return getattr, (self.related.model, self.related.name)
