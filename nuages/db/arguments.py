"""Arguments that commands about databases share."""

from __future__ import annotations

from typing import Any


def add_database(parser: Any, purpose: str) -> None:
    """Add `--database`; `purpose` is what the command does with it."""
    from nuages.db import DEFAULT_DB_ALIAS, connections

    parser.add_argument(
        "--database",
        help=f'Nominates a database {purpose}. Defaults to the "default" database.',
        choices=tuple(connections),
        default=DEFAULT_DB_ALIAS,
    )


def add_no_input(parser: Any) -> None:
    """Add `--no-input`."""
    parser.add_argument(
        *("--noinput", "--no-input"),
        help="Tells Django to NOT prompt the user for input of any kind.",
        dest="interactive",
        action="store_false",
    )
