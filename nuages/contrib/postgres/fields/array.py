"""Arrays."""

from __future__ import annotations

import json
from typing import Any

from nuages.contrib.postgres import lookups
from nuages.contrib.postgres.utils import CheckPostgresInstalledMixin, prefix_validation_error
from nuages.contrib.postgres.validators import ArrayMaxLengthValidator
from nuages.core import checks, exceptions
from nuages.db.models import Field, Func, IntegerField, Transform, Value
from nuages.db.models.expressions import Col
from nuages.db.models.expressions.base import Sql, is_expression
from nuages.db.models.fields.mixins import CheckFieldDefaultMixin
from nuages.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, In, LessThan, LessThanOrEqual
from nuages.db.models.shapes.slots import Slot
from nuages.utils.translation import gettext_lazy as _

__all__ = ["ArrayField"]


class ArrayField(CheckPostgresInstalledMixin, CheckFieldDefaultMixin, Field):
    """A list of values of another field."""

    _default_hint = ("list", "[]")
    default_error_messages = {
        "nested_array_mismatch": _("Nested arrays must have the same length."),
        "item_invalid": _("Item %(nth)s in the array did not validate:"),
    }
    empty_strings_allowed = False
    compound_value = True

    def __init__(self, base_field: Field, size: int | None = None, **kwargs: Any) -> None:
        self.base_field = base_field
        self.db_collation = getattr(base_field, "db_collation", None)
        self.size = size
        if size:
            self.default_validators = [*self.default_validators, ArrayMaxLengthValidator(size)]
        if hasattr(base_field, "from_db_value"):
            # For performance, only where the items are converted.
            self.from_db_value = self._from_db_value
        super().__init__(**kwargs)

    @property
    def model(self) -> Any:
        """The model that the field belongs to; its items' field belongs to it too."""
        try:
            return self.__dict__["model"]
        except KeyError:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute 'model'") from None

    @model.setter
    def model(self, model: Any) -> None:
        self.__dict__["model"] = model
        self.base_field.model = model

    def check(self, **kwargs: Any) -> list[Any]:
        """System checks: those of the items' field too."""
        found = super().check(**kwargs)
        if self.base_field.remote_field:
            found.append(
                checks.Error("Base field for array cannot be a related field.", obj=self, id="postgres.E002")
            )
            return found
        inner = self.base_field.check(**kwargs)
        for level, kind, check_id in (
            (checks.ERROR, checks.Error, "postgres.E001"),
            (checks.WARNING, checks.Warning, "postgres.W004"),
        ):
            messages = [
                message
                for message in inner
                if (message.level >= checks.ERROR) == (level == checks.ERROR)
                and message.id != "postgres.E005"
            ]
            if messages:
                shown = "\n    ".join(f"{message.msg} ({message.id})" for message in messages)
                said = "errors" if kind is checks.Error else "warnings"
                found.append(kind(f"Base field for array has {said}:\n    {shown}", obj=self, id=check_id))
        return found

    def set_attributes_from_name(self, name: str) -> None:
        super().set_attributes_from_name(name)
        self.base_field.set_attributes_from_name(name)

    @property
    def description(self) -> str:  # type: ignore[override]
        return f"Array of {self.base_field.description}"

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs["base_field"] = self.base_field.clone()
        if self.size is not None:
            kwargs["size"] = self.size
        return name, path.replace("postgres.fields.array.", "postgres.fields."), args, kwargs

    # Column

    def db_type(self, connection: Any) -> str:
        return f"{self.base_field.db_type(connection)}[{self.size or ''}]"

    def cast_db_type(self, connection: Any) -> str:
        return f"{self.base_field.cast_db_type(connection)}[{self.size or ''}]"

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        return {**super().db_parameters(connection), "collation": self.db_collation}

    def parameter_sql(self, connection: Any) -> str:
        """A placeholder of the array's own type: an empty list has none."""
        return f"%s::{self.cast_db_type(connection)}"

    def get_placeholder_sql(self, value: Any, compiler: Any, connection: Any) -> Sql:
        """Placeholder and parameter where a value is stored."""
        if hasattr(value, "as_sql"):
            sql, params = compiler.compile(value)
            return f"({sql})::{self.db_type(connection)}", tuple(params)
        return f"%s::{self.db_type(connection)}", (value,)

    # Values

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Each item as its own field has it."""
        if isinstance(value, (list, tuple)):
            convert = self.base_field.get_db_prep_value
            return [convert(item, connection, prepared=False) for item in value]
        return value

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Each item as its own field stores it."""
        if isinstance(value, (list, tuple)):
            return [self.base_field.get_db_prep_save(item, connection) for item in value]
        return value

    def to_python(self, value: Any) -> Any:
        """A list, from one or from its JSON."""
        if isinstance(value, str):
            return [self.base_field.to_python(item) for item in json.loads(value)]
        return value

    def _from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if value is None:
            return None
        convert = self.base_field.from_db_value  # type: ignore[attr-defined]
        return [convert(item, expression, connection) for item in value]

    def value_to_string(self, obj: Any) -> str:
        """The list as JSON, each item as its own field writes it."""
        from nuages.contrib.postgres.fields.utils import AttributeSetter

        field = self.base_field
        items = [
            None if item is None else field.value_to_string(AttributeSetter(field.attname, item))
            for item in self.value_from_object(obj) or []
        ]
        return json.dumps(items, ensure_ascii=False)

    # Lookups

    def get_transform(self, lookup_name: str) -> Any:
        """A registered transform, else an index or a slice."""
        found = super().get_transform(lookup_name)
        if found:
            return found
        if "_" not in lookup_name:
            return (
                IndexTransformFactory(int(lookup_name) + 1, self.base_field)
                if _is_index(lookup_name)
                else None
            )
        parts = lookup_name.split("_")
        if len(parts) == 2 and all(map(_is_index, parts)):
            # The database counts from 1 and includes the end.
            return SliceTransformFactory(int(parts[0]) + 1, int(parts[1]))
        return None

    def slice_expression(self, expression: Any, start: int, length: int | None) -> Any:
        """What `F("field")[a:b]` becomes."""
        return SliceTransform(start, None if length is None else start + length - 1, expression)

    # Validation

    def validate(self, value: Any, model_instance: Any) -> None:
        """The list itself, then each item."""
        super().validate(value, model_instance)
        for position, item in enumerate(value):
            try:
                self.base_field.validate(item, model_instance)
            except exceptions.ValidationError as error:
                raise self._of_item(error, position, item) from error
        if isinstance(self.base_field, ArrayField) and len({len(item) for item in value}) > 1:
            raise exceptions.ValidationError(
                self.error_messages["nested_array_mismatch"], code="nested_array_mismatch"
            )

    def run_validators(self, value: Any) -> None:
        """Validators of the list, then those of the items."""
        super().run_validators(value)
        for position, item in enumerate(value):
            try:
                self.base_field.run_validators(item)
            except exceptions.ValidationError as error:
                raise self._of_item(error, position, item) from error

    def _of_item(
        self, error: exceptions.ValidationError, position: int, item: Any
    ) -> exceptions.ValidationError:
        return prefix_validation_error(
            error,
            prefix=format_item(self.error_messages["item_invalid"]),
            code="item_invalid",
            params={"nth": position + 1, "value": item},
        )

    def formfield(self, **kwargs: Any) -> Any:
        from nuages.contrib.postgres.forms import SimpleArrayField

        return super().formfield(
            **{
                "form_class": SimpleArrayField,
                "base_field": self.base_field.formfield(),
                "max_length": self.size,
                **kwargs,
            }
        )


def format_item(message: Any) -> Any:
    """The message before what is wrong with an item."""
    from nuages.utils.text import format_lazy

    return _Spaced(message) if not isinstance(message, str) else format_lazy("{} ", message)


class _Spaced:
    """A lazy message with a space after it."""

    def __init__(self, message: Any) -> None:
        self.message = message

    def __mod__(self, params: Any) -> str:
        return f"{self.message % params} "

    def __str__(self) -> str:
        return f"{self.message} "


def _is_index(text: str) -> bool:
    return text.isascii() and text.isdigit()


# Right sides ------------------------------------------------------------------------------------------------


class Array(Func):
    """ARRAY[...] of expressions."""

    function = "ARRAY"
    template = "%(function)s[%(expressions)s]"


class ArrayRHSMixin:
    """The right side is an array: a parameter, or put together where it holds expressions."""

    lhs: Any
    rhs: Any

    def __init__(self, lhs: Any, rhs: Any) -> None:
        if isinstance(rhs, (tuple, list)) and any(
            is_expression(item) or isinstance(item, Slot) for item in rhs
        ):
            field = getattr(getattr(lhs, "output_field", None), "base_field", None)
            rhs = Array(*(item if is_expression(item) else Value(item, output_field=field) for item in rhs))
        super().__init__(lhs, rhs)  # type: ignore[call-arg]

    def process_lhs(self, compiler: Any, connection: Any, lhs: Any = None) -> Sql:
        """The left side; one that is computed is given the type that it is said to have."""
        sql, params = super().process_lhs(compiler, connection, lhs)  # type: ignore[misc]
        if not isinstance(self.lhs, Col):
            sql = f"({sql})::{self.lhs.output_field.cast_db_type(connection)}"
        return sql, tuple(params)

    def process_rhs(self, compiler: Any, connection: Any) -> Sql:
        """The right side, of the array's own type."""
        sql, params = super().process_rhs(compiler, connection)  # type: ignore[misc]
        return f"{sql}::{self.lhs.output_field.cast_db_type(connection)}", tuple(params)

    def get_db_prep_lookup(self, value: Any, connection: Any) -> Sql:
        """One parameter for the whole list."""
        from nuages.db.models.lookups.binding import PreparedForField

        step = PreparedForField(self.lhs.output_field)
        return "%s", (value.bound(step) if isinstance(value, Slot) else step(value, connection),)


@ArrayField.register_lookup
class ArrayOverlap(ArrayRHSMixin, lookups.Overlap):
    """As an array."""


@ArrayField.register_lookup
class ArrayExact(ArrayRHSMixin, Exact):
    """As an array."""


@ArrayField.register_lookup
class ArrayContainedBy(ArrayRHSMixin, lookups.ContainedBy):
    """As an array."""


@ArrayField.register_lookup
class ArrayContains(ArrayRHSMixin, lookups.DataContains):
    """As an array."""


@ArrayField.register_lookup
class ArrayGreaterThan(ArrayRHSMixin, GreaterThan):
    """As an array."""


@ArrayField.register_lookup
class ArrayGreaterThanOrEqual(ArrayRHSMixin, GreaterThanOrEqual):
    """As an array."""


@ArrayField.register_lookup
class ArrayLessThan(ArrayRHSMixin, LessThan):
    """As an array."""


@ArrayField.register_lookup
class ArrayLessThanOrEqual(ArrayRHSMixin, LessThanOrEqual):
    """As an array."""


@ArrayField.register_lookup
class ArrayLenTransform(Transform):
    """How many items there are."""

    lookup_name = "len"
    output_field = IntegerField()

    def as_sql(self, compiler: Any, connection: Any) -> Sql:  # type: ignore[override]
        sql, params = compiler.compile(self.lhs)
        # Of an empty array the function gives NULL, as of none.
        return (
            f"CASE WHEN {sql} IS NULL THEN NULL ELSE COALESCE(ARRAY_LENGTH({sql}, 1), 0) END",
            (*params, *params),
        )


@ArrayField.register_lookup
class ArrayInLookup(In):
    """Each right side is a list of its own."""

    def get_db_prep_lookup(self, value: Any, connection: Any) -> Sql:
        _sql, params = super().get_db_prep_lookup(value, connection)
        return f"%s::{self.lhs.output_field.cast_db_type(connection)}", params


# Transforms -------------------------------------------------------------------------------------------------


class IndexTransform(Transform):
    """One item; the index counts from 1."""

    structure = ("index", "extra")

    def __init__(self, index: int, base_field: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.index = index
        self.base_field = base_field

    def as_sql(self, compiler: Any, connection: Any) -> Sql:  # type: ignore[override]
        sql, params = compiler.compile(self.lhs)
        # Constraints and indexes take no parameters, and an index is a plain number.
        if not sql.endswith("]"):
            sql = f"({sql})"
        return f"{sql}[{int(self.index)}]", tuple(params)

    @property
    def output_field(self) -> Any:  # type: ignore[override]
        """The items' field."""
        return self.base_field


class IndexTransformFactory:
    """Makes the transform for one index."""

    def __init__(self, index: int, base_field: Any) -> None:
        self.index = index
        self.base_field = base_field

    def __call__(self, *args: Any, **kwargs: Any) -> IndexTransform:
        return IndexTransform(self.index, self.base_field, *args, **kwargs)


class SliceTransform(Transform):
    """Some items in a row; both ends count from 1 and are included."""

    structure = ("start", "end", "extra")

    def __init__(self, start: int | None, end: int | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.start = start
        self.end = end

    def as_sql(self, compiler: Any, connection: Any) -> Sql:  # type: ignore[override]
        sql, params = compiler.compile(self.lhs)
        # A slice of a slice counts from its own first item, which is why it stands in brackets.
        start = "" if self.start is None else int(self.start)
        end = "" if self.end is None else int(self.end)
        return f"({sql})[{start}:{end}]", tuple(params)


class SliceTransformFactory:
    """Makes the transform for one slice."""

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end

    def __call__(self, *args: Any, **kwargs: Any) -> SliceTransform:
        return SliceTransform(self.start, self.end, *args, **kwargs)
