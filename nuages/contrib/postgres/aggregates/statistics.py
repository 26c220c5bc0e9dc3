"""Statistics of pairs of numbers."""

from __future__ import annotations

from typing import Any

from nuages.db.models import Aggregate, FloatField, IntegerField


class StatAggregate(Aggregate):
    """A measure of how two numbers go together."""

    output_field = FloatField()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # RegrAvgX is REGR_AVGX.
        if "function" not in cls.__dict__:
            cls.function = cls.__name__.upper().replace("REGR", "REGR_")

    def __init__(
        self, y: Any, x: Any, output_field: Any = None, filter: Any = None, default: Any = None
    ) -> None:
        if not x or not y:
            raise ValueError("Both y and x must be provided.")
        super().__init__(y, x, output_field=output_field, filter=filter, default=default)

    @property
    def default_alias(self) -> str:
        raise TypeError("Complex aggregates require an alias")


class Corr(StatAggregate):
    """The correlation."""


class CovarPop(StatAggregate):
    """The covariance, of the population or of a sample."""

    structure = ("extra", "distinct", "function")

    def __init__(self, y: Any, x: Any, sample: bool = False, filter: Any = None, default: Any = None) -> None:
        self.function = "COVAR_SAMP" if sample else "COVAR_POP"
        super().__init__(y, x, filter=filter, default=default)


class RegrAvgX(StatAggregate):
    """The mean of x."""


class RegrAvgY(StatAggregate):
    """The mean of y."""


class RegrCount(StatAggregate):
    """How many pairs there are."""

    output_field = IntegerField()  # type: ignore[assignment]
    empty_result_set_value = 0


class RegrIntercept(StatAggregate):
    """Where the fitted line crosses the y axis."""


class RegrR2(StatAggregate):
    """The square of the correlation."""


class RegrSlope(StatAggregate):
    """The slope of the fitted line."""


class RegrSXX(StatAggregate):
    """The sum of squares of x."""


class RegrSXY(StatAggregate):
    """The sum of products of x and y."""


class RegrSYY(StatAggregate):
    """The sum of squares of y."""
