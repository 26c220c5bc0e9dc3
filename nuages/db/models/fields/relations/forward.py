"""Reading and setting the object a key points at: `book.author`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from nuages.db import router
from nuages.db.models.fetch_modes import FETCH_ONE
from nuages.db.models.fields.mixins import FieldCacheMixin
from nuages.db.models.fields.relations.resolve import cached_parents
from nuages.db.models.query_utils import DeferredAttribute

__all__ = ["ForeignKeyDeferredAttribute", "ForwardManyToOneDescriptor", "ForwardOneToOneDescriptor"]


class ForeignKeyDeferredAttribute(DeferredAttribute):
    """`book.author_id`: a new key forgets the object of the old one."""

    #: A new instance has no object to forget.
    sets_plainly_when_new = True

    def __set__(self, instance: Any, value: Any) -> None:
        values = instance.__dict__
        field = self.field
        if values.get(field.attname) != value and field.is_cached(instance):
            field.delete_cached_value(instance)
        values[field.attname] = value


class ForwardManyToOneDescriptor:
    """`book.author` and `book.author = author`."""

    def __init__(self, field_with_rel: Any) -> None:
        self.field = field_with_rel
        # Where the object is kept, once it was read. A plain attribute is what Python learns to read.
        self._cache_name: str | None = None

    @cached_property
    def RelatedObjectDoesNotExist(self) -> Any:
        """Raised where there is no object; also an AttributeError, so that hasattr() answers."""
        # Made late: the other model may be a name only when the field is defined.
        field = self.field
        return type(
            "RelatedObjectDoesNotExist",
            (field.remote_field.model.DoesNotExist, AttributeError),
            {
                "__module__": field.model.__module__,
                "__qualname__": f"{field.model.__qualname__}.{field.name}.RelatedObjectDoesNotExist",
            },
        )

    def is_cached(self, instance: Any) -> bool:
        return self.field.is_cached(instance)

    def get_queryset(self, *, instance: Any = None, **hints: Any) -> Any:
        """All rows the relation may point at."""
        if instance is not None:
            hints["instance"] = instance
        queryset = self.field.remote_field.model._base_manager.db_manager(hints=hints).all()
        queryset._fetch_mode = FETCH_ONE if instance is None else instance._state.fetch_mode
        return queryset

    def get_prefetch_querysets(self, instances: Sequence[Any], querysets: Any = None) -> tuple[Any, ...]:
        """What prefetch_related() needs: rows, how to match them, and where to keep them."""
        queryset = _single_queryset(querysets)
        if queryset is None:
            queryset = self.get_queryset(instance=instances[0])
        queryset._add_hints(instance=instances[0])
        field = self.field
        relation = field.remote_field
        by_key = {field.get_local_related_value(instance): instance for instance in instances}
        # Rows are found by their own columns where that is enough or there is no other way, else from this side.
        if relation.hidden or len(field.foreign_related_fields) == 1:
            wanted = [key for key in by_key if None not in key]
            condition: dict[str, Any] = {
                f"{target.name}__in": {key[position] for key in wanted}
                for position, target in enumerate(field.foreign_related_fields)
            }
        else:
            condition = {f"{field.related_query_name()}__in": list(by_key.values())}
        queryset = unordered(queryset).filter(**condition)
        # The rows know who points at them, where only one can.
        if not relation.multiple:
            for row in queryset:
                # Of several columns, rows of other combinations come too.
                owner = by_key.get(field.get_foreign_related_value(row))
                if owner is not None:
                    relation.set_cached_value(row, owner)
        return (
            queryset,
            field.get_foreign_related_value,
            field.get_local_related_value,
            True,
            field.cache_name,
            False,
        )

    def get_object(self, instance: Any) -> Any:
        """The row itself, fetched."""
        queryset = self.get_queryset(instance=instance)
        return queryset.get(self.field.get_reverse_related_filter(instance))

    def __get__(self, instance: Any, cls: type | None = None) -> Any:
        if instance is None:
            return self
        # Where rows come with it, this is all: templates read the same relation again and again.
        state = instance.__dict__.get("_state")
        if type(state) is tuple:
            place = state[0].places.get(self._cache_name)
            related = None if place is None else state[place]
        else:
            kept = None if state is None else state._fields_cache
            related = None if kept is None else kept.get(self._cache_name)
        return self._read(instance) if related is None else related

    # What was loaded is kept: templates may read it once where they show two things of it.
    __get__.reads_alike = True  # type: ignore[attr-defined]

    def _read(self, instance: Any) -> Any:
        field = self.field
        self._cache_name = field.cache_name
        try:
            related = field.get_cached_value(instance)
        except KeyError:
            related = self._of_parent(instance)
            if related is None and None not in field.get_local_related_value(instance):
                instance._state.fetch_mode.fetch(self, instance)
                return self._known(instance)
            field.set_cached_value(instance, related)
        if related is None and not field.null:
            raise self.RelatedObjectDoesNotExist(f"{field.model.__name__} has no {field.name}.")
        return related

    def _of_parent(self, instance: Any) -> Any:
        """A parent instance may hold the object already."""
        for parent in cached_parents(instance):
            if isinstance(parent, self.field.model) and self.field.is_cached(parent):
                return self.field.get_cached_value(parent)
        return None

    def _known(self, instance: Any) -> Any:
        related = self.field.get_cached_value(instance, default=None)
        if related is None and not self.field.null:
            raise self.RelatedObjectDoesNotExist(f"{self.field.model.__name__} has no {self.field.name}.")
        return related

    def fetch_one(self, instance: Any) -> None:
        """Load the object of one instance."""
        related = self.get_object(instance)
        self.field.set_cached_value(instance, related)
        relation = self.field.remote_field
        # A one-to-one is known from both sides.
        if not relation.multiple:
            relation.set_cached_value(related, instance)

    def fetch_many(self, instances: Sequence[Any]) -> None:
        """Load the objects of instances that were loaded together."""
        from nuages.db.models.query import prefetch_related_objects

        missing = [peer for peer in instances if not self.is_cached(peer)]
        prefetch_related_objects(missing, self.field.name)

    def __set__(self, instance: Any, value: Any) -> None:
        field = self.field
        relation = field.remote_field
        if value is None:
            # The old object must not go on saying that it is pointed at by this one.
            related = field.get_cached_value(instance, default=None)
            if related is not None and not relation.multiple:
                relation.set_cached_value(related, None)
            for own, _other in field.related_fields:
                setattr(instance, own.attname, None)
            field.set_cached_value(instance, None)
            return
        if not isinstance(value, relation.model._meta.concrete_model):
            self._refuse(instance, value)
        router.bring_together(instance, value)
        simple = self._simple
        if simple is not None:
            attname, other_attname, cache_name = simple
            instance.__dict__[attname] = getattr(value, other_attname)
            instance._state.fields_cache[cache_name] = value
            return
        for own, other in field.related_fields:
            key = getattr(value, other.attname)
            # What its own key attribute would do with a new key, forget the old object, is done by the new one.
            if own is field:
                instance.__dict__[own.attname] = key
            else:
                setattr(instance, own.attname, key)
        field.set_cached_value(instance, value)
        if not relation.multiple:
            relation.set_cached_value(value, instance)

    @cached_property
    def _simple(self) -> tuple[str, str, str] | None:
        """The key's attribute here and there, and where the object is kept, where setting it takes no more."""
        field = self.field
        if len(field.related_fields) > 1 or not field.remote_field.multiple:
            return None
        if type(field).set_cached_value is not FieldCacheMixin.set_cached_value:
            return None
        (own, other), *_ = field.related_fields
        return (own.attname, other.attname, field.cache_name) if own is field else None

    def _refuse(self, instance: Any, value: Any) -> None:
        raise ValueError(
            f'Cannot assign "{value!r}": "{instance._meta.object_name}.{self.field.name}" must be a '
            f'"{self.field.remote_field.model._meta.object_name}" instance.'
        )

    def __reduce__(self) -> Any:
        # Pickled by name: the descriptor of the model it belongs to.
        return getattr, (self.field.model, self.field.name)


class ForwardOneToOneDescriptor(ForwardManyToOneDescriptor):
    """`restaurant.place`; also the link to a parent, whose row is partly loaded already."""

    def get_object(self, instance: Any) -> Any:
        relation = self.field.remote_field
        if relation.parent_link:
            deferred = instance.get_deferred_fields()
            fields = [field.attname for field in relation.model._meta.concrete_fields]
            # The child has all of the parent's columns: no query, unless one of them is not loaded.
            if not any(name in deferred for name in fields):
                parent = relation.model(**{name: getattr(instance, name) for name in fields})
                parent._state.adding = instance._state.adding
                parent._state.db = instance._state.db
                parent._state.fetch_mode = instance._state.fetch_mode
                return parent
        return super().get_object(instance)

    def __set__(self, instance: Any, value: Any) -> None:
        super().__set__(instance, value)
        if not (self.field.primary_key and self.field.remote_field.parent_link):
            return
        # The parent's values become the child's, as they share one identity.
        options = instance._meta
        inherited = [parent._meta.pk.attname for parent in options.concrete_model._meta.get_parent_list()]
        for name in inherited:
            if name in {field.attname for field in self.field.remote_field.model._meta.concrete_fields}:
                setattr(instance, name, None if value is None else getattr(value, name))


def unordered(queryset: Any) -> Any:
    """Without its order, which means nothing where each instance gets one row; a slice keeps it."""
    return queryset if queryset.query.is_sliced else queryset.order_by()


def _single_queryset(querysets: Any) -> Any:
    if querysets is None:
        return None
    if len(querysets) != 1:
        raise ValueError("querysets argument of get_prefetch_querysets() should have a length of 1.")
    return querysets[0]
