"""Deleting rows and what hangs on them.

A collector walks from the rows to be deleted over the relations that point at them; what each relation's
`on_delete` says becomes part of one plan: rows to delete, keys to set, rows that forbid it. The plan is carried
out in one transaction, children first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any

from nuages.compat import spelled
from nuages.db import IntegrityError, connections, transaction
from nuages.db.models import signals

# fmt: off
__all__ = [
    "CASCADE", "DB_CASCADE", "DB_SET_DEFAULT", "DB_SET_NULL", "DO_NOTHING", "PROTECT", "RESTRICT",
    "SET", "SET_DEFAULT", "SET_NULL", "Collector", "DatabaseOnDelete", "ProtectedError",
    "RestrictedError",
]
# fmt: on


class ProtectedError(IntegrityError):
    """Rows are pointed at by relations with PROTECT."""

    def __init__(self, msg: str, protected_objects: Any) -> None:
        super().__init__(msg, protected_objects)
        self.protected_objects = protected_objects


class RestrictedError(IntegrityError):
    """Rows are pointed at by relations with RESTRICT, from rows that stay."""

    def __init__(self, msg: str, restricted_objects: Any) -> None:
        super().__init__(msg, restricted_objects)
        self.restricted_objects = restricted_objects


# --- what on_delete can be --------------------------------------------------------------------------------------


def CASCADE(collector: Collector, field: Any, sub_objs: Any, using: str) -> None:
    """Delete the rows that point here too."""
    nullable, target = field.null, field.remote_field.model
    collector.collect(sub_objs, target, nullable, source_attr=field.name, fail_on_restricted=False)
    # Where the database checks at once, rows must not point at what is gone even for a moment.
    if nullable and not connections[using].features.can_defer_constraint_checks:
        collector.add_field_update(field, None, sub_objs)


def PROTECT(collector: Collector, field: Any, sub_objs: Any, using: str) -> None:
    """Refuse."""
    target = field.remote_field.model.__name__
    raise ProtectedError(
        f"Cannot delete some instances of model '{target}' because they are referenced through a protected foreign "
        f"key: '{sub_objs[0].__class__.__name__}.{field.name}'",
        sub_objs,
    )


def RESTRICT(collector: Collector, field: Any, sub_objs: Any, using: str) -> None:
    """Refuse, unless the rows are deleted anyway on another way."""
    collector.add_restricted_objects(field, sub_objs)
    collector.add_dependency(field.remote_field.model, field.model)


class _SetTo:
    """`SET(value)`: point elsewhere. A callable is called when something is deleted."""

    def __init__(self, value: Any) -> None:
        self.value = value
        # A callable is called only where there are rows to set.
        self.lazy_sub_objs = not callable(value)

    def __call__(self, collector: Collector, field: Any, sub_objs: Any, using: str) -> None:
        collector.add_field_update(field, self.value() if callable(self.value) else self.value, sub_objs)

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        return spelled("nuages.db.models.SET"), (self.value,), {}


def SET(value: Any) -> Any:
    """Let the key of rows that point here have this value, or the one a callable gives."""
    return _SetTo(value)


def SET_NULL(collector: Collector, field: Any, sub_objs: Any, using: str) -> None:
    """Let the key of rows that point here be NULL."""
    collector.add_field_update(field, None, sub_objs)


def SET_DEFAULT(collector: Collector, field: Any, sub_objs: Any, using: str) -> None:
    """Let the key of rows that point here have its default."""
    collector.add_field_update(field, field.get_default(), sub_objs)


def DO_NOTHING(collector: Collector, field: Any, sub_objs: Any, using: str) -> None:
    """Leave it to the database."""


# Its rows need not be loaded to be set.
SET_NULL.lazy_sub_objs = True  # type: ignore[attr-defined]


class DatabaseOnDelete:
    """What the database itself does, as part of the constraint."""

    def __init__(self, operation: str, name: str) -> None:
        self.operation = operation
        self.__name__ = name

    def __call__(self, collector: Collector, field: Any, sub_objs: Any, using: str) -> None:
        """Nothing to do here."""

    def on_delete_sql(self, schema_editor: Any) -> str:
        """The ON DELETE clause."""
        return schema_editor.connection.ops.fk_on_delete_sql(self.operation)

    def __str__(self) -> str:
        return self.__name__

    def __reduce__(self) -> str:
        return self.__name__

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        return spelled(f"nuages.db.models.{self.__name__}"), (), {}


DB_CASCADE = DatabaseOnDelete("CASCADE", "DB_CASCADE")
DB_SET_DEFAULT = DatabaseOnDelete("SET DEFAULT", "DB_SET_DEFAULT")
DB_SET_NULL = DatabaseOnDelete("SET NULL", "DB_SET_NULL")

#: Relations the collector leaves to the database.
SKIP_COLLECTION = frozenset((DO_NOTHING, DB_CASCADE, DB_SET_DEFAULT, DB_SET_NULL))


# --- the collector ----------------------------------------------------------------------------------------------


def get_candidate_relations_to_delete(opts: Any) -> Iterator[Any]:
    """Relations by which rows of a model may keep each other: one-to-one and one-to-many, hidden ones too."""
    return (
        relation
        for relation in opts._collect_fields(forward=False, include_hidden=True, include_parents=opts.proxy)
        if relation.auto_created and not relation.concrete and (relation.one_to_one or relation.one_to_many)
    )


class Collector:
    """Gathers what a deletion has to do, and does it."""

    def __init__(self, using: str, origin: Any = None, force_collection: bool = False) -> None:
        self.using = using
        #: The instance or query set the deletion started from; signals carry it.
        self.origin = origin
        self.force_collection = force_collection
        # Instances to delete by model, in the order they were met.
        self.data: defaultdict[Any, dict[Any, None]] = defaultdict(dict)
        # (field, value) -> instances and query sets whose field gets it.
        self.field_updates: defaultdict[tuple[Any, Any], list[Any]] = defaultdict(list)
        # model -> field -> instances that forbid the deletion unless they are deleted too.
        self.restricted_objects: defaultdict[Any, defaultdict[Any, set[Any]]] = defaultdict(
            lambda: defaultdict(set)
        )
        # Query sets whose rows need not be loaded to be deleted.
        self.fast_deletes: list[Any] = []
        # model -> models whose rows must be gone before.
        self.dependencies: defaultdict[Any, set[Any]] = defaultdict(set)

    # --- gathering --------------------------------------------------------------------------------------------

    def add(
        self,
        objs: Iterable[Any],
        source: Any = None,
        nullable: bool = False,
        reverse_dependency: bool = False,
    ) -> list[Any]:
        """Take instances of one model in; returns those that are new."""
        objs = list(objs)
        if not objs:
            return []
        model = objs[0].__class__
        known = self.data[model]
        new = [obj for obj in objs if obj not in known]
        known.update(dict.fromkeys(new))
        # A nullable key is emptied first, so the order does not matter.
        if source is not None and not nullable:
            self.add_dependency(source, model, reverse_dependency=reverse_dependency)
        return new

    def add_dependency(self, model: Any, dependency: Any, reverse_dependency: bool = False) -> None:
        """Rows of `dependency` have to go before those of `model`."""
        if reverse_dependency:
            model, dependency = dependency, model
        self.dependencies[model._meta.concrete_model].add(dependency._meta.concrete_model)
        self.data.setdefault(dependency, self.data.default_factory())  # type: ignore[misc]

    def add_field_update(self, field: Any, value: Any, objs: Any) -> None:
        """Give `field` of these rows (instances, or a query set) this value."""
        self.field_updates[field, value].append(objs)

    def add_restricted_objects(self, field: Any, objs: Any) -> None:
        """These rows forbid the deletion through `field`."""
        if objs:
            self.restricted_objects[objs[0].__class__][field].update(objs)

    def clear_restricted_objects_from_set(self, model: Any, objs: Iterable[Any]) -> None:
        if model in self.restricted_objects:
            gone = set(objs)
            for restricted in self.restricted_objects[model].values():
                restricted -= gone

    def clear_restricted_objects_from_queryset(self, model: Any, queryset: Any) -> None:
        if model in self.restricted_objects:
            waiting = set(chain.from_iterable(self.restricted_objects[model].values()))
            self.clear_restricted_objects_from_set(model, queryset.filter(pk__in=[obj.pk for obj in waiting]))

    def _has_signal_listeners(self, model: Any) -> bool:
        return signals.pre_delete.has_listeners(model) or signals.post_delete.has_listeners(model)

    def can_fast_delete(self, objs: Any, from_field: Any = None) -> bool:
        """Whether rows can be deleted without loading them: nobody listens, nothing hangs on them."""
        model = _model_of(objs)
        cascades = from_field is None or from_field.remote_field.on_delete is CASCADE
        if model is None or self.force_collection or not cascades or self._has_signal_listeners(model):
            return False
        options = model._meta
        return (
            # Rows of parents would have to go too, except the one the deletion comes from.
            all(link is None or link is from_field for link in options.concrete_model._meta.parents.values())
            and all(
                relation.field.remote_field.on_delete in SKIP_COLLECTION
                for relation in get_candidate_relations_to_delete(options)
            )
            # Generic relations have rows of their own to delete.
            and not any(hasattr(field, "bulk_related_objects") for field in options.private_fields)
        )

    def get_del_batches(self, objs: Sequence[Any], fields: Sequence[Any]) -> list[Sequence[Any]]:
        """Parts small enough for one statement."""
        names = [field.name for field in fields]
        size = max(connections[self.using].ops.bulk_batch_size(names, objs), 1)
        return (
            [objs]
            if len(objs) <= size
            else [objs[start : start + size] for start in range(0, len(objs), size)]
        )

    def collect(
        self,
        objs: Any,
        source: Any = None,
        nullable: bool = False,
        collect_related: bool = True,
        source_attr: str | None = None,
        reverse_dependency: bool = False,
        keep_parents: bool = False,
        fail_on_restricted: bool = True,
    ) -> None:
        """Take rows of one model in, with all that hangs on them."""
        if self.can_fast_delete(objs):
            self.fast_deletes.append(objs)
            return
        new = self.add(objs, source, nullable, reverse_dependency=reverse_dependency)
        if not new:
            return
        model = new[0].__class__
        if not keep_parents:
            self._collect_parents(model, new, source, source_attr)
        if not collect_related:
            return
        kept = set(model._meta.get_parent_list()) if keep_parents else set()
        self._collect_related(model, new, kept)
        for field in model._meta.private_fields:
            if hasattr(field, "bulk_related_objects"):
                # Rows of generic relations go first: nothing in the database ties them.
                self.collect(
                    field.bulk_related_objects(new, self.using),
                    source=model,
                    nullable=True,
                    fail_on_restricted=False,
                )
        if fail_on_restricted:
            self._refuse_if_restricted(model)

    def _collect_parents(self, model: Any, new: list[Any], source: Any, source_attr: str | None) -> None:
        for link in model._meta.concrete_model._meta.parents.values():
            if link:
                parents = [getattr(obj, link.name) for obj in new]
                self.collect(
                    parents,
                    source=model,
                    source_attr=link.remote_field.related_name,
                    collect_related=False,
                    reverse_dependency=True,
                    fail_on_restricted=False,
                )
                self._collect_related_of_parents(parents, model)

    def _collect_related_of_parents(self, parents: list[Any], child: Any) -> None:
        """What hangs on the parents, but not by the child they were reached from."""
        if parents:
            self._collect_related(parents[0].__class__, parents, {child})

    def _collect_related(self, model: Any, new: list[Any], kept_parents: set[Any]) -> None:
        by_model: defaultdict[Any, list[Any]] = defaultdict(list)
        refused: defaultdict[str, list[Any]] = defaultdict(list)
        for relation in get_candidate_relations_to_delete(model._meta):
            # A parent that stays keeps what hangs on it.
            if relation.model in kept_parents or (
                relation.parent_link and relation.related_model in kept_parents
            ):
                continue
            field = relation.field
            on_delete = field.remote_field.on_delete
            if on_delete in SKIP_COLLECTION:
                continue
            related = relation.related_model
            if self.can_fast_delete(related, from_field=field):
                by_model[related].append(field)
                continue
            for batch in self.get_del_batches(new, [field]):
                rows = self._rows_for(related, [field], batch, on_delete)
                if getattr(on_delete, "lazy_sub_objs", False) or rows:
                    try:
                        on_delete(self, field, rows, self.using)
                    except ProtectedError as error:
                        refused[f"'{field.model.__name__}.{field.name}'"] += error.protected_objects
        if refused:
            names = ", ".join(refused)
            raise ProtectedError(
                f"Cannot delete some instances of model {model.__name__!r} because they are referenced through "
                f"protected foreign keys: {names}.",
                set(chain.from_iterable(refused.values())),
            )
        for related, fields in by_model.items():
            for batch in self.get_del_batches(new, fields):
                self.fast_deletes.append(self.related_objects(related, fields, batch))

    def _rows_for(self, related: Any, fields: list[Any], batch: Sequence[Any], on_delete: Any) -> Any:
        rows = self.related_objects(related, fields, batch)
        # Only keys are needed, unless receivers may look at more.
        if not (getattr(rows.query, "select_related", False) or self._has_signal_listeners(related)):
            needed = set(
                chain.from_iterable(
                    (target.attname for target in relation.field.foreign_related_fields)
                    for relation in get_candidate_relations_to_delete(related._meta)
                )
            )
            rows = rows.only(*needed)
        return rows

    def related_objects(self, related_model: Any, related_fields: Iterable[Any], objs: Iterable[Any]) -> Any:
        """Rows of `related_model` that point at `objs` through any of these fields."""
        from nuages.db.models.query_utils import Q

        condition = Q.create([(f"{field.name}__in", objs) for field in related_fields], connector=Q.OR)
        return related_model._base_manager.using(self.using).filter(condition)

    def _refuse_if_restricted(self, model: Any) -> None:
        for related, instances in self.data.items():
            self.clear_restricted_objects_from_set(related, instances)
        for queryset in self.fast_deletes:
            self.clear_restricted_objects_from_queryset(queryset.model, queryset)
        refused: defaultdict[str, list[Any]] = defaultdict(list)
        for related, fields in self.restricted_objects.items():
            for field, objs in fields.items():
                if objs:
                    refused[f"'{related.__name__}.{field.name}'"] += objs
        if refused:
            names = ", ".join(refused)
            raise RestrictedError(
                f"Cannot delete some instances of model {model.__name__!r} because they are referenced through "
                f"restricted foreign keys: {names}.",
                set(chain.from_iterable(refused.values())),
            )

    def instances_with_model(self) -> Iterator[tuple[Any, Any]]:
        for model, instances in self.data.items():
            for instance in instances:
                yield model, instance

    # --- doing ------------------------------------------------------------------------------------------------

    def sort(self) -> None:
        """Models in the order their rows are deleted; left as it is where they depend on each other in a circle."""
        waiting = list(self.data)
        ordered: list[Any] = []
        done: set[Any] = set()
        while waiting:
            ready = [
                model for model in waiting if self.dependencies.get(model._meta.concrete_model, set()) <= done
            ]
            if not ready:
                return
            ordered += ready
            done.update(model._meta.concrete_model for model in ready)
            waiting = [model for model in waiting if model not in ready]
        self.data = defaultdict(dict, {model: self.data[model] for model in ordered})

    def delete(self) -> tuple[int, dict[str, int]]:
        """Carry the plan out; returns how many rows were deleted, in all and by model."""
        from nuages.db.models.writing import delete_rows

        # The same keys in the same order on every connection: fewer deadlocks.
        for model, instances in self.data.items():
            self.data[model] = dict.fromkeys(sorted(instances, key=attrgetter("pk")))
        self.sort()
        counts: Counter[str] = Counter()
        single = self._only_instance()
        if single is not None:
            with transaction.mark_for_rollback_on_error(self.using):
                counts[single._meta.label] = delete_rows(single.__class__, [single.pk], self.using)
            setattr(single, single._meta.pk.attname, None)
            return counts.total(), dict(counts)
        with transaction.atomic(using=self.using, savepoint=False):
            self._send(signals.pre_delete)
            for queryset in self.fast_deletes:
                counts[queryset.model._meta.label] += _raw_delete(queryset, self.using)
            self._update_fields()
            # Newest first, as rows may point at earlier ones of their own model.
            for model, instances in self.data.items():
                keys = [obj.pk for obj in reversed(instances)]
                if keys:
                    counts[model._meta.label] += delete_rows(model, keys, self.using)
                if not model._meta.auto_created:
                    for obj in reversed(instances):
                        signals.post_delete.send(
                            sender=model, instance=obj, using=self.using, origin=self.origin
                        )
        self._settle_instances()
        return counts.total(), {label: count for label, count in counts.items() if count}

    def _only_instance(self) -> Any:
        """The one instance there is to delete, where nothing hangs on it."""
        if len(self.data) != 1 or self.fast_deletes or self.field_updates:
            return None
        (instances,) = self.data.values()
        if len(instances) != 1:
            return None
        (instance,) = instances
        return instance if self.can_fast_delete(instance) else None

    def _send(self, signal: Any) -> None:
        for model, obj in self.instances_with_model():
            if not model._meta.auto_created:
                signal.send(sender=model, instance=obj, using=self.using, origin=self.origin)

    def _update_fields(self) -> None:
        for (field, value), groups in self.field_updates.items():
            loaded: list[Any] = []
            lazy: list[Any] = []
            for objs in groups:
                if hasattr(objs, "_raw_delete") and objs._result_cache is None:
                    lazy.append(objs)
                else:
                    loaded.extend(objs)
            if lazy:
                together = lazy[0]
                for more in lazy[1:]:
                    together = together | more
                together.update(**{field.name: value})
            if loaded:
                model = loaded[0].__class__
                keys = list(dict.fromkeys(obj.pk for obj in loaded))
                for batch in self.get_del_batches(keys, [model._meta.pk]):
                    model._base_manager.using(self.using).filter(pk__in=batch).update(**{field.name: value})

    def _settle_instances(self) -> None:
        """Instances show what became of their rows."""
        for (field, value), groups in self.field_updates.items():
            for objs in groups:
                if not hasattr(objs, "_raw_delete") or objs._result_cache is not None:
                    for obj in objs:
                        setattr(obj, field.attname, value)
        for model, obj in self.instances_with_model():
            setattr(obj, model._meta.pk.attname, None)


def _model_of(objs: Any) -> Any:
    """The model of an instance, class or query set; None for a list, whose rows are loaded already."""
    if hasattr(objs, "_meta"):
        return objs._meta.model
    return objs.model if hasattr(objs, "_raw_delete") else None


def _raw_delete(queryset: Any, using: str) -> int:
    if hasattr(queryset, "_raw_delete"):
        return queryset._raw_delete(using=using) or 0
    from nuages.db.models.writing import delete_rows

    return delete_rows(queryset.__class__, [queryset.pk], using)
