"""Functions of a row's place among its neighbours."""

from __future__ import annotations

from typing import Any

from nuages.db.models.expressions import Func
from nuages.db.models.fields import FloatField, IntegerField


class WindowFunction(Func):
    """A function that only makes sense in a Window."""

    window_compatible = True


class CumeDist(WindowFunction):
    """The share of rows up to and with this one."""

    function = "CUME_DIST"
    output_field = FloatField()


class DenseRank(WindowFunction):
    """The rank, without gaps after equal rows."""

    function = "DENSE_RANK"
    output_field = IntegerField()


class FirstValue(WindowFunction):
    function = "FIRST_VALUE"
    arity = 1


class LastValue(WindowFunction):
    function = "LAST_VALUE"
    arity = 1


class LagLeadFunction(WindowFunction):
    """The value of another row, some rows away."""

    def __init__(self, expression: Any, offset: int = 1, default: Any = None, **extra: Any) -> None:
        name = type(self).__name__
        if expression is None:
            raise ValueError(f"{name} requires a non-null source expression.")
        if offset is None or offset <= 0:
            raise ValueError(f"{name} requires a positive integer for the offset.")
        arguments = [expression, offset] if default is None else [expression, offset, default]
        super().__init__(*arguments, **extra)

    def _resolve_output_field(self) -> Any:
        return self.get_source_expressions()[0].output_field


class Lag(LagLeadFunction):
    """The value of the row `offset` rows before."""

    function = "LAG"


class Lead(LagLeadFunction):
    """The value of the row `offset` rows after."""

    function = "LEAD"


class NthValue(WindowFunction):
    """The value of the frame's row number `nth`."""

    function = "NTH_VALUE"

    def __init__(self, expression: Any, nth: int = 1, **extra: Any) -> None:
        name = type(self).__name__
        if expression is None:
            raise ValueError(f"{name} requires a non-null source expression.")
        if nth is None or nth <= 0:
            raise ValueError(f"{name} requires a positive integer as for nth.")
        super().__init__(expression, nth, **extra)

    def _resolve_output_field(self) -> Any:
        return self.get_source_expressions()[0].output_field


class Ntile(WindowFunction):
    """Which of `num_buckets` equal parts the row is in."""

    function = "NTILE"
    output_field = IntegerField()

    def __init__(self, num_buckets: int = 1, **extra: Any) -> None:
        if num_buckets <= 0:
            raise ValueError("num_buckets must be greater than 0.")
        super().__init__(num_buckets, **extra)


class PercentRank(WindowFunction):
    """The rank as a share of all rows but one."""

    function = "PERCENT_RANK"
    output_field = FloatField()


class Rank(WindowFunction):
    """The rank, with gaps after equal rows."""

    function = "RANK"
    output_field = IntegerField()


class RowNumber(WindowFunction):
    """The row's number in its partition, from 1."""

    function = "ROW_NUMBER"
    output_field = IntegerField()
