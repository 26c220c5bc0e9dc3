"""What can be wrong with migrations."""

from __future__ import annotations

from typing import Any

from nuages.db.exceptions import DatabaseError


class AmbiguityError(Exception):
    """More than one migration begins like that."""


class NodeNotFoundError(LookupError):
    """A migration that is asked for is not there."""

    def __init__(self, message: str, node: Any, origin: Any = None) -> None:
        self.message = message
        self.origin = origin
        self.node = node
        super().__init__(message, node, origin)

    def __str__(self) -> str:
        return self.message

    def __repr__(self) -> str:
        return f"NodeNotFoundError({self.node!r})"


class CircularDependencyError(Exception):
    """Migrations wait for each other."""


class BadMigrationError(Exception):
    """A migration file is not one."""


class InvalidBasesError(ValueError):
    """The base classes of a historical model cannot be found."""


class InvalidMigrationPlan(ValueError):
    """Migrations are to be applied and undone in one go."""


class IrreversibleError(RuntimeError):
    """A migration cannot be undone."""


class InconsistentMigrationHistory(Exception):
    """A migration is recorded as applied although one that it needs is not."""


class MigrationSchemaMissing(DatabaseError):
    """The table of applied migrations cannot be made."""
