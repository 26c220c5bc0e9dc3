"""Fields that hold numbers and truth values."""

from __future__ import annotations

import decimal
import math
from typing import TYPE_CHECKING, Any, ClassVar, Unpack, overload

from nuages.core import exceptions, validators
from nuages.db import connection
from nuages.db.models.fields import checks as field_checks
from nuages.db.models.fields.base import Field, FieldCheck
from nuages.db.models.fields.options import FieldOption, FieldOptions
from nuages.db.models.fields.values import (
    DecimalIn,
    DecimalOut,
    FloatIn,
    FloatOut,
    In,
    IntIn,
    IntOut,
    Null,
    Out,
    TruthIn,
    TruthOut,
)
from nuages.utils.functional import cached_property
from nuages.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from nuages.utils.functional import Promise

__all__ = [
    "BigIntegerField",
    "BooleanField",
    "DecimalField",
    "FloatField",
    "IntegerField",
    "NullBooleanField",
    "PositiveBigIntegerField",
    "PositiveIntegerField",
    "PositiveIntegerRelDbTypeMixin",
    "PositiveSmallIntegerField",
    "SmallIntegerField",
]


#: What counts as a truth value: those themselves, the numbers equal to them, and how serializers write them.
BOOLEANS = {
    True: True,
    False: False,
    "t": True,
    "True": True,
    "1": True,
    "f": False,
    "False": False,
    "0": False,
}


class BooleanField(Field[TruthIn, TruthOut, Null]):
    """True or False."""

    empty_strings_allowed = False
    description = _("Boolean (Either True or False)")
    default_error_messages = {
        "invalid_nullable": _("“%(value)s” value must be either True, False, or None."),
        "invalid": _("“%(value)s” value must be either True or False."),
    }

    def get_internal_type(self) -> str:
        return "BooleanField"

    def to_python(self, value: Any) -> Any:
        if self.null and value in self.empty_values:
            return None
        try:
            return BOOLEANS[value]
        except (KeyError, TypeError):
            # Two wordings of one error.
            message = self.error_messages["invalid_nullable" if self.null else "invalid"]
            raise exceptions.ValidationError(message, code="invalid", params={"value": value}) from None

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return None if value is None else self.to_python(value)

    @property
    def form_field(self) -> str:  # type: ignore[override]
        return "NullBooleanField" if self.null else "BooleanField"

    def form_presets(self) -> dict[str, Any]:
        # A required checkbox would have to be ticked.
        return {"required": False}

    def formfield(self, **kwargs: Any) -> Any:
        if self.choices is not None:
            # With choices, leaving it empty is one only where no default forbids it.
            blank = not (self.has_default() or "initial" in kwargs)
            kwargs.setdefault("choices", self.get_choices(include_blank=blank))
        return super().formfield(**kwargs)


class NullBooleanField(BooleanField):
    """Kept for historical migrations only."""

    options: ClassVar[tuple[FieldOption, ...]] = (
        FieldOption("null", True, never=True),
        FieldOption("blank", True, never=True),
    )
    system_check_removed_details = {
        "msg": "NullBooleanField is removed except for support in historical migrations.",
        "hint": "Use BooleanField(null=True, blank=True) instead.",
        "id": "fields.E903",
    }

    if not TYPE_CHECKING:  # a checker sees the constructor of the base

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs | {"null": True, "blank": True})


class _Number(Field[In, Out, Null]):
    """Numbers: what is not one is refused with the field's name."""

    empty_strings_allowed = False
    number: ClassVar[Any]

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        if value is None:
            return None
        try:
            return self.number(value)
        except (TypeError, ValueError) as error:
            raise error.__class__(f"Field '{self.name}' expected a number but got {value!r}.") from error

    def to_python(self, value: Any) -> Any:
        if value is None:
            return None
        try:
            return self.number(value)
        except (TypeError, ValueError):
            raise self.invalid("invalid", value=value) from None


class FloatField(_Number[FloatIn, FloatOut, Null]):
    """A floating-point number."""

    number = float
    default_error_messages = {"invalid": _("“%(value)s” value must be a float.")}
    description = _("Floating point number")
    form_field = "FloatField"

    def get_internal_type(self) -> str:
        return "FloatField"


class IntegerField(_Number[IntIn, IntOut, Null]):
    """A whole number."""

    number = int
    checks: ClassVar[tuple[FieldCheck, ...]] = (field_checks.check_unused_length,)
    default_error_messages = {"invalid": _("“%(value)s” value must be an integer.")}
    description = _("Integer")
    form_field = "IntegerField"

    def get_internal_type(self) -> str:
        return "IntegerField"

    @cached_property
    def validators(self) -> list[Any]:
        """The range of the column's type, unless the field has a narrower one."""
        found = [*self.default_validators, *self._validators]
        low, high = connection.ops.integer_field_range(self.get_internal_type())
        for bound, kind, narrower in (
            (low, validators.MinValueValidator, lambda limit: limit >= low),
            (high, validators.MaxValueValidator, lambda limit: limit <= high),
        ):
            if bound is not None and not any(
                isinstance(validator, kind) and narrower(_limit_of(validator)) for validator in found
            ):
                found.append(kind(bound))
        return found

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        value = super().get_db_prep_value(value, connection, prepared)
        return connection.ops.adapt_integerfield_value(value, self.get_internal_type())


def _limit_of(validator: Any) -> Any:
    limit = validator.limit_value
    return limit() if callable(limit) else limit


class BigIntegerField(IntegerField[IntIn, IntOut, Null]):
    """A 64-bit whole number."""

    description = _("Big (8 byte) integer")
    MAX_BIGINT = 9223372036854775807

    def get_internal_type(self) -> str:
        return "BigIntegerField"

    def form_presets(self) -> dict[str, Any]:
        return {**super().form_presets(), "min_value": -self.MAX_BIGINT - 1, "max_value": self.MAX_BIGINT}


class SmallIntegerField(IntegerField[IntIn, IntOut, Null]):
    """A 16-bit whole number."""

    description = _("Small integer")

    def get_internal_type(self) -> str:
        return "SmallIntegerField"


class PositiveIntegerRelDbTypeMixin:
    """A key that points at a positive field holds the same numbers without its CHECK."""

    integer_field_class: ClassVar[type[IntegerField[Any, Any, Any]]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "integer_field_class" not in cls.__dict__:
            cls.integer_field_class = next(
                (
                    base
                    for base in cls.__mro__[1:]
                    if issubclass(base, IntegerField) and not issubclass(base, PositiveIntegerRelDbTypeMixin)
                ),
                IntegerField,
            )

    def rel_db_type(self, connection: Any) -> str | None:
        if connection.features.related_fields_match_type:
            return self.db_type(connection)  # type: ignore[attr-defined]
        return self.integer_field_class().db_type(connection=connection)


class _Positive(PositiveIntegerRelDbTypeMixin):
    def form_presets(self) -> dict[str, Any]:
        return {**super().form_presets(), "min_value": 0}  # type: ignore[misc]


class PositiveBigIntegerField(_Positive, BigIntegerField[IntIn, IntOut, Null]):
    """A 64-bit whole number, 0 or more."""

    description = _("Positive big integer")

    def get_internal_type(self) -> str:
        return "PositiveBigIntegerField"


class PositiveIntegerField(_Positive, IntegerField[IntIn, IntOut, Null]):
    """A whole number, 0 or more."""

    description = _("Positive integer")

    def get_internal_type(self) -> str:
        return "PositiveIntegerField"


class PositiveSmallIntegerField(_Positive, SmallIntegerField[IntIn, IntOut, Null]):
    """A 16-bit whole number, 0 or more."""

    description = _("Positive small integer")

    def get_internal_type(self) -> str:
        return "PositiveSmallIntegerField"


class DecimalField(Field[DecimalIn, DecimalOut, Null]):
    """A decimal number of a fixed precision."""

    options: ClassVar[tuple[FieldOption, ...]] = (FieldOption("max_digits"), FieldOption("decimal_places"))
    checks: ClassVar[tuple[FieldCheck, ...]] = (field_checks.check_decimal_digits,)
    empty_strings_allowed = False
    default_error_messages = {"invalid": _("“%(value)s” value must be a decimal number.")}
    description = _("Decimal number")
    form_field = "DecimalField"

    @overload
    def __init__(
        self,
        verbose_name: str | Promise | None = None,
        name: str | None = None,
        max_digits: int | None = None,
        decimal_places: int | None = None,
        *,
        null: Null = ...,
        **options: Unpack[FieldOptions],
    ) -> None: ...
    @overload
    def __init__(
        self,
        verbose_name: str | Promise | None = None,
        name: str | None = None,
        max_digits: int | None = None,
        decimal_places: int | None = None,
        *,
        null: bool,
        **options: Unpack[FieldOptions],
    ) -> None: ...
    def __init__(
        self,
        verbose_name: Any = None,
        name: str | None = None,
        max_digits: int | None = None,
        decimal_places: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.max_digits, self.decimal_places = max_digits, decimal_places
        super().__init__(verbose_name, name, **kwargs)

    @cached_property
    def validators(self) -> list[Any]:
        return [
            *self.default_validators,
            *self._validators,
            validators.DecimalValidator(self.max_digits, self.decimal_places),
        ]

    @cached_property
    def context(self) -> decimal.Context:
        return decimal.Context(prec=self.max_digits) if self.max_digits is not None else decimal.getcontext()

    def get_internal_type(self) -> str:
        return "DecimalField"

    def to_python(self, value: Any) -> Any:
        if value is None:
            return None
        try:
            if isinstance(value, float):
                if math.isnan(value):
                    raise self.invalid("invalid", value=value)
                made = self.context.create_decimal_from_float(value)
            else:
                made = decimal.Decimal(value)
        except (decimal.InvalidOperation, TypeError, ValueError):
            raise self.invalid("invalid", value=value) from None
        if not made.is_finite():
            raise self.invalid("invalid", value=value)
        return made

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(super().get_prep_value(value))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        value = value if prepared else self.get_prep_value(value)
        if hasattr(value, "as_sql"):
            return value
        return connection.ops.adapt_decimalfield_value(value, self.max_digits, self.decimal_places)

    def form_presets(self) -> dict[str, Any]:
        return {"max_digits": self.max_digits, "decimal_places": self.decimal_places}
