"""The operations that migrations are made of."""

from __future__ import annotations

from nuages.db.migrations.operations import base
from nuages.db.migrations.operations.fields import AddField, AlterField, RemoveField, RenameField
from nuages.db.migrations.operations.indexes import (
    AddConstraint,
    AddIndex,
    AlterConstraint,
    RemoveConstraint,
    RemoveIndex,
    RenameIndex,
)
from nuages.db.migrations.operations.models import (
    AlterIndexTogether,
    AlterModelManagers,
    AlterModelOptions,
    AlterModelTable,
    AlterModelTableComment,
    AlterOrderWithRespectTo,
    AlterUniqueTogether,
    CreateModel,
    DeleteModel,
    RenameModel,
)
from nuages.db.migrations.operations.special import RunPython, RunSQL, SeparateDatabaseAndState

__all__ = [
    "AddConstraint",
    "AddField",
    "AddIndex",
    "AlterConstraint",
    "AlterField",
    "AlterIndexTogether",
    "AlterModelManagers",
    "AlterModelOptions",
    "AlterModelTable",
    "AlterModelTableComment",
    "AlterOrderWithRespectTo",
    "AlterUniqueTogether",
    "CreateModel",
    "DeleteModel",
    "RemoveConstraint",
    "RemoveField",
    "RemoveIndex",
    "RenameField",
    "RenameIndex",
    "RenameModel",
    "RunPython",
    "RunSQL",
    "SeparateDatabaseAndState",
    "base",
]
