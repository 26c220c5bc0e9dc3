"""`BaseDatabaseWrapper`: one connection to one database, with the interface that Django documents.

The driver's connection is made on first use. There are two ways to run SQL: `cursor()`, which logs, calls
`execute_wrapper`s and is what applications use, and the short way of the ORM (`fetch`, `run` and their kin below),
which falls back to the first whenever somebody is watching.
"""

from __future__ import annotations

import copy
import datetime
import logging
import time
import warnings
import zoneinfo
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cached_property
from threading import get_ident
from typing import TYPE_CHECKING, Any, ClassVar

from nuages.apps import apps
from nuages.conf import settings
from nuages.core.exceptions import ImproperlyConfigured
from nuages.db.backends.base import blocks
from nuages.db.backends.base.features import BaseDatabaseFeatures
from nuages.db.backends.base.queueing import Turnstile
from nuages.db.backends.base.validation import BaseDatabaseValidation
from nuages.db.backends.utils import CursorDebugWrapper, CursorWrapper, debug_transaction
from nuages.db.errors import DatabaseErrorWrapper
from nuages.db.exceptions import CannotConnect, DatabaseError, NotSupportedError, OperationalError
from nuages.db.handler import DEFAULT_DB_ALIAS
from nuages.db.pool import Limits
from nuages.spine import call

if TYPE_CHECKING:
    from nuages.db.backends.base.schema import BaseDatabaseSchemaEditor
    from nuages.db.backends.dialect import Dialect
    from nuages.db.backends.statement import Statement

logger = logging.getLogger("django.db.backends.base")
commit_logger = logging.getLogger("django.db.backends.base")

Row = tuple[Any, ...]
ExecuteWrapper = Callable[..., Any]


class BaseDatabaseWrapper:
    """A connection. Backends say how to open it and how the database's SQL is written."""

    vendor: str = "unknown"
    display_name: str = "unknown"
    queries_limit = 9000

    data_types: Any = {}
    data_types_suffix: dict[str, str] = {}
    data_type_check_constraints: dict[str, str] = {}
    operators: Any = {}

    Database: ClassVar[Any]
    SchemaEditorClass: type[BaseDatabaseSchemaEditor]
    client_class: ClassVar[Any] = None
    creation_class: ClassVar[Any] = None
    features_class: ClassVar[Any] = None
    introspection_class: ClassVar[Any] = None
    ops_class: ClassVar[Any] = None
    validation_class: ClassVar[Any] = BaseDatabaseValidation

    def __init__(self, settings_dict: dict[str, Any], alias: str = DEFAULT_DB_ALIAS) -> None:
        #: The driver's connection, None until it is needed.
        self.connection: Any = None
        self.settings_dict = settings_dict
        self.alias = alias

        self.queries_log: deque[dict[str, Any]] = deque(maxlen=self.queries_limit)
        self.force_debug_cursor = False
        self.execute_wrappers: list[ExecuteWrapper] = []
        #: Queries that take longer are logged; None for none.
        self.slow_seconds: float | None = settings.SLOW_QUERY_SECONDS

        # Transactions; `blocks` keeps these
        self.autocommit = False
        self.in_atomic_block = False
        self.savepoint_state = 0
        self.savepoint_ids: list[str | None] = []
        self.atomic_blocks: list[Any] = []
        self.commit_on_exit = True
        self.needs_rollback = False
        self.rollback_exc: BaseException | None = None
        self.closed_in_transaction = False
        self.run_on_commit: list[tuple[set[str | None], Callable[[], Any], bool]] = []
        self.run_commit_hooks_on_set_autocommit_on = False

        #: Changes where what was read before may be outdated: see `begin_period()`.
        self.period: object = object()
        self._outer_period: object | None = None

        # Life
        self.close_at: float | None = None
        self.errors_occurred = False
        self.health_check_enabled = False
        self.health_check_done = False

        #: Belongs to a request, and to the next one after it: see nuages.db.pool.
        self.pooled = False

        # Who may use it
        self._thread_ident = get_ident()
        self._thread_sharing_count = 0
        self.turnstile: Turnstile | None = None

    # Parts, made when first asked for: many connections live for one request and need none of them.

    @cached_property
    def client(self) -> Any:
        return self.client_class(self)

    @cached_property
    def creation(self) -> Any:
        return self.creation_class(self)

    @cached_property
    def features(self) -> BaseDatabaseFeatures | Any:
        return self.features_class(self)

    @cached_property
    def introspection(self) -> Any:
        return self.introspection_class(self)

    @cached_property
    def ops(self) -> Any:
        return self.ops_class(self)

    @cached_property
    def validation(self) -> Any:
        return self.validation_class(self)

    @property
    def dialect(self) -> Dialect:
        """How this database writes its SQL and what it can do."""
        raise NotImplementedError("subclasses of BaseDatabaseWrapper need a dialect")

    def __repr__(self) -> str:
        return f"<{type(self).__qualname__} vendor={self.vendor!r} alias={self.alias!r}>"

    # Time zones

    def ensure_timezone(self) -> bool:
        """Set the session's time zone where the database has one; True when that changed something."""
        return False

    @cached_property
    def timezone(self) -> datetime.tzinfo | None:
        """The zone of datetimes in the database, None when they are naive."""
        if not settings.USE_TZ:
            return None
        name = self.settings_dict["TIME_ZONE"]
        return datetime.UTC if name is None else zoneinfo.ZoneInfo(name)

    @cached_property
    def timezone_name(self) -> str:
        """The name of the zone of datetimes in the database."""
        if not settings.USE_TZ:
            return settings.TIME_ZONE
        return self.settings_dict["TIME_ZONE"] or "UTC"

    # What is watched

    @property
    def queries_logged(self) -> bool:
        return self.force_debug_cursor or settings.DEBUG

    @property
    def queries(self) -> list[dict[str, Any]]:
        """The statements run so far, where they are logged."""
        limit = self.queries_log.maxlen
        if len(self.queries_log) == limit:
            message = f"Limit for query logging exceeded, only the last {limit} queries will be returned."
            warnings.warn(message, stacklevel=2)
        return list(self.queries_log)

    @contextmanager
    def execute_wrapper(self, wrapper: ExecuteWrapper) -> Iterator[None]:
        """Call `wrapper(execute, sql, params, many, context)` around every statement inside."""
        self.execute_wrappers.append(wrapper)
        try:
            yield
        finally:
            self.execute_wrappers.pop()

    # What a backend provides

    def get_database_version(self) -> tuple[int, ...]:
        """Return the server's version as numbers."""
        raise NotImplementedError(
            "subclasses of BaseDatabaseWrapper may require a get_database_version() method."
        )

    def get_connection_params(self) -> dict[str, Any]:
        """Return what the driver's connect() is called with."""
        raise NotImplementedError(
            "subclasses of BaseDatabaseWrapper may require a get_connection_params() method"
        )

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open a connection of the driver."""
        raise NotImplementedError(
            "subclasses of BaseDatabaseWrapper may require a get_new_connection() method"
        )

    def create_cursor(self, name: str | None = None) -> Any:
        """Make a cursor of the driver."""
        raise NotImplementedError("subclasses of BaseDatabaseWrapper may require a create_cursor() method")

    def is_usable(self) -> bool:
        """Ask the database whether the connection still works."""
        raise NotImplementedError("subclasses of BaseDatabaseWrapper may require an is_usable() method")

    def _set_autocommit(self, autocommit: bool) -> None:
        raise NotImplementedError("subclasses of BaseDatabaseWrapper may require a _set_autocommit() method")

    def init_connection_state(self) -> None:
        """Prepare a connection that has just been opened."""
        if self._version_key() not in _versions_seen:
            self.check_database_version_supported()
            _versions_seen.add(self._version_key())

    def _version_key(self) -> tuple[Any, ...]:
        database = self.settings_dict
        return type(self), self.alias, database.get("HOST"), database.get("PORT")

    def check_database_version_supported(self) -> None:
        """Raise where the server is too old."""
        least = self.features.minimum_database_version
        if least is not None and self.get_database_version() < least:
            wanted, found = (".".join(map(str, v)) for v in (least, self.get_database_version()))
            raise NotSupportedError(f"{self.display_name} {wanted} or later is required (found {found}).")

    def prepare_database(self) -> None:
        """Do what the database needs before migrations run."""

    # Opening and closing

    def check_settings(self) -> None:
        """Raise where the settings contradict each other."""
        if self.settings_dict["TIME_ZONE"] is not None and not settings.USE_TZ:
            raise ImproperlyConfigured(
                f"Connection '{self.alias}' cannot set TIME_ZONE because USE_TZ is False."
            )

    def connect(self) -> None:
        """Open the connection. Usually `ensure_connection` is what you want."""
        self.check_settings()
        self.in_atomic_block = False
        self.savepoint_ids = []
        self.atomic_blocks = []
        self.needs_rollback = False
        age = self.settings_dict["CONN_MAX_AGE"]
        if age == 0 and self.pooled and self.settings_dict["OPTIONS"].get("pool") is None:
            age = None  # the default: where requests share a pool, their connections need not end with them
        self.close_at = None if age is None else time.monotonic() + age
        self.health_check_enabled = self.settings_dict["CONN_HEALTH_CHECKS"]
        # It is new, so it is healthy.
        self.health_check_done = True
        self.closed_in_transaction = False
        self.errors_occurred = False
        self.connection = self._open()
        self.set_autocommit(self.settings_dict["AUTOCOMMIT"])
        self.init_connection_state()
        self.run_on_commit = []
        from nuages.db.backends.signals import connection_created

        connection_created.send(sender=type(self), connection=self)

    def _open(self) -> Any:
        params = self.get_connection_params()
        try:
            with self.wrap_database_errors:
                return self.get_new_connection(params)
        except OperationalError as error:
            failed = CannotConnect(*error.args)
            if advice := self.advice_for_connecting(error, params) or self.advice(error):
                failed.add_note(advice)
            raise failed.with_traceback(error.__traceback__) from error.__cause__

    def advice(self, error: BaseException) -> str | None:
        """Return what to do about an error of the driver, where the site's operator can do something."""
        return None

    def advice_for_connecting(self, error: BaseException, params: dict[str, Any]) -> str | None:
        """Return what to do where the driver could not connect with these parameters."""
        return None

    def ensure_connection(self) -> None:
        """Open the connection unless it is open."""
        if self.connection is None:
            if self.in_atomic_block and self.closed_in_transaction:
                from nuages.db.exceptions import ProgrammingError

                raise ProgrammingError("Cannot open a new connection in an atomic block.")
            with self.wrap_database_errors:
                self.connect()

    def close(self) -> None:
        """Close the connection; inside a block its end will know that the transaction is gone."""
        self.validate_thread_sharing()
        self.run_on_commit = []
        if self.connection is None or self.closed_in_transaction:
            return
        try:
            self._close()
        finally:
            if not self.in_atomic_block:
                self._forget()
            else:
                self.closed_in_transaction = self.needs_rollback = True

    def _close(self) -> None:
        if self.connection is not None:
            with self.wrap_database_errors:
                self.connection.close()

    def _forget(self) -> None:
        """Drop the driver's connection without closing it."""
        self.connection = None
        self.begin_period()

    def close_if_health_check_failed(self) -> None:
        """Close a connection that turns out to be dead: asked once in a request, before its first use."""
        if self.connection is None or not self.health_check_enabled or self.health_check_done:
            return
        if not self.is_usable():
            self.close()
        self.health_check_done = True

    def close_if_unusable_or_obsolete(self) -> None:
        """Close the connection when it is broken, too old, or was left in a strange state."""
        if self.in_atomic_block or self.connection is None:
            return
        self.health_check_done = False
        if self.get_autocommit() != self.settings_dict["AUTOCOMMIT"]:
            self.close()
            return
        if self.errors_occurred:
            if not self.is_usable():
                self.close()
                return
            self.errors_occurred = False
            self.health_check_done = True
        if self.close_at is not None and time.monotonic() >= self.close_at:
            self.close()

    # Life between scopes (see nuages.db.handler)

    @classmethod
    def pool_limits(cls, options: dict[str, Any]) -> Limits:
        """Return how many connections requests may have, from a database's OPTIONS."""
        return Limits()

    def must_be_shared(self) -> bool:
        """Say whether child tasks have to use this very connection."""
        return self.in_atomic_block or not self.get_autocommit_now()

    def get_autocommit_now(self) -> bool:
        """Say whether autocommit is on, without opening a connection to find out."""
        return self.connection is None or self.autocommit == self.settings_dict["AUTOCOMMIT"]

    def share(self) -> None:
        """Let several tasks use this connection, one at a time."""
        if self.turnstile is None:
            self.turnstile = Turnstile()

    def unshare(self) -> None:
        """Go back to one user, where no other holds it."""
        if not self._thread_sharing_count:
            self.turnstile = None

    def rest(self) -> bool:
        """Get ready for the next scope; False when this connection cannot be used again."""
        if self.in_atomic_block or self.errors_occurred or not self.get_autocommit_now():
            return False
        self.queries_log.clear()
        self.run_on_commit.clear()
        self.force_debug_cursor = False
        self.execute_wrappers.clear()
        self.turnstile = None
        self.begin_period()
        return True

    def wake(self) -> bool:
        """Begin to serve a new scope; False when it is no longer fit for that."""
        self._thread_ident = get_ident()
        # Older than CONN_MAX_AGE: it opens anew on first use.
        self.close_if_unusable_or_obsolete()
        self.health_check_done = False
        return True

    def discard(self) -> None:
        """Close for good, in whatever thread and state."""
        self._thread_ident = get_ident()
        try:
            self._close()
        except Exception:
            logger.debug("closing the connection %r failed", self.alias, exc_info=True)
        self._forget()

    def abandon(self) -> None:
        """After a fork: forget what belongs to the parent process."""
        self._forget()

    # Cursors

    @property
    def wrap_database_errors(self) -> DatabaseErrorWrapper:
        """Context manager and decorator that turns the driver's exceptions into ours."""
        return DatabaseErrorWrapper(self)

    def cursor(self) -> CursorWrapper:
        """Open a cursor (and the connection, where that has not been done)."""
        return self._cursor()

    def chunked_cursor(self) -> CursorWrapper:
        """Open a cursor that does not fetch everything at once, where the database has such."""
        return self.cursor()

    def _cursor(self, name: str | None = None) -> CursorWrapper:
        self.close_if_health_check_failed()
        self.ensure_connection()
        with self.wrap_database_errors:
            return self._prepare_cursor(self.create_cursor(name))

    def _prepare_cursor(self, cursor: Any) -> CursorWrapper:
        self.validate_thread_sharing()
        return self.make_debug_cursor(cursor) if self.queries_logged else self.make_cursor(cursor)

    def make_cursor(self, cursor: Any) -> CursorWrapper:
        """Wrap the driver's cursor."""
        return CursorWrapper(cursor, self)

    def make_debug_cursor(self, cursor: Any) -> CursorWrapper:
        """Wrap the driver's cursor so that what it runs is logged."""
        return CursorDebugWrapper(cursor, self)

    @contextmanager
    def temporary_connection(self) -> Iterator[CursorWrapper]:
        """Give a cursor and close the connection afterwards unless it was open before."""
        was_open = self.connection is not None
        try:
            with self.cursor() as cursor:
                yield cursor
        finally:
            if not was_open:
                self.close()

    @contextmanager
    def _nodb_cursor(self) -> Iterator[CursorWrapper]:
        """Give a cursor that is connected to no database, to create and drop databases with."""
        connection = type(self)({**self.settings_dict, "NAME": None}, alias=NO_DB_ALIAS)
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def turn(self) -> AbstractContextManager[Any]:
        """Wait for a turn where several tasks share this connection."""
        return _NO_TURN if self.turnstile is None else _Turn(self.turnstile)

    # The short way

    def watched(self) -> bool:
        """Say whether statements have to take the documented way, through a cursor."""
        # Asked before every statement: as an expression, it would also carry each answer on to the next question.
        if (  # noqa: SIM103
            self.connection is None
            or self.needs_rollback
            or self.execute_wrappers
            or self.force_debug_cursor
            or settings.DEBUG
            or self.slow_seconds is not None
            or self.turnstile is not None
            or self._thread_ident != get_ident()
            or not apps.ready
            or (self.health_check_enabled and not self.health_check_done)
        ):
            return True
        return False

    @staticmethod
    def _planned(cursor: CursorWrapper) -> CursorWrapper:
        """A cursor for statements of the models, who count themselves what they write."""
        cursor.by_hand = False
        return cursor

    def fetch(self, statement: Statement, params: Sequence[Any] = ()) -> list[Row]:
        """Run a statement and return its rows."""
        with self._planned(self.cursor()) as cursor:
            cursor.execute(statement.sql, params)
            return cursor.fetchall()

    def fetch_one(self, statement: Statement, params: Sequence[Any] = ()) -> Row | None:
        """Run a statement and return its first row."""
        with self._planned(self.cursor()) as cursor:
            cursor.execute(statement.sql, params)
            return cursor.fetchone()

    def insert(self, returning: Statement, plain: Statement, params: Sequence[Any]) -> Any:
        """Insert one row and return the key the database counted up for it.

        `plain` is the statement without what makes the other one return that key, for drivers that know it anyway.
        """
        row = self.fetch_one(returning, params)
        return None if row is None else row[0]

    def fetch_chunks(self, statement: Statement, params: Sequence[Any], size: int) -> Iterator[list[Row]]:
        """Run a statement and yield its rows by `size`, without holding them all."""
        with self._planned(self.chunked_cursor()) as cursor:
            cursor.execute(statement.sql, params)
            while rows := cursor.fetchmany(size):
                yield rows

    def run(self, statement: Statement, params: Sequence[Any] = ()) -> int:
        """Run a statement and return how many rows it touched."""
        with self._planned(self.cursor()) as cursor:
            cursor.execute(statement.sql, params)
            return cursor.rowcount

    def run_many(self, statement: Statement, param_list: Sequence[Sequence[Any]]) -> int:
        """Run a statement once for each set of parameters; return how many rows that touched."""
        with self._planned(self.cursor()) as cursor:
            cursor.executemany(statement.sql, param_list)
            return cursor.rowcount

    def can_copy_rows(self) -> bool:
        """Say whether `copy_rows` is worth trying."""
        return False

    def copy_rows(
        self, table: str, numbered: str | None, columns: Sequence[str], kinds: Sequence[str], rows: Any
    ) -> list[int] | None:
        """Put many rows into a table by a quicker way than INSERT; None where that would not give the same.

        `kinds` are the internal types of the columns' fields. The keys of the rows are taken from the column
        `numbered` and returned, where it is given.
        """
        return None

    # Transactions

    def commit(self) -> None:
        """Commit and begin anew (with autocommit off)."""
        self.validate_thread_sharing()
        self.validate_no_atomic_block()
        self._end("COMMIT", self._commit)
        self.run_commit_hooks_on_set_autocommit_on = True

    def rollback(self) -> None:
        """Roll back and begin anew (with autocommit off)."""
        self.validate_thread_sharing()
        self.validate_no_atomic_block()
        self._end("ROLLBACK", self._rollback)
        self.needs_rollback = False
        self.run_on_commit = []

    def _end(self, word: str, how: Callable[[], None]) -> None:
        how()
        self.period = object()
        # The connection has answered: whatever went wrong before is over.
        self.errors_occurred = False

    def _commit(self) -> None:
        if self.connection is not None:
            with debug_transaction(self, "COMMIT"), self.wrap_database_errors:
                self.connection.commit()

    def _rollback(self) -> None:
        if self.connection is not None:
            with debug_transaction(self, "ROLLBACK"), self.wrap_database_errors:
                self.connection.rollback()

    def get_autocommit(self) -> bool:
        """Say whether every statement commits by itself."""
        self.ensure_connection()
        return self.autocommit

    def set_autocommit(
        self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False
    ) -> None:
        """Turn autocommit on or off. Functions waiting for a commit are called when it goes on after one."""
        self.validate_no_atomic_block()
        self.close_if_health_check_failed()
        self.ensure_connection()
        if force_begin_transaction_with_broken_autocommit and not autocommit:
            self._begin_block()
        elif not (autocommit and self._ended_block()):
            with debug_transaction(self, "BEGIN") if not autocommit else nullcontext():
                self._set_autocommit(autocommit)
        self.autocommit = autocommit
        if not autocommit:
            self._outer_period = self._outer_period or self.period
            self.period = object()
        elif self._outer_period is not None:
            self.period, self._outer_period = self._outer_period, None
        if autocommit and self.run_commit_hooks_on_set_autocommit_on:
            self.run_and_clear_commit_hooks()
            self.run_commit_hooks_on_set_autocommit_on = False

    def _begin_block(self) -> None:
        """Begin the transaction of an outermost block. Drivers with a real autocommit switch turn it off."""
        with debug_transaction(self, "BEGIN"):
            self._set_autocommit(False)

    def _ended_block(self) -> bool:
        """Say whether autocommit is on again after a block without anybody turning it on."""
        return False

    def begin_period(self) -> None:
        """From now on nothing that was read before, in or outside of the transaction, is known to be still so."""
        self.period, self._outer_period = object(), None if self._outer_period is None else object()

    def get_rollback(self) -> bool:
        """Say whether the current block will be rolled back at its end."""
        if not self.in_atomic_block:
            raise blocks._error("The rollback flag doesn't work outside of an 'atomic' block.")
        return self.needs_rollback

    def set_rollback(self, rollback: bool) -> None:
        """Say whether the current block is to be rolled back at its end."""
        self.get_rollback()
        self.needs_rollback = rollback

    def validate_no_atomic_block(self) -> None:
        """Raise inside a block."""
        blocks.refuse_inside_block(self)

    def validate_no_broken_transaction(self) -> None:
        """Raise in a block that is doomed."""
        blocks.refuse_when_broken(self)

    # Savepoints

    def savepoint(self) -> str | None:
        """Make a savepoint and return its name; None where there is no transaction to save a point of."""
        if not self._savepoint_allowed():
            return None
        self.savepoint_state += 1
        name = f"s{str(get_ident()).replace('-', '')}_x{self.savepoint_state}"
        self.validate_thread_sharing()
        self._savepoint(name)
        return name

    def savepoint_rollback(self, sid: str) -> None:
        """Undo what has happened since a savepoint; functions waiting for a commit since then are forgotten."""
        if not self._savepoint_allowed():
            return
        self.validate_thread_sharing()
        self._savepoint_rollback(sid)
        self.begin_period()
        self.run_on_commit = [waiting for waiting in self.run_on_commit if sid not in waiting[0]]

    def savepoint_commit(self, sid: str) -> None:
        """Release a savepoint."""
        if self._savepoint_allowed():
            self.validate_thread_sharing()
            self._savepoint_commit(sid)

    def clean_savepoints(self) -> None:
        """Start counting savepoints anew."""
        self.savepoint_state = 0

    def _savepoint_allowed(self) -> bool:
        return self.features.uses_savepoints and not self.get_autocommit()

    def _savepoint(self, sid: str) -> None:
        self._plainly(self.ops.savepoint_create_sql(sid))

    def _savepoint_rollback(self, sid: str) -> None:
        self._plainly(self.ops.savepoint_rollback_sql(sid))

    def _savepoint_commit(self, sid: str) -> None:
        self._plainly(self.ops.savepoint_commit_sql(sid))

    def _plainly(self, sql: str) -> None:
        with self._planned(self.cursor()) as cursor:
            cursor.execute(sql)

    # Functions that wait for the commit

    def on_commit(self, func: Callable[[], Any], robust: bool = False) -> None:
        """Call `func` after the transaction has been committed, at once when there is none."""
        if not callable(func):
            raise TypeError("on_commit()'s callback must be a callable.")
        if self.in_atomic_block:
            self.run_on_commit.append((set(self.savepoint_ids), func, robust))
        elif not self.get_autocommit():
            raise blocks._error("on_commit() cannot be used in manual transaction management")
        else:
            _call_hook(func, robust, "now")

    def run_and_clear_commit_hooks(self) -> None:
        """Call the functions that waited for the commit."""
        self.validate_no_atomic_block()
        waiting, self.run_on_commit = self.run_on_commit, []
        for _, func, robust in waiting:
            _call_hook(func, robust, "at commit")

    # Constraints

    @contextmanager
    def constraint_checks_disabled(self) -> Iterator[None]:
        """Do not check foreign keys inside, where the database can do that."""
        disabled = self.disable_constraint_checking()
        try:
            yield
        finally:
            if disabled:
                self.enable_constraint_checking()

    def disable_constraint_checking(self) -> bool:
        """Stop checking foreign keys; False when that changes nothing."""
        return False

    def enable_constraint_checking(self) -> None:
        """Check foreign keys again."""

    def check_constraints(self, table_names: Sequence[str] | None = None) -> None:
        """Raise IntegrityError where rows point to rows that are not there."""

    # Threads

    @property
    def allow_thread_sharing(self) -> bool:
        """Say whether other threads may use this connection."""
        return self._thread_sharing_count > 0

    def inc_thread_sharing(self) -> None:
        """Allow other threads to use this connection, until as many `dec_thread_sharing` calls."""
        self._thread_sharing_count += 1

    def dec_thread_sharing(self) -> None:
        """Take back one `inc_thread_sharing`."""
        if self._thread_sharing_count <= 0:
            raise RuntimeError("Cannot decrement the thread sharing count below zero.")
        self._thread_sharing_count -= 1

    def validate_thread_sharing(self) -> None:
        """Raise in a thread that may not use this connection."""
        here = get_ident()
        # A turnstile lets in only those whose work belongs to the owner's, one at a time.
        if self._thread_ident == here or self.allow_thread_sharing or self.turnstile is not None:
            return
        raise DatabaseError(
            "DatabaseWrapper objects created in a thread can only be used in that same thread. "
            f"The object with alias '{self.alias}' was created in thread id {self._thread_ident} "
            f"and this is thread id {here}."
        )

    # Copies and schema

    def schema_editor(self, *args: Any, **kwargs: Any) -> BaseDatabaseSchemaEditor:
        """Make a schema editor: `with connection.schema_editor() as editor: editor.create_model(...)`."""
        return self.SchemaEditorClass(self, *args, **kwargs)

    def copy(self, alias: str | None = None) -> Any:
        """Return another connection to the same database, not opened yet."""
        return type(self)(copy.deepcopy(self.settings_dict), self.alias if alias is None else alias)


NO_DB_ALIAS = "__no_db__"

_versions_seen: set[tuple[Any, ...]] = set()
_NO_TURN: AbstractContextManager[Any] = nullcontext()


class _Turn:
    """One statement's turn on a shared connection."""

    __slots__ = ("_line", "_turnstile")

    def __init__(self, turnstile: Turnstile) -> None:
        self._turnstile = turnstile

    def __enter__(self) -> None:
        self._line = self._turnstile.enter()

    def __exit__(self, *_: object) -> None:
        self._line.leave()


def _call_hook(func: Callable[[], Any], robust: bool, when: str) -> None:
    if not robust:
        call(func)
        return
    try:
        call(func)
    except Exception as error:
        name = getattr(func, "__qualname__", func)
        where = "on_commit() during transaction" if when == "at commit" else "on_commit()"
        commit_logger.error("Error calling %s in %s (%s).", name, where, error, exc_info=True)
