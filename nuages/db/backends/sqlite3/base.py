"""The connection to an SQLite database, through Python's own `sqlite3`.

A file is opened with write-ahead logging, so that readers never wait, and foreign keys are checked. The outermost
block of a transaction takes the write lock when it begins (`BEGIN IMMEDIATE`), because one that reads first and
writes later may find that somebody else has written in between, and can only fail. `OPTIONS` can say otherwise
with `"transaction_mode"`.

Nobody waits for the lock on the event loop: see `locking`.
"""

from __future__ import annotations

import datetime
import decimal
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import tee
from sqlite3 import dbapi2
from typing import TYPE_CHECKING, Any

from nuages.core.exceptions import ImproperlyConfigured
from nuages.db.backends.base.base import BaseDatabaseWrapper, Row
from nuages.db.backends.base.queueing import Line
from nuages.db.backends.sqlite3 import advice
from nuages.db.backends.sqlite3.dialect import OPERATORS, PATTERN_ESC, PATTERN_OPS
from nuages.db.backends.sqlite3.dialect import dialect as sqlite_dialect
from nuages.db.backends.sqlite3.features import DatabaseFeatures
from nuages.db.backends.sqlite3.functions import register
from nuages.db.backends.sqlite3.locking import WriteLine, is_busy, line_of, patiently
from nuages.db.backends.sqlite3.names import is_in_memory
from nuages.db.backends.sqlite3.offloading import at_its_pace
from nuages.db.backends.sqlite3.operations import DatabaseOperations
from nuages.db.backends.sqlite3.temporal import read_date, read_datetime, read_time
from nuages.db.backends.sqlite3.types import DATA_TYPE_CHECKS, DATA_TYPE_SUFFIXES, DATA_TYPES
from nuages.db.backends.statement import SLOW_SECONDS, Pace, changes_data, pace_of, qmarks
from nuages.db.backends.utils import debug_transaction
from nuages.db.exceptions import IntegrityError, OperationalError
from nuages.db.handler import DEFAULT_DB_ALIAS
from nuages.spine import in_worker
from nuages.utils.module_loading import imported

if TYPE_CHECKING:
    from nuages.db.backends.statement import Statement

TRANSACTION_MODES = frozenset({"DEFERRED", "EXCLUSIVE", "IMMEDIATE"})

#: Rows that are read at a time where a cursor is iterated in a worker.
PIECE = 100

#: How long to wait for a lock where OPTIONS does not say.
TIMEOUT_SECONDS = 5.0


class DatabaseWrapper(BaseDatabaseWrapper):
    vendor = "sqlite"
    display_name = "SQLite"
    data_types = DATA_TYPES
    data_types_suffix = DATA_TYPE_SUFFIXES
    data_type_check_constraints = DATA_TYPE_CHECKS
    operators = OPERATORS
    pattern_ops = PATTERN_OPS
    pattern_esc = PATTERN_ESC

    Database = dbapi2
    dialect = sqlite_dialect()

    # The parts, by the names under which users replace them.
    ops_class = DatabaseOperations
    features_class = DatabaseFeatures
    introspection_class = imported("nuages.db.backends.sqlite3.introspection.DatabaseIntrospection")
    SchemaEditorClass = imported("nuages.db.backends.sqlite3.schema.DatabaseSchemaEditor")
    creation_class = imported("nuages.db.backends.sqlite3.creation.DatabaseCreation")
    client_class = imported("nuages.db.backends.sqlite3.client.DatabaseClient")

    _line: WriteLine | None = None
    #: In line's first place, from BEGIN to COMMIT.
    _has_lock = False
    _timeout = TIMEOUT_SECONDS
    #: For how many milliseconds the open connection waits by itself; None where that has not been said to it.
    _waits: int | None = None
    _begin_sql = "BEGIN"
    transaction_mode: str | None = None

    def __init__(self, settings_dict: dict[str, Any], alias: str = DEFAULT_DB_ALIAS) -> None:
        super().__init__(settings_dict, alias)
        #: The driver's `execute`, bound once: what the short way calls. Not on the class too, where that would slow it.
        self._execute: Any = None
        #: Taken while a statement of ours runs in a thread: the driver would block whoever comes meanwhile.
        self._gate = Line()

    # Opening

    def get_connection_params(self) -> dict[str, Any]:
        database = self.settings_dict
        if not database["NAME"]:
            raise ImproperlyConfigured(
                "settings.DATABASES is improperly configured. Please supply the NAME value."
            )
        params = {"database": str(database["NAME"]), **database["OPTIONS"]}
        mode = params.pop("transaction_mode", None)
        if mode is not None and str(mode).upper() not in TRANSACTION_MODES:
            allowed = ", ".join(map(repr, sorted(TRANSACTION_MODES)))
            raise ImproperlyConfigured(
                f"settings.DATABASES[{self.alias!r}]['OPTIONS']['transaction_mode'] is "
                f"improperly configured to '{mode}'. Use one of {allowed}, or None."
            )
        self.transaction_mode = mode.upper() if mode else None
        self._init_command = params.pop("init_command", "")
        self._timeout = params.setdefault("timeout", TIMEOUT_SECONDS)
        # Connections move between threads only under our own rules (inc_thread_sharing, offload).
        params.update(check_same_thread=False, uri=True, isolation_level=None)
        params.setdefault("detect_types", sqlite3.PARSE_DECLTYPES)
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> sqlite3.Connection:
        raw = sqlite3.connect(**conn_params)
        register(raw)
        raw.execute("PRAGMA foreign_keys = ON")
        # LIKE compares with whole Unicode only through functions; the pragma keeps ASCII as documented.
        raw.execute("PRAGMA legacy_alter_table = OFF")
        if not self.is_in_memory_db():
            self._open_file(raw)
        for command in filter(str.strip, self._init_command.split(";")):
            raw.execute(command)
        return raw

    def _open_file(self, raw: sqlite3.Connection) -> None:
        """Turn on write-ahead logging, which is a property of the file; not every file lets us."""
        try:
            (mode,) = raw.execute("PRAGMA journal_mode").fetchone()
            if mode == "delete":
                (mode,) = patiently(
                    lambda: raw.execute("PRAGMA journal_mode = WAL").fetchone(),
                    until=time.monotonic() + self._timeout,
                )
        except sqlite3.OperationalError:
            return  # read-only, or not a database: the first statement will say so
        if mode == "wal":
            # Safe against a crash of the process; only a power cut can lose the last commits, never consistency.
            raw.execute("PRAGMA synchronous = NORMAL")

    def init_connection_state(self) -> None:
        super().init_connection_state()
        raw = self.connection
        self._execute = raw.execute
        path = "" if self.is_in_memory_db() else raw.execute("PRAGMA database_list").fetchone()[2]
        name = str(self.settings_dict["NAME"])
        shared_memory = not path and "cache=shared" in name
        self._line = line_of(path or name) if path or shared_memory else None
        if self.transaction_mode:
            self._begin_sql = f"BEGIN {self.transaction_mode}"
        else:
            self._begin_sql = "BEGIN IMMEDIATE" if path else "BEGIN"
        self._waits = None
        self._choose_waiting()

    def _choose_waiting(self) -> None:
        """SQLite's own waiting sleeps, which a thread may and an event loop may not."""
        milliseconds = 0 if in_worker() else int(self._timeout * 1000)
        if milliseconds != self._waits:
            self.connection.execute(f"PRAGMA busy_timeout = {milliseconds}")
            self._waits = milliseconds

    def advice(self, error: BaseException) -> str | None:
        return advice.for_running(str(error), str(self.settings_dict["NAME"]))

    def create_cursor(self, name: str | None = None) -> SQLiteCursor:
        return SQLiteCursor(self, self.connection.cursor())

    def get_database_version(self) -> tuple[int, ...]:
        return sqlite3.sqlite_version_info

    def is_usable(self) -> bool:
        try:
            self.connection.execute("SELECT 1")
        except sqlite3.Error:
            return False
        return True

    def is_in_memory_db(self) -> bool:
        """Say whether the database is gone with its last connection."""
        return is_in_memory(self.settings_dict["NAME"])

    # Closing

    def close(self) -> None:
        """Close the connection. A database in memory stays: closing would delete it."""
        self.validate_thread_sharing()
        if not self.is_in_memory_db():
            super().close()

    def _close(self) -> None:
        try:
            super()._close()
        finally:
            self._give_lock_back()

    def _forget(self) -> None:
        super()._forget()
        self._execute = None

    def must_be_shared(self) -> bool:
        return super().must_be_shared() or (self.connection is not None and self._line is None)

    def wake(self) -> bool:
        super().wake()
        if self.connection is not None:
            self._choose_waiting()
        return True

    # Running

    def _call(self, pace: Pace, call: Any, sql: str, params: Any, writes: bool) -> Any:
        """Run a statement; a write of its own stands in line for the lock."""
        line = self._line
        cooperative = in_worker()
        if cooperative:
            call = partial(self._aside, pace, pace.took, call)
        if line is None or (self._has_lock and self.in_atomic_block):
            return call(sql, params)
        if not writes or self.connection.in_transaction:
            if not cooperative:
                return call(sql, params)
            try:
                return call(sql, params)
            except sqlite3.OperationalError as error:
                if not is_busy(error) or self.connection.in_transaction:
                    raise
            return patiently(call, sql, params, until=time.monotonic() + self._timeout)
        until = time.monotonic() + self._timeout
        if not line.enter(self._timeout):
            raise _locked()
        try:
            if not cooperative:
                return call(sql, params)
            return patiently(call, sql, params, until=until)
        finally:
            line.leave()

    def _aside(self, pace: Pace, took: Callable[[float], object], call: Any, *args: Any) -> Any:
        """In a worker: leave the loop to others while something slow runs, and wait while others do that here."""
        if not pace.slow and not self._gate.taken:
            return at_its_pace(self.connection, pace, took, call, *args)
        with self._gate:
            return at_its_pace(self.connection, pace, took, call, *args)

    def _take_lock(self) -> None:
        if self._line is not None and not self._has_lock and "DEFERRED" not in self._begin_sql:
            if not self._line.enter(self._timeout):
                raise OperationalError(str(_locked()))
            self._has_lock = True

    def _give_lock_back(self) -> None:
        if self._has_lock and self._line is not None:
            self._has_lock = False
            self._line.leave()

    def _fetchall(self, sql: str, params: Any) -> list[Row]:
        return self._execute(sql, params).fetchall()

    def fetch(self, statement: Statement, params: Sequence[Any] = ()) -> list[Row]:
        if self._execute is None or self.watched():
            return super().fetch(statement, params)
        try:
            if statement.writes:
                return self._call(statement.pace, self._fetchall, statement.qmark, params, True)
            if in_worker():
                return self._fetch_in_worker(statement, params)
            return self._execute(statement.qmark, params).fetchall()
        except sqlite3.Error as error:
            raise self.wrap_database_errors.translate(error) from error

    def _fetch_in_worker(self, statement: Statement, params: Sequence[Any]) -> list[Row]:
        """Read rows as `_call` does, where nothing speaks against doing it here and now."""
        pace = statement.pace
        if not pace.calm or self._gate.taken:
            return self._call(pace, self._fetchall, statement.qmark, params, False)
        started = time.perf_counter()
        try:
            rows = self._execute(statement.qmark, params).fetchall()
        except sqlite3.OperationalError as error:
            if not is_busy(error):
                raise
            return self._call(pace, self._fetchall, statement.qmark, params, False)
        seconds = time.perf_counter() - started
        if seconds > SLOW_SECONDS:
            pace.took(seconds)
        return rows

    def fetch_one(self, statement: Statement, params: Sequence[Any] = ()) -> Row | None:
        if self._execute is None or self.watched():
            return super().fetch_one(statement, params)
        try:
            if statement.writes or in_worker():
                rows = self.fetch(statement, params)
                return rows[0] if rows else None
            cursor = self._execute(statement.qmark, params)
            row = cursor.fetchone()
            cursor.close()  # an open SELECT would hold a read transaction
            return row
        except sqlite3.Error as error:
            raise self.wrap_database_errors.translate(error) from error

    def insert(self, returning: Statement, plain: Statement, params: Sequence[Any]) -> Any:
        if self._execute is None or self.watched():
            return super().insert(returning, plain, params)
        try:
            return self._call(plain.pace, self._execute, plain.qmark, params, True).lastrowid
        except sqlite3.Error as error:
            raise self.wrap_database_errors.translate(error) from error

    def run(self, statement: Statement, params: Sequence[Any] = ()) -> int:
        if self._execute is None or self.watched():
            return super().run(statement, params)
        try:
            return self._call(
                statement.pace, self._execute, statement.qmark, params, statement.writes
            ).rowcount
        except sqlite3.Error as error:
            raise self.wrap_database_errors.translate(error) from error

    def run_many(self, statement: Statement, param_list: Sequence[Sequence[Any]]) -> int:
        if self._execute is None or self.watched():
            return super().run_many(statement, param_list)
        try:
            many = self.connection.executemany
            return self._call(statement.pace, many, statement.qmark, param_list, True).rowcount
        except sqlite3.Error as error:
            raise self.wrap_database_errors.translate(error) from error

    # Transactions

    def _begin_block(self) -> None:
        """The driver's autocommit never goes off: blocks begin and end by statements."""
        self._take_lock()
        try:
            with self.cursor() as cursor:
                cursor.execute(self._begin_sql)
        except BaseException:
            self._give_lock_back()
            raise

    def _set_autocommit(self, autocommit: bool) -> None:
        # With autocommit off the driver itself begins a transaction before the first statement that writes.
        mode = None if autocommit else (self.transaction_mode or "")
        with self.wrap_database_errors:
            self.connection.isolation_level = mode

    def _commit(self) -> None:
        if self.connection is not None:
            with debug_transaction(self, "COMMIT"), self.wrap_database_errors:
                if in_worker():
                    pace = pace_of("run", "COMMIT")
                    self._aside(pace, pace.took, self.connection.commit)
                else:
                    self.connection.commit()
        self._give_lock_back()

    def _rollback(self) -> None:
        try:
            super()._rollback()
        finally:
            self._give_lock_back()

    def _savepoint_allowed(self) -> bool:
        # With autocommit off and no block, a savepoint would begin a transaction that nobody ends.
        return self.in_atomic_block

    # Constraints

    def disable_constraint_checking(self) -> bool:
        """SQLite ignores this inside a transaction; False says that it did."""
        with self.cursor() as cursor:
            cursor.execute("PRAGMA foreign_keys = OFF")
            (on,) = cursor.execute("PRAGMA foreign_keys").fetchone()
        return not on

    def enable_constraint_checking(self) -> None:
        with self.cursor() as cursor:
            cursor.execute("PRAGMA foreign_keys = ON")

    def check_constraints(self, table_names: Sequence[str] | None = None) -> None:
        quote = self.ops.quote_name
        checks = [f"({quote(name)})" for name in table_names] if table_names is not None else [""]
        with self.cursor() as cursor:
            for which in checks:
                for row in cursor.execute(f"PRAGMA foreign_key_check{which}").fetchall():
                    raise self._dangling(cursor, *row)

    def _dangling(
        self, cursor: Any, table: str, rowid: int | None, target: str, number: int
    ) -> IntegrityError:
        quote = self.ops.quote_name
        keys = cursor.execute(f"PRAGMA foreign_key_list({quote(table)})").fetchall()
        column, target_column = next((key[3], key[4]) for key in keys if key[0] == number)
        key_column = self.introspection.get_primary_key_column(cursor, table)
        wanted = f"SELECT {quote(key_column)}, {quote(column)} FROM {quote(table)} WHERE rowid = %s"
        key, value = cursor.execute(wanted, (rowid,)).fetchone()
        return IntegrityError(
            f"The row in table '{table}' with primary key '{key}' has an invalid foreign key: "
            f"{table}.{column} contains a value '{value}' that does not have a corresponding "
            f"value in {target}.{target_column}."
        )


class SQLiteCursor:
    """A cursor of the driver that takes `%s` placeholders and waits for locks as the connection does."""

    __slots__ = ("_cursor", "_longest", "_reading", "_wrapper")

    def __init__(self, wrapper: DatabaseWrapper, cursor: sqlite3.Cursor) -> None:
        self._wrapper, self._cursor = wrapper, cursor
        #: What is known about reading the rows of this statement, and the longest time that one call took.
        self._reading: Pace | None = None
        self._longest = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def __iter__(self) -> Iterator[Any]:
        return self._in_pieces() if in_worker() else iter(self._cursor)

    def _in_pieces(self) -> Iterator[Any]:
        while rows := self.fetchmany(PIECE):
            yield from rows

    def execute(self, query: str, params: Any = None) -> SQLiteCursor:
        if params is None:
            self._run(self._cursor.execute, query, query, ())
        else:
            self._run(self._cursor.execute, query, converted(query, params), params)
        return self

    def executemany(self, query: str, param_list: Iterable[Any]) -> SQLiteCursor:
        # The first set of parameters tells their style; the iterator may be walked only once.
        peeked, params = tee(iter(param_list))
        first = next(peeked, None)
        if first is not None:
            self._run(self._cursor.executemany, query, converted(query, first), params)
        return self

    def _run(self, call: Any, query: str, sql: str, params: Any) -> None:
        self._note_reading()
        self._wrapper._call(pace_of("run", query), call, sql, params, changes_data(query))
        if in_worker():
            self._reading = pace_of("read", query)

    def _read(self, call: Any, *args: Any) -> Any:
        if self._reading is None or not in_worker():
            return call(*args)
        return self._wrapper._aside(self._reading, self._read_took, call, *args)

    def _read_took(self, seconds: float) -> None:
        self._longest = max(self._longest, seconds)

    def _note_reading(self) -> None:
        """The rows have been read: their slowest part counts."""
        if self._reading is not None:
            self._reading.took(self._longest)
            self._reading, self._longest = None, 0.0

    def fetchone(self) -> Any:
        return self._read(self._cursor.fetchone)

    def fetchmany(self, size: int | None = None) -> Any:
        return self._read(self._cursor.fetchmany, self._cursor.arraysize if size is None else size)

    def fetchall(self) -> Any:
        return self._read(self._cursor.fetchall)

    def close(self) -> None:
        self._note_reading()
        self._cursor.close()


def converted(query: str, params: Any) -> str:
    """Turn the placeholders of a query into SQLite's."""
    if isinstance(params, Mapping):
        return query % {name: f":{name}" for name in params}
    return _qmarks(query)


_qmarks = lru_cache(maxsize=1024)(qmarks)


def _locked() -> sqlite3.OperationalError:
    return sqlite3.OperationalError("database is locked")


def _reader(read: Callable[[str], Any]) -> Callable[[bytes], Any]:
    return lambda value: read(value.decode())


for _name, _read in {
    "bool": b"1".__eq__,
    "date": _reader(read_date),
    "datetime": _reader(partial(read_datetime, zone=None)),
    "timestamp": _reader(partial(read_datetime, zone=None)),
    "time": _reader(read_time),
}.items():
    sqlite3.register_converter(_name, _read)

sqlite3.register_adapter(decimal.Decimal, str)
for _kind in (datetime.datetime, datetime.date, datetime.time):
    sqlite3.register_adapter(_kind, str)
