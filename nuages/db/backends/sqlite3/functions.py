"""SQL functions that SQLite lacks, in Python; registered with every connection.

All of them are pure but for the random ones, and say so, so that they may be used in indexes and constraints.
"""

from __future__ import annotations

import functools
import hashlib
import math
import operator
import random
import re
import secrets
import sqlite3
import time
import uuid
from collections.abc import Callable
from typing import Any

from nuages.db.backends.sqlite3.moments import (
    date_cast,
    date_extract,
    date_trunc,
    datetime_extract,
    datetime_trunc,
    time_cast,
    time_difference,
    time_extract,
    time_trunc,
    timestamp_difference,
    with_duration,
)

Function = Callable[..., Any]


def null_in_null_out(function: Function) -> Function:
    """The function, giving NULL where any argument is NULL."""

    @functools.wraps(function)
    def guarded(*arguments: Any) -> Any:
        return None if None in arguments else function(*arguments)

    return guarded


# Texts ------------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def matches(pattern: Any, text: Any) -> bool:
    """`text REGEXP pattern`."""
    return _compiled(str(pattern)).search(str(text)) is not None


def lpad(text: str, length: int, fill: str) -> str:
    """`text` filled up from the left."""
    if length <= len(text):
        return text[:length]
    lacking = length - len(text)
    return (fill * lacking)[:lacking] + text


def rpad(text: str, length: int, fill: str) -> str:
    """`text` filled up from the right."""
    return (text + fill * length)[:length]


def repeat(text: str, count: int) -> str:
    """`text`, `count` times."""
    return text * count


def reverse(text: str) -> str:
    """`text` backwards."""
    return text[::-1]


def digest_by(name: str) -> Function:
    """The hexadecimal hash of a text by the algorithm of that name."""

    def digest(text: Any) -> str:
        return hashlib.new(name, str(text).encode(), usedforsecurity=False).hexdigest()

    return digest


# Numbers ----------------------------------------------------------------------------------------------------


def bitxor(left: int, right: int) -> int:
    """Bitwise exclusive or."""
    return left ^ right


def cot(angle: float) -> float:
    """The cotangent."""
    return 1 / math.tan(angle)


def sign(number: float) -> int:
    """-1, 0 or 1."""
    return (number > 0) - (number < 0)


def log(base: float, number: float) -> float:
    """The logarithm of `number` to `base`."""
    return math.log(number, base)


def power(base: float, exponent: float) -> float:
    """`base` to the power of `exponent`."""
    return base**exponent


# UUIDs ------------------------------------------------------------------------------------------------------


def uuid4() -> str:
    """A random UUID, as it is stored."""
    return uuid.uuid4().hex


def uuid7(shift: int = 0) -> str | None:
    """A UUID that begins with the time in milliseconds, moved by `shift` microseconds."""
    if shift is None:
        return None
    moment = (time.time_ns() // 1000 + shift) // 1000
    number = (
        (moment & (2**48 - 1)) << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)
    )
    return f"{number:032x}"


# Aggregates -------------------------------------------------------------------------------------------------


class _Collected:
    """Keeps the values of a group that are not NULL."""

    def __init__(self) -> None:
        self.values: list[Any] = []

    def step(self, value: Any) -> None:
        """Take one row's value."""
        if value is not None:
            self.values.append(value)

    def finalize(self) -> Any:
        """The result for the group."""
        raise NotImplementedError


def spread(measure: str, least: int) -> type[_Collected]:
    """An aggregate by a function of `statistics`, which measures how far values are apart; NULL below `least` values."""

    class Spread(_Collected):
        def finalize(self) -> Any:
            # Imported when used: it brings along much that few processes need.
            import statistics

            return getattr(statistics, measure)(self.values) if len(self.values) >= least else None

    return Spread


def folded(combine: Callable[[int, int], int]) -> type[_Collected]:
    """An aggregate that combines all values by a bitwise operator."""

    class Folded(_Collected):
        def finalize(self) -> Any:
            return functools.reduce(combine, self.values) if self.values else None

    return Folded


class AnyOf(_Collected):
    """Any value that is not NULL."""

    def step(self, value: Any) -> None:
        if value is not None and not self.values:
            self.values.append(value)

    def finalize(self) -> Any:
        return self.values[0] if self.values else None


AGGREGATES: dict[str, type[_Collected]] = {
    "STDDEV_POP": spread("pstdev", 1),
    "STDDEV_SAMP": spread("stdev", 2),
    "VAR_POP": spread("pvariance", 1),
    "VAR_SAMP": spread("variance", 2),
    "ANY_VALUE": AnyOf,
    "BIT_AND": folded(operator.and_),
    "BIT_OR": folded(operator.or_),
    "BIT_XOR": folded(operator.xor),
}

# Name → (number of arguments, function); NULL in, NULL out.
PURE: dict[str, tuple[int, Function]] = {
    "regexp": (2, matches),
    "LPAD": (3, lpad),
    "RPAD": (3, rpad),
    "REPEAT": (2, repeat),
    "REVERSE": (1, reverse),
    "BITXOR": (2, bitxor),
    "SIGN": (1, sign),
    "LOG": (2, log),
    "POWER": (2, power),
    "MOD": (2, math.fmod),
    "ATAN2": (2, math.atan2),
    "CEILING": (1, math.ceil),
    "FLOOR": (1, math.floor),
    "COT": (1, cot),
    "LN": (1, math.log),
    **{
        name.upper(): (1, getattr(math, name))
        for name in ("acos", "asin", "atan", "cos", "degrees", "exp", "radians", "sin", "sqrt", "tan")
    },
    **{
        name.upper(): (1, digest_by(name)) for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")
    },
    "django_date_extract": (2, date_extract),
    "django_time_extract": (2, time_extract),
    "django_time_diff": (2, time_difference),
    "django_timestamp_diff": (2, timestamp_difference),
    "django_format_dtdelta": (3, with_duration),
}

# The same with a time zone, which may be NULL for none: only the moment itself makes the result NULL.
ZONED: dict[str, tuple[int, Function]] = {
    "django_date_trunc": (4, date_trunc),
    "django_time_trunc": (4, time_trunc),
    "django_datetime_cast_date": (3, date_cast),
    "django_datetime_cast_time": (3, time_cast),
    "django_datetime_extract": (4, datetime_extract),
    "django_datetime_trunc": (4, datetime_trunc),
}


def register(raw: sqlite3.Connection) -> None:
    """Make all functions known to a connection."""
    create = raw.create_function
    for name, (count, function) in PURE.items():
        create(name, count, null_in_null_out(function), deterministic=True)
    for name, (count, function) in ZONED.items():
        create(name, count, function, deterministic=True)
    create("PI", 0, lambda: math.pi, deterministic=True)
    create("RAND", 0, random.random)
    create("UUIDV4", 0, uuid4)
    for count in (0, 1):
        create("UUIDV7", count, uuid7)
    for name, aggregate in AGGREGATES.items():
        raw.create_aggregate(name, 1, aggregate)  # type: ignore[arg-type]
