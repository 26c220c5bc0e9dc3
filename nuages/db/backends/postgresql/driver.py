"""psycopg with a connection class for both lanes.

psycopg keeps its protocol in generators that say "wait for the socket", and has one method that drives them. Ours
drives them on the event loop when it is called in a worker, and blocks like psycopg's own otherwise.
"""

from __future__ import annotations

import asyncio
import datetime
import types
from collections.abc import Awaitable, Callable, Generator
from functools import cache
from ipaddress import ip_interface
from typing import TYPE_CHECKING, Any, Self, TypeVar

from nuages.core.exceptions import ImproperlyConfigured
from nuages.db.backends.base.queueing import Line, acquire
from nuages.spine import in_worker, offload, wait

try:
    import psycopg
except ImportError as error:
    missing = ImproperlyConfigured(f"Error loading psycopg module: {error}")
    missing.add_note("PostgreSQL needs the driver psycopg 3: pip install 'nuages[postgres]'.")
    raise missing from error

from psycopg import ClientCursor, IsolationLevel, adapters, errors, sql
from psycopg import waiting as driver_waiting
from psycopg.pq import ConnStatus, TransactionStatus
from psycopg.types.string import TextLoader

from nuages.db.backends.postgresql import moments

if TYPE_CHECKING:
    from nuages.db.backends.statement import Statement

T = TypeVar("T")

# What psycopg's generators ask for and are told, as plain numbers.
WAIT_READ, WAIT_WRITE = int(driver_waiting.Wait.R), int(driver_waiting.Wait.W)
READY_READ, READY_WRITE = int(driver_waiting.Ready.R), int(driver_waiting.Ready.W)

#: Cursors that one connection keeps.
KEPT_CURSORS = 256

#: A result of more rows is not kept with its cursor until the statement runs again.
KEPT_ROWS = 100

#: How long the server gets to answer that it has given up a query whose caller is gone.
CANCEL_SECONDS = 2.0


class Connection(psycopg.Connection[Any]):
    """A psycopg connection that never blocks an event loop."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # psycopg's own would block the loop for good when the task that holds it is suspended.
        self.lock = Line()  # type: ignore[assignment]
        self._kept_cursors: dict[Statement, Any] = {}
        self._stored: Any = None

    def wait(self, gen: Generator[Any, Any, T], interval: float = 0.1, timeout: float | None = None) -> T:
        if not in_worker():
            return super().wait(gen, interval, timeout)
        waiting: Awaitable[T]
        if timeout is None:
            waiting = drive_on_loop(gen, self.pgconn.socket)
        else:
            # The interval only serves psycopg's own interruption; the loop has no need to look that often.
            waiting = driver_waiting.wait_async(gen, self.pgconn.socket, 60.0, timeout)
        try:
            return wait(waiting)
        except asyncio.CancelledError:
            self._abandon_query(gen)
            raise
        except (GeneratorExit, KeyboardInterrupt, SystemExit):
            self.pgconn.finish()  # the loop itself is ending: nobody can wait for the server any more
            raise

    def _abandon_query(self, gen: Generator[Any, Any, Any]) -> None:
        """The caller is gone: stop the query, and keep the connection only if that surely leaves it clean."""
        try:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                offload(self.cancel_safe, timeout=CANCEL_SECONDS)
                wait(driver_waiting.wait_async(gen, self.pgconn.socket, 60.0, CANCEL_SECONDS))
                # It ended before the request arrived, which may now hit the next query instead.
                self.pgconn.finish()
        except errors.QueryCanceled:
            return
        except BaseException:
            self.pgconn.finish()

    @property
    def adapters(self) -> Any:
        """How values are written and read. Whoever asks may be about to change it, so cursors are made anew."""
        self._kept_cursors.clear()
        self._stored = None
        return super().adapters

    def own_adapters(self) -> Any:
        """The same, only to be used."""
        return super().adapters

    def stored_adapters(self) -> Any:
        """The same, but moments stay as the server says them: loaders of rows give them their zone."""
        if self._stored is None:
            self._stored = adapters.__class__(super().adapters)
            self._stored.register_loader("timestamptz", moments.stored_loader(self._stored))
        return self._stored

    def kept_cursor(self, statement: Statement) -> Any:
        """A cursor for statements of a plan. One that has run it before knows how to convert its values."""
        found = self._kept_cursors.get(statement)
        if found is None:
            if len(self._kept_cursors) >= KEPT_CURSORS:
                self._kept_cursors.clear()
            factory: Any = self.cursor_factory
            if statement.fills_columns and factory is Cursor:
                # Values beside the SQL are the quicker way where no type is in doubt.
                factory = ServerBindingCursor
            found = kept_cursor_class(factory, statement.reads_stored)(self)
            self._kept_cursors[statement] = found
        return found

    def drop_cursor(self, statement: Statement) -> None:
        """Let a cursor go, whose last result would stay with it."""
        self._kept_cursors.pop(statement, None)

    @classmethod
    def open(cls, **params: Any) -> Connection:
        """Connect; name look-up and TLS block, so that happens in a thread when there is a loop."""
        return acquire(lambda: cls.connect(**params), cls.close)

    def seems_alive(self) -> bool:
        """Say whether an idle connection still has its server, without asking it anything."""
        try:
            # The first read takes what has been said (that the server ends, perhaps); the second sees the end.
            self.pgconn.consume_input()
            self.pgconn.consume_input()
        except psycopg.OperationalError:
            return False
        return bool(self.pgconn.status == ConnStatus.OK)


@types.coroutine
def drive_on_loop(gen: Generator[Any, Any, T], socket: int) -> Generator[Any, Any, T]:
    """Run one of psycopg's generators to its end on the running loop. One future for each wait is all it takes."""
    loop = asyncio.get_running_loop()
    try:
        wanted = next(gen)
        while True:
            future = loop.create_future()
            if wanted & WAIT_READ:
                loop.add_reader(socket, _settle, future, READY_READ)
            if wanted & WAIT_WRITE:
                loop.add_writer(socket, _settle, future, READY_WRITE)
            try:
                ready = yield from future
            finally:
                if wanted & WAIT_READ:
                    loop.remove_reader(socket)
                if wanted & WAIT_WRITE:
                    loop.remove_writer(socket)
            wanted = gen.send(ready)
    except StopIteration as done:
        result: T = done.value
        return result


def _settle(future: asyncio.Future[int], ready: int) -> None:
    if not future.done():
        future.set_result(ready)


@cache
def kept_cursor_class(factory: type[Any], reads_stored: bool) -> type[Any]:
    """A kind of cursor that looks at its connection's adapters without making all others anew."""

    def used(self: Any) -> Any:
        return self._conn.stored_adapters() if reads_stored else self._conn.own_adapters()

    return type(factory.__name__, (factory,), {"adapters": property(used)})


class Cursor(ClientCursor[Any]):
    """A cursor that puts parameters into the SQL itself, so that any expression may be one."""

    def callproc(self, name: str, args: Any = None) -> Any:
        return _call(self, name, args)


class ServerBindingCursor(psycopg.Cursor[Any]):
    """A cursor that sends parameters beside the SQL; statements used often are prepared."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        """Run a statement; once more where its prepared plan is out of date (see `forget_plans`)."""
        try:
            return super().execute(query, params, **options)
        except errors.FeatureNotSupported as error:
            if not forget_plans(self.connection, error):
                raise
        except (errors.InvalidSqlStatementName, errors.DuplicatePreparedStatement) as error:
            error.add_note(SHARED_SESSION)
            raise
        return super().execute(query, params, **options)

    def callproc(self, name: str, args: Any = None) -> Any:
        return _call(self, name, args)


class ServerSideCursor(psycopg.client_cursor.ClientCursorMixin[Any, Any], psycopg.ServerCursor[Any]):
    """A cursor whose rows stay on the server until they are fetched."""


#: What is added to errors about prepared statements that somebody else has made or dropped.
SHARED_SESSION = (
    "A pooler that hands out connections by transaction (PgBouncer before 1.21, or without max_prepared_statements) "
    "needs OPTIONS['prepare_threshold'] = None and DISABLE_SERVER_SIDE_CURSORS = True."
)


def forget_plans(connection: Any, error: Exception) -> bool:
    """Let a connection forget its prepared statements where `error` says that one is out of date.

    That happens when somebody changes a table in another session: a plan whose columns have become others cannot be
    used again. True when the statement may simply be run again; inside a transaction it may not, as that is lost.
    """
    if "cached plan" not in str(error):
        return False
    if connection.pgconn.transaction_status != TransactionStatus.IDLE:
        error.add_note(
            "The tables of a prepared statement were changed by somebody else while this transaction ran. "
            "It has to be rolled back; doing it again works."
        )
        return False
    connection.execute("DEALLOCATE ALL", prepare=False)  # the driver forgets its own list when it sees this
    return True


def _call(cursor: Any, name: str, args: Any) -> Any:
    marks = sql.SQL(", ").join(sql.Placeholder() * len(args or ()))
    cursor.execute(sql.SQL("CALL {}({})").format(sql.Identifier(name), marks), args or ())
    return args


def connection_class_of(conn_class: type[Any]) -> Callable[..., Any]:
    """Return what opens connections of a class."""
    return getattr(conn_class, "open", conn_class.connect)


def register_tzloader(zone: datetime.tzinfo | None, context: Any) -> None:
    """Let a connection read moments as datetimes of `zone` (naive where that is None)."""
    context.adapters.register_loader("timestamptz", moments.loader_for(zone))


@cache
def get_adapters_template(use_tz: bool, timezone: datetime.tzinfo | None) -> Any:
    """Return how values are read: fields decode JSON and addresses themselves."""
    template = adapters.__class__(adapters)
    for name in ("json", "jsonb", "inet"):
        template.register_loader(name, TextLoader)
    template.register_loader("timestamptz", moments.loader_for(timezone if use_tz else None))
    return template


def mogrify(query: str, params: Any, connection: Any) -> str:
    """Return SQL with its parameters put in."""
    raw = (
        connection
        if connection is None or isinstance(connection, psycopg.Connection)
        else connection.connection
    )
    return _mogrify(query, params, raw)


def _mogrify(query: str, params: Any, raw: Any) -> str:
    from psycopg._queries import PostgresClientQuery
    from psycopg.adapt import Transformer

    context = raw if raw is not None else _NoConnection
    transformer = Transformer(context)
    composed = PostgresClientQuery(transformer)
    composed.convert(query, params)
    return composed.query.decode(transformer.encoding)


class _NoConnection:
    """Stands in where values are written before there is a connection."""

    adapters = adapters
    connection = None


def inet(value: str) -> Any:
    """Return an address as the driver sends it."""
    return ip_interface(value)


__all__ = [
    "Connection",
    "Cursor",
    "IsolationLevel",
    "ServerBindingCursor",
    "ServerSideCursor",
    "errors",
    "get_adapters_template",
    "mogrify",
    "psycopg",
    "register_tzloader",
    "sql",
]
