"""Enumerations whose members carry a label, for `choices`."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any, ClassVar

from nuages.utils.functional import Promise

__all__ = ["Choices", "IntegerChoices", "TextChoices"]


class ChoicesType(enum.EnumType):
    """Takes the label (a last string in the member's tuple) off before `enum` sees the value."""

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: Any, **options: Any) -> Any:
        labels: list[Any] = []
        for member in namespace._member_names:
            value = namespace[member]
            label: Any = member.replace("_", " ").title()
            if isinstance(value, (list, tuple)) and len(value) > 1 and isinstance(value[-1], (Promise, str)):
                *parts, label = value
                value = tuple(parts)
            labels.append(label)
            # dict's own setter: enum's refuses to set a member name twice.
            dict.__setitem__(namespace, member, value)
        made: Any = super().__new__(mcs, name, bases, namespace, **options)
        for member, label in zip(made.__members__.values(), labels):
            member._label_ = label
        return enum.unique(made)

    @property
    def _members(cls) -> list[Any]:
        return list(iter(cls))  # type: ignore[call-overload]

    def __contains__(cls, member: object) -> bool:
        # From Python 3.12 on, enum says the same: values are contained too.
        if isinstance(member, cls):
            return True
        return not isinstance(member, enum.Enum) and any(member == each.value for each in cls._members)

    @property
    def _has_empty(cls) -> bool:
        return hasattr(cls, "__empty__")

    @property
    def names(cls) -> list[str]:
        """Names of the members, `"__empty__"` first where there is one."""
        return [*(["__empty__"] if cls._has_empty else []), *(member.name for member in cls._members)]

    @property
    def choices(cls) -> list[tuple[Any, str]]:
        """`(value, label)` pairs, as `Field.choices` takes them."""
        empty: list[tuple[Any, str]] = [(None, cls.__empty__)] if cls._has_empty else []  # type: ignore[attr-defined]
        return empty + [(member.value, member.label) for member in cls._members]

    @property
    def labels(cls) -> list[str]:
        """Labels in order."""
        return [label for _, label in cls.choices]

    @property
    def values(cls) -> list[Any]:
        """Values in order."""
        return [value for value, _ in cls.choices]


class Choices(enum.Enum, metaclass=ChoicesType):
    """Base for enumerations of a type of one's own: `class Moon(datetime.date, Choices)`."""

    if TYPE_CHECKING:
        # A checker takes nonmember() for a member, and members forbid subclasses.
        do_not_call_in_templates: ClassVar[bool]
    else:
        do_not_call_in_templates = enum.nonmember(True)

    @enum.property
    def label(self) -> str:
        return self._label_  # type: ignore[attr-defined]

    # A member prints as its value, so that templates and forms show what is stored.
    def __str__(self) -> str:
        return str(self.value)

    def __repr__(self) -> str:
        return f"{self.__class__.__qualname__}.{self._name_}"


if TYPE_CHECKING:
    # IntEnum and StrEnum say that what is written in the class body is an int or a str; here a label may follow.

    class IntegerChoices(int, Choices):
        """Choices whose values are integers."""

        @property
        def value(self) -> int: ...

    class TextChoices(str, Choices):
        """Choices whose values are strings; `auto()` gives the member's name."""

        @property
        def value(self) -> str: ...

else:

    class IntegerChoices(Choices, enum.IntEnum):
        """Choices whose values are integers."""

    class TextChoices(Choices, enum.StrEnum):
        """Choices whose values are strings; `auto()` gives the member's name."""

        @staticmethod
        def _generate_next_value_(name: str, start: int, count: int, last_values: list[Any]) -> str:
            return name
