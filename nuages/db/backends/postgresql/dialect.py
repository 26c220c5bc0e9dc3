"""How PostgreSQL writes its SQL."""

from __future__ import annotations

import datetime
from functools import cache
from types import MappingProxyType
from typing import Any

from nuages.conf import settings
from nuages.db.backends.dialect import LOOKUPS, Dialect, InlineAdapter, InlineConverter, quoter

_SIGNS = {"exact": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "regex": "~", "iregex": "~*"}


def _operator(lookup: str) -> str:
    if lookup in _SIGNS:
        return f"{_SIGNS[lookup]} %s"
    if lookup == "iexact":
        return "= UPPER(%s)"
    return "LIKE UPPER(%s)" if lookup.startswith("i") else "LIKE %s"


OPERATORS = {lookup: _operator(lookup) for lookup in LOOKUPS}

# The pattern comes from an expression: SQL escapes its wildcards.
PATTERN_ESC = r"REPLACE(REPLACE(REPLACE({}, E'\\', E'\\\\'), E'%%', E'\\%%'), E'_', E'\\_')"
_FRAMES = {"contains": "'%%' || {} || '%%'", "startswith": "{} || '%%'", "endswith": "'%%' || {}"}
PATTERN_OPS = {
    prefix + kind: f"LIKE {frame.replace('{}', 'UPPER({})') if prefix else frame}"
    for kind, frame in _FRAMES.items()
    for prefix in ("", "i")
}


def zone_of(connection: Any) -> datetime.tzinfo | None:
    """The zone that moments are given; None where they are to have none."""
    return connection.timezone if settings.USE_TZ else None


def own_datetime(value: datetime.datetime) -> datetime.datetime | None:
    """A moment that the driver takes as it is; None for one whose zone has to be guessed."""
    return None if settings.USE_TZ and value.tzinfo is None else value


@cache
def dialect(version: tuple[int, ...]) -> Dialect:
    """Return the dialect of a server version."""
    return Dialect(
        vendor="postgresql",
        version=version,
        quote=quoter('"'),
        operators=MappingProxyType(OPERATORS),
        pattern_ops=MappingProxyType(PATTERN_OPS),
        pattern_esc=PATTERN_ESC,
        # The protocol counts parameters in sixteen bits; without server-side binding there are none.
        max_params=None,
        inline_converters=MappingProxyType(
            {
                "DateTimeField": InlineConverter(
                    "{0}.replace(tzinfo=zone)",
                    MappingProxyType({"zone_of": zone_of}),
                    setup="zone = zone_of(connection)",
                    takes_stored=True,
                )
            }
        ),
        inline_adapters=MappingProxyType(
            {
                "DateField": InlineAdapter(datetime.date, "{0}"),
                "DateTimeField": InlineAdapter(
                    datetime.datetime, "own_datetime({0})", MappingProxyType({"own_datetime": own_datetime})
                ),
            }
        ),
        writers_module="nuages.db.backends.postgresql.writers",
    )
