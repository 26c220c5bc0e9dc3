"""Cursors as documented, and small helpers about names and values that all databases share."""

from __future__ import annotations

import datetime
import decimal
import functools
import logging
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import md5
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from nuages.apps import apps
from nuages.db.backends.slow_queries import Stopwatch
from nuages.db.backends.statement import changes_data
from nuages.db.exceptions import NotSupportedError

if TYPE_CHECKING:
    from nuages.db.backends.base.base import BaseDatabaseWrapper

#: The documented name: sites configure logging by it.
logger = logging.getLogger("django.db.backends")

Params = Any


class CursorWrapper:
    """A cursor: the driver's, with our exceptions and `execute_wrapper`s around its calls."""

    APPS_NOT_READY_WARNING_MSG = (
        "Accessing the database during app initialization is discouraged. To fix this "
        "warning, avoid executing queries in AppConfig.ready() or when your app "
        "modules are imported."
    )

    def __init__(self, cursor: Any, db: BaseDatabaseWrapper) -> None:
        self.cursor = cursor
        self.db = db
        #: Whether statements are written by hand: then nobody else knows what they change.
        self.by_hand = True
        limit = db.slow_seconds
        self._stopwatch = None if limit is None else Stopwatch(db.alias, limit)

    #: Results that are read row by row; everything else is the driver's attribute as it is.
    FETCHERS = frozenset({"fetchone", "fetchmany", "fetchall", "nextset"})

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self.cursor, name)
        if name in CursorWrapper.FETCHERS:
            attribute = self.db.wrap_database_errors(attribute)
            return attribute if self._stopwatch is None else self._stopwatch.timed(attribute)
        return attribute

    def __iter__(self) -> Iterator[Any]:
        rows = iter(self.cursor)
        with self.db.wrap_database_errors:
            if self._stopwatch is None:
                yield from rows
            else:
                end = object()
                yield from iter(self._stopwatch.timed(lambda: next(rows, end)), end)

    def close(self) -> None:
        """Close the cursor; what the server keeps for it is gone."""
        if self._stopwatch is not None:
            self._stopwatch.report()
        self.cursor.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            self.close()
        except self.db.Database.Error:
            pass  # a broken connection cannot close its cursors; what broke it is already on its way up

    def callproc(self, procname: str, params: Params = None, kparams: Params = None) -> Any:
        """Call a stored procedure."""
        if kparams is not None and not self.db.features.supports_callproc_kwargs:
            raise NotSupportedError(
                "Keyword parameters for callproc are not supported on this database backend."
            )
        self._check()
        self.db.begin_period()
        arguments = [given for given in (params, kparams) if given is not None]
        if kparams is not None and params is None:
            arguments.insert(0, ())
        with self.db.wrap_database_errors:
            return self.cursor.callproc(procname, *arguments)

    def execute(self, sql: str, params: Params = None) -> Any:
        """Run a statement. `%s` stands for a parameter where `params` are given."""
        return self._through_wrappers(sql, params, False, self._execute)

    def executemany(self, sql: str, param_list: Any) -> Any:
        """Run a statement once for each set of parameters."""
        return self._through_wrappers(sql, param_list, True, self._executemany)

    def _through_wrappers(self, sql: str, params: Params, many: bool, innermost: Callable[..., Any]) -> Any:
        call = innermost
        for wrapper in reversed(self.db.execute_wrappers):
            call = functools.partial(wrapper, call)
        return call(sql, params, many, {"connection": self.db, "cursor": self})

    def _check(self) -> None:
        # While apps are only replaced for a while, as in tests, the others have long been ready.
        if not apps.ready and not apps.stored_app_configs:
            warnings.warn(self.APPS_NOT_READY_WARNING_MSG, category=RuntimeWarning, stacklevel=4)
        self.db.validate_no_broken_transaction()

    def _execute(self, sql: str, params: Params, *ignored: Any) -> Any:
        self._check()
        self._note_change(sql)
        arguments = (sql,) if params is None else (sql, params)
        with self.db.wrap_database_errors, self.db.turn():
            found = self._timed(self.cursor.execute, sql)(*arguments)
        # Whoever iterates over what comes back reads rows too, whose time counts.
        return self if found is self.cursor and self._stopwatch is not None else found

    def _executemany(self, sql: str, param_list: Any, *ignored: Any) -> Any:
        self._check()
        self._note_change(sql)
        with self.db.wrap_database_errors, self.db.turn():
            return self._timed(self.cursor.executemany, sql)(sql, param_list)

    def _note_change(self, sql: Any) -> None:
        # Drivers take other things than text for SQL too.
        if self.by_hand and (not isinstance(sql, str) or changes_data(sql)):
            self.db.begin_period()

    def _timed(self, run: Callable[..., Any], sql: str) -> Callable[..., Any]:
        if self._stopwatch is None:
            return run
        self._stopwatch.begin(sql)
        return self._stopwatch.timed(run)


class CursorDebugWrapper(CursorWrapper):
    """A cursor that keeps a log of what it runs."""

    # Inside of all wrappers: what is logged is what the database has seen.

    def _execute(self, sql: str, params: Params, *ignored: Any) -> Any:
        with self.debug_sql(sql, params, use_last_executed_query=True):
            return super()._execute(sql, params)

    def _executemany(self, sql: str, param_list: Any, *ignored: Any) -> Any:
        with self.debug_sql(sql, param_list, many=True):
            return super()._executemany(sql, param_list)

    @contextmanager
    def debug_sql(
        self,
        sql: str | None = None,
        params: Params = None,
        use_last_executed_query: bool = False,
        many: bool = False,
    ) -> Iterator[None]:
        """Time what happens inside and log it as the statement `sql`."""
        started = time.monotonic()
        try:
            yield
        finally:
            shown = (
                self.db.ops.last_executed_query(self.cursor, sql, params) if use_last_executed_query else sql
            )
            note = shown
            if many:
                try:
                    note = f"{len(params)} times: {shown}"
                except TypeError:  # an iterator has been used up and cannot say how many
                    note = f"? times: {shown}"
            log_query(self.db, shown, note, params, time.monotonic() - started)


def log_query(
    connection: BaseDatabaseWrapper, sql: str | None, note: str | None, params: Params, duration: float
) -> None:
    """Add a statement to `connection.queries` and to the documented log."""
    connection.queries_log.append({"sql": note, "time": f"{duration:.3f}"})
    logger.debug(
        "(%.3f) %s; args=%s; alias=%s",
        duration,
        sql,
        params,
        connection.alias,
        extra={"duration": duration, "sql": sql, "params": params, "alias": connection.alias},
    )


@contextmanager
def debug_transaction(connection: BaseDatabaseWrapper, sql: str) -> Iterator[None]:
    """Log BEGIN, COMMIT and ROLLBACK where queries are logged."""
    if not connection.queries_logged:
        yield
        return
    started = time.monotonic()
    try:
        yield
    finally:
        log_query(connection, sql, sql, None, time.monotonic() - started)


# From strings that a database returns


def typecast_date(s: str | None) -> datetime.date | None:
    """Read `2005-07-29`; empty is None."""
    return datetime.date.fromisoformat(s) if s else None


def typecast_time(s: str | None) -> datetime.time | None:
    """Read `17:23:45.123`; a time zone is ignored, as times of day have none here."""
    return _naive_time(s) if s else None


def typecast_timestamp(s: str | None) -> datetime.datetime | datetime.date | None:
    """Read `2005-07-29 15:48:00.590358-05` without its offset; a date alone stays a date."""
    if not s:
        return None
    day, space, clock = s.partition(" ")
    if not space:
        return typecast_date(s)
    for sign in "-+":
        clock = clock.partition(sign)[0]
    return datetime.datetime.combine(datetime.date.fromisoformat(day), _naive_time(clock))


def _naive_time(text: str) -> datetime.time:
    whole, _, fraction = text.partition(".")
    hour, minute, second = (int(part) for part in whole.split(":"))
    return datetime.time(hour, minute, second, int(f"{fraction[:6]:0<6}"))


def split_tzname_delta(tzname: str) -> tuple[str, str | None, str | None]:
    """Split a time zone's name into name, sign and offset: `Etc/GMT+10:00`, `UTC-01`."""
    for sign in "+-":
        name, found, offset = tzname.rpartition(sign)
        if found:
            parts = offset.split(":")
            if len(parts) <= 2 and all(len(part) == 2 and part.isdecimal() for part in parts):
                return name, sign, offset if ":" in offset else f"{offset}:00"
    return tzname, None, None


# Names


def split_identifier(identifier: str) -> tuple[str, str]:
    """Split `"owner"."name"` into namespace and name, both without quotes."""
    namespace, separator, name = identifier.partition('"."')
    if not separator:
        namespace, name = "", identifier
    return namespace.strip('"'), name.strip('"')


def truncate_name(identifier: str, length: int | None = None, hash_len: int = 4) -> str:
    """Shorten a name to `length`, ending in a digest of the whole; a namespace before it is kept."""
    namespace, name = split_identifier(identifier)
    if length is None or len(name) <= length:
        return identifier
    short = name[: length - hash_len] + names_digest(name, length=hash_len)
    return f'{namespace}"."{short}' + ('"' if identifier.endswith('"') else "") if namespace else short


def names_digest(*args: str, length: int) -> str:
    """Return the first letters of a digest of names: the same in every process."""
    digest = md5(usedforsecurity=False)
    for name in args:
        digest.update(name.encode())
    return digest.hexdigest()[:length]


def strip_quotes(table_name: str) -> str:
    """Take the quotes off a name that has them on both sides."""
    if len(table_name) > 1 and table_name[0] == table_name[-1] == '"':
        return table_name[1:-1]
    return table_name


def format_number(value: Any, max_digits: int | None, decimal_places: int | None) -> str | None:
    """Write a decimal with the digits its column has, rounding or failing as the column would."""
    if value is None:
        return None
    context = decimal.getcontext().copy()
    context.prec = context.prec if max_digits is None else max_digits
    if decimal_places is not None:
        value = value.quantize(decimal.Decimal(1).scaleb(-decimal_places), context=context)
    elif max_digits is not None:
        context.traps[decimal.Rounded] = True
        value = context.create_decimal(value)
    return f"{value:f}"
