"""Objects as dictionaries of plain values; most formats are written from these and read into these."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nuages.apps import apps
from nuages.core.serializers import base
from nuages.db import DEFAULT_DB_ALIAS, models
from nuages.utils.encoding import is_protected_type


class Serializer(base.Serializer):
    """Returns a list of dictionaries."""

    internal_use_only = True

    def start_serialization(self) -> None:
        self._current: dict[str, Any] | None = None
        self.objects: list[Any] = []

    def start_object(self, obj: Any) -> None:
        self._current = {}

    def end_object(self, obj: Any) -> None:
        self.objects.append(self.get_dump_object(obj))
        self._current = None

    def get_dump_object(self, obj: Any) -> dict[str, Any]:
        """Return the dictionary for `obj`; its key stays out where a natural one takes its place."""
        dumped: dict[str, Any] = {"model": str(obj._meta)}
        if self.natural_key_of(obj) is None:
            dumped["pk"] = self._value_from_field(obj, obj._meta.pk)
        dumped["fields"] = self._current
        return dumped

    def _value_from_field(self, obj: Any, field: Any) -> Any:
        if isinstance(field, models.CompositePrimaryKey):
            return [self._value_from_field(obj, part) for part in field.fields]
        value = field.value_from_object(obj)
        # Their own types are left to the format, which may have a form for them.
        return value if is_protected_type(value) else field.value_to_string(obj)

    def handle_field(self, obj: Any, field: Any) -> None:
        assert self._current is not None
        self._current[field.name] = self._value_from_field(obj, field)

    def handle_fk_field(self, obj: Any, field: Any) -> None:
        assert self._current is not None
        if self.handles_natural_key(field):
            related = getattr(obj, field.name)
            value = related.natural_key() if related else None
            if value == () and related is not None:
                value = related.pk
        else:
            value = self._value_from_field(obj, field)
        self._current[field.name] = value

    def handle_m2m_field(self, obj: Any, field: Any) -> None:
        if not field.remote_field.through._meta.auto_created:
            return
        assert self._current is not None
        natural = self.handles_natural_key(field)
        values = [
            (other.natural_key() if natural else ()) or _plain(other)
            for other in self.related_objects(obj, field)
        ]
        self._current[field.name] = values

    def getvalue(self) -> Any:
        return self.objects


def _plain(related: Any) -> Any:
    value = related.pk
    return value if is_protected_type(value) else related._meta.pk.value_to_string(related)


class Deserializer(base.Deserializer):
    """Yields objects from dictionaries."""

    def __init__(
        self,
        object_list: Any,
        *,
        using: str = DEFAULT_DB_ALIAS,
        ignorenonexistent: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(object_list, **options)
        self.handle_forward_references = options.pop("handle_forward_references", False)
        self.using = using
        self.ignorenonexistent = ignorenonexistent
        self._names: dict[Any, set[str]] = {}
        self._objects: Iterator[base.DeserializedObject] | None = None

    def __iter__(self) -> Iterator[base.DeserializedObject]:
        for data in self.stream:
            yield from self._handle_object(data)

    def __next__(self) -> base.DeserializedObject:
        if self._objects is None:
            self._objects = iter(self)
        return next(self._objects)

    def _handle_object(self, data: Any) -> Iterator[base.DeserializedObject]:
        try:
            model = self._get_model_from_node(data["model"])
        except base.DeserializationError:
            if self.ignorenonexistent:
                return
            raise
        values: dict[str, Any] = {}
        if "pk" in data:
            try:
                values[model._meta.pk.attname] = model._meta.pk.to_python(data.get("pk"))
            except Exception as error:
                raise base.DeserializationError.WithData(
                    error, data["model"], data.get("pk"), None
                ) from error
        known = self._names.setdefault(model, {field.name for field in model._meta.get_fields()})
        m2m: dict[str, Any] = {}
        deferred: dict[Any, Any] = {}
        for name, value in data["fields"].items():
            if self.ignorenonexistent and name not in known:
                continue
            field = model._meta.get_field(name)
            if field.remote_field and isinstance(field.remote_field, models.ManyToManyRel):
                found = self._m2m(field, value, data)
                if found is base.DEFER_FIELD:
                    deferred[field] = value
                else:
                    m2m[field.name] = found
            elif field.remote_field and isinstance(field.remote_field, models.ManyToOneRel):
                found = self._fk(field, value, data)
                if found is base.DEFER_FIELD:
                    deferred[field] = value
                else:
                    values[field.attname] = found
            else:
                try:
                    values[field.name] = field.to_python(value)
                except Exception as error:
                    raise base.DeserializationError.WithData(
                        error, data["model"], data.get("pk"), value
                    ) from error
        yield base.DeserializedObject(base.build_instance(model, values, self.using), m2m, deferred)

    def _m2m(self, field: Any, value: Any, data: Any) -> Any:
        try:
            return base.deserialize_m2m_values(field, value, self.using, self.handle_forward_references)
        except base.M2MDeserializationError as error:
            raise base.DeserializationError.WithData(
                error.original_exc, data["model"], data.get("pk"), error.pk
            ) from error

    def _fk(self, field: Any, value: Any, data: Any) -> Any:
        try:
            return base.deserialize_fk_value(field, value, self.using, self.handle_forward_references)
        except Exception as error:
            raise base.DeserializationError.WithData(error, data["model"], data.get("pk"), value) from error

    @staticmethod
    def _get_model_from_node(model_identifier: str) -> Any:
        try:
            return apps.get_model(model_identifier)
        except (LookupError, TypeError):
            raise base.DeserializationError(f"Invalid model identifier: {model_identifier}") from None
