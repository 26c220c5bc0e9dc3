"""Test cases with databases: flushed after each test, or rolled back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

from nuages.apps import apps
from nuages.core.management import call_command
from nuages.core.management.color import no_style
from nuages.core.signals import setting_changed
from nuages.db import DEFAULT_DB_ALIAS, connections, transaction
from nuages.test.assertions import QueryAssertions
from nuages.test.cases.simple import SimpleTestCase

__unittest = True


class TransactionTestCase(QueryAssertions, SimpleTestCase):
    """A test case whose tests may commit: the tables are emptied after each."""

    #: Start sequences at 1 for each test, where the database has them.
    reset_sequences = False
    #: The apps whose tables are flushed and for which post_migrate is sent; None means all.
    available_apps: Any = None
    fixtures: Any = None
    databases: Any = {DEFAULT_DB_ALIAS}
    _disallowed_database_msg = (
        "Database %(operation)s to %(alias)r are not allowed in this test. Add %(alias)r to %(test)s.databases to "
        "ensure proper test isolation and silence this failure."
    )
    #: Load again what migrations put into the database.
    serialized_rollback = False

    #: Whether the class has set up what its first test needs.
    _set_up_for_the_first = False

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        if not issubclass(cls, TestCase):
            # Already here, so that what overrides this method finds its fixtures.
            cls._pre_setup()
            cls._set_up_for_the_first = True
            cls.addClassCleanup(cls._tear_down_for_none)

    @classmethod
    def _tear_down_for_none(cls) -> None:
        """Undo the set-up of a class of which no test has run: all were skipped, or setUpClass() failed."""
        if cls._set_up_for_the_first:
            cls._set_up_for_the_first = False
            cls()._post_teardown()

    @classmethod
    def _databases_names(cls, include_mirrors: bool = True) -> list[str]:
        """The aliases this case works on, mirrors among them if wanted."""
        return [
            alias
            for alias in connections
            if alias in cls.databases
            and (include_mirrors or not connections[alias].settings_dict["TEST"]["MIRROR"])
        ]

    @classmethod
    def _pre_setup(cls) -> None:
        if cls._set_up_for_the_first:
            cls._set_up_for_the_first = False
            return
        super()._pre_setup()
        if cls.available_apps is not None:
            apps.set_available_apps(cls.available_apps)
            setting_changed.send(
                sender=_settings_class(), setting="INSTALLED_APPS", value=cls.available_apps, enter=True
            )
            for alias in cls._databases_names(include_mirrors=False):
                _emit_post_migrate(alias)
        try:
            cls._fixture_setup()
        except Exception:
            if cls.available_apps is not None:
                apps.unset_available_apps()
                _announce_apps()
            raise
        for alias in cls._databases_names(include_mirrors=False):
            connections[alias].queries_log.clear()

    @classmethod
    def _fixture_setup(cls) -> None:
        for alias in cls._databases_names(include_mirrors=False):
            if cls.reset_sequences:
                cls._reset_sequences(alias)
            serialized = getattr(connections[alias], "_test_serialized_contents", None)
            if cls.serialized_rollback and serialized is not None:
                if cls.available_apps is not None:
                    apps.unset_available_apps()
                connections[alias].creation.deserialize_db_from_string(serialized)
                if cls.available_apps is not None:
                    apps.set_available_apps(cls.available_apps)
            if cls.fixtures:
                call_command("loaddata", *cls.fixtures, verbosity=0, database=alias)

    @classmethod
    def _reset_sequences(cls, alias: str) -> None:
        connection = connections[alias]
        if connection.features.supports_sequence_reset:
            statements = connection.ops.sequence_reset_by_name_sql(
                no_style(), connection.introspection.sequence_list()
            )
            if statements:
                with transaction.atomic(using=alias), connection.cursor() as cursor:
                    for statement in statements:
                        cursor.execute(statement)

    def _post_teardown(self) -> None:
        try:
            self._fixture_teardown()
            super()._post_teardown()
            if self._closes_connections():
                # A test may have changed the session or broken the connection; the next one starts afresh.
                for connection in connections.all(initialized_only=True):
                    connection.close()
        finally:
            if self.available_apps is not None:
                apps.unset_available_apps()
                _announce_apps()

    @classmethod
    def _closes_connections(cls) -> bool:
        return True

    def _fixture_teardown(self) -> None:
        for alias in self._databases_names(include_mirrors=False):
            # Flushing sends post_migrate, which would fill content types and the like in again.
            serialized = getattr(connections[alias], "_test_serialized_contents", None)
            inhibit = self.available_apps is not None or (self.serialized_rollback and serialized is not None)
            call_command(
                "flush",
                verbosity=0,
                interactive=False,
                database=alias,
                reset_sequences=False,
                allow_cascade=self.available_apps is not None,
                inhibit_post_migrate=inhibit,
            )


def _settings_class() -> type:
    from nuages.conf import settings

    return settings._wrapped.__class__


def _announce_apps() -> None:
    from nuages.conf import settings

    setting_changed.send(
        sender=_settings_class(), setting="INSTALLED_APPS", value=settings.INSTALLED_APPS, enter=False
    )


def _emit_post_migrate(alias: str) -> None:
    from nuages.core.management.sql import emit_post_migrate_signal

    emit_post_migrate_signal(verbosity=0, interactive=False, db=alias)


def connections_support_transactions(aliases: Sequence[str] | None = None) -> bool:
    """Say whether all these databases (all there are, by default) can roll back."""
    chosen = connections.all() if aliases is None else (connections[alias] for alias in aliases)
    return all(connection.features.supports_transactions for connection in chosen)


def connections_support_savepoints(aliases: Sequence[str] | None = None) -> bool:
    """Say whether all these databases (all there are, by default) have savepoints."""
    chosen = connections.all() if aliases is None else (connections[alias] for alias in aliases)
    return all(connection.features.uses_savepoints for connection in chosen)


class TestData:
    """Hands each test its own copy of what `setUpTestData` put on the class.

    The copies are made together through one memo per test, so that objects which refer to each other still do.
    """

    memo_attr = "_testdata_memo"

    def __init__(self, name: str, data: Any) -> None:
        self.name = name
        self.data = data

    def get_memo(self, testcase: Any) -> dict[int, Any]:
        """Return the memo of this test."""
        return testcase.__dict__.setdefault(self.memo_attr, {})

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self.data
        copied = deepcopy(self.data, self.get_memo(instance))
        setattr(instance, self.name, copied)
        return copied

    def __repr__(self) -> str:
        return f"<TestData: name={self.name!r}, data={self.data!r}>"


class TestCase(TransactionTestCase):
    """A test case whose tests run in a transaction that is rolled back; `setUpTestData` runs once per class."""

    cls_atomics: dict[str, Any]
    atomics: dict[str, Any]

    @classmethod
    def _enter_atomics(cls) -> dict[str, Any]:
        atomics = {}
        for alias in cls._databases_names():
            atomic = transaction.atomic(using=alias)
            atomic._from_testcase = True
            atomic.__enter__()
            atomics[alias] = atomic
        return atomics

    @classmethod
    def _rollback_atomics(cls, atomics: dict[str, Any]) -> None:
        for alias in reversed(cls._databases_names()):
            transaction.set_rollback(True, using=alias)
            atomics[alias].__exit__(None, None, None)

    @classmethod
    def _databases_support_transactions(cls) -> bool:
        return connections_support_transactions(cls._databases_names())

    @classmethod
    def _databases_support_savepoints(cls) -> bool:
        return connections_support_savepoints(cls._databases_names())

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        if not (cls._databases_support_transactions() and cls._databases_support_savepoints()):
            return
        cls.cls_atomics = cls._enter_atomics()
        try:
            if cls.fixtures:
                for alias in cls._databases_names(include_mirrors=False):
                    call_command("loaddata", *cls.fixtures, verbosity=0, database=alias)
            before = set(cls.__dict__)
            known = dict(cls.__dict__)
            cls.setUpTestData()
        except Exception:
            cls._rollback_atomics(cls.cls_atomics)
            raise
        for name, value in list(cls.__dict__.items()):
            if name not in before or known[name] is not value:
                setattr(cls, name, TestData(name, value))

    @classmethod
    def tearDownClass(cls) -> None:
        if cls._databases_support_transactions() and cls._databases_support_savepoints():
            cls._rollback_atomics(cls.cls_atomics)
            for connection in connections.all(initialized_only=True):
                connection.close()
        super().tearDownClass()

    @classmethod
    def setUpTestData(cls) -> None:
        """Create, once per class, what all its tests need. Override it."""

    def _should_reload_connections(self) -> bool:
        return not self._databases_support_transactions()

    @classmethod
    def _closes_connections(cls) -> bool:
        return not cls._databases_support_transactions()

    @classmethod
    def _fixture_setup(cls) -> None:
        if not cls._databases_support_transactions():
            cls.setUpTestData()
            super()._fixture_setup()
            return
        if cls.reset_sequences:
            raise TypeError("reset_sequences cannot be used on TestCase instances")
        cls.atomics = cls._enter_atomics()
        if not cls._databases_support_savepoints():
            if cls.fixtures:
                for alias in cls._databases_names(include_mirrors=False):
                    call_command("loaddata", *cls.fixtures, verbosity=0, database=alias)
            cls.setUpTestData()

    def _fixture_teardown(self) -> None:
        if not self._databases_support_transactions():
            super()._fixture_teardown()
            return
        try:
            for alias in reversed(self._databases_names()):
                if self._should_check_constraints(connections[alias]):
                    connections[alias].check_constraints()
        finally:
            self._rollback_atomics(self.atomics)

    def _should_check_constraints(self, connection: Any) -> bool:
        return (
            connection.features.can_defer_constraint_checks
            and not connection.needs_rollback
            and connection.is_usable()
        )

    @classmethod
    @contextmanager
    def captureOnCommitCallbacks(
        cls, *, using: str = DEFAULT_DB_ALIAS, execute: bool = False
    ) -> Iterator[list[Callable[[], Any]]]:
        """Collect the callbacks that `on_commit` was given in the block; call them at its end if asked to."""
        callbacks: list[Callable[[], Any]] = []
        connection = connections[using]
        start = len(connection.run_on_commit)
        try:
            yield callbacks
        finally:
            # Running callbacks may register more; these are collected (and run) as well.
            while True:
                waiting = connection.run_on_commit[start:]
                for _, callback, robust in waiting:
                    callbacks.append(callback)
                    if execute:
                        _run_callback(callback, robust)
                if len(connection.run_on_commit) == start + len(waiting):
                    break
                start += len(waiting)
                if not execute:
                    break


def _run_callback(callback: Callable[[], Any], robust: bool) -> None:
    if not robust:
        callback()
        return
    try:
        callback()
    except Exception as error:
        import logging

        logging.getLogger("django.test").exception(
            "Error calling %s in on_commit() (%s).", getattr(callback, "__qualname__", callback), error
        )
