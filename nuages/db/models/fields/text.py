"""Fields that hold text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Unpack, overload

from nuages.core import validators
from nuages.db import connection
from nuages.db.models.fields import checks as field_checks
from nuages.db.models.fields.base import Field, FieldCheck
from nuages.db.models.fields.options import FieldOption, FieldOptions
from nuages.db.models.fields.values import Null, TextIn, TextOut
from nuages.utils.functional import cached_property
from nuages.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from nuages.utils.functional import Promise

__all__ = [
    "CharField",
    "CommaSeparatedIntegerField",
    "EmailField",
    "SlugField",
    "TextField",
    "URLField",
]


class TextOptions(FieldOptions, total=False):
    """Keywords of text fields."""

    db_collation: str | None


class SlugOptions(TextOptions, total=False):
    """Keywords of SlugField."""

    allow_unicode: bool


class _Text(Field[TextIn, TextOut, Null]):
    """What CharField and TextField share: text, and a collation."""

    options: ClassVar[tuple[FieldOption, ...]] = (FieldOption("db_collation"),)
    #: The name the collation check knows this kind of column by.
    collated_as: ClassVar[str]

    @overload
    def __init__(
        self,
        verbose_name: str | Promise | None = None,
        name: str | None = None,
        *,
        null: Null = ...,
        **options: Unpack[TextOptions],
    ) -> None: ...
    @overload
    def __init__(
        self,
        verbose_name: str | Promise | None = None,
        name: str | None = None,
        *,
        null: bool,
        **options: Unpack[TextOptions],
    ) -> None: ...
    def __init__(self, *args: Any, db_collation: str | None = None, **kwargs: Any) -> None:
        self.db_collation = db_collation
        super().__init__(*args, **kwargs)

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        return {**super().db_parameters(connection), "collation": self.db_collation}

    def to_python(self, value: Any) -> Any:
        return value if value is None or isinstance(value, str) else str(value)

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(super().get_prep_value(value))

    def slice_expression(self, expression: Any, start: int, length: int | None) -> Any:
        from nuages.db.models.functions import Substr

        return Substr(expression, start, length)


class CharField(_Text[TextIn, TextOut, Null]):
    """Text of a limited length."""

    checks: ClassVar[tuple[FieldCheck, ...]] = (field_checks.check_collation, field_checks.check_text_length)
    collated_as = "CharField"

    @cached_property
    def validators(self) -> list[Any]:
        limit: list[Any] = [] if self.max_length is None else [validators.MaxLengthValidator(self.max_length)]
        return [*self.default_validators, *self._validators, *limit]

    @property
    def description(self) -> Any:
        if self.max_length is not None:
            return _("String (up to %(max_length)s)")
        return _("String (unlimited)")

    def get_internal_type(self) -> str:
        return "CharField"

    def cast_db_type(self, connection: Any) -> str | None:
        if self.max_length is None:
            return connection.ops.cast_char_field_without_max_length
        return super().cast_db_type(connection)

    def form_presets(self) -> dict[str, Any]:
        presets: dict[str, Any] = {"max_length": self.max_length}
        # An empty input is NULL where the column allows it, so that "" and NULL do not mix.
        if self.null and not connection.features.interprets_empty_strings_as_nulls:
            presets["empty_value"] = None
        return presets


class TextField(_Text[TextIn, TextOut, Null]):
    """Text of any length."""

    checks: ClassVar[tuple[FieldCheck, ...]] = (field_checks.check_collation,)
    collated_as = "TextField"
    description = _("Text")

    def get_internal_type(self) -> str:
        return "TextField"

    def form_presets(self) -> dict[str, Any]:
        from nuages import forms

        return {"max_length": self.max_length, "widget": forms.Textarea}


class EmailField(CharField[TextIn, TextOut, Null]):
    """An e-mail address."""

    # 254 is what RFC 3696 and 5321 leave for an address; written out in case that changes.
    options: ClassVar[tuple[FieldOption, ...]] = (FieldOption("max_length", 254, always=True),)
    default_validators = [validators.validate_email]
    description = _("Email address")
    form_field = "EmailField"

    if not TYPE_CHECKING:  # a checker sees the constructor of the base

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs.setdefault("max_length", 254)
            super().__init__(*args, **kwargs)


class SlugField(CharField[TextIn, TextOut, Null]):
    """A short label for URLs: letters, digits, underscores and hyphens."""

    options: ClassVar[tuple[FieldOption, ...]] = (
        FieldOption("max_length", 50),
        FieldOption("db_index", True),
        FieldOption("allow_unicode", False),
    )
    default_validators = [validators.validate_slug]
    description = _("Slug (up to %(max_length)s)")
    form_field = "SlugField"

    @overload
    def __init__(
        self,
        verbose_name: str | Promise | None = None,
        name: str | None = None,
        *,
        null: Null = ...,
        **options: Unpack[SlugOptions],
    ) -> None: ...
    @overload
    def __init__(
        self,
        verbose_name: str | Promise | None = None,
        name: str | None = None,
        *,
        null: bool,
        **options: Unpack[SlugOptions],
    ) -> None: ...
    def __init__(
        self,
        *args: Any,
        max_length: int = 50,
        db_index: bool = True,
        allow_unicode: bool = False,
        **kwargs: Any,
    ) -> None:
        self.allow_unicode = allow_unicode
        if allow_unicode:
            self.default_validators = [validators.validate_unicode_slug]
        super().__init__(*args, max_length=max_length, db_index=db_index, **kwargs)

    def get_internal_type(self) -> str:
        return "SlugField"

    def form_presets(self) -> dict[str, Any]:
        return {**super().form_presets(), "allow_unicode": self.allow_unicode}


class URLField(CharField[TextIn, TextOut, Null]):
    """An address on the web."""

    options: ClassVar[tuple[FieldOption, ...]] = (FieldOption("max_length", 200),)
    default_validators = [validators.URLValidator()]
    description = _("URL")
    form_field = "URLField"

    if not TYPE_CHECKING:  # a checker sees the constructor of the base

        def __init__(self, verbose_name: Any = None, name: str | None = None, **kwargs: Any) -> None:
            kwargs.setdefault("max_length", 200)
            super().__init__(verbose_name, name, **kwargs)


class CommaSeparatedIntegerField(CharField[TextIn, TextOut, Null]):
    """Kept for historical migrations only."""

    default_validators = [validators.validate_comma_separated_integer_list]
    description = _("Comma-separated integers")
    system_check_removed_details: Mapping[str, str] | None = {
        "msg": "CommaSeparatedIntegerField is removed except for support in historical migrations.",
        "hint": "Use CharField(validators=[validate_comma_separated_integer_list]) instead.",
        "id": "fields.E901",
    }
