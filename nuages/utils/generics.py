"""Generic classes that cost nothing when the program runs.

A type checker sees `typing.Generic` and type variables with defaults (PEP 696, which Python 3.11 lacks). A running
program sees a plain base class whose subscripts give the class itself, as documented for QuerySet, Manager and
ForeignKey: no alias objects, and no rule about how many parameters there have to be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = ["Generic", "TypeVar"]

if TYPE_CHECKING:
    from typing import Generic

    from typing_extensions import TypeVar
else:
    import typing

    class Generic:
        """Stands for `typing.Generic`."""

        __slots__ = ()

        def __class_getitem__(cls, parameters: Any) -> type:
            return cls

    def TypeVar(name: str, *constraints: Any, default: Any = None, **options: Any) -> typing.TypeVar:
        """Make a type variable; nothing reads its default at run time."""
        return typing.TypeVar(name, *constraints, **options)
