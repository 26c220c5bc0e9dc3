"""`Field`: one attribute of a model, and the column it is stored in."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partialmethod
from types import MethodType
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, Unpack, overload

from nuages.compat import spelled
from nuages.conf import settings
from nuages.core import exceptions, validators
from nuages.db import NotSupportedError, connection
from nuages.db.models.fields import checks as field_checks
from nuages.db.models.fields.options import (
    COMMON,
    NOT_PROVIDED,
    FieldOption,
    FieldOptions,
    collect_options,
    deconstruct_options,
)
from nuages.db.models.fields.values import ImplicitKey, In, Null, Out
from nuages.db.models.query_utils import DeferredAttribute, RegisterLookupMixin
from nuages.utils.choices import BlankChoiceIterator, flatten_choices, normalize_choices
from nuages.utils.datastructures import DictWrapper
from nuages.utils.functional import Promise, _settle, cached_property
from nuages.utils.generics import Generic
from nuages.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from nuages.core.checks import CheckMessage
    from nuages.db.models.base import Model

__all__ = ["BLANK_CHOICE_LABEL", "Empty", "Field", "return_None"]

#: Label of the empty choice; override it in an AppConfig.ready() for another.
BLANK_CHOICE_LABEL = _("- Select an option -")

FieldCheck = Callable[[Any, Mapping[str, Any]], Iterable["CheckMessage"]]


class Empty:
    """Bare object whose class is replaced when a field is copied or unpickled."""


def return_None() -> None:
    return None


def _unpickle_loose_field(cls: type[Field], state: dict[str, Any]) -> Field:
    made = Empty()
    made.__class__ = cls  # type: ignore[assignment]
    made.__dict__.update(state)
    return made  # type: ignore[return-value]


def _load_field(app_label: str, model_name: str, field_name: str) -> Any:
    from nuages.apps import apps

    return apps.get_model(app_label, model_name)._meta.get_field(field_name)


def _field_description(field: Field[Any, Any, Any]) -> Any:
    return _("Field of type: %(field_type)s") % {"field_type": field.__class__.__name__}


class Field(RegisterLookupMixin, ImplicitKey, Generic[In, Out, Null]):
    """Base of all fields: constructor options, conversion, validation and the column."""

    options: ClassVar[tuple[FieldOption, ...]] = COMMON
    all_options: ClassVar[dict[str, FieldOption]] = {option.name: option for option in COMMON}
    checks: ClassVar[tuple[FieldCheck, ...]] = field_checks.COMMON
    all_checks: ClassVar[tuple[FieldCheck, ...]] = field_checks.COMMON

    empty_strings_allowed = True
    #: Whether one value may be a list or tuple, which `choices` would else take for a group.
    compound_value = False
    empty_values: Collection[Any] = list(validators.EMPTY_VALUES)

    # Two counters keep declared order, with fields nuages makes itself before all declared ones.
    creation_counter: Any = 0
    auto_creation_counter = -1

    default_validators: Sequence[Callable[[Any], Any]] = []
    default_error_messages: Mapping[str, Any] = {
        "invalid_choice": _("Value %(value)r is not a valid choice."),
        "null": _("This field cannot be null."),
        "blank": _("This field cannot be blank."),
        "unique": _("%(model_name)s with this %(field_label)s already exists."),
        "unique_for_date": _(
            # Translators: The 'lookup_type' is one of 'date', 'year' or 'month'.
            "%(field_label)s must be unique for %(date_field_label)s %(lookup_type)s."
        ),
    }
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

    name: str
    attname: str
    column: Any
    model: Any

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.all_options = collect_options(cls)
        found: list[FieldCheck] = []
        for base in reversed(cls.__mro__):
            found += (check for check in base.__dict__.get("checks", ()) if check not in found)
        cls.all_checks = tuple(found)
        if "get_placeholder" in cls.__dict__ and "get_placeholder_sql" not in cls.__dict__:
            _adapt_get_placeholder(cls)

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

    # --- identity ---------------------------------------------------------------------------------------------

    def __str__(self) -> str:
        if not hasattr(self, "model"):
            return super().__str__()
        return f"{self.model._meta.label}.{self.name}"

    def __repr__(self) -> str:
        path = spelled(f"{self.__class__.__module__}.{self.__class__.__qualname__}")
        name = getattr(self, "name", None)
        return f"<{path}: {name}>" if name is not None else f"<{path}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Field):
            return NotImplemented
        return self.creation_counter == other.creation_counter and getattr(self, "model", None) == getattr(
            other, "model", None
        )

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Field):
            return NotImplemented
        return self._order_key() < other._order_key()

    def __gt__(self, other: object) -> bool:
        if not isinstance(other, Field):
            return NotImplemented
        return other._order_key() < self._order_key()

    def _order_key(self) -> tuple[Any, ...]:
        # Copies of an abstract model's field share its counter: the model tells them apart, loose fields first.
        model: Any = getattr(self, "model", None)
        return (
            self.creation_counter,
            *((model._meta.app_label, model._meta.model_name) if model else ("", "")),
        )

    def __hash__(self) -> int:
        # Not of the model: a field may be in a set before it is given to one.
        return hash(self.creation_counter)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        made = copy.copy(self)
        if self.remote_field:
            made.remote_field = copy.copy(self.remote_field)
            if getattr(made.remote_field, "field", None) is self:
                made.remote_field.field = made
        memo[id(self)] = made
        return made

    def __copy__(self) -> Self:
        made = Empty()
        made.__class__ = self.__class__  # type: ignore[assignment]
        made.__dict__ = self.__dict__.copy()
        return made  # type: ignore[return-value]

    def __reduce__(self) -> Any:
        if hasattr(self, "model"):
            options = self.model._meta
            return _load_field, (options.app_label, options.object_name, self.name)
        state = self.__dict__.copy()
        state.pop("_get_default", None)  # May hold a lambda.
        return _unpickle_loose_field, (self.__class__, state)

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
        from nuages.db.models.utils import get_blank_choice_label

        if include_blank and blank_choice is None:
            blank_choice = [("", get_blank_choice_label())]
        if self.choices is not None:
            return BlankChoiceIterator(self.choices, blank_choice) if include_blank else self.choices
        remote = self.remote_field
        limits = limit_choices_to or self.get_limit_choices_to()  # type: ignore[attr-defined]
        target = remote.get_related_field().attname if hasattr(remote, "get_related_field") else "pk"
        found = remote.model._default_manager.complex_filter(limits)
        if ordering:
            found = found.order_by(*ordering)
        pairs: list[tuple[Any, str]] = [(getattr(instance, target), str(instance)) for instance in found]
        return [*blank_choice, *pairs] if include_blank else pairs

    # --- validation -------------------------------------------------------------------------------------------

    @cached_property
    def error_messages(self) -> dict[str, Any]:
        """Messages of the class and its bases under those given to the field."""
        merged: dict[str, Any] = {}
        for cls in reversed(self.__class__.__mro__):
            merged.update(getattr(cls, "default_error_messages", {}))
        merged.update(self._error_messages or {})
        return merged

    @cached_property
    def validators(self) -> list[Callable[[Any], Any]]:
        """Validators of the class, then those given to the field."""
        return [*self.default_validators, *self._validators]

    def invalid(self, code: str, **params: Any) -> exceptions.ValidationError:
        """The error with this code's message, to be raised."""
        return exceptions.ValidationError(self.error_messages[code], code=code, params=params or None)

    def to_python(self, value: Any) -> Any:
        """`value` as this field's Python type, or a ValidationError."""
        return value

    def run_validators(self, value: Any) -> None:
        """All validators, their errors together; the field's own messages win over theirs."""
        if value in self.empty_values:
            return
        errors: list[Any] = []
        for validator in self.validators:
            try:
                validator(value)
            except exceptions.ValidationError as error:
                code = getattr(error, "code", None)
                if code in self.error_messages:
                    error.message = self.error_messages[code]
                errors += error.error_list
        if errors:
            raise exceptions.ValidationError(errors)

    def validate(self, value: Any, model_instance: Any) -> None:
        """Check what the options demand: choices, null, blank."""
        if not self.editable:
            return
        is_empty = value in self.empty_values
        if self.choices is not None and not is_empty:
            if not any(value == option for option, _label in self.flatchoices):
                raise self.invalid("invalid_choice", value=value)
            return
        if value is None and not self.null:
            raise self.invalid("null")
        if is_empty and not self.blank:
            raise self.invalid("blank")

    def clean(self, value: Any, model_instance: Any) -> Any:
        """`value` converted and validated."""
        value = self.to_python(value)
        self.validate(value, model_instance)
        self.run_validators(value)
        return value

    # --- the column -------------------------------------------------------------------------------------------

    def get_internal_type(self) -> str:
        """The built-in field whose column type this one takes."""
        return self.__class__.__name__

    def db_type_parameters(self, connection: Any) -> Mapping[str, Any]:
        return DictWrapper(self.__dict__, connection.ops.quote_name, "qn_")

    def db_check(self, connection: Any) -> str | None:
        """The CHECK clause that belongs to the column type."""
        template = connection.data_type_check_constraints.get(self.get_internal_type())
        return template % self.db_type_parameters(connection) if template is not None else None

    def db_type(self, connection: Any) -> str | None:
        """The column type on this database; None for no column."""
        template = connection.data_types.get(self.get_internal_type())
        if template is None:
            return None
        parameters = self.db_type_parameters(connection)
        return template(parameters) if callable(template) else template % parameters

    def rel_db_type(self, connection: Any) -> str | None:
        """The column type of a ForeignKey that points at this field."""
        return self.db_type(connection)

    def cast_db_type(self, connection: Any) -> str | None:
        """The type to write in CAST(... AS type)."""
        template = connection.ops.cast_data_types.get(self.get_internal_type())
        return template % self.db_type_parameters(connection) if template else self.db_type(connection)

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        """`type` and `check` of the column, for the schema editor."""
        return {"type": self.db_type(connection), "check": self.db_check(connection)}

    def db_type_suffix(self, connection: Any) -> str | None:
        return connection.data_types_suffix.get(self.get_internal_type())

    def get_db_converters(self, connection: Any) -> list[Any]:
        """Functions a value from the database goes through: `from_db_value`, where the class has one."""
        convert = getattr(self, "from_db_value", None)
        return [convert] if convert is not None else []

    @property
    def unique(self) -> bool:
        return self._unique or self.primary_key

    @property
    def db_tablespace(self) -> str:
        return self._db_tablespace or settings.DEFAULT_INDEX_TABLESPACE

    @property
    def db_returning(self) -> bool:
        """Whether INSERT should hand this column's value back."""
        from nuages.db.models.expressions import Value

        return self.has_db_default() and not isinstance(self._db_default_expression, Value)

    def select_format(self, compiler: Any, sql: str, params: Any) -> tuple[str, Any]:
        """Wrap the column in a SELECT list; fields such as geometries do."""
        return sql, params

    def slice_expression(self, expression: Any, start: int, length: int | None) -> Any:
        """Expression for `F(field)[start:stop]`."""
        raise NotSupportedError("This field does not support slicing.")

    def get_col(self, alias: str, output_field: Field | None = None) -> Any:
        """Expression for this column in the table called `alias`."""
        if alias == self.model._meta.db_table and (output_field is None or output_field is self):
            return self.cached_col
        from nuages.db.models.expressions import Col

        return Col(alias, self, output_field)

    @cached_property
    def cached_col(self) -> Any:
        from nuages.db.models.expressions import Col

        return Col(self.model._meta.db_table, self)

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

    # --- values -----------------------------------------------------------------------------------------------

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
        from nuages import forms

        presets: dict[str, Any] = {
            "required": not self.blank,
            "label": _capitalized(self.verbose_name),
            "help_text": self.help_text,
        }
        if self.has_default():
            presets["initial"] = self.default if callable(self.default) else self.get_default()
            presets["show_hidden_initial"] = callable(self.default)
        if self.choices is None:
            form_class = form_class or getattr(forms, self.form_field)
            return form_class(**presets | self.form_presets() | kwargs)
        # A select with a default that may not be left empty needs no empty entry.
        include_blank = self.blank or not (self.has_default() or "initial" in kwargs)
        presets["choices"] = self.get_choices(include_blank=include_blank)
        presets["coerce"] = self.to_python
        if self.null:
            presets["empty_value"] = None
        # What a caller gave for an ordinary form field and a select cannot use is dropped.
        understood = {key: value for key, value in kwargs.items() if key in SELECT_OPTIONS}
        return (choices_form_class or forms.TypedChoiceField)(**presets | understood)

    def form_presets(self) -> dict[str, Any]:
        """What this kind of field tells its form field, where a caller does not say otherwise."""
        return {}


#: Arguments of formfield() that reach a TypedChoiceField.
# fmt: off
SELECT_OPTIONS = frozenset((
    "widget", "label", "help_text", "initial", "show_hidden_initial", "required", "disabled", "error_messages",
    "choices", "coerce", "empty_value",
))
# fmt: on


def _capitalized(text: Any) -> Any:
    from nuages.utils.text import capfirst

    return capfirst(text)


def _adapt_get_placeholder(cls: type[Field[Any, Any, Any]]) -> None:
    """`get_placeholder()` gave only SQL; its successor gives SQL and parameters."""
    from nuages.utils.deprecation import RemovedInDjango2028Warning

    warnings.warn(
        "Field.get_placeholder is deprecated in favor of get_placeholder_sql. "
        f"Define {cls.__module__}.{cls.__qualname__}.get_placeholder_sql "
        "to return both SQL and parameters instead.",
        RemovedInDjango2028Warning,
        stacklevel=3,
    )

    def get_placeholder_sql(
        self: Any, value: Any, compiler: Any, connection: Any
    ) -> tuple[str, tuple[Any, ...]]:
        placeholder = self.get_placeholder(value, compiler, connection)
        if not hasattr(value, "as_sql"):
            return placeholder, (value,)
        sql, params = compiler.compile(value)
        return placeholder % sql, tuple(params)

    cls.get_placeholder_sql = get_placeholder_sql  # type: ignore[attr-defined]
