"""What a field's constructor takes, declared once.

`deconstruct()` is derived from these tables: every option whose value differs from its default is written.
A field class adds or re-declares options in its own `options`; the nearest declaration counts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    import enum
    from collections.abc import Callable, Iterable, Mapping

    from nuages.db.models.fields.base import Field
    from nuages.utils.functional import Promise

__all__ = ["NOT_PROVIDED", "FieldOption", "FieldOptions", "collect_options", "deconstruct_options"]


class NOT_PROVIDED:
    """Marks an option that was not given, where None is a value."""


@dataclass(frozen=True, slots=True)
class FieldOption:
    """One constructor option: its default and the (perhaps dotted) attribute that holds its value."""

    name: str
    default: Any = None
    attribute: str = field(default="")
    #: Written even where it has its default, because that default may change one day.
    always: bool = False
    #: Given by the class itself, so never written.
    never: bool = False

    def __post_init__(self) -> None:
        if not self.attribute:
            object.__setattr__(self, "attribute", self.name)

    def differs(self, value: Any) -> bool:
        """Whether `value` has to be written. Values of any kind may hide odd `__eq__`: markers compare by identity."""
        if self.never:
            return False
        if self.always:
            return True
        default = self.default
        if default is None or default is NOT_PROVIDED or isinstance(default, bool):
            return value is not default
        return bool(value != default)


#: Options of every field, in the order of `Field.__init__`.
COMMON = (
    FieldOption("verbose_name", attribute="_verbose_name"),
    FieldOption("primary_key", False),
    FieldOption("max_length"),
    FieldOption("unique", False, attribute="_unique"),
    FieldOption("blank", False),
    FieldOption("null", False),
    FieldOption("db_index", False),
    FieldOption("default", NOT_PROVIDED),
    FieldOption("db_default", NOT_PROVIDED),
    FieldOption("editable", True),
    FieldOption("serialize", True),
    FieldOption("unique_for_date"),
    FieldOption("unique_for_month"),
    FieldOption("unique_for_year"),
    FieldOption("choices"),
    FieldOption("help_text", ""),
    FieldOption("db_column"),
    FieldOption("db_comment"),
    FieldOption("db_tablespace", attribute="_db_tablespace"),
    FieldOption("auto_created", False),
    FieldOption("validators", [], attribute="_validators"),
    FieldOption("error_messages", attribute="_error_messages"),
)


class FieldOptions(TypedDict, total=False):
    """The same for type checkers: keywords of every field's constructor.

    Not here are `verbose_name` and `name`, which come first and may be positional, and `null`, which decides what
    the field gives.
    """

    primary_key: bool
    max_length: int | None
    unique: bool
    blank: bool
    db_index: bool
    rel: Any
    default: Any
    db_default: Any
    editable: bool
    serialize: bool
    unique_for_date: str | None
    unique_for_month: str | None
    unique_for_year: str | None
    choices: Iterable[Any] | Mapping[Any, Any] | type[enum.Enum] | Callable[[], Any] | None
    help_text: str | Promise
    db_column: str | None
    db_comment: str | None
    db_tablespace: str | None
    auto_created: bool
    validators: Iterable[Callable[[Any], object]]
    error_messages: Mapping[str, Any] | None


def collect_options(cls: type[Field[Any, Any, Any]]) -> dict[str, FieldOption]:
    """The options of a field class: its own over its bases'."""
    found: dict[str, FieldOption] = {}
    for base in reversed(cls.__mro__):
        for option in base.__dict__.get("options", ()):
            found[option.name] = option
    return found


def deconstruct_options(instance: Field[Any, Any, Any]) -> dict[str, Any]:
    """Constructor keywords of `instance` that differ from the defaults of its class."""
    keywords: dict[str, Any] = {}
    for name, option in instance.all_options.items():
        value = attrgetter(option.attribute)(instance)
        if not option.differs(value):
            continue
        if name == "choices":
            value = _plain_choices(value)
        keywords[name] = value
    return keywords


def _plain_choices(choices: Any) -> Any:
    """Choices as they can be written down: the function behind late ones, a list for other iterables."""
    from nuages.utils.choices import CallableChoiceIterator

    if isinstance(choices, CallableChoiceIterator):
        return choices.func
    # Text is no choices at all, and left for the system checks to complain about.
    return choices if isinstance(choices, str) else list(choices)
