"""`GenericRelation`: the rows whose GenericForeignKey points at an object."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from nuages.contrib.contenttypes.foreign import GenericForeignKey
from nuages.contrib.contenttypes.models import ContentType
from nuages.core import checks
from nuages.db import models, router, transaction
from nuages.db.models.definition.order import get_order, set_order
from nuages.db.models.deletion import DO_NOTHING
from nuages.db.models.expressions import Expression
from nuages.db.models.fields.options import FieldOption
from nuages.db.models.fields.related import (
    ForeignObject,
    ForeignObjectRel,
    ReverseManyToOneDescriptor,
    lazy_related_operation,
)
from nuages.db.models.fields.relations import checks as relation_checks
from nuages.db.models.fields.relations.related_manager import (
    RelatedManagerBase,
    alters_data,
    prefetch_queryset,
)
from nuages.db.models.query_utils import PathInfo, Q
from nuages.db.models.shapes.slots import Late
from nuages.spine import twin

__all__ = [
    "GenericRel",
    "GenericRelatedObjectManager",
    "GenericRelation",
    "ReverseGenericManyToOneDescriptor",
    "create_generic_related_manager",
]


class GenericRel(ForeignObjectRel):
    """The other side of a GenericRelation. It has a name only where `related_query_name` gives it one."""

    def __init__(
        self,
        field: Any,
        to: Any,
        related_name: str | None = None,
        related_query_name: str | None = None,
        limit_choices_to: Any = None,
    ) -> None:
        name = related_query_name or "+"
        super().__init__(field, to, name, related_query_name, limit_choices_to, on_delete=DO_NOTHING)


class ContentTypeKey(Expression):
    """The key of a model's content type, looked up where a query runs: it differs between databases."""

    shape_safe = True

    def __init__(self, relation: Any, output_field: Any) -> None:
        super().__init__(output_field=output_field)
        self.relation = relation

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [Late(self.find)]

    def find(self, connection: Any) -> Any:
        """The key on this database; none where no row can have it."""
        options = self.relation.described._meta
        kinds = ContentType.objects.db_manager(connection.alias)
        try:
            return kinds.get_by_natural_key(options.app_label, options.model_name).pk
        except ContentType.DoesNotExist:
            return None


def check_generic_foreign_key(field: Any, options: Mapping[str, Any]) -> Iterator[Any]:
    target = field.remote_field.model
    if isinstance(target, str):
        return
    names = field.content_type_field_name, field.object_id_field_name
    for other in target._meta.private_fields:
        if isinstance(other, GenericForeignKey) and (other.ct_field, other.fk_field) == names:
            return
    yield checks.Error(
        f"The GenericRelation defines a relation with the model '{target._meta.label}', but that model does not have "
        "a GenericForeignKey.",
        obj=field,
        id="contenttypes.E004",
    )


class GenericRelation(ForeignObject):
    """Rows of one model that point here with their GenericForeignKey."""

    options: ClassVar[tuple[FieldOption, ...]] = (
        FieldOption("on_delete", never=True, attribute="remote_field.on_delete"),
        FieldOption("from_fields", never=True),
        FieldOption("to_fields", never=True),
        FieldOption("editable", False, never=True),
        FieldOption("blank", True, never=True),
    )
    auto_created = False
    empty_strings_allowed = False

    many_to_many = many_to_one = one_to_one = False
    one_to_many = True

    rel_class = GenericRel

    def __init__(
        self,
        to: Any,
        object_id_field: str = "object_id",
        content_type_field: str = "content_type",
        for_concrete_model: bool = True,
        related_query_name: str | None = None,
        limit_choices_to: Any = None,
        **kwargs: Any,
    ) -> None:
        kwargs["rel"] = self.rel_class(
            self, to, related_query_name=related_query_name, limit_choices_to=limit_choices_to
        )
        # It is no column, and rows are added through its manager, not in forms.
        kwargs |= {"null": True, "blank": True, "editable": False, "serialize": False}
        kwargs |= {"on_delete": models.CASCADE, "from_fields": [object_id_field], "to_fields": []}
        super().__init__(to, **kwargs)
        self.object_id_field_name, self.content_type_field_name = object_id_field, content_type_field
        self.for_concrete_model = for_concrete_model

    @property
    def described(self) -> Any:
        """The model that the content type stands for."""
        return self.model._meta.concrete_model if self.for_concrete_model else self.model

    def get_content_type(self, using: str | None = None) -> Any:
        """Return the content type that rows of this relation have."""
        return ContentType.objects.db_manager(using).get_for_model(
            self.model, for_concrete_model=self.for_concrete_model
        )

    # --- joining a model --------------------------------------------------------------------------------------

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = True, **kwargs: Any) -> None:
        if any(_has_relation(parent, name) for parent in cls._meta.parents):
            # The name on the other side is that of the parent's relation.
            self.remote_field.related_name, self.remote_field.related_query_name = "+", None
        super().contribute_to_class(cls, name, private_only=True, **kwargs)
        self.model = cls
        if not cls._meta.abstract:
            setattr(cls, name, ReverseGenericManyToOneDescriptor(self.remote_field))
            lazy_related_operation(self._give_order, cls, self.remote_field.model)

    def _give_order(self, cls: Any, related: Any) -> None:
        """Let objects say and set the order of rows that are kept in order for each of them."""
        order = related._meta.order_with_respect_to
        names = self.content_type_field_name, self.object_id_field_name
        if isinstance(order, GenericForeignKey) and (order.ct_field, order.fk_field) == names:
            attach_order_accessors(related, cls)

    def set_attributes_from_rel(self) -> None:
        """Nothing is named after the other side."""

    def get_internal_type(self) -> str:
        return "ManyToManyField"

    # --- joins ------------------------------------------------------------------------------------------------

    def resolve_related_fields(self) -> list[tuple[Any, Any]]:
        self.to_fields = [self.model._meta.pk.name]
        holder = self.remote_field.model._meta.get_field(self.object_id_field_name)
        return [(holder, self.model._meta.pk)]

    def get_local_related_value(self, instance: Any) -> tuple[Any, ...]:
        return self.get_instance_value_for_fields(instance, self.foreign_related_fields)

    def get_foreign_related_value(self, instance: Any) -> tuple[Any, ...]:
        # The key may be stored as text.
        to_python = self.model._meta.pk.to_python
        return tuple(
            to_python(value)
            for value in self.get_instance_value_for_fields(instance, self.local_related_fields)
        )

    def get_path_info(self, filtered_relation: Any = None) -> list[PathInfo]:
        target = self.remote_field.model
        owner = target._meta.get_field(self.object_id_field_name).model._meta.concrete_model
        # Where a parent of the other model has the key: to the parent's row, then down to the child's.
        down: list[PathInfo] = []
        step = target
        while step._meta.concrete_model is not owner:
            link = step._meta.get_ancestor_link(owner)
            down[:0] = link.reverse_path_infos
            step = link.remote_field.model
        arrived = step._meta
        first = PathInfo(
            from_opts=self.model._meta,
            to_opts=arrived,
            target_fields=(arrived.pk,),
            join_field=self.remote_field,
            m2m=True,
            direct=False,
            filtered_relation=filtered_relation,
        )
        return [first, *down]

    def get_reverse_path_info(self, filtered_relation: Any = None) -> list[PathInfo]:
        here = self.model._meta
        return [
            PathInfo(
                from_opts=self.remote_field.model._meta,
                to_opts=here,
                target_fields=(here.pk,),
                join_field=self,
                m2m=False,
                direct=False,
                filtered_relation=filtered_relation,
            )
        ]

    def get_extra_restriction(self, alias: str, related_alias: str) -> Any:
        kind = self.remote_field.model._meta.get_field(self.content_type_field_name)
        exact = kind.target_field.get_lookup("exact")
        return exact(kind.get_col(related_alias), ContentTypeKey(self, kind.target_field))

    # --- values -----------------------------------------------------------------------------------------------

    def value_to_string(self, obj: Any) -> str:
        from nuages.core.serializers.json import DjangoJSONEncoder

        keys = [row.pk for row in getattr(obj, self.name).all()]
        return json.dumps(keys, cls=DjangoJSONEncoder)

    def bulk_related_objects(self, objs: Sequence[Any], using: str = "default") -> Any:
        """Return the rows that point at these objects: they go when the objects do."""
        wanted = {
            f"{self.content_type_field_name}__pk": self.get_content_type(using).pk,
            f"{self.object_id_field_name}__in": [obj.pk for obj in objs],
        }
        return self.remote_field.model._base_manager.db_manager(using).filter(**wanted)


# Those of foreign keys are about the columns pointed at.
GenericRelation.all_checks = (
    *(check for check in ForeignObject.all_checks if check not in relation_checks.FOREIGN),
    check_generic_foreign_key,
)


def attach_order_accessors(ordered: Any, owner: Any) -> None:
    """Give `owner` what a ForeignKey in `order_with_respect_to` gives the model it points at."""
    for verb, act in (("get", get_order), ("set", set_order)):
        setattr(owner, f"{verb}_{ordered.__name__.lower()}_order", _ordering(act, ordered))


def _ordering(act: Any, ordered: Any) -> Any:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return act(self, ordered, *args, **kwargs)

    return method


def _has_relation(model: Any, name: str) -> bool:
    return any(
        field.name == name for field in model._meta.private_fields if isinstance(field, GenericRelation)
    )


class ReverseGenericManyToOneDescriptor(ReverseManyToOneDescriptor):
    """`bookmark.tags`."""

    @cached_property
    def related_manager_cls(self) -> Any:
        return create_generic_related_manager(self.rel.model._default_manager.__class__, self.rel)

    @cached_property
    def related_manager_class(self) -> Any:
        return self.related_manager_cls


def create_generic_related_manager(superclass: type, rel: Any) -> Any:
    """The manager class of a generic relation, over this default manager class."""
    namespace = {"relation": rel, "__module__": GenericRelatedObjectManager.__module__}
    return type("GenericRelatedObjectManager", (GenericRelatedObjectManager, superclass), namespace)


class GenericRelatedObjectManager(RelatedManagerBase):
    """The rows of a generic relation. Rows that are taken away are deleted, as they would point nowhere."""

    relation: Any

    def __init__(self, instance: Any) -> None:
        super().__init__()
        field = self.relation.field
        self.instance, self.field, self.model = instance, field, self.relation.model
        using = instance._state.db
        self.content_type = ContentType.objects.db_manager(using).get_for_model(
            instance, for_concrete_model=field.for_concrete_model
        )
        self.content_type_field_name = field.content_type_field_name
        self.object_id_field_name = field.object_id_field_name
        self.prefetch_name = field.attname
        self.pk_val = instance.pk
        self.core_filters = {
            f"{self.content_type_field_name}__pk": self.content_type.pk,
            self.object_id_field_name: self.pk_val,
        }

    def _over(self, manager_class: type) -> Any:
        return create_generic_related_manager(manager_class, self.relation)

    def __str__(self) -> str:
        return repr(self)

    @property
    def accessor(self) -> str:
        return self.field.name

    def _apply_rel_filters(self, queryset: Any) -> Any:
        using = self._db or router.db_for_read(self.model, instance=self.instance)
        queryset = queryset.using(using)
        queryset._add_hints(instance=self.instance)
        queryset._fetch_mode = self.instance._state.fetch_mode
        return queryset.filter(**self.core_filters)

    def get_prefetch_querysets(self, instances: Sequence[Any], querysets: Any = None) -> tuple[Any, ...]:
        """What prefetch_related() needs: rows, how to match them, and where to keep them."""
        rows, key_of_row, key_of_instance = self._rows_of(instances, prefetch_queryset(querysets))
        return rows, key_of_row, key_of_instance, False, self.prefetch_name, False

    def _rows_of(self, instances: Sequence[Any], queryset: Any) -> tuple[Any, Any, Any]:
        if queryset is None:
            queryset = super(RelatedManagerBase, self).get_queryset()  # type: ignore[misc]
            queryset._fetch_mode = instances[0]._state.fetch_mode
        queryset._add_hints(instance=instances[0])
        queryset = queryset.using(queryset._db or self._db)
        # Parents and children may come together; each has a content type of its own.
        keys = {instance.__class__: self._content_type_key(instance) for instance in instances}
        wanted = Q.create([], connector=Q.OR)
        for cls, key in keys.items():
            pks = {instance.pk for instance in instances if instance.__class__ is cls}
            wanted |= Q(
                **{
                    f"{self.content_type_field_name}_id": key,
                    f"{self.object_id_field_name}__in": pks,
                }
            )
        to_python = instances[0]._meta.pk.to_python
        kind = self.model._meta.get_field(self.content_type_field_name).attname

        def key_of_row(row: Any) -> tuple[Any, Any]:
            return to_python(getattr(row, self.object_id_field_name)), getattr(row, kind)

        def key_of_instance(instance: Any) -> tuple[Any, Any]:
            return instance.pk, keys[instance.__class__]

        return queryset.filter(wanted), key_of_row, key_of_instance

    def _content_type_key(self, instance: Any) -> Any:
        concrete = self.field.for_concrete_model
        manager = ContentType.objects.db_manager(instance._state.db)
        return manager.get_for_model(instance, for_concrete_model=concrete).pk

    # --- changing ---------------------------------------------------------------------------------------------

    def _using(self) -> str:
        return router.db_for_write(self.model, instance=self.instance)

    def _take(self, obj: Any) -> None:
        """Let a row point here."""
        if not isinstance(obj, self.model):
            raise TypeError(f"'{self.model._meta.object_name}' instance expected, got {obj!r}")
        setattr(obj, self.content_type_field_name, self.content_type)
        setattr(obj, self.object_id_field_name, self.pk_val)

    def add(self, *objs: Any, bulk: bool = True) -> None:
        """Let these rows point here."""
        self._remove_prefetched_objects()
        using = self._using()
        if not bulk:
            with transaction.atomic(using=using, savepoint=False):
                for obj in objs:
                    self._take(obj)
                    obj.save()
            return
        pks = set()
        for obj in objs:
            # Whether it is the right kind is said first.
            if isinstance(obj, self.model) and (obj._state.adding or obj._state.db != using):
                raise ValueError(f"{obj!r} instance isn't saved. Use bulk=False or save the object first.")
            self._take(obj)
            pks.add(obj.pk)
        rows = self.model._base_manager.using(using).filter(pk__in=pks)
        rows.update(
            **{
                self.content_type_field_name: self.content_type,
                self.object_id_field_name: self.pk_val,
            }
        )

    aadd = twin(add)

    def remove(self, *objs: Any, bulk: bool = True) -> None:
        """Delete these rows."""
        if objs:
            self._delete(self.filter(pk__in=[obj.pk for obj in objs]), bulk)  # type: ignore[attr-defined]

    aremove = twin(remove)

    def clear(self, *, bulk: bool = True) -> None:
        """Delete all rows of the relation."""
        self._delete(self, bulk)

    aclear = twin(clear)

    def _delete(self, rows: Any, bulk: bool) -> None:
        self._remove_prefetched_objects()
        using = self._using()
        queryset = rows.using(using)
        if bulk:
            # In one statement where possible, otherwise with what hangs on them.
            queryset.delete()
            return
        with transaction.atomic(using=using, savepoint=False):
            for obj in queryset:
                obj.delete()

    def set(self, objs: Iterable[Any], *, bulk: bool = True, clear: bool = False) -> None:
        """Let exactly these rows point here; the others are deleted first, or all are with `clear`."""
        # It may be a query set of these very rows.
        wanted = tuple(objs)
        using = self._using()
        with transaction.atomic(using=using, savepoint=False):
            if clear:
                self.clear()
                self.add(*wanted, bulk=bulk)
                return
            present = frozenset(self.using(using).all())  # type: ignore[attr-defined]
            kept = frozenset(wanted)
            self.remove(*(obj for obj in present if obj not in kept))
            self.add(*(obj for obj in wanted if obj not in present), bulk=bulk)

    aset = twin(set)

    def _own(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {
            **values,
            self.content_type_field_name: self.content_type,
            self.object_id_field_name: self.pk_val,
        }

    def _on_write(self) -> Any:
        self._remove_prefetched_objects()
        return super(GenericRelatedObjectManager, self.db_manager(self._using()))  # type: ignore[attr-defined]

    def create(self, **kwargs: Any) -> Any:
        """A new row that points here."""
        return self._on_write().create(**self._own(kwargs))

    acreate = twin(create)

    def get_or_create(self, **kwargs: Any) -> Any:
        """Find a row of the relation, or make one."""
        return self._on_write().get_or_create(**self._own(kwargs))

    aget_or_create = twin(get_or_create)

    def update_or_create(self, **kwargs: Any) -> Any:
        """Change a row of the relation, or make one."""
        return self._on_write().update_or_create(**self._own(kwargs))

    aupdate_or_create = twin(update_or_create)

    alters_data(add, aadd, remove, aremove, clear, aclear, set, aset)
    alters_data(create, acreate, get_or_create, aget_or_create, update_or_create, aupdate_or_create)
