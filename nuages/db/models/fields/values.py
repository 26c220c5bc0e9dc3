"""What fields give and take, for type checkers.

Every field class has three type parameters, all with defaults: what may be assigned (`In`), what reading gives
(`Out`), and whether `null=True` was said (`Null`). A field for a type of one's own names the first two:
`class MoneyField(models.DecimalField[Money | int, Money])`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, overload

from nuages.utils.generics import TypeVar

if TYPE_CHECKING:
    import datetime
    import decimal
    import uuid
    from typing import Any

    from nuages.core.files.base import File
    from nuages.db.models.base import Model
    from nuages.db.models.expressions import Combinable
    from nuages.db.models.fields.files import FieldFile, ImageFieldFile
    from nuages.db.models.query_utils import DeferredAttribute

In = TypeVar("In", default="Any")
Out = TypeVar("Out", default="Any")
Null = TypeVar("Null", Literal[True], Literal[False], default=Literal[False])

#: The model a relation points at, and the one between; a relation to a name knows neither.
To = TypeVar("To", default="Any")
Linked = TypeVar("Linked", bound="Model", default="Any")
Through = TypeVar("Through", bound="Model", default="Any")

TextIn = TypeVar("TextIn", default="str | Combinable")
TextOut = TypeVar("TextOut", default=str)
TruthIn = TypeVar("TruthIn", default="bool | Combinable")
TruthOut = TypeVar("TruthOut", default=bool)
IntIn = TypeVar("IntIn", default="int | Combinable")
IntOut = TypeVar("IntOut", default=int)
#: None makes a copy of an instance into a new row.
KeyIn = TypeVar("KeyIn", default="int | str | Combinable | None")
FloatIn = TypeVar("FloatIn", default="float | Combinable")
FloatOut = TypeVar("FloatOut", default=float)
DecimalIn = TypeVar("DecimalIn", default="decimal.Decimal | int | Combinable")
DecimalOut = TypeVar("DecimalOut", default="decimal.Decimal")
DayIn = TypeVar("DayIn", default="datetime.date | Combinable")
DayOut = TypeVar("DayOut", default="datetime.date")
MomentIn = TypeVar("MomentIn", default="datetime.datetime | Combinable")
MomentOut = TypeVar("MomentOut", default="datetime.datetime")
TimeIn = TypeVar("TimeIn", default="datetime.time | Combinable")
TimeOut = TypeVar("TimeOut", default="datetime.time")
SpanIn = TypeVar("SpanIn", default="datetime.timedelta | Combinable")
SpanOut = TypeVar("SpanOut", default="datetime.timedelta")
FileIn = TypeVar("FileIn", default="str | File | Combinable")
FileOut = TypeVar("FileOut", default="FieldFile")
ImageOut = TypeVar("ImageOut", default="ImageFieldFile")
UUIDIn = TypeVar("UUIDIn", default="uuid.UUID | Combinable")
UUIDOut = TypeVar("UUIDOut", default="uuid.UUID")
BytesIn = TypeVar("BytesIn", default="bytes | bytearray | memoryview | Combinable")
BytesOut = TypeVar("BytesOut", default=bytes)


class ImplicitKey:
    """What a model's `id` is for type checkers until a field is put there."""

    if TYPE_CHECKING:
        # Any: the field that is put there may be of another type.
        @overload
        def __get__(self, instance: None, owner: type) -> DeferredAttribute[Any]: ...
        @overload
        def __get__(self, instance: Model, owner: type) -> int | Any: ...
        def __get__(self, instance: Any, owner: type) -> Any: ...

        def __set__(self, instance: Model, value: Any) -> None: ...
