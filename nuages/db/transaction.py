"""Transactions: `atomic`, `on_commit` and the low-level calls, as documented."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, TypeVar, overload

from nuages.db.backends.base import blocks
from nuages.db.exceptions import ProgrammingError
from nuages.db.handler import DEFAULT_DB_ALIAS
from nuages.spine import current_scope, is_async
from nuages.utils.deprecation import RemovedInDjango2028Warning

F = TypeVar("F", bound=Callable[..., Any])


class TransactionManagementError(ProgrammingError):
    """Transaction management is used improperly."""


TransactionManagementError.__module__ = "nuages.db.transaction"


def get_connection(using: str | None = None) -> Any:
    """Return the connection of an alias, by default of the default database."""
    from nuages.db import connections

    return connections[DEFAULT_DB_ALIAS if using is None else using]


def get_autocommit(using: str | None = None) -> bool:
    """Say whether every statement commits by itself."""
    return get_connection(using).get_autocommit()


def set_autocommit(autocommit: bool, using: str | None = None) -> None:
    """Turn autocommit on or off."""
    get_connection(using).set_autocommit(autocommit)


def commit(using: str | None = None) -> None:
    """Commit the transaction begun by turning autocommit off."""
    get_connection(using).commit()


def rollback(using: str | None = None) -> None:
    """Roll back the transaction begun by turning autocommit off."""
    get_connection(using).rollback()


def savepoint_create(using: str | None = None) -> Any:
    """Make a savepoint and return its name."""
    return get_connection(using).savepoint()


def savepoint(using: str | None = None) -> Any:
    """Make a savepoint, under the name that `savepoint_create` had."""
    message = "savepoint() is deprecated. Use savepoint_create() instead."
    warnings.warn(message, RemovedInDjango2028Warning, stacklevel=2)
    return savepoint_create(using)


def savepoint_rollback(sid: str, using: str | None = None) -> None:
    """Undo everything since a savepoint."""
    get_connection(using).savepoint_rollback(sid)


def savepoint_commit(sid: str, using: str | None = None) -> None:
    """Release a savepoint."""
    get_connection(using).savepoint_commit(sid)


def clean_savepoints(using: str | None = None) -> None:
    """Start counting savepoints anew."""
    get_connection(using).clean_savepoints()


def get_rollback(using: str | None = None) -> bool:
    """Say whether the current block will be rolled back at its end."""
    return get_connection(using).get_rollback()


def set_rollback(rollback: bool, using: str | None = None) -> None:
    """Say that the current block is to be rolled back at its end, or (with care) that it is not."""
    get_connection(using).set_rollback(rollback)


@contextmanager
def mark_for_rollback_on_error(using: str | None = None) -> Iterator[None]:
    """Doom the surrounding block when something fails inside: cheaper than a savepoint, for library code."""
    try:
        yield
    except Exception as error:
        blocks.mark_broken(get_connection(using), error)
        raise


def on_commit(func: Callable[[], Any], using: str | None = None, robust: bool = False) -> None:
    """Call `func` once the current transaction is committed, at once outside of one."""
    get_connection(using).on_commit(func, robust)


class Atomic:
    """A block whose changes happen all or not at all. Use it through `atomic`.

    One object may be used again and nested in itself (it may decorate a recursive function), in several tasks
    at once; what it needs to remember lies in the scope.
    """

    #: Set by test cases on the blocks they put around tests: `durable` does not count them.
    _from_testcase = False

    def __init__(self, using: str | None, savepoint: bool, durable: bool) -> None:
        self.using = using
        self.savepoint = savepoint
        self.durable = durable

    def __enter__(self) -> None:
        connection = get_connection(self.using)
        around = connection.atomic_blocks
        if self.durable and around and not around[-1]._from_testcase:
            raise RuntimeError("A durable atomic block cannot be nested within another atomic block.")
        block = blocks.begin(connection, self.savepoint)
        connection.atomic_blocks.append(self)
        current_scope().locals.setdefault(Atomic, []).append((self, connection, block))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        begun = current_scope().locals[Atomic]
        position = max(i for i, (atomic, _, _) in enumerate(begun) if atomic is self)
        _, connection, block = begun.pop(position)
        connection.atomic_blocks.pop()
        blocks.end(connection, block, failed=kind is not None)

    async def __aenter__(self) -> None:
        self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, traceback)

    def __call__(self, function: F) -> F:
        """Put the block around every call of a function, plain or `async def`."""
        if is_async(function):

            @functools.wraps(function)
            async def inside_async(*args: Any, **kwargs: Any) -> Any:
                with self:
                    return await function(*args, **kwargs)

            return inside_async  # type: ignore[return-value]

        @functools.wraps(function)
        def inside(*args: Any, **kwargs: Any) -> Any:
            with self:
                return function(*args, **kwargs)

        return inside  # type: ignore[return-value]


@overload
def atomic(using: F) -> F: ...
@overload
def atomic(using: str | None = None, savepoint: bool = True, durable: bool = False) -> Atomic: ...
def atomic(using: Any = None, savepoint: bool = True, durable: bool = False) -> Any:
    """Make a block of changes that happen all or not at all: `with atomic():` or `@atomic`.

    `savepoint=False` saves the savepoint of an inner block (its failure then fails the outer one as well);
    `durable=True` insists on being the outermost block, so that its end is a commit.
    """
    if callable(using):
        return Atomic(DEFAULT_DB_ALIAS, savepoint, durable)(using)
    return Atomic(using, savepoint, durable)


def non_atomic_requests(using: Any = None) -> Any:
    """Exempt a view from `ATOMIC_REQUESTS` of one database (the default one)."""

    def mark(view: F, alias: str) -> F:
        exempt = getattr(view, "_non_atomic_requests", set()) | {alias}
        view._non_atomic_requests = exempt  # type: ignore[attr-defined]
        return view

    if callable(using):
        return mark(using, DEFAULT_DB_ALIAS)
    return lambda view: mark(view, DEFAULT_DB_ALIAS if using is None else using)
