"""The schema editor: turns "create this model", "alter this field" into statements.

`editor` holds its public operations, `columns` says what a field's column is, `keys` writes indexes and
constraints, `alteration` plans how one column becomes another, `names` makes names for what has none.
"""

from __future__ import annotations

from nuages.db.backends.base.schema.editor import BaseDatabaseSchemaEditor

__all__ = ["BaseDatabaseSchemaEditor"]
