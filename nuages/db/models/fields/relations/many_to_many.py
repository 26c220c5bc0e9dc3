"""The manager of a ManyToManyField, from either side: `book.authors`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Self

from nuages.db import connections, router, transaction
from nuages.db.models import signals
from nuages.db.models.fields.relations.related_manager import (
    RelatedManagerBase,
    RowKey,
    alters_data,
    prefetch_queryset,
)
from nuages.db.models.fields.relations.resolve import cached_parents
from nuages.db.models.query_utils import Q
from nuages.db.models.utils import resolve_callables
from nuages.spine import twin

__all__ = ["ManyToManyManager"]


class ManyToManyManager(RelatedManagerBase):
    """Rows linked to the instance by rows of the intermediate model."""

    relation: ClassVar[Any]
    #: Whether this is the side the field is not on.
    reverse: ClassVar[bool]

    def __init__(self, instance: Any = None) -> None:
        super().__init__()
        relation = self.relation
        field = relation.field
        self.instance = instance
        self.through = relation.through
        if not self.reverse:
            self.model = relation.model
            self.query_field_name = field.related_query_name()
            self.prefetch_name = field.name
            self.source_field_name = field.m2m_field_name()
            self.target_field_name = field.m2m_reverse_field_name()
            self.symmetrical = relation.symmetrical
        else:
            self.model = relation.related_model
            self.query_field_name = field.name
            self.prefetch_name = relation.cache_name
            self.source_field_name = field.m2m_reverse_field_name()
            self.target_field_name = field.m2m_field_name()
            self.symmetrical = False
        self.source_field = self.through._meta.get_field(self.source_field_name)
        self.target_field = self.through._meta.get_field(self.target_field_name)
        self.core_filters: dict[str, Any] = {}
        self.pk_field_names: dict[str, str] = {}
        for own, target in self.source_field.related_fields:
            self.core_filters[f"{self.query_field_name}__{target.name}"] = getattr(instance, target.attname)
            self.pk_field_names[own.name] = target.name
        self.related_val = self.source_field.get_foreign_related_value(instance)
        if None in self.related_val:
            missing = self.pk_field_names[self.source_field_name]
            raise ValueError(
                f'"{instance!r}" needs to have a value for field "{missing}" before this many-to-many relationship '
                "can be used."
            )
        # The link may be made over other columns than the key, yet only saved rows are linked.
        if not instance._is_pk_set():
            raise ValueError(
                f"{instance.__class__.__name__!r} instance needs to have a primary key value before a many-to-many "
                "relationship can be used."
            )

    def _over(self, manager_class: type) -> type[Self]:
        from nuages.db.models.fields.relations.to_many import create_forward_many_to_many_manager

        return create_forward_many_to_many_manager(manager_class, self.relation, self.reverse)

    @property
    def constrained_target(self) -> Any:
        """The intermediate rows of the instance, where counting them is counting what they lead to."""
        # Without constraints a link may lead nowhere, and another default manager may hide what it leads to.
        using = router.db_for_read(self.through, instance=self.instance)
        if not connections[using].features.supports_foreign_keys or not (
            self.source_field.db_constraint and self.target_field.db_constraint
        ):
            return None
        hints = {"instance": self.instance}
        manager = self.through._base_manager.db_manager(using, hints=hints)
        filters = {self.source_field_name: self.related_val[0]}
        if self.target_field.null:
            filters[f"{self.target_field_name}__isnull"] = False
        return manager.filter(**filters)

    def _is_plain(self) -> bool:
        # Somebody's own get_queryset() may leave rows out.
        from nuages.db.models.manager import BaseManager

        behind = next(
            cls
            for cls in type(self).__mro__
            if "get_queryset" in cls.__dict__ and not issubclass(cls, RelatedManagerBase)
        )
        return behind is BaseManager and self._prefetched() is None

    def count(self) -> int:
        """How many rows are linked; asked of the intermediate table alone where that is enough."""
        links = self.constrained_target if self._is_plain() else None
        return links.count() if links is not None else self.get_queryset().count()

    acount = twin(count)

    def exists(self) -> bool:
        """Whether any row is linked; asked of the intermediate table alone where that is enough."""
        links = self.constrained_target if self._is_plain() else None
        return links.exists() if links is not None else self.get_queryset().exists()

    aexists = twin(exists)

    def _apply_rel_filters(self, queryset: Any) -> Any:
        queryset._add_hints(instance=self.instance)
        if self._db:
            queryset = queryset.using(self._db)
        queryset._fetch_mode = self.instance._state.fetch_mode
        return queryset._next_is_sticky().filter(**self.core_filters)

    def get_prefetch_querysets(self, instances: Sequence[Any], querysets: Any = None) -> tuple[Any, ...]:
        """What prefetch_related() needs: rows, how to match them, and where to keep them."""
        rows, key_of_row, key_of_owner = self._rows_of(instances, prefetch_queryset(querysets))
        return rows, key_of_row, key_of_owner, False, self.prefetch_name, False

    def _rows_of(self, instances: Sequence[Any], queryset: Any) -> tuple[Any, RowKey, RowKey]:
        from nuages.db.models.expressions import ExpressionWrapper, F

        if queryset is None:
            queryset = super(RelatedManagerBase, self).get_queryset()  # type: ignore[misc]
            queryset._fetch_mode = instances[0]._state.fetch_mode
        queryset._add_hints(instance=instances[0])
        queryset = queryset.using(queryset._db or self._db)
        # Each row brings the key of the instance it was found for, as one row may come for several. Slicing and
        # filtering go by that key too, so that all three are about the same link.
        source = self.source_field
        keys = {f"_prefetch_related_val_{own.attname}": target for own, target in source.related_fields}
        queryset = queryset.annotate(
            **{
                name: ExpressionWrapper(F(f"{self.query_field_name}__{target.name}"), output_field=target)
                for name, target in keys.items()
            }
        )
        if queryset.query.is_sliced:
            queryset = queryset._slice_per(next(iter(keys)))
        queryset = queryset.filter(
            **{
                f"{name}__in": {getattr(instance, target.attname) for instance in instances}
                for name, target in keys.items()
            }
        )
        names = tuple(keys)
        targets = tuple(source.foreign_related_fields)

        def key_of_row(row: Any) -> tuple[Any, ...]:
            return tuple(getattr(row, name) for name in names)

        def key_of_instance(instance: Any) -> tuple[Any, ...]:
            return tuple(getattr(instance, target.attname) for target in targets)

        return queryset, key_of_row, key_of_instance

    # --- changing ---------------------------------------------------------------------------------------------

    def _write_alias(self) -> str:
        return router.db_for_write(self.through, instance=self.instance)

    def add(self, *objs: Any, through_defaults: Mapping[str, Any] | None = None) -> None:
        """Link these rows, given as instances or keys."""
        self._link(objs, through_defaults, raw=False)

    aadd = twin(add)

    def _link(self, objs: Collection[Any], through_defaults: Mapping[str, Any] | None, raw: bool) -> None:
        self._remove_prefetched_objects()
        here, there = self.source_field_name, self.target_field_name
        # A symmetrical link stands in the table both ways.
        directions = [(here, there), (there, here)] if self.symmetrical else [(here, there)]
        with transaction.atomic(using=self._write_alias(), savepoint=False):
            for names in directions:
                self._add_items(*names, *objs, through_defaults=through_defaults, raw=raw)

    def remove(self, *objs: Any) -> None:
        """Unlink these rows."""
        self._unlink(objs, raw=False)

    aremove = twin(remove)

    def _unlink(self, objs: Collection[Any], raw: bool) -> None:
        self._remove_prefetched_objects()
        self._remove_items(self.source_field_name, self.target_field_name, *objs, raw=raw)

    def clear(self) -> None:
        """Unlink all rows."""
        self._unlink_all(raw=False)

    aclear = twin(clear)

    def _unlink_all(self, raw: bool) -> None:
        using = self._write_alias()
        with transaction.atomic(using=using, savepoint=False):
            self._announce("pre_clear", None, using, raw)
            self._remove_prefetched_objects()
            self._links(using, None).delete()
            self._announce("post_clear", None, using, raw)

    def set(
        self, objs: Iterable[Any], *, clear: bool = False, through_defaults: Mapping[str, Any] | None = None
    ) -> None:
        """Link exactly these rows; the others are unlinked first, or all are with `clear`."""
        self.set_base(objs, clear=clear, through_defaults=through_defaults)

    aset = twin(set)

    def set_base(
        self,
        objs: Iterable[Any],
        *,
        clear: bool = False,
        through_defaults: Mapping[str, Any] | None = None,
        raw: bool = False,
    ) -> None:
        """What `set()` does; `raw` tells receivers that the links come from a fixture."""
        # It may be a query set of these very rows.
        wanted = tuple(objs)
        using = self._write_alias()
        with transaction.atomic(using=using, savepoint=False):
            self._remove_prefetched_objects()
            if clear:
                self._unlink_all(raw)
                self._link(wanted, through_defaults, raw)
                return
            target = self.target_field.target_field.attname
            present = frozenset(self.using(using).values_list(target, flat=True))  # type: ignore[attr-defined]
            keyed = [(self._key_of(obj), obj) for obj in wanted]
            stay = {key for key, _obj in keyed}
            self._unlink([key for key in present if key not in stay], raw)
            self._link([obj for key, obj in keyed if key not in present], through_defaults, raw)

    def _write_counts(self) -> tuple[int, ...]:
        return (self.through._meta.write_count, *super()._write_counts())

    def _holders(self) -> Iterator[Any]:
        # Rows prefetched for the instance of a parent model are the same.
        yield self.instance
        yield from cached_parents(self.instance)

    def _manager_for_write(self) -> Any:
        using = router.db_for_write(self.instance.__class__, instance=self.instance)
        return super(ManyToManyManager, self.db_manager(using))  # type: ignore[attr-defined]

    def create(self, *, through_defaults: Mapping[str, Any] | None = None, **kwargs: Any) -> Any:
        """A new row, linked."""
        made = self._manager_for_write().create(**kwargs)
        self.add(made, through_defaults=through_defaults)
        return made

    acreate = twin(create)

    def get_or_create(self, *, through_defaults: Mapping[str, Any] | None = None, **kwargs: Any) -> Any:
        """Find a linked row, or make and link one."""
        row, created = self._manager_for_write().get_or_create(**kwargs)
        if created:
            self.add(row, through_defaults=through_defaults)
        return row, created

    aget_or_create = twin(get_or_create)

    def update_or_create(self, *, through_defaults: Mapping[str, Any] | None = None, **kwargs: Any) -> Any:
        """Change a linked row, or make and link one."""
        row, created = self._manager_for_write().update_or_create(**kwargs)
        if created:
            self.add(row, through_defaults=through_defaults)
        return row, created

    aupdate_or_create = twin(update_or_create)

    alters_data(add, aadd, remove, aremove, clear, aclear, set, aset, set_base, create, acreate)
    alters_data(get_or_create, aget_or_create, update_or_create, aupdate_or_create)

    # --- links ------------------------------------------------------------------------------------------------

    def _key_of(self, obj: Any) -> Any:
        """The value the link to `obj`, an instance or a key, holds."""
        if isinstance(obj, self.model):
            return self.target_field.get_foreign_related_value(obj)[0]
        return self.target_field.get_prep_value(obj)

    def _target_keys(self, target_field_name: str, objs: Iterable[Any]) -> dict[Any, None]:
        """Keys of what is to be linked, in order and once each."""
        from nuages.db.models.base import Model

        field = self.through._meta.get_field(target_field_name)
        found: dict[Any, None] = {}
        for obj in objs:
            if isinstance(obj, self.model):
                if not router.allow_relation(obj, self.instance):
                    raise ValueError(
                        f'Cannot add "{obj!r}": instance is on database "{self.instance._state.db}", value is on '
                        f'database "{obj._state.db}"'
                    )
                key = field.get_foreign_related_value(obj)[0]
                if key is None:
                    raise ValueError(
                        f'Cannot add "{obj!r}": the value for field "{target_field_name}" is None'
                    )
                found[key] = None
            elif isinstance(obj, Model):
                raise TypeError(f"'{self.model._meta.object_name}' instance expected, got {obj!r}")
            else:
                found[field.target_field.to_python(field.get_prep_value(obj))] = None
        return found

    def _present(
        self, source_field_name: str, target_field_name: str, using: str, keys: Collection[Any]
    ) -> Collection[Any]:
        links = self.through._default_manager.using(using).filter(
            **{source_field_name: self.related_val[0], f"{target_field_name}__in": list(keys)}
        )
        return {*links.values_list(target_field_name, flat=True)}

    def _listened_to(self, source_field_name: str) -> bool:
        """Whether anybody hears of changes made from this side."""
        return (
            self.reverse or source_field_name == self.source_field_name
        ) and signals.m2m_changed.has_listeners(self.through)

    def _add_items(
        self,
        source_field_name: str,
        target_field_name: str,
        *objs: Any,
        through_defaults: Mapping[str, Any] | None = None,
        raw: bool = False,
    ) -> None:
        if not objs:
            return
        defaults = dict(resolve_callables(through_defaults or {}))
        keys = self._target_keys(target_field_name, objs)
        using = self._write_alias()
        # A database that passes over rows that are there need not be asked for them, unless receivers want to
        # know what is new, or somebody's own intermediate model has rules of its own.
        ignores = (
            connections[using].features.supports_ignore_conflicts
            and self.through._meta.auto_created is not False
        )
        heard = self._listened_to(source_field_name)

        def links(of: Iterable[Any]) -> list[Any]:
            own, other = (
                self.through._meta.get_field(name).attname for name in (source_field_name, target_field_name)
            )
            return [self.through(**defaults, **{own: self.related_val[0], other: key}) for key in of]

        rows = self.through._default_manager.using(using)
        if ignores and not heard:
            rows.bulk_create(links(keys), ignore_conflicts=True)
            return
        present = self._present(source_field_name, target_field_name, using, keys)
        new = {key for key in keys if key not in present}
        with transaction.atomic(using=using, savepoint=False):
            if heard:
                self._announce("pre_add", new, using, raw)
            rows.bulk_create(links(key for key in keys if key in new), ignore_conflicts=ignores)
            if heard:
                self._announce("post_add", new, using, raw)

    def _remove_items(
        self, source_field_name: str, target_field_name: str, *objs: Any, raw: bool = False
    ) -> None:
        if not objs:
            return
        keys = {self._key_of(obj) for obj in objs}
        using = self._write_alias()
        with transaction.atomic(using=using, savepoint=False):
            self._announce("pre_remove", keys, using, raw)
            # Rows the target's manager hides are out of reach of remove(), as they are of all().
            linked: Any = super(RelatedManagerBase, self).get_queryset()  # type: ignore[misc]
            wanted: Any = keys
            if linked._has_filters():
                wanted = linked.using(using).filter(**{f"{self.target_field.target_field.attname}__in": keys})
            self._links(using, wanted).delete()
            self._announce("post_remove", keys, using, raw)

    def _links(self, using: str, targets: Any) -> Any:
        """Intermediate rows to delete: all of the instance's, or those that lead to `targets`."""
        condition = Q((self.source_field_name, self.related_val[0]))
        some = targets is not None
        if not some:
            queryset: Any = super(RelatedManagerBase, self).get_queryset()  # type: ignore[misc]
            if queryset._has_filters():
                targets, some = queryset.using(using), True
        if some:
            condition &= Q((f"{self.target_field_name}__in", targets))
        if self.symmetrical:
            mirrored = Q((self.target_field_name, self.related_val[0]))
            if some:
                mirrored &= Q((f"{self.source_field_name}__in", targets))
            condition |= mirrored
        return self.through._default_manager.using(using).filter(condition)

    def _announce(self, action: str, keys: Any, using: str, raw: bool) -> None:
        signals.m2m_changed.send(
            sender=self.through,
            action=action,
            instance=self.instance,
            reverse=self.reverse,
            model=self.model,
            pk_set=keys,
            using=using,
            raw=raw,
        )
