"""Query expressions: values, columns, functions, conditions and subqueries as things to combine."""

from nuages.db.models.expressions.base import (
    BaseExpression as BaseExpression,
)
from nuages.db.models.expressions.base import (
    Expression as Expression,
)
from nuages.db.models.expressions.base import (
    OutputFieldIsNoneError as OutputFieldIsNoneError,
)
from nuages.db.models.expressions.base import (
    is_expression as is_expression,
)
from nuages.db.models.expressions.cases import (
    Case as Case,
)
from nuages.db.models.expressions.cases import (
    When as When,
)
from nuages.db.models.expressions.combining import (
    CombinedExpression as CombinedExpression,
)
from nuages.db.models.expressions.combining import (
    DurationExpression as DurationExpression,
)
from nuages.db.models.expressions.combining import (
    TemporalSubtraction as TemporalSubtraction,
)
from nuages.db.models.expressions.functions import (
    Func as Func,
)
from nuages.db.models.expressions.inference import (
    register_combinable_fields as register_combinable_fields,
)
from nuages.db.models.expressions.operators import (
    Combinable as Combinable,
)
from nuages.db.models.expressions.ordering import (
    OrderBy as OrderBy,
)
from nuages.db.models.expressions.ordering import (
    OrderByList as OrderByList,
)
from nuages.db.models.expressions.references import (
    Col as Col,
)
from nuages.db.models.expressions.references import (
    ColPairs as ColPairs,
)
from nuages.db.models.expressions.references import (
    F as F,
)
from nuages.db.models.expressions.references import (
    OuterRef as OuterRef,
)
from nuages.db.models.expressions.references import (
    Ref as Ref,
)
from nuages.db.models.expressions.references import (
    ResolvedOuterRef as ResolvedOuterRef,
)
from nuages.db.models.expressions.references import (
    Sliced as Sliced,
)
from nuages.db.models.expressions.references import (
    Star as Star,
)
from nuages.db.models.expressions.subqueries import (
    Exists as Exists,
)
from nuages.db.models.expressions.subqueries import (
    Subquery as Subquery,
)
from nuages.db.models.expressions.values import (
    DatabaseDefault as DatabaseDefault,
)
from nuages.db.models.expressions.values import (
    RawSQL as RawSQL,
)
from nuages.db.models.expressions.values import (
    Value as Value,
)
from nuages.db.models.expressions.windows import (
    RowRange as RowRange,
)
from nuages.db.models.expressions.windows import (
    ValueRange as ValueRange,
)
from nuages.db.models.expressions.windows import (
    Window as Window,
)
from nuages.db.models.expressions.windows import (
    WindowFrame as WindowFrame,
)
from nuages.db.models.expressions.windows import (
    WindowFrameExclusion as WindowFrameExclusion,
)
from nuages.db.models.expressions.wrapping import (
    ExpressionList as ExpressionList,
)
from nuages.db.models.expressions.wrapping import (
    ExpressionWrapper as ExpressionWrapper,
)
from nuages.db.models.expressions.wrapping import (
    NegatedExpression as NegatedExpression,
)
