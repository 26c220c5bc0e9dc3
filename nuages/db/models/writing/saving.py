"""`save()`: what is written where, and whether as an UPDATE or an INSERT."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from nuages.conf import settings
from nuages.db import connections, router, transaction
from nuages.db.models import signals
from nuages.db.models.fields import Field
from nuages.db.models.manager import BaseManager
from nuages.db.models.query import QuerySet
from nuages.db.models.shapes import wording
from nuages.db.models.state import SharedState, seen_state
from nuages.db.models.writing.plans import insert_one, update_row
from nuages.db.models.writing.related import settle_related_keys
from nuages.utils.memo import worked_out_from

__all__ = ["save", "save_base"]


@worked_out_from("VALIDATE_ON_SAVE")
def validates_on_save() -> bool:
    return bool(getattr(settings, "VALIDATE_ON_SAVE", False))


def save(
    instance: Any,
    force_insert: Any,
    force_update: bool,
    using: str | None,
    update_fields: Iterable[str] | None,
) -> None:
    if type(instance.__dict__["_state"]) is not SharedState:
        settle_related_keys(instance, "save")
    cls = instance.__class__
    using = using or router.db_for_write(cls, instance=instance)
    if force_insert and (force_update or update_fields):
        raise ValueError("Cannot force both insert and updating in model saving.")
    chosen: frozenset[str] | None = None
    if update_fields is not None:
        chosen = frozenset(update_fields)
        # Nothing to write is not an error.
        if not chosen:
            return
        unknown = chosen.difference(cls._meta._non_pk_concrete_field_names)
        if unknown:
            error = ValueError(
                "The following fields do not exist in this model, are m2m fields, primary keys, or are non-concrete "
                f"fields: {', '.join(sorted(unknown))}"
            )
            raise wording.noted(error, min(unknown), cls._meta._non_pk_concrete_field_names)
    elif not force_insert and not (state := seen_state(instance)).adding and state.db == using:
        chosen = _loaded_only(instance)
    if validates_on_save():
        from nuages.db.models.validation import validate_for_save

        validate_for_save(instance)
    instance.save_base(
        using=using, force_insert=force_insert, force_update=force_update, update_fields=chosen
    )


def _loaded_only(instance: Any) -> frozenset[str] | None:
    """Names of the fields that are there, where some are deferred."""
    loaded = instance.__dict__
    names = instance._meta.stored_names
    # Most instances have them all.
    if names <= loaded.keys():
        return None
    return names.intersection(loaded) or None


def save_base(
    instance: Any,
    raw: bool = False,
    force_insert: Any = False,
    force_update: bool = False,
    using: str | None = None,
    update_fields: Collection[str] | None = None,
) -> None:
    origin = instance.__class__
    using = using or router.db_for_write(origin, instance=instance)
    model = origin._meta.concrete_model
    options = model._meta
    announced = not options.auto_created
    if announced and signals.pre_save.receivers:
        signals.pre_save.send(
            sender=origin, instance=instance, raw=raw, using=using, update_fields=update_fields
        )
    writer = _Writer(instance, raw, force_update, using, update_fields)
    if options.parents:
        with transaction.atomic(using=using, savepoint=False):
            updated = writer.write_all(model, force_insert)
    else:
        try:
            updated = writer.write(
                model, force_insert is not False and bool(_bases_to_insert(model, force_insert))
            )
        except Exception:
            # Whatever is around must not commit the rest.
            with transaction.mark_for_rollback_on_error(using):
                raise
    state = seen_state(instance)
    if state.adding or state.db != using:
        state = instance._state
        state.db = using
        state.adding = False
    if announced and signals.post_save.receivers:
        signals.post_save.send(
            sender=origin,
            instance=instance,
            created=not updated,
            update_fields=update_fields,
            raw=raw,
            using=using,
        )


def _bases_to_insert(model: Any, force_insert: Any) -> tuple[type, ...]:
    """`force_insert` as a tuple of classes whose rows have to be new."""
    if isinstance(force_insert, bool):
        return (model,) if force_insert else ()
    if not isinstance(force_insert, tuple):
        raise TypeError("force_insert must be a bool or tuple.")
    for member in force_insert:
        from nuages.db.models.base import ModelBase

        if not isinstance(member, ModelBase):
            raise TypeError(f"Invalid force_insert member. {member!r} must be a model subclass.")
        if not issubclass(model, member):
            raise TypeError(
                f"Invalid force_insert member. {member.__qualname__} must be a base of {model.__qualname__}."
            )
    return force_insert


class _Table:
    """What writing asks of a model's own table, worked out once."""

    __slots__ = (
        "all_fields",
        "chosen",
        "composite",
        "key",
        "key_is_given",
        "key_makes_itself",
        "key_name",
        "ordered",
    )

    def __init__(self, model: Any) -> None:
        options = model._meta
        keys = options.pk_fields
        self.key = options.pk
        self.key_name = options.pk.attname
        self.composite = len(keys) > 1
        #: Whether an instance without a key may get one from its field before it is inserted.
        self.key_is_given = (
            self.key.has_default() or type(self.key).get_pk_value_on_save is not Field.get_pk_value_on_save
        )
        self.key_makes_itself = all(field.has_default() or field.has_db_default() for field in keys)
        self.ordered = bool(options.order_with_respect_to)
        self.chosen: dict[frozenset[str], tuple[Any, ...]] = {}
        self.all_fields = tuple(
            field
            for field in options.local_concrete_fields
            if not (field.primary_key or field in keys or field.generated)
        )

    def to_update(self, names: Collection[str] | None) -> tuple[Any, ...]:
        if names is None:
            return self.all_fields
        # One object for each set of names, as statements are kept by it. Bounded: callers may vary the set freely.
        key = frozenset(names)
        found = self.chosen.get(key)
        if found is None:
            if len(self.chosen) > 128:
                self.chosen.clear()
            found = tuple(field for field in self.all_fields if field.name in key or field.attname in key)
            self.chosen[key] = found
        return found


def _table_of(model: Any) -> _Table:
    plans = model._meta.writing_plans
    found = plans.get("table")
    if found is None:
        found = plans["table"] = _Table(model)
    return found


class _Writer:
    """One save of one instance."""

    __slots__ = ("connection", "force_update", "instance", "raw", "update_fields", "using")

    def __init__(
        self, instance: Any, raw: bool, force_update: bool, using: str, update_fields: Collection[str] | None
    ) -> None:
        self.instance = instance
        self.raw = raw
        self.force_update = force_update
        self.using = using
        self.update_fields = update_fields
        self.connection = connections[using]

    def write_all(self, model: Any, force_insert: Any) -> bool:
        """The rows of parents, then the instance's own; says whether the last one was there."""
        forced = _bases_to_insert(model, force_insert)
        # Fixtures have the rows of parents as entries of their own.
        parent_inserted = False if self.raw else self._write_parents(model, forced, {})
        return self.write(model, parent_inserted or bool(forced and issubclass(model, forced)))

    def _write_parents(self, model: Any, forced: tuple[type, ...], done: dict[Any, bool]) -> bool:
        """Says whether any row of a parent is new: then the child's has to be too."""
        instance = self.instance
        inserted = False
        for parent, link in model._meta.parents.items():
            key = parent._meta.pk.attname
            if link and getattr(instance, key) is None and getattr(instance, link.attname) is not None:
                # Either of the two keys may be set.
                setattr(instance, key, getattr(instance, link.attname))
            updated = done.get(parent)
            if updated is None:
                above = self._write_parents(parent, forced, done)
                updated = self.write(parent, above or bool(forced and issubclass(parent, forced)))
                done[parent] = updated
            inserted = inserted or not updated
            if link:
                # The parent's row has no instance of its own here, so one that is cached is out of date.
                setattr(instance, link.attname, instance._get_pk_val(parent._meta))
                if link.is_cached(instance):
                    link.delete_cached_value(instance)
        return inserted

    def write(self, model: Any, force_insert: bool) -> bool:
        """One table: UPDATE, else INSERT. Says whether it was an UPDATE."""
        instance = self.instance
        table = _table_of(model)
        key = getattr(instance, table.key_name)
        if table.key_is_given and (key is None or (table.composite and None in key)):
            setattr(instance, table.key_name, table.key.get_pk_value_on_save(instance))
            key = getattr(instance, table.key_name)
        has_key = key is not None and instance._is_pk_set(model._meta)
        update_wanted = self.force_update or self.update_fields
        if not has_key and update_wanted:
            raise ValueError("Cannot force an update in save() with no primary key.")
        # A new instance whose key makes itself cannot have a row.
        if table.key_makes_itself and not (self.raw or update_wanted) and seen_state(instance).adding:
            force_insert = True
        if has_key and not force_insert:
            if self._update(model, table.to_update(self.update_fields), key):
                return True
            if update_wanted:
                what = "Forced update" if self.force_update else "Save with update_fields"
                raise instance.NotUpdated(f"{what} did not affect any rows.")
        if table.ordered:
            self._take_last_place(model)
        insert_one(instance, model, self.raw, has_key, self.connection)
        return False

    def _update(self, model: Any, fields: tuple[Any, ...], key: Any) -> bool:
        instance = self.instance
        rows = model._base_manager
        plain = _is_plain(rows)
        if not fields:
            # Nothing but a key: whether the row is there is all there is to know.
            return self.update_fields is not None or rows.using(self.using).filter(pk=key).exists()
        if instance._meta.select_on_save and not self.force_update and not self.update_fields:
            found = rows.using(self.using).filter(pk=key)
            return found.exists() and (self._run(model, fields, key, plain) or found.exists())
        return self._run(model, fields, key, plain)

    def _run(self, model: Any, fields: tuple[Any, ...], key: Any, plain: bool) -> bool:
        instance = self.instance
        if plain:
            return update_row(instance, model, fields, key, self.raw, self.connection)
        values = [
            (field, None, getattr(instance, field.attname) if self.raw else field.pre_save(instance, False))
            for field in fields
        ]
        return model._base_manager.using(self.using).filter(pk=key)._update(values) > 0

    def _take_last_place(self, model: Any) -> None:
        """`order_with_respect_to`: behind all others of the same object."""
        from nuages.db.models.aggregates import Max
        from nuages.db.models.expressions import ExpressionWrapper, Value
        from nuages.db.models.fields import IntegerField
        from nuages.db.models.functions import Coalesce

        field = model._meta.order_with_respect_to
        siblings = model._base_manager.using(self.using).filter(
            **field.get_filter_kwargs_for_object(self.instance)
        )
        following = ExpressionWrapper(Max("_order") + Value(1), output_field=IntegerField())
        place = siblings.aggregate(_order__max=Coalesce(following, Value(0)))
        self.instance._order = place["_order__max"]


def _is_plain(manager: Any) -> bool:
    """Whether the base manager is the one every model has: then it leaves no row out."""
    return type(manager).get_queryset is BaseManager.get_queryset and manager._queryset_class is QuerySet
