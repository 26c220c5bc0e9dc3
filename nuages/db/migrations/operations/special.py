"""Operations with code or SQL of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nuages.db import router
from nuages.db.migrations.operations.base import Operation, OperationCategory, sparse
from nuages.spine import call


class SeparateDatabaseAndState(Operation):
    """Other operations for the database than for the state: for those who know what they are doing."""

    category = OperationCategory.MIXED
    serialization_expand_args = ["database_operations", "state_operations"]

    def __init__(
        self,
        database_operations: Sequence[Operation] | None = None,
        state_operations: Sequence[Operation] | None = None,
    ) -> None:
        self.database_operations = database_operations or []
        self.state_operations = state_operations or []

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        given = {"database_operations": self.database_operations, "state_operations": self.state_operations}
        return type(self).__name__, [], {name: operations for name, operations in given.items() if operations}

    def state_forwards(self, app_label: str, state: Any) -> None:
        for operation in self.state_operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        # The operations see states that they alone have made.
        before = from_state
        for operation in self.database_operations:
            after = before.clone()
            operation.state_forwards(app_label, after)
            operation.database_forwards(app_label, schema_editor, before, after)
            before = after

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        states = [to_state]
        for operation in self.database_operations:
            after = states[-1].clone()
            operation.state_forwards(app_label, after)
            states.append(after)
        for state in states:
            state.clear_delayed_apps_cache()
        for operation in reversed(self.database_operations):
            later = states.pop()
            operation.database_backwards(app_label, schema_editor, later, states[-1])

    def describe(self) -> str:
        return "Custom state/database change combination"


class RunSQL(Operation):
    """Run SQL: a string, or a list of statements, each alone or with its parameters."""

    category = OperationCategory.SQL
    noop = ""

    def __init__(
        self,
        sql: Any,
        reverse_sql: Any = None,
        state_operations: Any = None,
        hints: Any = None,
        elidable: bool = False,
    ) -> None:
        self.sql = sql
        self.reverse_sql = reverse_sql
        self.state_operations = state_operations or []
        self.hints = hints or {}
        self.elidable = elidable

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        optional: dict[str, Any] = {
            "reverse_sql": (self.reverse_sql, None),
            "state_operations": (self.state_operations, []),
            "hints": (self.hints, {}),
            "elidable": (self.elidable, False),
        }
        return type(self).__name__, [], sparse({"sql": self.sql}, optional)

    @property
    def reversible(self) -> bool:  # type: ignore[override]
        return self.reverse_sql is not None

    def state_forwards(self, app_label: str, state: Any) -> None:
        for operation in self.state_operations:
            operation.state_forwards(app_label, state)

    def _run(self, app_label: str, editor: Any, sqls: Any) -> None:
        if not router.allow_migrate(editor.connection.alias, app_label, **self.hints):
            return
        if isinstance(sqls, (list, tuple)):
            for sql in sqls:
                self._run_one(editor, sql)
        elif sqls != RunSQL.noop:
            for statement in editor.connection.ops.prepare_sql_script(sqls):
                editor.execute(statement, params=None)

    def _run_one(self, editor: Any, sql: Any) -> None:
        if not isinstance(sql, (list, tuple)):
            editor.execute(sql, params=None)
        elif len(sql) == 2:
            editor.execute(sql[0], params=sql[1])
        else:
            raise ValueError(f"Expected a 2-tuple but got {len(sql)}")

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._run(app_label, schema_editor, self.sql)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if self.reverse_sql is None:
            raise NotImplementedError("You cannot reverse this operation")
        self._run(app_label, schema_editor, self.reverse_sql)

    def describe(self) -> str:
        return "Raw SQL operation"


class RunPython(Operation):
    """Call a function with the models as they are at this point: `code(apps, schema_editor)`."""

    category = OperationCategory.PYTHON
    reduces_to_sql = False

    def __init__(
        self,
        code: Callable[..., Any],
        reverse_code: Callable[..., Any] | None = None,
        atomic: bool | None = None,
        hints: dict[str, Any] | None = None,
        elidable: bool = False,
    ) -> None:
        if not callable(code):
            raise ValueError("RunPython must be supplied with a callable")
        if reverse_code is not None and not callable(reverse_code):
            raise ValueError("RunPython must be supplied with callable arguments")
        self.atomic = atomic  # type: ignore[assignment]
        self.code = code
        self.reverse_code = reverse_code
        self.hints = hints or {}
        self.elidable = elidable

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        optional: dict[str, Any] = {
            "reverse_code": (self.reverse_code, None),
            "atomic": (self.atomic, None),
            "hints": (self.hints, {}),
            "elidable": (self.elidable, False),
        }
        return type(self).__name__, [], sparse({"code": self.code}, optional)

    @property
    def reversible(self) -> bool:  # type: ignore[override]
        return self.reverse_code is not None

    def state_forwards(self, app_label: str, state: Any) -> None:
        pass  # Python code may change rows, not models

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._run(self.code, app_label, schema_editor, from_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if self.reverse_code is None:
            raise NotImplementedError("You cannot reverse this operation")
        self._run(self.reverse_code, app_label, schema_editor, from_state)

    def _run(self, code: Callable[..., Any], app_label: str, schema_editor: Any, state: Any) -> None:
        if router.allow_migrate(schema_editor.connection.alias, app_label, **self.hints):
            state.clear_delayed_apps_cache()
            call(code, state.apps, schema_editor)

    def describe(self) -> str:
        return "Raw Python operation"

    @staticmethod
    def noop(apps: Any, schema_editor: Any) -> None:
        # No docstring: it would be shown as what the operation does.
        return
