"""Names for indexes and constraints that nobody has named.

The same table and columns always give the same name, on every machine: names made by Django's migrations and by
ours are interchangeable.
"""

from __future__ import annotations

from collections.abc import Sequence

from nuages.db.backends.utils import names_digest, split_identifier

#: Where a database has no limit of its own.
LONGEST = 200


def index_name(table: str, columns: Sequence[str], suffix: str, longest: int | None) -> str:
    """Make a name of table, columns and a digest of both, cut evenly where it is too long."""
    _, table = split_identifier(table)
    room = longest or LONGEST
    tail = names_digest(table, *columns, length=8) + suffix
    heads = [table, "_".join(columns)]
    whole = "_".join([*heads, tail])
    if len(whole) <= room:
        return whole
    if len(tail) > room / 3:
        tail = tail[: room // 3]
    share = (room - len(tail)) // 2 - 1
    name = "_".join([*(head[:share] for head in heads), tail])
    # Some databases want a letter first.
    return f"D{name[:-1]}" if name[0] == "_" or name[0].isdigit() else name
