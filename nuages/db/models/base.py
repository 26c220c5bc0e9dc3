"""`Model`, the base of all models, and the metaclass that defines them.

The work is elsewhere: `definition/` makes classes, `writing/` saves, `validation.py` validates, `deletion.py`
deletes, `checks/` examines. What stands here is what an instance is.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

from nuages import __version__
from nuages.core.exceptions import FieldDoesNotExist
from nuages.db import DJANGO_VERSION_PICKLE_KEY, router
from nuages.db.models import validation
from nuages.db.models.definition import define, prepare
from nuages.db.models.definition.draft import is_contributable
from nuages.db.models.deletion import Collector
from nuages.db.models.expressions import DatabaseDefault
from nuages.db.models.signals import post_init, pre_init
from nuages.db.models.state import (
    DEFERRED,
    NEW,
    Deferred,
    ModelState,
    ModelStateFieldsCacheDescriptor,
    SharedState,
    own_state,
)
from nuages.db.models.utils import AltersData
from nuages.db.models.writing import saving
from nuages.db.models.writing.related import settle_related_keys
from nuages.spine import twin
from nuages.utils.encoding import force_str
from nuages.utils.hashable import make_hashable

if TYPE_CHECKING:
    from nuages.core.exceptions import MultipleObjectsReturned as AnyMultipleObjectsReturned
    from nuages.core.exceptions import ObjectDoesNotExist, ObjectNotUpdated
    from nuages.db.models.fields.values import ImplicitKey
    from nuages.db.models.manager import Manager, ManagerAttribute

__all__ = ["DEFERRED", "Deferred", "Model", "ModelBase", "ModelState", "ModelStateFieldsCacheDescriptor"]


class ModelBase(type):
    """Metaclass of all models."""

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> Any:
        if not any(isinstance(base, ModelBase) for base in bases):
            return super().__new__(mcs, name, bases, namespace)  # Model itself.
        return define(mcs, name, bases, namespace, options)

    # type.__init__ takes none of the keywords that __init_subclass__ may define.
    def __init__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> None:
        super().__init__(name, bases, namespace)

    def add_to_class(cls, name: str, value: Any) -> None:
        """Set an attribute, or let the value add itself (fields, managers)."""
        if is_contributable(value):
            value.contribute_to_class(cls, name)
        else:
            setattr(cls, name, value)

    def _prepare(cls) -> None:
        prepare(cls)

    if not TYPE_CHECKING:  # a checker is told by Model, which knows whose managers they are

        @property
        def _base_manager(cls) -> Any:
            return cls._meta.base_manager

        @property
        def _default_manager(cls) -> Any:
            return cls._meta.default_manager


class Model(AltersData, metaclass=ModelBase):
    """Base of all models: a class is a table, an instance is a row."""

    _meta: ClassVar[Any]
    DoesNotExist: ClassVar[type[ObjectDoesNotExist]]
    MultipleObjectsReturned: ClassVar[type[AnyMultipleObjectsReturned]]
    NotUpdated: ClassVar[type[ObjectNotUpdated]]

    if TYPE_CHECKING:
        pk: Any
        # Without a type: what a model puts there itself must not be taken for one of these.
        id = ImplicitKey()
        objects: ClassVar = ManagerAttribute()
        _default_manager: ClassVar[Manager[Self]]
        _base_manager: ClassVar[Manager[Self]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        cls = self.__class__
        if pre_init.receivers:
            pre_init.send(sender=cls, args=args, kwargs=kwargs)
        constructor = cls._meta.constructor
        self.__dict__["_state"] = NEW
        constructor.fill(self, args, kwargs)
        if constructor.goes_on:
            super().__init__()
        if post_init.receivers:
            post_init.send(sender=cls, instance=self)

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Sequence[Any], *, fetch_mode: Any = None
    ) -> Self:
        """An instance from a row. Override it to see what was loaded."""
        fields = cls._meta.concrete_fields
        if len(values) != len(fields):
            loaded = iter(values)
            values = [next(loaded) if field.attname in field_names else DEFERRED for field in fields]
        instance = cls(*values)
        state = instance._state
        state.adding = False
        state.db = db
        if fetch_mode is not None:
            state.fetch_mode = fetch_mode
        return instance

    def _get_state(self) -> ModelState:
        values = self.__dict__
        try:
            state = values["_state"]
        except KeyError:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute '_state'") from None
        if type(state) is SharedState or type(state) is tuple:
            state = values["_state"] = own_state(state)
        return state

    def _set_state(self, state: ModelState) -> None:
        self.__dict__["_state"] = state

    _state = property(_get_state, _set_state)

    # --- identity ---------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        return f"<{self.__class__.__name__}: {self}>"

    def __str__(self) -> str:
        return f"{self.__class__.__name__} object ({self.pk})"

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Model):
            return NotImplemented
        if self._meta.concrete_model is not other._meta.concrete_model:
            return False
        key = self.pk
        # Rows without a key are equal only to themselves.
        return key is not None and self._is_pk_set() and key == other.pk

    def __hash__(self) -> int:
        if not self._is_pk_set():
            raise TypeError("Model instances without primary key value are unhashable")
        return hash(self.pk)

    def __reduce__(self) -> Any:
        data = self.__getstate__()
        data[DJANGO_VERSION_PICKLE_KEY] = __version__
        options = self._meta
        return model_unpickle, ((options.app_label, options.object_name),), data

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        state["_state"] = _copied_state(self._state)
        # memoryview cannot be pickled.
        views = {name: bytes(value) for name, value in state.items() if isinstance(value, memoryview)}
        if views:
            state["_memoryview_attrs"] = list(views.items())
            for name in views:
                del state[name]
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        version = state.get(DJANGO_VERSION_PICKLE_KEY)
        if version is None:
            warnings.warn(
                "Pickled model instance's Django version is not specified.", RuntimeWarning, stacklevel=2
            )
        elif version != __version__:
            warnings.warn(
                f"Pickled model instance's Django version {version} does not match the current version {__version__}.",
                RuntimeWarning,
                stacklevel=2,
            )
        for name, value in state.pop("_memoryview_attrs", ()):
            state[name] = memoryview(value)
        self.__dict__.update(state)

    # --- primary key ------------------------------------------------------------------------------------------

    def _get_pk_val(self, meta: Any = None) -> Any:
        return getattr(self, (meta or self._meta).pk.attname)

    def _set_pk_val(self, value: Any) -> None:
        for link in self._meta.parents.values():
            # Keys of parents follow, where they are the target of the link.
            if link and link != self._meta.pk:
                setattr(self, link.target_field.attname, value)
        setattr(self, self._meta.pk.attname, value)

    if not TYPE_CHECKING:
        #: The primary key, whatever field or fields make it.
        pk = property(_get_pk_val, _set_pk_val)

    def _is_pk_set(self, meta: Any = None) -> bool:
        key = self._get_pk_val(meta)
        if isinstance(key, tuple):
            return all(part is not None and not isinstance(part, DatabaseDefault) for part in key)
        return key is not None and not isinstance(key, DatabaseDefault)

    def get_deferred_fields(self) -> set[str]:
        """Attribute names of fields that are not loaded."""
        loaded = self.__dict__
        return {field.attname for field in self._meta.concrete_fields if field.attname not in loaded}

    def serializable_value(self, field_name: str) -> Any:
        """The stored value: the key for a relation."""
        try:
            field = self._meta.get_field(field_name)
        except FieldDoesNotExist:
            return getattr(self, field_name)
        return getattr(self, field.attname)

    # --- loading ----------------------------------------------------------------------------------------------

    def refresh_from_db(
        self, using: str | None = None, fields: Iterable[str] | None = None, from_queryset: Any = None
    ) -> None:
        """Load fields again: those named, else all that are loaded now."""
        from nuages.db.models.refreshing import refresh

        refresh(self, using, fields, from_queryset)

    arefresh_from_db = twin(refresh_from_db)

    # --- saving and deleting ----------------------------------------------------------------------------------

    def save(
        self,
        *,
        force_insert: bool | tuple[type, ...] = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
    ) -> None:
        """Write the instance: an UPDATE where its row exists, an INSERT where it does not."""
        saving.save(self, force_insert, force_update, using, update_fields)

    save.alters_data = True  # type: ignore[attr-defined]
    asave = twin(save)
    asave.alters_data = True  # type: ignore[attr-defined]

    def save_base(
        self,
        raw: bool = False,
        force_insert: Any = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Collection[str] | None = None,
    ) -> None:
        """Write without looking at relations and deferred fields; `raw` (fixtures) leaves values as they are."""
        saving.save_base(self, raw, force_insert, force_update, using, update_fields)

    save_base.alters_data = True  # type: ignore[attr-defined]

    def _prepare_related_fields_for_save(
        self, operation_name: str, fields: Collection[Any] | None = None
    ) -> None:
        settle_related_keys(self, operation_name, fields)

    def delete(self, using: str | None = None, keep_parents: bool = False) -> tuple[int, dict[str, int]]:
        """Delete the row and what its relations cascade to; returns how many, by model."""
        if not self._is_pk_set():
            raise ValueError(
                f"{self._meta.object_name} object can't be deleted because its {self._meta.pk.attname} attribute is "
                "set to None."
            )
        alias = using or router.db_for_write(self.__class__, instance=self)
        collector = Collector(using=alias, origin=self)
        collector.collect([self], keep_parents=keep_parents)
        return collector.delete()

    delete.alters_data = True  # type: ignore[attr-defined]
    adelete = twin(delete)
    adelete.alters_data = True  # type: ignore[attr-defined]

    # --- what fields add --------------------------------------------------------------------------------------

    def _get_FIELD_display(self, field: Any) -> Any:
        value = getattr(self, field.attname)
        labels: dict[Any, Any] = dict(make_hashable(field.flatchoices))  # type: ignore[call-overload]
        # force_str() makes lazy translations text.
        return force_str(labels.get(make_hashable(value), value), strings_only=True)

    def _get_next_or_previous_by_FIELD(self, field: Any, is_next: bool, **kwargs: Any) -> Any:
        if not self._is_pk_set():
            raise ValueError("get_next/get_previous cannot be used on unsaved objects.")
        from nuages.db.models.query_utils import Q

        direction, order = ("gt", "") if is_next else ("lt", "-")
        value = getattr(self, field.attname)
        # Rows of the same moment go by key.
        further = Q((f"{field.name}__{direction}", value))
        tied = Q((field.name, value), (f"pk__{direction}", self.pk))
        rows = self.__class__._default_manager.using(self._state.db).filter(**kwargs).filter(further | tied)
        found = rows.order_by(f"{order}{field.name}", f"{order}pk").first()
        if found is None:
            raise self.DoesNotExist(f"{self.__class__._meta.object_name} matching query does not exist.")
        return found

    def _get_next_or_previous_in_order(self, is_next: bool) -> Any:
        name = "_next_in_order_cache" if is_next else "_previous_in_order_cache"
        if name not in self.__dict__:
            direction, order = ("gt", "_order") if is_next else ("lt", "-_order")
            relation = self._meta.order_with_respect_to
            rows = self.__class__._default_manager.filter(**relation.get_filter_kwargs_for_object(self))
            mine = self.__class__._default_manager.values("_order").filter(pk=self.pk)
            setattr(self, name, rows.filter(**{f"_order__{direction}": mine}).order_by(order)[:1].get())
        return self.__dict__[name]

    # --- validation -------------------------------------------------------------------------------------------

    def clean(self) -> None:
        """Validation of the model as a whole, to be overridden."""

    def full_clean(
        self,
        exclude: Iterable[str] | None = None,
        validate_unique: bool = True,
        validate_constraints: bool = True,
    ) -> None:
        """All validation; one ValidationError with every message."""
        validation.full_clean(self, exclude, validate_unique, validate_constraints)

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Convert and validate each field."""
        validation.clean_fields(self, exclude or ())

    def validate_unique(self, exclude: Collection[str] | None = None) -> None:
        """Check `unique`, `unique_for_...` and `unique_together` against the database."""
        validation.validate_unique(self, exclude)

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Check Meta.constraints against the database."""
        validation.validate_constraints(self, exclude)

    def get_constraints(self) -> list[tuple[type, list[Any]]]:
        """Constraints of this model and its parents."""
        models = [self.__class__, *self._meta.all_parents]
        return [(model, model._meta.constraints) for model in models if model._meta.constraints]

    def _get_unique_checks(
        self, exclude: Collection[str] | None = None, include_meta_constraints: bool = False
    ) -> Any:
        return validation.unique_checks(self, exclude or (), include_meta_constraints)

    def _perform_unique_checks(self, unique_checks: Any) -> dict[str, list[Any]]:
        return validation.perform_unique_checks(self, unique_checks)

    def _perform_date_checks(self, date_checks: Any) -> dict[str, list[Any]]:
        return validation.perform_date_checks(self, date_checks)

    def _get_field_expression_map(self, meta: Any, exclude: Collection[str] | None = None) -> dict[str, Any]:
        return validation.field_expressions(self, meta, exclude or ())

    def date_error_message(self, lookup_type: str, field_name: str, unique_for: str) -> Any:
        """The error for a `unique_for_date` (month, year) that is taken."""
        return validation.date_error_message(self, lookup_type, field_name, unique_for)

    def unique_error_message(self, model_class: Any, unique_check: Sequence[str]) -> Any:
        """The error for a unique field or combination that is taken."""
        return validation.unique_error_message(self, model_class, unique_check)

    def prepare_database_save(self, field: Any) -> Any:
        """The key to store where this instance is the value of a query on `field`."""
        if not self._is_pk_set():
            raise ValueError(f"Unsaved model instance {self!r} cannot be used in an ORM query.")
        return getattr(self, field.remote_field.get_related_field().attname)

    @classmethod
    def check(cls, **kwargs: Any) -> list[Any]:
        """Messages of the system check framework about this model."""
        from nuages.db.models.checks import check_model

        return check_model(cls, **kwargs)


def _copied_state(state: ModelState) -> ModelState:
    # A copied instance must not share the cache of related objects with the original.
    made = ModelState.__new__(ModelState)
    made.__setstate__(state.__getstate__())
    made.fields_cache = state.fields_cache.copy()
    return made


def model_unpickle(model_id: Any) -> Any:
    """A bare instance, for pickle to fill."""
    if isinstance(model_id, tuple):
        from nuages.apps import apps

        model = apps.get_model(*model_id)
    else:
        model = model_id  # Pickles of long ago hold the class itself.
    return model.__new__(model)


model_unpickle.__safe_for_unpickle__ = True  # type: ignore[attr-defined]
