"""Everything a models module needs: `from nuages.db import models`."""

from nuages.core.exceptions import ObjectDoesNotExist
from nuages.db.models import signals
from nuages.db.models.aggregates import *  # noqa: F403
from nuages.db.models.aggregates import __all__ as aggregates_all
from nuages.db.models.constraints import *  # noqa: F403
from nuages.db.models.constraints import __all__ as constraints_all
from nuages.db.models.deletion import (
    CASCADE,
    DB_CASCADE,
    DB_SET_DEFAULT,
    DB_SET_NULL,
    DO_NOTHING,
    PROTECT,
    RESTRICT,
    SET,
    SET_DEFAULT,
    SET_NULL,
    ProtectedError,
    RestrictedError,
)
from nuages.db.models.enums import *  # noqa: F403
from nuages.db.models.enums import __all__ as enums_all
from nuages.db.models.expressions import (
    Case,
    Exists,
    Expression,
    ExpressionList,
    ExpressionWrapper,
    F,
    Func,
    OrderBy,
    OuterRef,
    RowRange,
    Subquery,
    Value,
    ValueRange,
    When,
    Window,
    WindowFrame,
    WindowFrameExclusion,
)
from nuages.db.models.fetch_modes import FETCH_ONE, FETCH_PEERS, FETCH_RAISE
from nuages.db.models.fields import *  # noqa: F403
from nuages.db.models.fields import BLANK_CHOICE_DASH as BLANK_CHOICE_DASH
from nuages.db.models.fields import __all__ as fields_all
from nuages.db.models.fields.composite import CompositePrimaryKey
from nuages.db.models.fields.files import FileField, ImageField
from nuages.db.models.fields.generated import GeneratedField
from nuages.db.models.fields.json import JSONField, JSONNull
from nuages.db.models.fields.proxy import OrderWrt
from nuages.db.models.indexes import Index
from nuages.db.models.lookups import Lookup, Transform
from nuages.db.models.manager import Manager
from nuages.db.models.query import Prefetch, QuerySet, aprefetch_related_objects, prefetch_related_objects
from nuages.db.models.query_utils import FilteredRelation, Q

# Model has to come after the query side is there, relations after Model.
from nuages.db.models.base import DEFERRED, Model  # isort: skip
from nuages.db.models.fields.related import (  # isort: skip
    ForeignKey,
    ForeignObject,
    ManyToManyField,
    OneToOneField,
)
from nuages.db.models.fields.reverse_related import (  # isort: skip
    ForeignObjectRel,
    ManyToManyRel,
    ManyToOneRel,
    OneToOneRel,
)

# Registers the checks of all models together.
import nuages.core.checks.model_checks  # noqa: F401  # isort: skip

# fmt: off
__all__ = [
    *aggregates_all, *constraints_all, *enums_all, *fields_all, "CASCADE", "DB_CASCADE",
    "DB_SET_DEFAULT", "DB_SET_NULL", "DEFERRED", "DO_NOTHING", "FETCH_ONE", "FETCH_PEERS",
    "FETCH_RAISE", "PROTECT", "RESTRICT", "SET", "SET_DEFAULT", "SET_NULL", "Case",
    "CompositePrimaryKey", "Exists", "Expression", "ExpressionList", "ExpressionWrapper", "F",
    "FileField", "FilteredRelation", "ForeignKey", "ForeignObject", "ForeignObjectRel", "Func",
    "GeneratedField", "ImageField", "Index", "JSONField", "JSONNull", "Lookup", "Manager",
    "ManyToManyField", "ManyToManyRel", "ManyToOneRel", "Model", "ObjectDoesNotExist",
    "OneToOneField", "OneToOneRel", "OrderBy", "OrderWrt", "OuterRef", "Prefetch", "ProtectedError",
    "Q", "QuerySet", "RestrictedError", "RowRange", "Subquery", "Transform", "Value", "ValueRange",
    "When", "Window", "WindowFrame", "WindowFrameExclusion", "aprefetch_related_objects",
    "prefetch_related_objects", "signals",
]
# fmt: on
