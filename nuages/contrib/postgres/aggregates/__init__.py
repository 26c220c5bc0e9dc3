"""Aggregates that only PostgreSQL has."""

from nuages.contrib.postgres.aggregates.general import (
    ArrayAgg as ArrayAgg,
)
from nuages.contrib.postgres.aggregates.general import (
    BitAnd as BitAnd,
)
from nuages.contrib.postgres.aggregates.general import (
    BitOr as BitOr,
)
from nuages.contrib.postgres.aggregates.general import (
    BitXor as BitXor,
)
from nuages.contrib.postgres.aggregates.general import (
    BoolAnd as BoolAnd,
)
from nuages.contrib.postgres.aggregates.general import (
    BoolOr as BoolOr,
)
from nuages.contrib.postgres.aggregates.general import (
    JSONBAgg as JSONBAgg,
)
from nuages.contrib.postgres.aggregates.general import (
    StringAgg as StringAgg,
)
from nuages.contrib.postgres.aggregates.statistics import (
    Corr as Corr,
)
from nuages.contrib.postgres.aggregates.statistics import (
    CovarPop as CovarPop,
)
from nuages.contrib.postgres.aggregates.statistics import (
    RegrAvgX as RegrAvgX,
)
from nuages.contrib.postgres.aggregates.statistics import (
    RegrAvgY as RegrAvgY,
)
from nuages.contrib.postgres.aggregates.statistics import (
    RegrCount as RegrCount,
)
from nuages.contrib.postgres.aggregates.statistics import (
    RegrIntercept as RegrIntercept,
)
from nuages.contrib.postgres.aggregates.statistics import (
    RegrR2 as RegrR2,
)
from nuages.contrib.postgres.aggregates.statistics import (
    RegrSlope as RegrSlope,
)
from nuages.contrib.postgres.aggregates.statistics import (
    RegrSXX as RegrSXX,
)
from nuages.contrib.postgres.aggregates.statistics import (
    RegrSXY as RegrSXY,
)
from nuages.contrib.postgres.aggregates.statistics import (
    RegrSYY as RegrSYY,
)
from nuages.contrib.postgres.aggregates.statistics import (
    StatAggregate as StatAggregate,
)
