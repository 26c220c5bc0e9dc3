"""What all formats share: walking over objects on the way out, and building objects on the way in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Any, Self

from nuages.core.exceptions import ObjectDoesNotExist
from nuages.db import models

DEFER_FIELD = object()


class SerializerDoesNotExist(KeyError):
    """There is no such format."""


class SerializationError(Exception):
    """Something cannot be written."""


class DeserializationError(Exception):
    """Something cannot be read."""

    @classmethod
    def WithData(cls, original_exc: Any, model: str, fk: Any, field_value: Any) -> Self:
        """Return an error that names the object and the value it was about."""
        return cls(f"{original_exc}: ({model}:pk={fk}) field_value was '{field_value}'")


class M2MDeserializationError(Exception):
    """One of the values of a many-to-many relation cannot be read."""

    def __init__(self, original_exc: Any, pk: Any) -> None:
        self.original_exc = original_exc
        self.pk = pk


class ProgressBar:
    """Draws how far a long run has come."""

    progress_width = 75

    def __init__(self, output: Any, total_count: int) -> None:
        self.output = output
        self.total_count = total_count
        self.prev_done = 0

    def update(self, count: int) -> None:
        """Draw, if that makes a difference."""
        if not self.output:
            return
        done = count * self.progress_width // self.total_count
        if done <= self.prev_done:
            return
        self.prev_done = done
        start = "\r" if count > 1 else ""
        end = "\n" if done == self.progress_width else ""
        self.output.write(f"{start}[{'.' * done}{' ' * (self.progress_width - done)}]{end}")
        self.output.flush()


class Serializer:
    """Walks over objects and tells of each field; formats say what is written for it."""

    #: Formats for use inside Python only say so; they are not offered as formats of files.
    internal_use_only = False
    progress_class = ProgressBar
    stream_class: Any = StringIO

    def serialize(
        self,
        queryset: Iterable[Any],
        *,
        stream: Any = None,
        fields: Iterable[str] | None = None,
        use_natural_foreign_keys: bool = False,
        use_natural_primary_keys: bool = False,
        progress_output: Any = None,
        object_count: int = 0,
        **options: Any,
    ) -> Any:
        """Write the objects to `stream` (text, if not given); `fields` limits what is written of each."""
        self.options = options
        self.stream = stream if stream is not None else self.stream_class()
        self.selected_fields = fields
        self.use_natural_foreign_keys = use_natural_foreign_keys
        self.use_natural_primary_keys = use_natural_primary_keys
        progress = self.progress_class(progress_output, object_count)
        self.start_serialization()
        self.first = True
        for count, obj in enumerate(queryset, start=1):
            self._object(obj)
            progress.update(count)
            self.first = False
        self.end_serialization()
        return self.getvalue()

    def _object(self, obj: Any) -> None:
        self.start_object(obj)
        # The fields of the table itself: a proxy has none of its own.
        options = obj._meta.concrete_model._meta
        # A multi-table child's link to its parent is its key, unless natural keys take the key's place.
        pk_parent = (
            options.pk
            if self.use_natural_primary_keys
            and options.pk.remote_field
            and options.pk.remote_field.parent_link
            else None
        )
        for field in options.local_fields:
            if not (field.serialize or field is pk_parent):
                continue
            if field.remote_field is None:
                if self._wanted(field.attname):
                    self.handle_field(obj, field)
            elif self._wanted(field.attname.removesuffix("_id")):
                self.handle_fk_field(obj, field)
        for field in options.local_many_to_many:
            if field.serialize and self._wanted(field.attname):
                self.handle_m2m_field(obj, field)
        self.end_object(obj)

    def _wanted(self, name: str) -> bool:
        return self.selected_fields is None or name in self.selected_fields

    def natural_key_of(self, obj: Any) -> Any:
        """Return the natural key that stands for `obj`'s primary key; None where it has none or they are not used."""
        if self.use_natural_primary_keys and hasattr(obj, "natural_key"):
            return obj.natural_key() or None
        return None

    def _value_from_field(self, obj: Any, field: Any) -> Any:
        """Return a value as the formats of Python take it: their own types as they are, the rest as text."""
        value = field.value_from_object(obj)
        return value if is_protected_type(value) else field.value_to_string(obj)

    def related_objects(self, obj: Any, field: Any) -> Iterable[Any]:
        """Return the objects of a many-to-many relation: those prefetched, else read in an order that is always the same."""
        prefetched = getattr(obj, "_prefetched_objects_cache", {}).get(field.name)
        if prefetched is not None:
            return prefetched
        related = getattr(obj, field.name)
        # Keys say it all, unless natural keys are made from other fields.
        found = related.all() if self.handles_natural_key(field) else related.select_related(None).only("pk")
        if not found.totally_ordered:
            found = found.order_by(*(found.query.order_by or found.model._meta.ordering), "pk")
        return found.iterator(chunk_size=2000)

    def handles_natural_key(self, field: Any) -> bool:
        """Say whether references through `field` are written as natural keys."""
        return self.use_natural_foreign_keys and hasattr(field.remote_field.model, "natural_key")

    def start_serialization(self) -> None:
        """Begin."""
        raise NotImplementedError("subclasses of Serializer must provide a start_serialization() method")

    def end_serialization(self) -> None:
        """End."""

    def start_object(self, obj: Any) -> None:
        """Begin an object."""
        raise NotImplementedError("subclasses of Serializer must provide a start_object() method")

    def end_object(self, obj: Any) -> None:
        """End an object."""

    def handle_field(self, obj: Any, field: Any) -> None:
        """Write a field that is no relation."""
        raise NotImplementedError("subclasses of Serializer must provide a handle_field() method")

    def handle_fk_field(self, obj: Any, field: Any) -> None:
        """Write a foreign key."""
        raise NotImplementedError("subclasses of Serializer must provide a handle_fk_field() method")

    def handle_m2m_field(self, obj: Any, field: Any) -> None:
        """Write a many-to-many relation."""
        raise NotImplementedError("subclasses of Serializer must provide a handle_m2m_field() method")

    def getvalue(self) -> Any:
        """Return what was written, where the stream keeps it."""
        return self.stream.getvalue() if callable(getattr(self.stream, "getvalue", None)) else None


def is_protected_type(value: Any) -> bool:
    """Say whether formats of Python keep a value of this type as it is."""
    import datetime
    import decimal

    kept = (type(None), int, float, decimal.Decimal, datetime.datetime, datetime.date, datetime.time)
    return isinstance(value, kept)


class Deserializer:
    """Yields `DeserializedObject`s from a text or a stream."""

    def __init__(self, stream_or_string: Any, **options: Any) -> None:
        self.options = options
        self.stream = StringIO(stream_or_string) if isinstance(stream_or_string, str) else stream_or_string

    def __iter__(self) -> Iterator[DeserializedObject]:
        return self

    def __next__(self) -> DeserializedObject:
        raise NotImplementedError("subclasses of Deserializer must provide a __next__() method")


class DeserializedObject:
    """An object read but not saved, its many-to-many values beside it.

    `deferred_fields` holds references to objects that are not there yet.
    """

    def __init__(self, obj: Any, m2m_data: Any = None, deferred_fields: Any = None) -> None:
        self.object = obj
        self.m2m_data = m2m_data
        self.deferred_fields = deferred_fields

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.object._meta.label}(pk={self.object.pk})>"

    def save(self, save_m2m: bool = True, using: str | None = None, **kwargs: Any) -> None:
        """Save the object as it is, without its own `save()`, and the relations."""
        models.Model.save_base(self.object, using=using, raw=True, **kwargs)
        if self.m2m_data and save_m2m:
            for name, values in self.m2m_data.items():
                getattr(self.object, name).set(values)
        # They are stored; a second save() must not undo what happened to them since.
        self.m2m_data = None

    def save_deferred_fields(self, using: str | None = None) -> None:
        """Fill in the references that had to wait. Raises `DeserializationError` where one still leads nowhere."""
        self.m2m_data = {}
        for field, value in self.deferred_fields.items():
            label = self.object._meta.label_lower
            if field.remote_field and isinstance(field.remote_field, models.ManyToManyRel):
                try:
                    values = deserialize_m2m_values(field, value, using, handle_forward_references=False)
                except M2MDeserializationError as error:
                    raise DeserializationError.WithData(
                        error.original_exc, label, self.object.pk, error.pk
                    ) from error
                self.m2m_data[field.name] = values
            else:
                try:
                    found = deserialize_fk_value(field, value, using, handle_forward_references=False)
                except Exception as error:
                    raise DeserializationError.WithData(error, label, self.object.pk, value) from error
                setattr(self.object, field.attname, found)
        self.save()


def build_instance(Model: Any, data: dict[str, Any], db: str | None) -> Any:
    """Return a model instance; without a key but with a natural one, the key of the object that has it already."""
    manager = Model._meta.default_manager
    key = data.get(Model._meta.pk.attname)
    if key is None and hasattr(manager, "get_by_natural_key") and hasattr(Model, "natural_key"):
        natural_key = _natural_key_of_data(Model, data, db)
        if natural_key is not None and natural_key != ():
            try:
                found = manager.db_manager(db).get_by_natural_key(*natural_key)
            except Model.DoesNotExist:
                pass
            else:
                data[Model._meta.pk.attname] = Model._meta.pk.to_python(found.pk)
    return Model(**data)


def _natural_key_of_data(Model: Any, data: dict[str, Any], db: str | None) -> Any:
    # The key may be computed over relations, which need to know their database.
    draft = Model(**data)
    draft._state.db = db
    try:
        return draft.natural_key()
    except Model.DoesNotExist:
        return None


def deserialize_m2m_values(
    field: Any, field_value: Any, using: str | None, handle_forward_references: bool
) -> Any:
    """Return the keys of related objects, or `DEFER_FIELD` when one is not there yet and may come."""
    model = field.remote_field.model
    manager = model._default_manager
    natural = hasattr(manager, "get_by_natural_key")

    def key_of(value: Any) -> Any:
        if natural and hasattr(value, "__iter__") and not isinstance(value, str):
            return manager.db_manager(using).get_by_natural_key(*value).pk
        return model._meta.pk.to_python(value)

    try:
        pending = list(field_value)
    except TypeError as error:
        raise M2MDeserializationError(error, field_value) from error
    found = []
    for value in pending:
        try:
            found.append(key_of(value))
        except Exception as error:
            if isinstance(error, ObjectDoesNotExist) and handle_forward_references:
                return DEFER_FIELD
            raise M2MDeserializationError(error, value) from error
    return found


def deserialize_fk_value(
    field: Any, field_value: Any, using: str | None, handle_forward_references: bool
) -> Any:
    """Return the value of a foreign key's column, or `DEFER_FIELD` when its object is not there yet and may come."""
    if field_value is None:
        return None
    model = field.remote_field.model
    manager = model._default_manager
    target = field.remote_field.field_name
    natural = hasattr(manager, "get_by_natural_key") and hasattr(field_value, "__iter__")
    if not natural or isinstance(field_value, str):
        return model._meta.get_field(target).to_python(field_value)
    try:
        found = manager.db_manager(using).get_by_natural_key(*field_value)
    except ObjectDoesNotExist:
        if handle_forward_references:
            return DEFER_FIELD
        raise
    value = getattr(found, target)
    # The key of an object may itself be a relation: its natural key is what identifies it.
    return value.pk if model._meta.pk.remote_field and isinstance(value, models.Model) else value
