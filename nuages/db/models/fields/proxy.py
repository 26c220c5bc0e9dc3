"""A column the framework keeps for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from nuages.db.models.fields.numeric import IntegerField
from nuages.db.models.fields.options import FieldOption

__all__ = ["OrderWrt"]


class OrderWrt(IntegerField):
    """The place of a row among those of the same object (`order_with_respect_to`)."""

    options: ClassVar[tuple[FieldOption, ...]] = (
        FieldOption("verbose_name", attribute="_verbose_name"),
        FieldOption("editable", False),
    )

    if not TYPE_CHECKING:  # a checker sees the constructor of the base

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs["name"] = "_order"
            kwargs["editable"] = False
            super().__init__(*args, **kwargs)
