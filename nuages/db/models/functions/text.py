"""Texts: parts, lengths, cases, digests."""

from __future__ import annotations

from typing import Any

from nuages.db.models.expressions import Func, Value
from nuages.db.models.expressions.base import is_expression
from nuages.db.models.fields import CharField, IntegerField
from nuages.db.models.functions.comparison import Coalesce
from nuages.db.models.lookups import Transform

_SPACE = Value(" ")
_NOTHING = Value("")


class Chr(Transform):
    lookup_name = "chr"
    function = "CHR"
    output_field = CharField()


class ConcatPair(Func):
    """Two texts joined, null counting as empty."""

    function = "CONCAT"

    def coalesce(self) -> ConcatPair:
        """The same with empty text for null, for databases where null would swallow the rest."""
        filled = self.copy()
        filled.set_source_expressions([Coalesce(inner, Value("")) for inner in self.get_source_expressions()])
        filled.is_changed = True
        return filled  # type: ignore[no-any-return]


class Concat(Func):
    """Texts joined, null counting as empty."""

    function = None
    template = "%(expressions)s"

    def __init__(self, *expressions: Any, **extra: Any) -> None:
        if len(expressions) < 2:
            raise ValueError("Concat must take at least two expressions")
        *front, last = expressions
        joined = last
        for inner in reversed(front):
            joined = ConcatPair(inner, joined, output_field=extra.get("output_field"))
        super().__init__(joined, **extra)


class Left(Func):
    """The first `length` characters."""

    function = "LEFT"
    arity = 2
    output_field = CharField()

    def __init__(self, expression: Any, length: Any, **extra: Any) -> None:
        if not is_expression(length) and length < 1:
            raise ValueError("'length' must be greater than 0.")
        super().__init__(expression, length, **extra)

    def get_substr(self) -> Substr:
        """The same as a Substr, for databases without the function."""
        text, length = self.source_expressions
        return Substr(text, Value(1), length)


class Right(Left):
    """The last `length` characters."""

    function = "RIGHT"

    def get_substr(self) -> Substr:
        text, length = self.source_expressions
        return Substr(text, length * Value(-1), length)


class Length(Transform):
    """How many characters a text has."""

    lookup_name = "length"
    function = "LENGTH"
    output_field = IntegerField()


class Lower(Transform):
    lookup_name = "lower"
    function = "LOWER"


class LPad(Func):
    """The text filled up from the left to `length` characters (or cut down to them)."""

    function = "LPAD"
    output_field = CharField()

    def __init__(self, expression: Any, length: Any, fill_text: Any = _SPACE, **extra: Any) -> None:
        if not is_expression(length) and length is not None and length < 0:
            raise ValueError("'length' must be greater or equal to 0.")
        super().__init__(expression, length, fill_text, **extra)


class RPad(LPad):
    """The text filled up from the right to `length` characters (or cut down to them)."""

    function = "RPAD"


class LTrim(Transform):
    lookup_name = "ltrim"
    function = "LTRIM"


class RTrim(Transform):
    lookup_name = "rtrim"
    function = "RTRIM"


class Trim(Transform):
    lookup_name = "trim"
    function = "TRIM"


class Upper(Transform):
    lookup_name = "upper"
    function = "UPPER"


class Ord(Transform):
    """The code point of the first character."""

    lookup_name = "ord"
    function = "ASCII"
    output_field = IntegerField()


class Repeat(Func):
    """The text `number` times."""

    function = "REPEAT"
    output_field = CharField()

    def __init__(self, expression: Any, number: Any, **extra: Any) -> None:
        if not is_expression(number) and number is not None and number < 0:
            raise ValueError("'number' must be greater or equal to 0.")
        super().__init__(expression, number, **extra)


class Replace(Func):
    """Each `text` in the first argument replaced."""

    function = "REPLACE"

    def __init__(self, expression: Any, text: Any, replacement: Any = _NOTHING, **extra: Any) -> None:
        super().__init__(expression, text, replacement, **extra)


class Reverse(Transform):
    lookup_name = "reverse"
    function = "REVERSE"


class Digest(Transform):
    """A hash of a text, as lower-case hexadecimal digits."""

    output_field = CharField()


class MD5(Digest):
    lookup_name = "md5"
    function = "MD5"


class SHA1(Digest):
    lookup_name = "sha1"
    function = "SHA1"


class SHA224(Digest):
    lookup_name = "sha224"
    function = "SHA224"


class SHA256(Digest):
    lookup_name = "sha256"
    function = "SHA256"


class SHA384(Digest):
    lookup_name = "sha384"
    function = "SHA384"


class SHA512(Digest):
    lookup_name = "sha512"
    function = "SHA512"


class StrIndex(Func):
    """Where the second text first stands in the first, counted from 1; 0 where it does not."""

    function = "INSTR"
    arity = 2
    output_field = IntegerField()


class Substr(Func):
    """`length` characters (or the rest) from position `pos`, counted from 1."""

    function = "SUBSTRING"
    output_field = CharField()

    def __init__(self, expression: Any, pos: Any, length: Any = None, **extra: Any) -> None:
        if not is_expression(pos) and pos < 1:
            raise ValueError("'pos' must be greater than 0")
        arguments = [expression, pos] if length is None else [expression, pos, length]
        super().__init__(*arguments, **extra)
