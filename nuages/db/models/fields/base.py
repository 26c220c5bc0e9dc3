"""`Field`: one attribute of a model, from its declaration to the values it gives and takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partialmethod
from types import MethodType
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, Unpack, overload

from nuages.compat import spelled
from nuages.db import connection
from nuages.db.models.fields import checks as field_checks
from nuages.db.models.fields.column import Column
from nuages.db.models.fields.identity import Identity
from nuages.db.models.fields.options import (
    COMMON,
    NOT_PROVIDED,
    FieldOption,
    FieldOptions,
    collect_options,
    deconstruct_options,
)
from nuages.db.models.fields.validation import Validation
from nuages.db.models.fields.values import ImplicitKey, In, Null, Out
from nuages.db.models.query_utils import DeferredAttribute, RegisterLookupMixin
from nuages.utils.choices import flatten_choices, normalize_choices
from nuages.utils.functional import Promise, _settle, cached_property
from nuages.utils.generics import Generic
from nuages.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from nuages.core.checks import CheckMessage
    from nuages.db.models.base import Model

__all__ = ["BLANK_CHOICE_LABEL", "Field", "return_None"]

#: Label of the empty choice; override it in an AppConfig.ready() for another.
BLANK_CHOICE_LABEL = _("- Select an option -")

FieldCheck = Callable[[Any, Mapping[str, Any]], Iterable["CheckMessage"]]


def return_None() -> None:
    return None


def _field_description(field: Field[Any, Any, Any]) -> Any:
    return _("Field of type: %(field_type)s") % {"field_type": field.__class__.__name__}


class Field(Identity, Validation, Column, RegisterLookupMixin, ImplicitKey, Generic[In, Out, Null]):
    """Base of all fields: constructor options, conversion, validation and the column."""

    options: ClassVar[tuple[FieldOption, ...]] = COMMON
    all_options: ClassVar[dict[str, FieldOption]] = {option.name: option for option in COMMON}
    checks: ClassVar[tuple[FieldCheck, ...]] = field_checks.COMMON
    all_checks: ClassVar[tuple[FieldCheck, ...]] = field_checks.COMMON

    empty_strings_allowed = True
    #: Whether one value may be a list or tuple, which `choices` would else take for a group.
    compound_value = False

    # Two counters keep declared order, with fields nuages makes itself before all declared ones.
    creation_counter: Any = 0
    auto_creation_counter = -1

    system_check_deprecated_details: Mapping[str, str] | None = None
    system_check_removed_details: Mapping[str, str] | None = None

    #: Options the database does not get to see: changing them needs no change of the table.
    non_db_attrs: tuple[str, ...] = (
        *(
            "verbose_name",
            "help_text",
            "error_messages",
            "choices",
            "validators",
            "blank",
            "editable",
            "db_column",
        ),
        *("related_name", "related_query_name", "limit_choices_to", "on_delete"),
    )

    hidden = False
    generated = False
    many_to_many: bool | None = None
    many_to_one: bool | None = None
    one_to_many: bool | None = None
    one_to_one: bool | None = None
    related_model: Any = None

    descriptor_class: Any = DeferredAttribute
    #: The class in nuages.forms that edits this kind of field.
    form_field = "CharField"
    description: Any = property(_field_description)

    attname: str
    column: Any

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.all_options = collect_options(cls)
        found: list[FieldCheck] = []
        for base in reversed(cls.__mro__):
            found += (check for check in base.__dict__.get("checks", ()) if check not in found)
        cls.all_checks = tuple(found)
        if "get_placeholder" in cls.__dict__ and "get_placeholder_sql" not in cls.__dict__:
            from nuages.db.models.fields.placeholders import adapt_get_placeholder

            adapt_get_placeholder(cls)

    if TYPE_CHECKING:
        # On a model's class stands `descriptor_class`, so that the program never comes here.
        @overload
        def __get__(self, instance: None, owner: type | None = None) -> DeferredAttribute[Self]: ...
        @overload
        def __get__(
            self: Field[In, Out, Literal[False]], instance: Model, owner: type | None = None
        ) -> Out: ...
        @overload
        def __get__(
            self: Field[In, Out, Literal[True]], instance: Model, owner: type | None = None
        ) -> Out | None: ...
        @overload
        def __get__(self, instance: object, owner: type | None = None) -> Self: ...
        def __get__(self, instance: Any, owner: type | None = None) -> Any: ...

        @overload
        def __set__(self: Field[In, Out, Literal[True]], instance: Model, value: In | None) -> None: ...
        @overload
        def __set__(self: Field[In, Out, Literal[False]], instance: Model, value: In) -> None: ...
        def __set__(self, instance: Any, value: Any) -> None: ...

    # The second form is for classes that fix `Null` (`class Code(models.CharField)`) and for a `null` known later.
    @overload
    def __init__(
        self,
        verbose_name: str | Promise | None = None,
        name: str | None = None,
        *,
        null: Null = ...,
        **options: Unpack[FieldOptions],
    ) -> None: ...
    @overload
    def __init__(
        self,
        verbose_name: str | Promise | None = None,
        name: str | None = None,
        *,
        null: bool,
        **options: Unpack[FieldOptions],
    ) -> None: ...
    def __init__(
        self,
        verbose_name: Any = None,
        name: str | None = None,
        primary_key: bool = False,
        max_length: int | None = None,
        unique: bool = False,
        blank: bool = False,
        null: bool = False,
        db_index: bool = False,
        rel: Any = None,
        default: Any = NOT_PROVIDED,
        editable: bool = True,
        serialize: bool = True,
        unique_for_date: str | None = None,
        unique_for_month: str | None = None,
        unique_for_year: str | None = None,
        choices: Any = None,
        help_text: Any = "",
        db_column: str | None = None,
        db_tablespace: str | None = None,
        auto_created: bool = False,
        validators: Iterable[Callable[[Any], Any]] = (),
        error_messages: Mapping[str, Any] | None = None,
        db_comment: str | None = None,
        db_default: Any = NOT_PROVIDED,
    ) -> None:
        self.name = name  # type: ignore[assignment]
        self.verbose_name = self._verbose_name = verbose_name
        self.primary_key = primary_key
        self.max_length, self._unique = max_length, unique
        self.blank, self.null = blank, null
        self.remote_field = rel
        self.is_relation = rel is not None
        self.default, self.db_default = default, db_default
        self.editable, self.serialize = editable, serialize
        self.unique_for_date, self.unique_for_month = unique_for_date, unique_for_month
        self.unique_for_year = unique_for_year
        self.choices = choices
        self.help_text = help_text
        self.db_index, self.db_column, self.db_comment = db_index, db_column, db_comment
        self._db_tablespace = db_tablespace
        self.auto_created = auto_created
        self._validators = list(validators)
        self._error_messages = error_messages
        if auto_created:
            self.creation_counter = Field.auto_creation_counter
            Field.auto_creation_counter -= 1
        else:
            self.creation_counter = Field.creation_counter
            Field.creation_counter += 1

    # --- made again -------------------------------------------------------------------------------------------

    def clone(self) -> Self:
        """A fresh field made from what `deconstruct()` says, belonging to no model."""
        _name, _path, args, kwargs = self.deconstruct()
        return self.__class__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """`(name, path, args, kwargs)` that make this field again."""
        return self.name, self._documented_path(), [], deconstruct_options(self)

    def _documented_path(self) -> str:
        from nuages.db import models

        cls = self.__class__
        if getattr(models, cls.__qualname__, None) is cls:
            return spelled(f"nuages.db.models.{cls.__qualname__}")
        return spelled(f"{cls.__module__}.{cls.__qualname__}")

    # --- checks -----------------------------------------------------------------------------------------------

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Messages of the system check framework about this field."""
        return [message for check in self.all_checks for message in check(self, kwargs)]

    # --- choices ----------------------------------------------------------------------------------------------

    @property
    def choices(self) -> Any:
        return self._choices

    @choices.setter
    def choices(self, value: Any) -> None:
        self._choices = normalize_choices(value)

    @property
    def flatchoices(self) -> list[tuple[Any, Any]]:
        """Choices with their groups dissolved."""
        if self.choices is None:
            return []
        return list(flatten_choices(self.choices))

    def get_choices(
        self,
        include_blank: bool = True,
        blank_choice: Any = None,
        limit_choices_to: Any = None,
        ordering: Sequence[str] = (),
    ) -> Any:
        """Choices with a blank one in front, for a form's select or an admin filter."""
        from nuages.db.models.fields import formfields

        return formfields.get_choices(self, include_blank, blank_choice, limit_choices_to, ordering)

    # --- joining a model --------------------------------------------------------------------------------------

    def set_attributes_from_name(self, name: str) -> None:
        self.name = self.name or name
        self.attname, self.column = self.get_attname_column()
        self.concrete = self.column is not None
        if self.verbose_name is None and self.name:
            self.verbose_name = self.name.replace("_", " ")

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        """Become the field `name` of the model `cls`."""
        self.set_attributes_from_name(name)
        self.model = cls
        cls._meta.add_field(self, private=private_only)
        # Class methods of that name (check, from_db ...) are needed by the framework; the system checks complain.
        if self.column and not isinstance(getattr(cls, self.attname, None), MethodType):
            setattr(cls, self.attname, self.descriptor_class(self))
        display = f"get_{self.name}_display"
        if self.choices is not None and display not in cls.__dict__:
            setattr(cls, display, partialmethod(cls._get_FIELD_display, field=self))

    def get_attname(self) -> str:
        return self.name

    def get_attname_column(self) -> tuple[str, Any]:
        attname = self.get_attname()
        return attname, self.db_column or attname

    def get_filter_kwargs_for_object(self, obj: Any) -> dict[str, Any]:
        """Lookup that finds rows with `obj`'s value of this field."""
        return {self.name: getattr(obj, self.attname)}

    # --- defaults ---------------------------------------------------------------------------------------------

    def has_default(self) -> bool:
        return self.default is not NOT_PROVIDED

    def has_db_default(self) -> bool:
        return self.db_default is not NOT_PROVIDED

    def get_default(self) -> Any:
        """The default for a new instance."""
        return self._get_default()

    @cached_property
    def _get_default(self) -> Callable[[], Any]:
        if self.has_default():
            return self.default if callable(self.default) else lambda: self.default
        if self.has_db_default():
            from nuages.db.models.expressions import DatabaseDefault

            return lambda: DatabaseDefault(self._db_default_expression, output_field=self)
        if not self.empty_strings_allowed or (
            self.null and not connection.features.interprets_empty_strings_as_nulls
        ):
            return return_None
        return str

    @cached_property
    def _db_default_expression(self) -> Any:
        from nuages.db.models.expressions import Value

        if hasattr(self.db_default, "resolve_expression"):
            return self.db_default
        return Value(self.db_default, self)

    @property
    def db_returning(self) -> bool:
        """Whether INSERT should hand this column's value back."""
        from nuages.db.models.expressions import Value

        return self.has_db_default() and not isinstance(self._db_default_expression, Value)

    # --- values -----------------------------------------------------------------------------------------------

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        """The value about to be saved; a field may set it on the instance here."""
        return getattr(model_instance, self.attname)

    def get_prep_value(self, value: Any) -> Any:
        """`value` as a plain Python value for a query parameter."""
        if isinstance(value, Promise):
            value = _settle(value)
        return value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """`value` as the driver of this connection takes it."""
        return value if prepared else self.get_prep_value(value)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """`value` for an INSERT or UPDATE on this connection; expressions stay."""
        if hasattr(value, "as_sql"):
            return value
        return self.get_db_prep_value(value, connection=connection, prepared=False)

    def get_pk_value_on_save(self, instance: Any) -> Any:
        """A key for an instance saved without one."""
        return self.get_default() if self.default else None

    def value_from_object(self, obj: Any) -> Any:
        return getattr(obj, self.attname)

    def value_to_string(self, obj: Any) -> str:
        """The value for a serializer."""
        return str(self.value_from_object(obj))

    def save_form_data(self, instance: Any, data: Any) -> None:
        setattr(instance, self.name, data)

    # --- forms ------------------------------------------------------------------------------------------------

    def formfield(self, form_class: Any = None, choices_form_class: Any = None, **kwargs: Any) -> Any:
        """The form field that edits this field."""
        from nuages.db.models.fields import formfields

        return formfields.formfield(self, form_class, choices_form_class, kwargs)

    def form_presets(self) -> dict[str, Any]:
        """What this kind of field tells its form field, where a caller does not say otherwise."""
        return {}
