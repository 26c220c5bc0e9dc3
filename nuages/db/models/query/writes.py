"""The methods of a query set that change rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nuages.core import exceptions
from nuages.core.exceptions import FieldDoesNotExist
from nuages.db import IntegrityError, NotSupportedError, connections, transaction
from nuages.db.models.constants import LOOKUP_SEP, OnConflict
from nuages.db.models.query import by_key, steps
from nuages.db.models.rows import Given, M
from nuages.db.models.shapes import running, wording
from nuages.db.models.utils import resolve_callables
from nuages.spine import twin
from nuages.utils.generics import Generic

if TYPE_CHECKING:
    from nuages.db.models.query.queryset import QuerySet


class Writing(Generic[M]):
    """Creating, updating and deleting; mixed into QuerySet."""

    if TYPE_CHECKING:
        model: Any
        db: str
        _db: str | None
        _shape: Any
        _values: Any
        _fields: Any
        _for_write: bool
        _hints: dict[str, Any]
        _result_cache: Any
        _fetch_mode: Any

        def _chain(self) -> Any: ...
        def _sync(self) -> None: ...
        def _not_support_combined_queries(self, name: str) -> None: ...
        def get(self, *args: Any, **kwargs: Any) -> Any: ...
        def filter(self, *args: Any, **kwargs: Any) -> Any: ...
        def select_for_update(self) -> Any: ...
        def using(self, alias: str | None) -> Any: ...

    # One object -----------------------------------------------------------------------------------------------

    def create(self, **kwargs: Any) -> M:
        """Make an object, save it and return it."""
        model = self.model
        foreign = model._meta._reverse_one_to_one_field_names
        if foreign and not foreign.isdisjoint(kwargs):
            names = ", ".join(sorted(foreign.intersection(kwargs)))
            raise ValueError(f"The following fields do not exist in this model: {names}")
        obj = model(**kwargs)
        mode = self._fetch_mode
        if obj.__dict__["_state"].fetch_mode is not mode:
            obj._state.fetch_mode = mode
        self._for_write = True
        obj.save(force_insert=True, using=self._db or self.db)
        return obj

    acreate = twin(create)

    def get_or_create(self, defaults: Mapping[str, Any] | None = None, **kwargs: Any) -> tuple[M, bool]:
        """The object that matches, and False; or one made from the arguments, and True."""
        self._for_write = True
        obj = self._existing(kwargs)
        if obj is not None:
            return obj, False
        params = self._extract_model_params(defaults, **kwargs)
        try:
            with transaction.atomic(using=self.db):
                return self.create(**dict(resolve_callables(params))), True
        except IntegrityError:
            # Somebody else may have made it in the meantime.
            obj = self._existing(kwargs)
            if obj is None:
                raise
            return obj, False

    def _existing(self, lookups: Mapping[str, Any]) -> Any:
        """The object that matches, None when there is none."""
        try:
            return self.get(**lookups)
        except self.model.DoesNotExist:
            return None

    aget_or_create = twin(get_or_create)

    def update_or_create(
        self,
        defaults: Mapping[str, Any] | None = None,
        create_defaults: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> tuple[M, bool]:
        """Update the object that matches with `defaults`, or make one."""
        changes = defaults or {}
        if create_defaults is None:
            create_defaults = changes
        self._for_write = True
        with transaction.atomic(using=self.db):
            obj, created = self.select_for_update().get_or_create(create_defaults, **kwargs)
            if created:
                return obj, created
            for name, value in resolve_callables(changes):
                setattr(obj, name, value)
            obj.save(using=self.db, update_fields=self._to_update(obj, set(changes)))
        return obj, False

    aupdate_or_create = twin(update_or_create)

    def _to_update(self, obj: Any, changed: set[str]) -> set[str] | None:
        """The fields to save, where only plain fields were changed; else None for all."""
        opts = self.model._meta
        concrete = opts._non_pk_concrete_field_names
        if not changed or not concrete.issuperset(changed):
            return None
        # Fields such as auto_now have a say of their own when an object is saved.
        fields = set(changed)
        for field in opts.local_concrete_fields:
            if not (field in opts.pk_fields or type(field).pre_save is _plain_pre_save()):
                fields.add(field.name)
                if field.name != field.attname:
                    fields.add(field.attname)
        return fields

    def _extract_model_params(self, defaults: Mapping[str, Any] | None, **kwargs: Any) -> dict[str, Any]:
        """Arguments for the constructor: lookups that are plain names, and the defaults."""
        defaults = defaults or {}
        params = {name: value for name, value in kwargs.items() if LOOKUP_SEP not in name}
        params.update(defaults)
        opts = self.model._meta
        names = opts._property_names
        invalid = []
        for name in params:
            try:
                opts.get_field(name)
            except FieldDoesNotExist:
                # A property with a setter may be assigned to.
                if not (name == "pk" or (name in names and getattr(self.model, name).fset)):
                    invalid.append(name)
        if invalid:
            listed = "', '".join(sorted(invalid))
            error = exceptions.FieldError(f"Invalid field name(s) for model {opts.object_name}: '{listed}'.")
            raise wording.noted(error, invalid[0], wording.field_names(opts))
        return params

    # Many objects ---------------------------------------------------------------------------------------------

    def bulk_create(
        self,
        objs: Iterable[Given],
        batch_size: int | None = None,
        ignore_conflicts: bool = False,
        update_conflicts: bool = False,
        update_fields: Collection[str] | None = None,
        unique_fields: Collection[str] | None = None,
    ) -> list[Given]:
        """Insert many objects, a batch at a time; `save()` is not called and no signals are sent."""
        from nuages.db.models import writing

        if batch_size is not None and batch_size <= 0:
            raise ValueError("Batch size must be a positive integer.")
        opts = self.model._meta
        if unique_fields:
            unique_fields = [opts.pk.name if name == "pk" else name for name in unique_fields]
        for parent in opts.all_parents:
            if parent._meta.concrete_model is not opts.concrete_model:
                raise ValueError("Can't bulk create a multi-table inherited model")
        objs = list(objs)
        self._for_write = True
        conflict = self._check_conflicts(ignore_conflicts, update_conflicts, update_fields, unique_fields)
        if not objs:
            return objs
        update = [wording.field_called(opts, name) for name in update_fields] if update_fields else []
        unique = [wording.field_called(opts, name) for name in unique_fields] if unique_fields else []
        writing.bulk_create(
            self.model,
            objs,
            connection=connections[self.db],
            batch_size=batch_size,
            conflict=conflict,
            update_fields=update,
            unique_fields=unique,
        )
        return objs

    abulk_create = twin(bulk_create)

    def _check_conflicts(
        self,
        ignore: bool,
        update: bool,
        update_fields: Collection[str] | None,
        unique_fields: Collection[str] | None,
    ) -> OnConflict | None:
        """What to do with rows that exist already; refuses what the database cannot do."""
        features = connections[self.db].features
        opts = self.model._meta
        if ignore and update:
            raise ValueError("ignore_conflicts and update_conflicts are mutually exclusive.")
        if ignore:
            if not features.supports_ignore_conflicts:
                raise NotSupportedError("This database backend does not support ignoring conflicts.")
            return OnConflict.IGNORE
        if not update:
            return None
        if not features.supports_update_conflicts:
            raise NotSupportedError("This database backend does not support updating conflicts.")
        if not update_fields:
            raise ValueError(
                "Fields that will be updated when a row insertion fails on conflicts must be provided."
            )
        if unique_fields and not features.supports_update_conflicts_with_target:
            raise NotSupportedError(
                "This database backend does not support updating conflicts with specifying unique fields that can "
                "trigger the upsert."
            )
        if not unique_fields and features.supports_update_conflicts_with_target:
            raise ValueError("Unique fields that can trigger the upsert must be provided.")
        changed = [wording.field_called(opts, name) for name in update_fields]
        if any(not field.concrete or field.many_to_many for field in changed):
            raise ValueError("bulk_create() can only be used with concrete fields in update_fields.")
        if any(field in opts.pk_fields for field in changed):
            raise ValueError("bulk_create() cannot be used with primary keys in update_fields.")
        if unique_fields:
            keys = [wording.field_called(opts, name) for name in unique_fields]
            if any(not field.concrete or field.many_to_many for field in keys):
                raise ValueError("bulk_create() can only be used with concrete fields in unique_fields.")
        return OnConflict.UPDATE

    def bulk_update(self, objs: Iterable[Any], fields: Iterable[str], batch_size: int | None = None) -> int:
        """Update these fields of many objects; returns how many rows matched."""
        if batch_size is not None and batch_size <= 0:
            raise ValueError("Batch size must be a positive integer.")
        if not fields:
            raise ValueError("Field names must be given to bulk_update().")
        opts = self.model._meta
        objs = tuple(objs)
        if not all(obj._is_pk_set() for obj in objs):
            raise ValueError("All bulk_update() objects must have a primary key set.")
        chosen = [wording.field_called(opts, name) for name in fields]
        if any(not field.concrete or field.many_to_many for field in chosen):
            raise ValueError("bulk_update() can only be used with concrete fields.")
        keys = set(opts.pk_fields)
        for parent in opts.all_parents:
            keys.update(parent._meta.pk_fields)
        if any(field in keys for field in chosen):
            raise ValueError("bulk_update() cannot be used with primary key fields.")
        if not objs:
            return 0
        for obj in objs:
            obj._prepare_related_fields_for_save(operation_name="bulk_update", fields=chosen)
        self._for_write = True
        connection = connections[self.db]
        most = connection.ops.bulk_batch_size(["pk", "pk", *chosen], objs)
        size = min(batch_size, most) if batch_size else most
        queryset = self.using(self.db).filter()
        changed = 0
        with transaction.atomic(using=self.db, savepoint=False):
            for start in range(0, len(objs), size):
                some = objs[start : start + size]
                values = {field.attname: _cases(field, some, connection) for field in chosen}
                changed += queryset.filter(pk__in=[obj.pk for obj in some]).update(**values)
        return changed

    abulk_update = twin(bulk_update)

    # All rows of the query ------------------------------------------------------------------------------------

    def update(self, **kwargs: Any) -> int:
        """Set these fields in all rows; returns how many matched."""
        self._not_support_combined_queries("update")
        if self._shape.is_sliced:
            raise TypeError("Cannot update a query once a slice has been taken.")
        if self._shape.distinct_fields:
            raise TypeError("Cannot call update() after .distinct(*fields).")
        self._for_write = True
        changed = self._updated(kwargs)
        self._result_cache = None
        return changed

    aupdate = twin(update)

    def _update(
        self, values: Sequence[tuple[Any, Any, Any]], returning_fields: Sequence[Any] | None = None
    ) -> Any:
        """Set fields given as `(field, model, value)`: what saving an object does."""
        if self._shape.is_sliced:
            raise TypeError("Cannot update a query once a slice has been taken.")
        del returning_fields
        changed = self._updated({field.attname: value for field, _, value in values})
        self._result_cache = None
        return changed

    def _updated(self, kwargs: Mapping[str, Any]) -> int:
        from nuages.db.models.fields.composite import CompositePrimaryKey
        from nuages.db.models.sql.statements import check_assignable

        self._sync()
        opts = self.model._meta
        own: dict[str, Any] = {}
        inherited: dict[Any, dict[str, Any]] = {}
        for name, value in kwargs.items():
            if isinstance(wording.field_called(opts, name), CompositePrimaryKey):
                raise exceptions.FieldError("Composite primary key fields must be updated individually.")
            field = check_assignable(opts, name)
            owner = field.model._meta.concrete_model
            if owner is opts.concrete_model:
                own[name] = value
            else:
                inherited.setdefault(owner, {})[name] = value
        if not inherited:
            return self._run_update(own)
        return self._update_with_parents(own, inherited)

    def _run_update(self, kwargs: Mapping[str, Any]) -> int:
        from nuages.db.models.sql.statements import UpdateWriter, assign, check_assignable

        if not kwargs:
            return 0
        names = tuple(kwargs)
        opts = self.model._meta

        def extend(draft: Any, nodes: list[Any]) -> None:
            _settle_order(draft)
            assign(draft, [(check_assignable(opts, name), node) for name, node in zip(names, nodes)])
            draft.annotations = {}
            draft.hidden = frozenset()

        shape, values = steps.with_literals(
            self._shape,
            self._values,
            "update",
            names,
            list(kwargs.values()),
            extend,
            f"update({', '.join(names)})",
        )
        connection = connections[self.db]
        with transaction.mark_for_rollback_on_error(using=self.db):
            plan, params = running.planned(shape, values, connection, UpdateWriter)
            if plan.statement is None:
                return 0
            # Rows that peers were given are fetched anew after this.
            opts.concrete_model._meta.write_count += 1
            return connection.run(plan.statement, params)

    def _update_with_parents(self, own: Mapping[str, Any], inherited: Mapping[Any, Mapping[str, Any]]) -> int:
        """Fields of parent models are in other tables: find the keys first, then update each table."""
        from nuages.db.models.shapes.paths import links_up

        opts = self.model._meta
        owners = list(inherited)
        paths = [LOOKUP_SEP.join([*(link.name for link in links_up(opts, owner)), "pk"]) for owner in owners]
        with transaction.atomic(using=self.db, savepoint=False):
            plain = self._chain()
            rows = list(plain.order_by().using(self.db).values_list("pk", *paths))
            keys = [row[0] for row in rows]
            changed = 0
            if own and keys:
                mine = self.model._base_manager.using(self.db).filter(pk__in=keys)
                changed = mine._run_update(own)
            for position, owner in enumerate(owners, 1):
                wanted = [row[position] for row in rows]
                if wanted:
                    theirs = owner._base_manager.using(self.db).filter(pk__in=wanted)
                    done = theirs._run_update(inherited[owner])
                    changed = changed or done
        return changed

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete the rows, and what depends on them; returns how many, in all and by model."""
        self._not_support_combined_queries("delete")
        if self._shape.is_sliced:
            raise TypeError("Cannot use 'limit' or 'offset' with delete().")
        if self._shape.distinct_fields:
            raise TypeError("Cannot call delete() after .distinct(*fields).")
        if self._fields is not None:
            raise TypeError("Cannot call delete() after .values() or .values_list()")
        from nuages.db.models.deletion import Collector

        doomed = self._chain()
        # Deleting reads from where it writes.
        doomed._for_write = True
        doomed = _unlocked(doomed)
        collector = Collector(using=doomed.db, origin=self)
        collector.collect(doomed)
        deleted, by_model = collector.delete()
        self._result_cache = None
        return deleted, by_model

    adelete = twin(delete)

    def _raw_delete(self, using: str | None) -> int:
        """Delete the rows in one statement, whatever depends on them."""
        from nuages.db.models.sql.statements import DeleteWriter

        self._sync()
        connection = connections[using or self.db]
        child = self._shape.then("delete", "delete()", _make_deleted)
        plan, params = running.planned(child, self._values, connection, DeleteWriter)
        if plan.statement is None:
            return 0
        self.model._meta.concrete_model._meta.write_count += 1
        return connection.run(plan.statement, params)


# Templates must not call these; managers have all but delete().
for _name in (
    "bulk_update",
    "abulk_update",
    "update",
    "aupdate",
    "_update",
    "delete",
    "adelete",
    "_raw_delete",
):
    setattr(getattr(Writing, _name), "alters_data", True)  # noqa: B010
for _name in ("delete", "adelete"):
    setattr(getattr(Writing, _name), "queryset_only", True)  # noqa: B010
setattr(Writing._update, "queryset_only", False)  # noqa: B010


def _make_deleted(draft: Any) -> None:
    from nuages.db.models.shapes.clauses import order_by

    order_by.clear(draft, force=not draft.is_sliced)
    draft.select_related = False
    draft.lock = None


def _settle_order(draft: Any) -> None:
    """Order means nothing to an UPDATE on most databases; what it must not hold is refused."""
    from nuages.core.exceptions import FieldError
    from nuages.db.models.shapes.clauses import order_by

    for item in draft.order_by:
        name = (
            item.lstrip("-")
            if isinstance(item, str)
            else getattr(getattr(item, "expression", item), "name", None)
        )
        node = draft.annotations.get(name) if name else None
        if node is not None and getattr(node, "contains_aggregate", False):
            raise FieldError(f"Cannot update when ordering by an aggregate: {node}")
    order_by.clear(draft)
    draft.select_related = False
    draft.lock = None


def _unlocked(queryset: QuerySet[Any]) -> Any:
    def extend(draft: Any) -> None:
        from nuages.db.models.shapes.clauses import order_by

        draft.lock = None
        draft.select_related = False
        order_by.clear(draft)

    queryset._shape = queryset._shape.then("to delete", "", extend)
    return queryset


def _plain_pre_save() -> Any:
    from nuages.db.models.fields import Field

    return Field.pre_save


def _cases(field: Any, objs: Sequence[Any], connection: Any) -> Any:
    """CASE WHEN pk = … THEN … END over the objects."""
    from nuages.db.models.expressions import Case, Value, When
    from nuages.db.models.functions import Cast

    values = [getattr(obj, field.attname) for obj in objs]
    case: Any
    if len(objs[0]._meta.pk_fields) == 1 and by_key.covers(field, values):
        case = by_key.ByKey(field, [(obj.pk, value) for obj, value in zip(objs, values)])
    else:
        nodes = [
            value if hasattr(value, "resolve_expression") else Value(value, output_field=field)
            for value in values
        ]
        case = Case(*(When(pk=obj.pk, then=node) for obj, node in zip(objs, nodes)), output_field=field)
    return Cast(case, output_field=field) if connection.features.requires_casted_case_in_updates else case
