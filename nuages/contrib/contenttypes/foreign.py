"""`GenericForeignKey`: a relation to an object of any model, kept as content type and key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from nuages.contrib.contenttypes.models import ContentType
from nuages.core import checks
from nuages.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from nuages.db.models.deletion import DatabaseOnDelete
from nuages.db.models.fetch_modes import FETCH_ONE
from nuages.db.models.fields import Field
from nuages.db.models.fields.checks import check_name
from nuages.db.models.fields.mixins import FieldCacheMixin
from nuages.db.models.fields.related import ForeignKey
from nuages.db.models.query import prefetch_related_objects

__all__ = ["GenericForeignKey", "GenericForeignKeyDescriptor"]

HINT = "GenericForeignKeys must use a ForeignKey to 'contenttypes.ContentType' as the 'content_type' field."

Options = Mapping[str, Any]


def check_object_id_field(field: Any, options: Options) -> Iterator[Any]:
    try:
        field.model._meta.get_field(field.fk_field)
    except FieldDoesNotExist:
        yield checks.Error(
            f"The GenericForeignKey object ID references the nonexistent field '{field.fk_field}'.",
            obj=field,
            id="contenttypes.E001",
        )


def check_content_type_field(field: Any, options: Options) -> Iterator[Any]:
    name = f"{field.model._meta.object_name}.{field.ct_field}"
    hint = HINT
    try:
        kind = field.model._meta.get_field(field.ct_field)
    except FieldDoesNotExist:
        message, number = (
            f"The GenericForeignKey content type references the nonexistent field '{name}'.",
            "E002",
        )
        hint = None  # type: ignore[assignment]
    else:
        if not isinstance(kind, ForeignKey):
            message, number = f"'{name}' is not a ForeignKey.", "E003"
        elif kind.remote_field.model is not ContentType:
            message, number = f"'{name}' is not a ForeignKey to 'contenttypes.ContentType'.", "E004"
        elif isinstance(kind.remote_field.on_delete, DatabaseOnDelete):
            # Rows of generic relations are deleted in Python, which the database would not wait for.
            message, number = f"'{name}' cannot use the database-level on_delete variant.", "E006"
            hint = "Change the on_delete rule to the non-database variant."
        else:
            return
    yield checks.Error(message, hint=hint, obj=field, id=f"contenttypes.{number}")


class GenericForeignKey(FieldCacheMixin, Field):
    """The object that a content type and a key point at; it has no column of its own."""

    many_to_one = True
    many_to_many = one_to_many = one_to_one = False

    def __init__(
        self,
        ct_field: str = "content_type",
        fk_field: str = "object_id",
        for_concrete_model: bool = True,
    ) -> None:
        super().__init__(editable=False)
        self.is_relation = True
        self.ct_field, self.fk_field = ct_field, fk_field
        self.for_concrete_model = for_concrete_model

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = True) -> None:
        super().contribute_to_class(cls, name, private_only=True)
        setattr(cls, name, GenericForeignKeyDescriptor(self))

    def get_attname_column(self) -> tuple[str, None]:
        return self.get_attname(), None

    @property
    def cache_name(self) -> str:
        return self.name

    @property
    def key_attname(self) -> str:
        """The attribute that holds the content type's key."""
        return self.model._meta.get_field(self.ct_field).get_attname()

    def get_content_type(self, obj: Any = None, id: Any = None, using: Any = None, model: Any = None) -> Any:
        """Return the content type of an object or a model, or the one with this key."""
        manager = ContentType.objects
        if obj is not None:
            return manager.db_manager(obj._state.db).get_for_model(
                obj, for_concrete_model=self.for_concrete_model
            )
        if id is not None:
            return manager.db_manager(using).get_for_id(id)
        if model is not None:
            return manager.db_manager(using).get_for_model(model, for_concrete_model=self.for_concrete_model)
        raise Exception("Impossible arguments to GFK.get_content_type!")

    # What `order_with_respect_to` asks.

    def get_filter_kwargs_for_object(self, obj: Any) -> dict[str, Any]:
        return {name: getattr(obj, name) for name in (self.fk_field, self.ct_field)}

    def get_local_related_value(self, instance: Any) -> tuple[Any, Any]:
        return getattr(instance, self.key_attname), getattr(instance, self.fk_field)

    def get_forward_related_filter(self, obj: Any) -> dict[str, Any]:
        kind = self.get_content_type(obj=obj)
        return {self.fk_field: obj.pk, self.ct_field: kind.pk}


# Those of ordinary fields are about columns.
GenericForeignKey.all_checks = (check_name, check_object_id_field, check_content_type_field)


class GenericForeignKeyDescriptor:
    """`tag.content_object` and `tag.content_object = book`."""

    def __init__(self, field: GenericForeignKey) -> None:
        self.field = field

    def is_cached(self, instance: Any) -> bool:
        return self.field.is_cached(instance)

    def __get__(self, instance: Any, cls: type | None = None) -> Any:
        if instance is None:
            return self
        field = self.field
        key = getattr(instance, field.key_attname, None)
        pk = getattr(instance, field.fk_field)
        kept = field.get_cached_value(instance, default=None)
        if field.is_cached(instance) and (kept is None or self._is_of(kept, key, pk, instance)):
            return kept
        field.set_cached_value(instance, None)
        if key is not None and pk is not None:
            field.delete_cached_value(instance)
            instance._state.fetch_mode.fetch(self, instance)
            return field.get_cached_value(instance)
        return None

    def _is_of(self, related: Any, key: Any, pk: Any, instance: Any) -> bool:
        """Whether a kept object is still the one that content type and key say; both may have been set since."""
        if key is None:
            return related is None
        own = self.field.get_content_type(obj=related)
        if own != self.field.get_content_type(id=key, using=instance._state.db):
            return False
        # The key may be stored as text.
        return related._meta.pk.to_python(pk) == related.pk

    def fetch_one(self, instance: Any) -> None:
        """Load the object of one instance."""
        field = self.field
        using = instance._state.db
        kind = field.get_content_type(id=getattr(instance, field.key_attname), using=using)
        related = None
        # A model that is gone has no objects.
        if kind.model_class() is not None:
            rows = kind._rows(using)
            rows._fetch_mode = instance._state.fetch_mode
            try:
                related = rows.get(pk=getattr(instance, field.fk_field))
            except ObjectDoesNotExist:
                related = None
        field.set_cached_value(instance, related)

    def fetch_many(self, instances: Sequence[Any]) -> None:
        """Load the objects of instances that were loaded together, one query for each of their models."""
        missing = [peer for peer in instances if not self.is_cached(peer)]
        prefetch_related_objects(missing, self.field.name)
        for peer in missing:
            if not self.is_cached(peer):
                self.field.set_cached_value(peer, None)

    def get_prefetch_querysets(self, instances: Sequence[Any], querysets: Any = None) -> tuple[Any, ...]:
        """What prefetch_related() needs: rows, how to match them, and where to keep them."""
        field = self.field
        given = self._by_content_type(querysets or ())
        wanted: defaultdict[Any, set[Any]] = defaultdict(set)
        asking: dict[Any, Any] = {}
        for instance in instances:
            key, pk = getattr(instance, field.key_attname), getattr(instance, field.fk_field)
            if key is not None and pk is not None:
                wanted[key].add(pk)
                asking[key] = instance
        found: list[Any] = []
        for key, pks in wanted.items():
            using, mode = asking[key]._state.db, asking[key]._state.fetch_mode
            rows = given.get(key)
            if rows is None:
                kind = field.get_content_type(id=key, using=using)
                if kind.model_class() is None:
                    continue
                rows = kind._rows(using)
                rows._fetch_mode = mode if len(instances) > 1 or mode is not FETCH_ONE else FETCH_ONE
            found = list(chain(found, rows.filter(pk__in=pks)))
        return found, self._key_of_related, self._key_of_instance(), True, field.name, False

    def _by_content_type(self, querysets: Sequence[Any]) -> dict[Any, Any]:
        given: dict[Any, Any] = {}
        for queryset in querysets:
            key = self.field.get_content_type(model=queryset.query.model, using=queryset.db).pk
            if key in given:
                raise ValueError("Only one queryset is allowed for each content type.")
            given[key] = queryset
        return given

    @staticmethod
    def _key_of_related(related: Any) -> tuple[Any, ...]:
        return related._meta.pk.get_prep_value(related.pk), related.__class__

    def _key_of_instance(self) -> Callable[[Any], Any]:
        field = self.field

        def key_of(instance: Any) -> Any:
            key = getattr(instance, field.key_attname)
            if key is None:
                return None
            kind = field.get_content_type(id=key, using=instance._state.db)
            model = kind.model_class()
            if model is None:
                return None
            pk = model._meta.pk
            return pk.get_prep_value(pk.to_python(getattr(instance, field.fk_field))), model

        return key_of

    def __set__(self, instance: Any, value: Any) -> None:
        field = self.field
        kind = pk = None
        if value is not None:
            kind, pk = field.get_content_type(obj=value), value.pk
        setattr(instance, field.ct_field, kind)
        setattr(instance, field.fk_field, pk)
        field.set_cached_value(instance, value)
