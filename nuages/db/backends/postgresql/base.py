"""The connection to a PostgreSQL database, through psycopg 3.

In a worker nothing blocks the loop: see `driver`. Connections of requests are pooled without being asked (they
rest with the handler between requests, and at most `OPTIONS["max_connections"]` serve requests at a time);
`OPTIONS["pool"]` brings psycopg's own pool instead, as documented, and `"pool": False` none.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import count
from threading import Lock, get_ident
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from nuages.conf import settings
from nuages.core.exceptions import ImproperlyConfigured
from nuages.db.backends.base.base import BaseDatabaseWrapper, Row
from nuages.db.backends.base.queueing import acquire
from nuages.db.backends.postgresql import advice, copying, driver
from nuages.db.backends.postgresql.dialect import OPERATORS, PATTERN_ESC, PATTERN_OPS, dialect
from nuages.db.backends.postgresql.driver import Cursor, IsolationLevel, ServerBindingCursor, ServerSideCursor
from nuages.db.backends.postgresql.driver import psycopg as Database
from nuages.db.backends.postgresql.features import DatabaseFeatures
from nuages.db.backends.postgresql.operations import DatabaseOperations
from nuages.db.backends.postgresql.types import DATA_TYPE_CHECKS, DATA_TYPE_SUFFIXES, DATA_TYPES
from nuages.db.backends.utils import CursorDebugWrapper
from nuages.db.exceptions import DatabaseError as WrappedDatabaseError
from nuages.db.handler import DEFAULT_DB_ALIAS
from nuages.db.pool import Limits
from nuages.utils.module_loading import imported

if TYPE_CHECKING:
    from nuages.db.backends.dialect import Dialect
    from nuages.db.backends.statement import Statement

__all__ = [
    "Cursor",
    "CursorDebugWrapper",
    "Database",
    "DatabaseWrapper",
    "ServerBindingCursor",
    "psycopg_version",
]

#: Connections that serve requests of one process at a time, where OPTIONS does not say.
MAX_CONNECTIONS = 20

#: Connections in psycopg's pool where OPTIONS["pool"] does not say.
PSYCOPG_POOL_SIZE = 4

#: Options that are not the driver's.
OUR_OPTIONS = (
    "assume_role",
    "isolation_level",
    "max_connections",
    "min_connections",
    "pool",
    "pool_idle",
    "pool_timeout",
)

_cursor_numbers = count(1)
_pools: dict[str, Any] = {}
_pools_lock = Lock()


@lru_cache
def psycopg_version() -> tuple[int, ...]:
    """Return the driver's version as numbers."""
    number = re.match(r"\d+(?:\.\d+)*", Database.__version__.split(" ", 1)[0])
    return tuple(int(part) for part in number[0].split(".")) if number else ()


if psycopg_version() < (3, 1, 12):
    raise ImproperlyConfigured(
        f"psycopg version 3.1.12 or newer is required; you have {Database.__version__}"
    )


class DatabaseWrapper(BaseDatabaseWrapper):
    vendor = "postgresql"
    display_name = "PostgreSQL"
    data_types = DATA_TYPES
    data_types_suffix = DATA_TYPE_SUFFIXES
    data_type_check_constraints = DATA_TYPE_CHECKS
    operators = OPERATORS
    pattern_ops = PATTERN_OPS
    pattern_esc = PATTERN_ESC

    Database = Database
    _dialect: Dialect | None = None

    # The parts, by the names under which users replace them.
    ops_class = DatabaseOperations
    features_class = DatabaseFeatures
    introspection_class = imported("nuages.db.backends.postgresql.introspection.DatabaseIntrospection")
    SchemaEditorClass = imported("nuages.db.backends.postgresql.schema.DatabaseSchemaEditor")
    creation_class = imported("nuages.db.backends.postgresql.creation.DatabaseCreation")
    client_class = imported("nuages.db.backends.postgresql.client.DatabaseClient")

    def __init__(self, settings_dict: dict[str, Any], alias: str = DEFAULT_DB_ALIAS) -> None:
        super().__init__(settings_dict, alias)
        self._server_cursors: WeakSet[Any] = WeakSet()

    @property
    def dialect(self) -> Dialect:
        if self._dialect is None:
            self._dialect = dialect(())
        return self._dialect

    @property
    def pg_version(self) -> int:
        """The server's version as one number: 150004."""
        if "pg_version" not in self.__dict__:
            with self.temporary_connection():
                self.__dict__["pg_version"] = self.connection.info.server_version
        return self.__dict__["pg_version"]

    @pg_version.setter
    def pg_version(self, value: int) -> None:
        self.__dict__["pg_version"] = value

    def get_database_version(self) -> tuple[int, ...]:
        return divmod(self.pg_version, 10000)

    # Pools

    @classmethod
    def pool_limits(cls, options: dict[str, Any]) -> Limits:
        pool = options.get("pool")
        if pool:
            # Its own waiting would take a thread for each request that waits.
            given = {} if pool is True else pool
            most = given.get("max_size") or given.get("min_size", PSYCOPG_POOL_SIZE)
            return Limits(
                most, patience=given.get("timeout", Limits().patience), setting="['pool']['max_size']"
            )
        limits = Limits(
            options.get("max_connections", None if pool is False else MAX_CONNECTIONS),
            options.get("min_connections", 0),
            options.get("pool_timeout", Limits().patience),
            options.get("pool_idle", Limits().idle_seconds),
            setting="['max_connections']",
        )
        if limits.most is not None and not 0 <= limits.least <= limits.most:
            raise ImproperlyConfigured(
                f"OPTIONS says min_connections {limits.least} and max_connections {limits.most}; "
                "0 <= min_connections <= max_connections is needed."
            )
        return limits

    @property
    def pool(self) -> Any:
        """psycopg's pool for this alias, None where OPTIONS does not ask for one."""
        options = self.settings_dict["OPTIONS"].get("pool")
        if self.alias == "__no_db__" or not options:
            return None
        with _pools_lock:
            if self.alias not in _pools:
                _pools[self.alias] = self._make_pool({} if options is True else options)
            return _pools[self.alias]

    def _make_pool(self, options: dict[str, Any]) -> Any:
        if self.settings_dict.get("CONN_MAX_AGE", 0) != 0:
            raise ImproperlyConfigured("Pooling doesn't support persistent connections.")
        try:
            from psycopg_pool import ConnectionPool
        except ImportError as error:
            raise ImproperlyConfigured(
                "Error loading psycopg_pool module.\nDid you install psycopg[pool]?"
            ) from error
        params = self.get_connection_params()
        # Only so that a fresh connection is the same as one from outside the pool.
        params["autocommit"] = True
        checks = (
            {"check": ConnectionPool.check_connection} if self.settings_dict["CONN_HEALTH_CHECKS"] else {}
        )
        return ConnectionPool(
            kwargs=params,
            connection_class=driver.Connection,
            open=False,
            configure=self._prepare_pooled,
            **{**checks, **options},
        )

    def _prepare_pooled(self, raw: Any) -> None:
        self._configure_connection(raw)

    def close_pool(self) -> None:
        """Close psycopg's pool for this alias."""
        with _pools_lock:
            pool = _pools.pop(self.alias, None)
        if pool is not None:
            pool.close()

    # Opening

    def get_connection_params(self) -> dict[str, Any]:
        database = self.settings_dict
        options = dict(database["OPTIONS"])
        if database["NAME"] == "" and not options.get("service"):
            raise ImproperlyConfigured(
                "settings.DATABASES is improperly configured. "
                "Please supply the NAME or OPTIONS['service'] value."
            )
        name = database["NAME"] or ""
        longest = self.ops.max_name_length()
        if len(name) > longest:
            raise ImproperlyConfigured(
                f"The database name '{name}' ({len(name)} characters) is longer than PostgreSQL's limit of "
                f"{longest} characters. Supply a shorter NAME in settings.DATABASES."
            )
        if database["NAME"] is None:
            options.pop("service", None)
            name = "postgres"
        for ours in OUR_OPTIONS:
            options.pop(ours, None)
        server_side = options.pop("server_side_binding", False)
        given = {
            "dbname": name,
            "user": database["USER"],
            "password": database["PASSWORD"],
            "host": database["HOST"],
            "port": database["PORT"],
        }
        params = {**{key: value for key, value in given.items() if value}, **options}
        params.setdefault("cursor_factory", ServerBindingCursor if server_side else Cursor)
        # Prepared statements do not survive a pooler that hands connections out by transaction.
        params["prepare_threshold"] = params.get("prepare_threshold")
        params["client_encoding"] = "UTF8"
        params["context"] = driver.get_adapters_template(settings.USE_TZ, self.timezone)
        return params

    def _isolation_level(self) -> Any:
        level = self.settings_dict["OPTIONS"].get("isolation_level")
        if level is None:
            return None
        try:
            return IsolationLevel(level)
        except ValueError:
            raise ImproperlyConfigured(
                f"Invalid transaction isolation level {level} specified. Use one of the "
                "psycopg.IsolationLevel values."
            ) from None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        isolation = self._isolation_level()
        pool = self.pool
        if pool is not None:
            pool.open()
            raw = acquire(pool.getconn, pool.putconn)
        else:
            raw = driver.Connection.open(**conn_params)
        if isolation is not None:
            raw.isolation_level = isolation
        return raw

    def advice(self, error: BaseException) -> str | None:
        return advice.for_running(error.sqlstate) if isinstance(error, Database.Error) else None

    def advice_for_connecting(self, error: BaseException, params: dict[str, Any]) -> str | None:
        return advice.for_connecting(str(error), params, self.alias)

    def init_connection_state(self) -> None:
        raw = self.connection
        self.__dict__["pg_version"] = raw.info.server_version
        self._dialect = dialect(self.get_database_version())
        super().init_connection_state()
        if self.pool is None and self._configure_connection(raw) and not self.get_autocommit():
            raw.commit()

    def _configure_connection(self, connection: Any) -> bool:
        """Set what a session needs; True when that has to be committed."""
        changed = self._configure_timezone(connection)
        return self._configure_role(connection) or changed

    def _configure_timezone(self, connection: Any) -> bool:
        if connection.info.parameter_status("TimeZone") == self.timezone_name:
            return False
        with connection.cursor() as cursor:
            cursor.execute(self.ops.set_time_zone_sql(), [self.timezone_name])
        return True

    def _configure_role(self, connection: Any) -> bool:
        role = self.settings_dict["OPTIONS"].get("assume_role")
        if not role:
            return False
        with connection.cursor() as cursor:
            cursor.execute(driver.sql.SQL("SET ROLE {}").format(driver.sql.Identifier(role)))
        return True

    def ensure_timezone(self) -> bool:
        if self.connection is None:
            return False
        changed = self._configure_timezone(self.connection)
        driver.register_tzloader(self.timezone if settings.USE_TZ else None, self.connection)
        return changed

    # Closing

    def _close(self) -> None:
        if self.connection is None:
            return
        with self.wrap_database_errors:
            pool = getattr(self.connection, "_pool", None)
            if pool is not None:
                if self._open_cursors():
                    self.connection.close()  # the pool makes another one
                pool.putconn(self.connection)
                # What is in the pool is no longer ours.
                self.connection = None
            else:
                self.connection.close()

    def is_usable(self) -> bool:
        if self.connection is None:
            return False
        try:
            self.connection.execute("SELECT 1")
        except Database.Error:
            return False
        return True

    def rest(self) -> bool:
        # Whatever went wrong: what the server says of the session now is what counts.
        self.errors_occurred = False
        if not super().rest() or self.pool is not None:
            return False
        return self.connection is None or self._is_clean()

    def _is_clean(self) -> bool:
        """Say whether the session is as it was: nothing runs, no transaction and no cursor is open."""
        raw = self.connection
        return (
            not raw.closed
            and raw.pgconn.transaction_status == driver.TransactionStatus.IDLE
            and not self._open_cursors()
        )

    def _open_cursors(self) -> bool:
        """Say whether the server keeps rows for somebody who has not read them all."""
        return any(
            cursor.connection is self.connection and not cursor.closed for cursor in self._server_cursors
        )

    def wake(self) -> bool:
        return super().wake() and (self.connection is None or self.connection.seems_alive())

    # Cursors

    def create_cursor(self, name: str | None = None) -> Any:
        raw = self.connection
        if not name:
            return raw.cursor()
        # Outside a transaction the cursor has to outlive the statement that declares it.
        hold = raw.autocommit
        if self.settings_dict["OPTIONS"].get("server_side_binding"):
            cursor = raw.cursor(name, scrollable=False, withhold=hold)
        else:
            cursor = ServerSideCursor(raw, name=name, scrollable=False, withhold=hold)
        self._server_cursors.add(cursor)
        return cursor

    def chunked_cursor(self) -> Any:
        if self.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
            return self.cursor()
        return self._cursor(name=f"_django_curs_{get_ident()}_sync_{next(_cursor_numbers)}")

    def make_debug_cursor(self, cursor: Any) -> CursorDebugWrapper:
        return _DebugCursor(cursor, self)

    @contextmanager
    def _nodb_cursor(self) -> Iterator[Any]:
        connected = False
        try:
            with super()._nodb_cursor() as cursor:
                connected = True
                yield cursor
        except (Database.DatabaseError, WrappedDatabaseError):
            if connected:
                raise  # it comes from whoever uses the cursor
            warnings.warn(
                "Normally Django will use a connection to the 'postgres' database to avoid running "
                "initialization queries against the production database when it's not needed (for example, "
                "when running tests). Django was unable to create a connection to the 'postgres' database and "
                "will use the first PostgreSQL database instead.",
                RuntimeWarning,
                stacklevel=3,
            )
            other = self._another_database()
            if other is None:
                raise
            connection = type(self)({**self.settings_dict, "NAME": other}, alias=self.alias)
            try:
                with connection.cursor() as cursor:
                    yield cursor
            finally:
                connection.close()

    def _another_database(self) -> str | None:
        from nuages.db import connections

        for candidate in connections.all():
            name = candidate.settings_dict["NAME"]
            if candidate.vendor == "postgresql" and name != "postgres":
                return name
        return None

    # The short way

    def fetch(self, statement: Statement, params: Sequence[Any] = ()) -> list[Row]:
        if self.watched():
            return super().fetch(statement, params)
        try:
            rows = self.connection.kept_cursor(statement).execute(statement.sql, params).fetchall()
            if len(rows) > driver.KEPT_ROWS:
                self.connection.drop_cursor(statement)
            return rows
        except Database.Error as error:
            raise self.wrap_database_errors.translate(error) from error

    def fetch_one(self, statement: Statement, params: Sequence[Any] = ()) -> Row | None:
        if self.watched():
            return super().fetch_one(statement, params)
        try:
            return self.connection.kept_cursor(statement).execute(statement.sql, params).fetchone()
        except Database.Error as error:
            raise self.wrap_database_errors.translate(error) from error

    def run(self, statement: Statement, params: Sequence[Any] = ()) -> int:
        if self.watched():
            return super().run(statement, params)
        try:
            return self.connection.kept_cursor(statement).execute(statement.sql, params).rowcount
        except Database.Error as error:
            raise self.wrap_database_errors.translate(error) from error

    def can_copy_rows(self) -> bool:
        # Whoever looks at statements looks at INSERT.
        return not (self.execute_wrappers or self.queries_logged or self.slow_seconds is not None)

    def copy_rows(
        self, table: str, numbered: str | None, columns: Sequence[str], kinds: Sequence[str], rows: Any
    ) -> list[int] | None:
        if not copying.can_copy(kinds, rows) or not copying.takes_copies(self, table, numbered is not None):
            return None
        keys: list[int] | None = []
        if numbered is not None:
            keys = copying.numbers(self, table, numbered, len(rows))
            if keys is None:
                return None
            columns = [numbered, *columns]
            rows = ((key, *row) for key, row in zip(keys, rows))
        # The driver's own lock keeps those away meanwhile who come to share the connection now.
        with self.turn():
            copying.copy(self, table, columns, rows)
        return keys

    # Transactions and constraints

    def _set_autocommit(self, autocommit: bool) -> None:
        with self.wrap_database_errors:
            self.connection.autocommit = autocommit

    def check_constraints(self, table_names: Sequence[str] | None = None) -> None:
        with self.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


class _DebugCursor(CursorDebugWrapper):
    def copy(self, statement: Any, *args: Any, **kwargs: Any) -> Any:
        """Run COPY, and log it."""
        with self.debug_sql(statement):
            return self.cursor.copy(statement, *args, **kwargs)
