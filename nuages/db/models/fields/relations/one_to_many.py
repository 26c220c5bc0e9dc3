"""Managers of a ForeignKey's reverse side: `author.book_set`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Self

from nuages.db import connections, router, transaction
from nuages.db.models.fields.relations.related_manager import (
    RelatedManagerBase,
    RowKey,
    alters_data,
    narrowed_for_prefetch,
    prefetch_queryset,
)
from nuages.spine import twin

__all__ = ["NullableOneToManyManager", "OneToManyManager"]


class OneToManyManager(RelatedManagerBase):
    """Rows whose key points at the instance; rows can only be added, as the key cannot be null."""

    relation: Any

    def __init__(self, instance: Any) -> None:
        super().__init__()
        self.instance = instance
        self.model = self.relation.related_model
        self.field = self.relation.field
        self.core_filters = {self.field.name: instance}
        self.prefetch_name = self.field.remote_field.cache_name

    def _over(self, manager_class: type) -> type[Self]:
        from nuages.db.models.fields.relations.to_many import create_reverse_many_to_one_manager

        return create_reverse_many_to_one_manager(manager_class, self.relation)

    def _require_saved(self) -> None:
        # Only saved rows are pointed at, even where the relation is not to their key.
        if not self.instance._is_pk_set():
            raise ValueError(
                f"{self.instance.__class__.__name__!r} instance needs to have a primary key value before this "
                "relationship can be used."
            )

    def get_queryset(self) -> Any:
        self._require_saved()
        return super().get_queryset()

    def _check_fk_val(self) -> None:
        for field in self.field.foreign_related_fields:
            if getattr(self.instance, field.attname) is None:
                raise ValueError(
                    f'"{self.instance!r}" needs to have a value for field "{field.attname}" before this relationship '
                    "can be used."
                )

    def _apply_rel_filters(self, queryset: Any) -> Any:
        field = self.field
        using = self._db or router.db_for_read(self.model, instance=self.instance)
        queryset._add_hints(instance=self.instance)
        if self._db:
            queryset = queryset.using(self._db)
        queryset._fetch_mode = self.instance._state.fetch_mode
        queryset = queryset.filter(**self.core_filters)
        as_null = connections[using].features.interprets_empty_strings_as_nulls
        for target in field.foreign_related_fields:
            value = getattr(self.instance, target.attname)
            if value is None or (value == "" and as_null):
                return queryset.none()
        if field.many_to_one:
            # The rows know whom they point at.
            try:
                key = getattr(self.instance, field.target_field.attname)
            except Exception:
                key = tuple(getattr(self.instance, target.attname) for target in field.foreign_related_fields)
            queryset._known_related_objects = {field: {key: self.instance}}
        return queryset

    def _rows_of(self, instances: Sequence[Any], queryset: Any) -> tuple[Any, RowKey, RowKey]:
        if queryset is None:
            queryset = super(RelatedManagerBase, self).get_queryset()  # type: ignore[misc]
            queryset._fetch_mode = instances[0]._state.fetch_mode
        queryset._add_hints(instance=instances[0])
        queryset = queryset.using(queryset._db or self._db)
        field = self.field
        owners = {field.get_foreign_related_value(instance): instance for instance in instances}
        queryset = narrowed_for_prefetch(queryset, field.name, list(owners.values()))
        return queryset, field.get_local_related_value, field.get_foreign_related_value

    def get_prefetch_querysets(self, instances: Sequence[Any], querysets: Any = None) -> tuple[Any, ...]:
        """What prefetch_related() needs: rows, how to match them, and where to keep them."""
        queryset, key_of_row, key_of_owner = self._rows_of(instances, prefetch_queryset(querysets))
        owners = {key_of_owner(instance): instance for instance in instances}
        for row in queryset:
            if not self.field.is_cached(row):
                self.field.set_cached_value(row, owners[key_of_row(row)])
        return queryset, key_of_row, key_of_owner, False, self.prefetch_name, False

    def _fetch_for_peers(self) -> list[Any] | None:
        rows = super()._fetch_for_peers()
        # The rows know whom they point at.
        for row in rows or ():
            self.field.set_cached_value(row, self.instance)
        return rows

    # --- changing ---------------------------------------------------------------------------------------------

    def add(self, *objs: Any, bulk: bool = True) -> None:
        """Let these rows point here."""
        self._check_fk_val()
        self._remove_prefetched_objects()
        using = router.db_for_write(self.model, instance=self.instance)
        for obj in objs:
            if not isinstance(obj, self.model):
                raise TypeError(f"'{self.model._meta.object_name}' instance expected, got {obj!r}")
        if bulk:
            keys = set()
            for obj in objs:
                # The routers are asked first: a row of another database may be kept from pointing here at all.
                setattr(obj, self.field.name, self.instance)
                if obj._state.adding or obj._state.db != using:
                    raise ValueError(
                        f"{obj!r} instance isn't saved. Use bulk=False or save the object first."
                    )
                keys.add(obj.pk)
            self.model._base_manager.using(using).filter(pk__in=keys).update(
                **{self.field.name: self.instance}
            )
            return
        with transaction.atomic(using=using, savepoint=False):
            for obj in objs:
                setattr(obj, self.field.name, self.instance)
                obj.save()

    aadd = twin(add)

    def _pointing_here(self) -> Any:
        """A manager on the database that is written to, to create rows by."""
        self._check_fk_val()
        using = router.db_for_write(self.model, instance=self.instance)
        return super(OneToManyManager, self.db_manager(using))  # type: ignore[attr-defined]

    def create(self, **kwargs: Any) -> Any:
        """A new row that points here."""
        self._remove_prefetched_objects()
        return self._pointing_here().create(**kwargs | {self.field.name: self.instance})

    acreate = twin(create)

    def get_or_create(self, **kwargs: Any) -> Any:
        """Find a row, or make one that points here."""
        return self._pointing_here().get_or_create(**kwargs | {self.field.name: self.instance})

    aget_or_create = twin(get_or_create)

    def update_or_create(self, **kwargs: Any) -> Any:
        """Change a row, or make one that points here."""
        return self._pointing_here().update_or_create(**kwargs | {self.field.name: self.instance})

    aupdate_or_create = twin(update_or_create)

    def set(self, objs: Iterable[Any], *, bulk: bool = True, clear: bool = False) -> None:
        """Let exactly these rows point here; without a nullable key none can be taken away."""
        self._check_fk_val()
        self.add(*tuple(objs), bulk=bulk)

    aset = twin(set)

    alters_data(
        add,
        aadd,
        create,
        acreate,
        get_or_create,
        aget_or_create,
        update_or_create,
        aupdate_or_create,
        set,
        aset,
    )


class NullableOneToManyManager(OneToManyManager):
    """Rows whose key may also point nowhere."""

    def remove(self, *objs: Any, bulk: bool = True) -> None:
        """Let these rows, which point here, point nowhere."""
        if not objs:
            return
        self._check_fk_val()
        mine = self.field.get_foreign_related_value(self.instance)
        keys = []
        for obj in objs:
            if not isinstance(obj, self.model):
                raise TypeError(f"'{self.model._meta.object_name}' instance expected, got {obj!r}")
            if self.field.get_local_related_value(obj) != mine:
                raise self.field.remote_field.model.DoesNotExist(
                    f"{obj!r} is not related to {self.instance!r}."
                )
            keys.append(obj.pk)
        self._detach(self.filter(pk__in=keys), bulk)  # type: ignore[attr-defined]

    aremove = twin(remove)

    def clear(self, *, bulk: bool = True) -> None:
        """Let no row point here."""
        self._check_fk_val()
        self._detach(self, bulk)

    aclear = twin(clear)

    def _detach(self, rows: Any, bulk: bool) -> None:
        self._remove_prefetched_objects()
        using = router.db_for_write(self.model, instance=self.instance)
        queryset = rows.using(using)
        if bulk:
            queryset.update(**{self.field.name: None})
            return
        with transaction.atomic(using=using, savepoint=False):
            for obj in queryset:
                setattr(obj, self.field.name, None)
                obj.save(update_fields=[self.field.name])

    def set(self, objs: Iterable[Any], *, bulk: bool = True, clear: bool = False) -> None:
        """Let exactly these rows point here; the others are taken away first, or all are with `clear`."""
        self._check_fk_val()
        # It may be a query set of these very rows.
        wanted = tuple(objs)
        using = router.db_for_write(self.model, instance=self.instance)
        with transaction.atomic(using=using, savepoint=False):
            if clear:
                self.clear(bulk=bulk)
                self.add(*wanted, bulk=bulk)
                return
            present = frozenset(self.using(using).all())  # type: ignore[attr-defined]
            new = [obj for obj in wanted if obj not in present]
            kept = frozenset(wanted)
            self.remove(*(obj for obj in present if obj not in kept), bulk=bulk)
            self.add(*new, bulk=bulk)

    alters_data(remove, aremove, clear, aclear, set)
