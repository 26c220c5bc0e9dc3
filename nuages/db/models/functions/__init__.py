"""Database functions."""

from nuages.db.models.functions.comparison import (
    Cast as Cast,
)
from nuages.db.models.functions.comparison import (
    Coalesce as Coalesce,
)
from nuages.db.models.functions.comparison import (
    Collate as Collate,
)
from nuages.db.models.functions.comparison import (
    Greatest as Greatest,
)
from nuages.db.models.functions.comparison import (
    Least as Least,
)
from nuages.db.models.functions.comparison import (
    NullIf as NullIf,
)
from nuages.db.models.functions.datetime import (
    Extract as Extract,
)
from nuages.db.models.functions.datetime import (
    ExtractDay as ExtractDay,
)
from nuages.db.models.functions.datetime import (
    ExtractHour as ExtractHour,
)
from nuages.db.models.functions.datetime import (
    ExtractIsoWeekDay as ExtractIsoWeekDay,
)
from nuages.db.models.functions.datetime import (
    ExtractIsoYear as ExtractIsoYear,
)
from nuages.db.models.functions.datetime import (
    ExtractMinute as ExtractMinute,
)
from nuages.db.models.functions.datetime import (
    ExtractMonth as ExtractMonth,
)
from nuages.db.models.functions.datetime import (
    ExtractQuarter as ExtractQuarter,
)
from nuages.db.models.functions.datetime import (
    ExtractSecond as ExtractSecond,
)
from nuages.db.models.functions.datetime import (
    ExtractWeek as ExtractWeek,
)
from nuages.db.models.functions.datetime import (
    ExtractWeekDay as ExtractWeekDay,
)
from nuages.db.models.functions.datetime import (
    ExtractYear as ExtractYear,
)
from nuages.db.models.functions.datetime import (
    Now as Now,
)
from nuages.db.models.functions.datetime import (
    Trunc as Trunc,
)
from nuages.db.models.functions.datetime import (
    TruncBase as TruncBase,
)
from nuages.db.models.functions.datetime import (
    TruncDate as TruncDate,
)
from nuages.db.models.functions.datetime import (
    TruncDay as TruncDay,
)
from nuages.db.models.functions.datetime import (
    TruncHour as TruncHour,
)
from nuages.db.models.functions.datetime import (
    TruncMinute as TruncMinute,
)
from nuages.db.models.functions.datetime import (
    TruncMonth as TruncMonth,
)
from nuages.db.models.functions.datetime import (
    TruncQuarter as TruncQuarter,
)
from nuages.db.models.functions.datetime import (
    TruncSecond as TruncSecond,
)
from nuages.db.models.functions.datetime import (
    TruncTime as TruncTime,
)
from nuages.db.models.functions.datetime import (
    TruncWeek as TruncWeek,
)
from nuages.db.models.functions.datetime import (
    TruncYear as TruncYear,
)
from nuages.db.models.functions.json import (
    JSONArray as JSONArray,
)
from nuages.db.models.functions.json import (
    JSONObject as JSONObject,
)
from nuages.db.models.functions.math import (
    Abs as Abs,
)
from nuages.db.models.functions.math import (
    ACos as ACos,
)
from nuages.db.models.functions.math import (
    ASin as ASin,
)
from nuages.db.models.functions.math import (
    ATan as ATan,
)
from nuages.db.models.functions.math import (
    ATan2 as ATan2,
)
from nuages.db.models.functions.math import (
    Ceil as Ceil,
)
from nuages.db.models.functions.math import (
    Cos as Cos,
)
from nuages.db.models.functions.math import (
    Cot as Cot,
)
from nuages.db.models.functions.math import (
    Degrees as Degrees,
)
from nuages.db.models.functions.math import (
    Exp as Exp,
)
from nuages.db.models.functions.math import (
    Floor as Floor,
)
from nuages.db.models.functions.math import (
    Ln as Ln,
)
from nuages.db.models.functions.math import (
    Log as Log,
)
from nuages.db.models.functions.math import (
    Mod as Mod,
)
from nuages.db.models.functions.math import (
    Pi as Pi,
)
from nuages.db.models.functions.math import (
    Power as Power,
)
from nuages.db.models.functions.math import (
    Radians as Radians,
)
from nuages.db.models.functions.math import (
    Random as Random,
)
from nuages.db.models.functions.math import (
    Round as Round,
)
from nuages.db.models.functions.math import (
    Sign as Sign,
)
from nuages.db.models.functions.math import (
    Sin as Sin,
)
from nuages.db.models.functions.math import (
    Sqrt as Sqrt,
)
from nuages.db.models.functions.math import (
    Tan as Tan,
)
from nuages.db.models.functions.text import (
    MD5 as MD5,
)
from nuages.db.models.functions.text import (
    SHA1 as SHA1,
)
from nuages.db.models.functions.text import (
    SHA224 as SHA224,
)
from nuages.db.models.functions.text import (
    SHA256 as SHA256,
)
from nuages.db.models.functions.text import (
    SHA384 as SHA384,
)
from nuages.db.models.functions.text import (
    SHA512 as SHA512,
)
from nuages.db.models.functions.text import (
    Chr as Chr,
)
from nuages.db.models.functions.text import (
    Concat as Concat,
)
from nuages.db.models.functions.text import (
    ConcatPair as ConcatPair,
)
from nuages.db.models.functions.text import (
    Digest as Digest,
)
from nuages.db.models.functions.text import (
    Left as Left,
)
from nuages.db.models.functions.text import (
    Length as Length,
)
from nuages.db.models.functions.text import (
    Lower as Lower,
)
from nuages.db.models.functions.text import (
    LPad as LPad,
)
from nuages.db.models.functions.text import (
    LTrim as LTrim,
)
from nuages.db.models.functions.text import (
    Ord as Ord,
)
from nuages.db.models.functions.text import (
    Repeat as Repeat,
)
from nuages.db.models.functions.text import (
    Replace as Replace,
)
from nuages.db.models.functions.text import (
    Reverse as Reverse,
)
from nuages.db.models.functions.text import (
    Right as Right,
)
from nuages.db.models.functions.text import (
    RPad as RPad,
)
from nuages.db.models.functions.text import (
    RTrim as RTrim,
)
from nuages.db.models.functions.text import (
    StrIndex as StrIndex,
)
from nuages.db.models.functions.text import (
    Substr as Substr,
)
from nuages.db.models.functions.text import (
    Trim as Trim,
)
from nuages.db.models.functions.text import (
    Upper as Upper,
)
from nuages.db.models.functions.uuid import (
    UUID4 as UUID4,
)
from nuages.db.models.functions.uuid import (
    UUID7 as UUID7,
)
from nuages.db.models.functions.window import (
    CumeDist as CumeDist,
)
from nuages.db.models.functions.window import (
    DenseRank as DenseRank,
)
from nuages.db.models.functions.window import (
    FirstValue as FirstValue,
)
from nuages.db.models.functions.window import (
    Lag as Lag,
)
from nuages.db.models.functions.window import (
    LastValue as LastValue,
)
from nuages.db.models.functions.window import (
    Lead as Lead,
)
from nuages.db.models.functions.window import (
    NthValue as NthValue,
)
from nuages.db.models.functions.window import (
    Ntile as Ntile,
)
from nuages.db.models.functions.window import (
    PercentRank as PercentRank,
)
from nuages.db.models.functions.window import (
    Rank as Rank,
)
from nuages.db.models.functions.window import (
    RowNumber as RowNumber,
)

# The modules of this package, some of which are called like those of the library, are not for all who import `*`.
__all__ = [
    "MD5", "SHA1", "SHA224", "SHA256", "SHA384", "SHA512", "UUID4", "UUID7", "ACos", "ASin", "ATan",
    "ATan2", "Abs", "Cast", "Ceil", "Chr", "Coalesce", "Collate", "Concat", "ConcatPair", "Cos", "Cot",
    "CumeDist", "Degrees", "DenseRank", "Exp", "Extract", "ExtractDay", "ExtractHour",
    "ExtractIsoWeekDay", "ExtractIsoYear", "ExtractMinute", "ExtractMonth", "ExtractQuarter",
    "ExtractSecond", "ExtractWeek", "ExtractWeekDay", "ExtractYear", "FirstValue", "Floor", "Greatest",
    "JSONArray", "JSONObject", "LPad", "LTrim", "Lag", "LastValue", "Lead", "Least", "Left", "Length",
    "Ln", "Log", "Lower", "Mod", "Now", "NthValue", "Ntile", "NullIf", "Ord", "PercentRank", "Pi",
    "Power", "RPad", "RTrim", "Radians", "Random", "Rank", "Repeat", "Replace", "Reverse", "Right",
    "Round", "RowNumber", "Sign", "Sin", "Sqrt", "StrIndex", "Substr", "Tan", "Trim", "Trunc",
    "TruncDate", "TruncDay", "TruncHour", "TruncMinute", "TruncMonth", "TruncQuarter", "TruncSecond",
    "TruncTime", "TruncWeek", "TruncYear", "Upper",
]  # fmt: skip
