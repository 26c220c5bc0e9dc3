"""JSONField: documents in a column, and ways into them by key and index."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Unpack, overload

from nuages.core import checks, exceptions
from nuages.db.models.expressions import Value
from nuages.db.models.expressions.base import Sql, is_expression
from nuages.db.models.fields.base import Field
from nuages.db.models.fields.mixins import CheckFieldDefaultMixin
from nuages.db.models.fields.options import FieldOptions
from nuages.db.models.fields.values import In, Null, Out
from nuages.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from nuages.utils.functional import Promise

__all__ = ["JSONField", "JSONNull"]


class JSONField(CheckFieldDefaultMixin, Field[In, Out, Null]):
    """A document of dicts, lists, texts, numbers, booleans and None."""

    empty_strings_allowed = False
    description = _("A JSON object")
    default_error_messages = {"invalid": _("Value must be valid JSON.")}
    _default_hint = ("dict", "{}")

    @overload
    def __init__(
        self,
        verbose_name: str | Promise | None = None,
        name: str | None = None,
        encoder: type[json.JSONEncoder] | None = None,
        decoder: type[json.JSONDecoder] | None = None,
        *,
        null: Null = ...,
        **options: Unpack[FieldOptions],
    ) -> None: ...
    @overload
    def __init__(
        self,
        verbose_name: str | Promise | None = None,
        name: str | None = None,
        encoder: type[json.JSONEncoder] | None = None,
        decoder: type[json.JSONDecoder] | None = None,
        *,
        null: bool,
        **options: Unpack[FieldOptions],
    ) -> None: ...
    def __init__(
        self,
        verbose_name: Any = None,
        name: str | None = None,
        encoder: Any = None,
        decoder: Any = None,
        **kwargs: Any,
    ) -> None:
        for role, given in (("encoder", encoder), ("decoder", decoder)):
            if given and not callable(given):
                raise ValueError(f"The {role} parameter must be a callable object.")
        self.encoder = encoder
        self.decoder = decoder
        super().__init__(verbose_name, name, **kwargs)

    def check(self, **kwargs: Any) -> list[Any]:
        """System checks, with whether the databases at hand store JSON."""
        return [*super().check(**kwargs), *self._check_supported(kwargs.get("databases") or ())]

    def _check_supported(self, databases: Sequence[str]) -> list[Any]:
        from nuages.db import connections, router

        found: list[Any] = []
        for alias in databases:
            if not router.allow_migrate_model(alias, self.model):
                continue
            connection = connections[alias]
            required = self.model._meta.required_db_vendor
            if required and required != connection.vendor:
                continue
            if not (
                "supports_json_field" in self.model._meta.required_db_features
                or connection.features.supports_json_field
            ):
                found.append(
                    checks.Error(
                        f"{connection.display_name} does not support JSONFields.",
                        obj=self.model,
                        id="fields.E180",
                    )
                )
        return found

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        for role in ("encoder", "decoder"):
            if getattr(self, role) is not None:
                kwargs[role] = getattr(self, role)
        return name, path, args, kwargs

    def get_internal_type(self) -> str:
        return "JSONField"

    # Values

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """The document, read from what the database gave."""
        if value is None:
            return None
        # A scalar taken out of a document may come as what it is.
        if not isinstance(value, (str, bytes)):
            return value
        try:
            return json.loads(value, cls=self.decoder)
        except json.JSONDecodeError:
            return value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """The document in the form the driver takes; None means JSON's null here."""
        if not prepared:
            value = self.get_prep_value(value)
        if isinstance(value, Value) and isinstance(value._output_field_or_none, JSONField):
            value = value.value
        elif hasattr(value, "as_sql"):
            return value
        return connection.ops.adapt_json_value(value, self.encoder)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """As above, but None is stored as SQL's NULL."""
        return None if value is None else self.get_db_prep_value(value, connection)

    def validate(self, value: Any, model_instance: Any) -> None:
        """Refuse what the encoder cannot write."""
        super().validate(value, model_instance)
        if is_expression(value):
            return
        try:
            json.dumps(value, cls=self.encoder)
        except TypeError as error:
            raise exceptions.ValidationError(
                self.error_messages["invalid"], code="invalid", params={"value": value}
            ) from error

    def value_to_string(self, obj: Any) -> Any:
        """The document itself: serializers write structures."""
        return self.value_from_object(obj)

    def formfield(self, **kwargs: Any) -> Any:
        from nuages import forms

        return super().formfield(
            **{"form_class": forms.JSONField, "encoder": self.encoder, "decoder": self.decoder, **kwargs}
        )

    def get_transform(self, lookup_name: str) -> Any:
        """A registered transform, else the way to the key of that name."""
        from nuages.db.models.fields.json_keys import KeyTransformFactory

        return super().get_transform(lookup_name) or KeyTransformFactory(lookup_name)


class JSONNull(Value):
    """JSON's null, which is another thing than SQL's NULL."""

    def __init__(self) -> None:
        super().__init__(None, output_field=JSONField())

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        value = self.output_field.get_db_prep_value(self.value, connection=connection)
        return "%s", (value,)


def __getattr__(name: str) -> Any:
    # The lookups need expressions that need fields, so they live beside and are shown here.
    from nuages.db.models.fields import json_keys

    try:
        return getattr(json_keys, name)
    except AttributeError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
