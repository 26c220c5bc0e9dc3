"""Keys the database counts up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from nuages.db.models.fields import checks as field_checks
from nuages.db.models.fields.base import FieldCheck
from nuages.db.models.fields.numeric import BigIntegerField, IntegerField, SmallIntegerField
from nuages.db.models.fields.options import FieldOption
from nuages.db.models.fields.values import IntOut, KeyIn, Null
from nuages.utils.translation import gettext_lazy as _

__all__ = ["AutoField", "AutoFieldMeta", "AutoFieldMixin", "BigAutoField", "SmallAutoField"]


class AutoFieldMixin:
    """An integer key that is given by the database on insert."""

    options: ClassVar[tuple[FieldOption, ...]] = (
        FieldOption("blank", True, never=True),
        FieldOption("primary_key", False),
    )
    checks: ClassVar[tuple[FieldCheck, ...]] = (field_checks.check_auto_is_key,)
    db_returning = True

    if not TYPE_CHECKING:  # a checker sees the constructor of the base

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs | {"blank": True})

    def validate(self, value: Any, model_instance: Any) -> None:
        """Nothing to say against a key that is not there yet."""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if not prepared:
            value = self.get_prep_value(value)  # type: ignore[attr-defined]
            value = connection.ops.validate_autopk_value(value)
        return value

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        options = cls._meta
        if options.auto_field and options.auto_field is not self:
            raise ValueError(f"Model {options.label} can't have more than one auto-generated field.")
        super().contribute_to_class(cls, name, private_only)  # type: ignore[misc]
        options.auto_field = self

    def formfield(self, **kwargs: Any) -> None:
        """A form has no business with it."""
        return


class AutoFieldMeta(type):
    """Every auto field is an AutoField to isinstance(), whatever its size."""

    def __instancecheck__(self, instance: object) -> bool:
        return self.__subclasscheck__(instance.__class__)

    def __subclasscheck__(self, subclass: type) -> bool:
        if self is AutoField:
            return AutoFieldMixin in subclass.__mro__
        return super().__subclasscheck__(subclass)


class AutoField(AutoFieldMixin, IntegerField[KeyIn, IntOut, Null], metaclass=AutoFieldMeta):
    """A 32-bit key that counts up."""

    description = _("Integer")

    def get_internal_type(self) -> str:
        return "AutoField"

    def rel_db_type(self, connection: Any) -> str | None:
        return IntegerField().db_type(connection=connection)


class BigAutoField(AutoFieldMixin, BigIntegerField[KeyIn, IntOut, Null]):
    """A 64-bit key that counts up."""

    def get_internal_type(self) -> str:
        return "BigAutoField"

    def rel_db_type(self, connection: Any) -> str | None:
        return BigIntegerField().db_type(connection=connection)


class SmallAutoField(AutoFieldMixin, SmallIntegerField[KeyIn, IntOut, Null]):
    """A 16-bit key that counts up."""

    def get_internal_type(self) -> str:
        return "SmallAutoField"

    def rel_db_type(self, connection: Any) -> str | None:
        return SmallIntegerField().db_type(connection=connection)
