"""Dicts of texts."""

from __future__ import annotations

import json
from typing import Any

from nuages.contrib.postgres import lookups
from nuages.contrib.postgres.fields.array import ArrayField
from nuages.contrib.postgres.utils import CheckPostgresInstalledMixin
from nuages.core import exceptions
from nuages.db.models import Field, TextField, Transform
from nuages.db.models.expressions.base import Sql
from nuages.db.models.fields.mixins import CheckFieldDefaultMixin
from nuages.utils.translation import gettext_lazy as _

__all__ = ["HStoreField"]


class HStoreField(CheckPostgresInstalledMixin, CheckFieldDefaultMixin, Field):
    """A dict whose keys are texts and whose values are texts or None."""

    empty_strings_allowed = False
    description = _("Map of strings to strings/nulls")
    default_error_messages = {"not_a_string": _("The value of “%(key)s” is not a string or null.")}
    _default_hint = ("dict", "{}")

    def db_type(self, connection: Any) -> str:
        return "hstore"

    def get_transform(self, lookup_name: str) -> Any:
        """A registered transform, else the way to a key."""
        return super().get_transform(lookup_name) or KeyTransformFactory(lookup_name)

    def validate(self, value: Any, model_instance: Any) -> None:
        super().validate(value, model_instance)
        for key, item in value.items():
            if not isinstance(item, str) and item is not None:
                raise exceptions.ValidationError(
                    self.error_messages["not_a_string"], code="not_a_string", params={"key": key}
                )

    def to_python(self, value: Any) -> Any:
        """A dict, from one or from its JSON."""
        return json.loads(value) if isinstance(value, str) else value

    def value_to_string(self, obj: Any) -> str:
        return json.dumps(self.value_from_object(obj), ensure_ascii=False)

    def get_prep_value(self, value: Any) -> Any:
        """Keys and values as texts, also in a list of dicts."""
        value = super().get_prep_value(value)
        if isinstance(value, dict):
            return {str(key): item if item is None else str(item) for key, item in value.items()}
        if isinstance(value, list):
            return [str(item) for item in value]
        return value

    def formfield(self, **kwargs: Any) -> Any:
        from nuages.contrib.postgres.forms import HStoreField as FormField

        return super().formfield(**{"form_class": FormField, **kwargs})


for _lookup in (
    lookups.HasAnyKeys,
    lookups.HasKeys,
    lookups.HasKey,
    lookups.ContainedBy,
    lookups.DataContains,
):
    HStoreField.register_lookup(_lookup)


class KeyTransform(Transform):
    """The value under a key."""

    output_field = TextField()
    structure = ("key_name", "extra")

    def __init__(self, key_name: str, *document: Any, **extra: Any) -> None:
        self.key_name = key_name
        super().__init__(*document, **extra)

    def as_sql(self, compiler: Any, connection: Any) -> Sql:  # type: ignore[override]
        document, bound = compiler.compile(self.lhs)
        return f"({document} -> %s)", (*bound, self.key_name)


class KeyTransformFactory:
    """Makes the transform for one key."""

    def __init__(self, key_name: str) -> None:
        self.key_name = key_name

    def __call__(self, *args: Any, **kwargs: Any) -> KeyTransform:
        return KeyTransform(self.key_name, *args, **kwargs)


@HStoreField.register_lookup
class KeysTransform(Transform):
    output_field = ArrayField(TextField())
    function = "akeys"
    lookup_name = "keys"


@HStoreField.register_lookup
class ValuesTransform(Transform):
    output_field = ArrayField(TextField())
    function = "avals"
    lookup_name = "values"
