"""Migration operations for what only PostgreSQL has."""

from __future__ import annotations

from typing import Any

from nuages.contrib.postgres.signals import get_citext_oids, get_hstore_oids, register_type_handlers
from nuages.db import NotSupportedError, router
from nuages.db.migrations import AddConstraint, AddIndex, RemoveIndex
from nuages.db.migrations.operations.base import Operation, OperationCategory
from nuages.db.models.constraints import CheckConstraint


class CreateExtension(Operation):
    """Installs an extension."""

    reversible = True
    category = OperationCategory.ADDITION

    def __init__(self, name: str, hints: dict[str, Any] | None = None) -> None:
        self.name = name
        self.hints = hints or {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing: models do not know extensions."""

    def _concerns(self, app_label: str, schema_editor: Any) -> bool:
        connection = schema_editor.connection
        return connection.vendor == "postgresql" and bool(
            router.allow_migrate(connection.alias, app_label, **self.hints)
        )

    def extension_exists(self, schema_editor: Any, extension: str) -> bool:
        """Whether the database has it."""
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_extension WHERE extname = %s", [extension])
            return bool(cursor.fetchone())

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if not self._concerns(app_label, schema_editor):
            return
        if not self.extension_exists(schema_editor, self.name):
            schema_editor.execute(f"CREATE EXTENSION IF NOT EXISTS {schema_editor.quote_name(self.name)}")
        # Its types have ids now that were not there when they were asked for.
        get_hstore_oids.cache_clear()
        get_citext_oids.cache_clear()
        register_type_handlers(schema_editor.connection)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if not router.allow_migrate(schema_editor.connection.alias, app_label, **self.hints):
            return
        if self.extension_exists(schema_editor, self.name):
            schema_editor.execute(f"DROP EXTENSION IF EXISTS {schema_editor.quote_name(self.name)}")
        get_hstore_oids.cache_clear()
        get_citext_oids.cache_clear()

    def describe(self) -> str:
        return f"Creates extension {self.name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"create_extension_{self.name}"


class _Named(CreateExtension):
    """An extension whose name the class knows."""

    extension: str

    def __init__(self, hints: dict[str, Any] | None = None) -> None:
        super().__init__(self.extension, hints)


class BloomExtension(_Named):
    extension = "bloom"


class BtreeGinExtension(_Named):
    extension = "btree_gin"


class BtreeGistExtension(_Named):
    extension = "btree_gist"


class CITextExtension(_Named):
    extension = "citext"


class CryptoExtension(_Named):
    extension = "pgcrypto"


class HStoreExtension(_Named):
    extension = "hstore"


class TrigramExtension(_Named):
    extension = "pg_trgm"


class UnaccentExtension(_Named):
    extension = "unaccent"


class NotInTransactionMixin:
    """An operation that the server refuses inside of a transaction."""

    def _ensure_not_in_transaction(self, schema_editor: Any) -> None:
        if schema_editor.connection.in_atomic_block:
            raise NotSupportedError(
                f"The {type(self).__name__} operation cannot be executed inside "
                "a transaction (set atomic = False on the migration)."
            )


class _Concurrently(NotInTransactionMixin):
    """Makes or drops an index without locking out writers."""

    atomic = False
    model_name: str

    def _run(self, method: str, schema_editor: Any, app_label: str, state: Any, index: Any) -> None:
        """`method` of the editor, on the model as `state` has it."""
        self._ensure_not_in_transaction(schema_editor)
        model = state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):  # type: ignore[attr-defined]
            getattr(schema_editor, method)(model, index(), concurrently=True)


class AddIndexConcurrently(_Concurrently, AddIndex):
    """Makes an index without locking out writers."""

    category = OperationCategory.ADDITION

    def describe(self) -> str:
        fields = ", ".join(self.index.fields)
        return f"Concurrently create index {self.index.name} on field(s) {fields} of model {self.model_name}"

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._run("add_index", schema_editor, app_label, to_state, lambda: self.index)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._run("remove_index", schema_editor, app_label, from_state, lambda: self.index)


class RemoveIndexConcurrently(_Concurrently, RemoveIndex):
    """Drops an index without locking out writers."""

    category = OperationCategory.REMOVAL

    def describe(self) -> str:
        return f"Concurrently remove index {self.name} from {self.model_name}"

    def _index_of(self, app_label: str, state: Any) -> Any:
        return lambda: state.models[app_label, self.model_name_lower].get_index_by_name(self.name)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._run("remove_index", schema_editor, app_label, from_state, self._index_of(app_label, from_state))

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._run("add_index", schema_editor, app_label, to_state, self._index_of(app_label, to_state))


class CollationOperation(Operation):
    """Base of what is done with collations."""

    def __init__(self, name: str, locale: str, *, provider: str = "libc", deterministic: bool = True) -> None:
        self.name = name
        self.locale = locale
        self.provider = provider
        self.deterministic = deterministic

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing: models name collations only."""

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        kwargs: dict[str, Any] = {"name": self.name, "locale": self.locale}
        if self.provider and self.provider != "libc":
            kwargs["provider"] = self.provider
        if self.deterministic is False:
            kwargs["deterministic"] = self.deterministic
        return type(self).__name__, [], kwargs

    def _concerns(self, app_label: str, schema_editor: Any) -> bool:
        connection = schema_editor.connection
        return connection.vendor == "postgresql" and bool(router.allow_migrate(connection.alias, app_label))

    def create_collation(self, schema_editor: Any) -> None:
        """CREATE COLLATION."""
        quote = schema_editor.quote_name
        options = {"locale": quote(self.locale)}
        if self.provider != "libc":
            options["provider"] = quote(self.provider)
        if self.deterministic is False:
            options["deterministic"] = "false"
        shown = ", ".join(f"{name}={value}" for name, value in options.items())
        schema_editor.execute(f"CREATE COLLATION {quote(self.name)} ({shown})")

    def remove_collation(self, schema_editor: Any) -> None:
        """DROP COLLATION."""
        schema_editor.execute(f"DROP COLLATION {schema_editor.quote_name(self.name)}")


class CreateCollation(CollationOperation):
    """Makes a collation."""

    category = OperationCategory.ADDITION

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if self._concerns(app_label, schema_editor):
            self.create_collation(schema_editor)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if router.allow_migrate(schema_editor.connection.alias, app_label):
            self.remove_collation(schema_editor)

    def describe(self) -> str:
        return f"Create collation {self.name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"create_collation_{self.name.lower()}"

    def reduce(self, operation: Any, app_label: str) -> Any:
        """Made and dropped again is nothing."""
        if isinstance(operation, RemoveCollation) and self.name == operation.name:
            return []
        return super().reduce(operation, app_label)


class RemoveCollation(CollationOperation):
    """Drops a collation."""

    category = OperationCategory.REMOVAL

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if self._concerns(app_label, schema_editor):
            self.remove_collation(schema_editor)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if router.allow_migrate(schema_editor.connection.alias, app_label):
            self.create_collation(schema_editor)

    def describe(self) -> str:
        return f"Remove collation {self.name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"remove_collation_{self.name.lower()}"


class AddConstraintNotValid(AddConstraint):
    """Adds a check that old rows are not held to until they are validated."""

    category = OperationCategory.ADDITION

    def __init__(self, model_name: str, constraint: Any) -> None:
        if not isinstance(constraint, CheckConstraint):
            raise TypeError("AddConstraintNotValid.constraint must be a check constraint.")
        super().__init__(model_name, constraint)

    def describe(self) -> str:
        return f"Create not valid constraint {self.constraint.name} on model {self.model_name}"

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        statement = self.constraint.create_sql(model, schema_editor)
        if statement:
            # No parameters: None keeps % signs as they are.
            schema_editor.execute(f"{statement} NOT VALID", params=None)

    @property
    def migration_name_fragment(self) -> str:
        return f"{super().migration_name_fragment}_not_valid"


class ValidateConstraint(Operation):
    """Holds the rows that were there to a check that was added as not valid."""

    category = OperationCategory.ALTERATION

    def __init__(self, model_name: str, name: str) -> None:
        self.model_name = model_name
        self.name = name

    def describe(self) -> str:
        return f"Validate constraint {self.name} on model {self.model_name}"

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = from_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            quote = schema_editor.quote_name
            schema_editor.execute(
                f"ALTER TABLE {quote(model._meta.db_table)} VALIDATE CONSTRAINT {quote(self.name)}"
            )

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Nothing: what is valid stays so."""

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing: the constraint is known already."""

    @property
    def migration_name_fragment(self) -> str:
        return f"{self.model_name.lower()}_validate_{self.name.lower()}"

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [], {"model_name": self.model_name, "name": self.name}
