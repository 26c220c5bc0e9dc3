"""How PostgreSQL writes its SQL."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType

from nuages.db.backends.dialect import LOOKUPS, Dialect, quoter

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
        writers_module="nuages.db.backends.postgresql.writers",
    )
