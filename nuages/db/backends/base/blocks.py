"""Transaction blocks: what `atomic` does to a connection.

A block is one of three kinds, decided when it begins:

* `TRANSACTION`: the outermost one; its end commits or rolls back.
* `SAVEPOINT`: its end releases the savepoint or rolls back to it.
* `FLAT`: it leaves no trace of its own; its failure dooms the blocks around it (`needs_rollback`).

A failure while ending a block is turned into the strongest undo that still works, and passed on.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nuages.db.exceptions import DatabaseError, Error

if TYPE_CHECKING:
    from nuages.db.backends.base.base import BaseDatabaseWrapper


class Kind(enum.Enum):
    TRANSACTION = enum.auto()
    SAVEPOINT = enum.auto()
    FLAT = enum.auto()


@dataclass(slots=True)
class Block:
    """One `atomic` block that has begun on a connection."""

    kind: Kind
    savepoint: str | None = None
    #: With autocommit off the transaction belongs to the caller: the outermost block must not end it.
    leaves_transaction_open: bool = False
    holds_turnstile: bool = False


def begin(connection: BaseDatabaseWrapper, savepoint: bool) -> Block:
    """Begin a block on `connection`."""
    held = connection.turnstile is not None
    if connection.turnstile is not None:
        connection.turnstile.begin_block()
    try:
        block = _begin(connection, savepoint)
    except BaseException:
        if held and connection.turnstile is not None:
            connection.turnstile.end_block()
        raise
    block.holds_turnstile = held
    return block


def _begin(connection: BaseDatabaseWrapper, savepoint: bool) -> Block:
    foreign = False
    if not connection.in_atomic_block:
        connection.commit_on_exit = True
        connection.needs_rollback = False
        if connection.get_autocommit():
            connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
            connection.in_atomic_block = True
            return Block(Kind.TRANSACTION)
        connection.in_atomic_block = True
        connection.commit_on_exit = False
        foreign = True
    name = None
    if savepoint and not connection.needs_rollback:
        name = connection.savepoint()
    connection.savepoint_ids.append(name)
    return Block(Kind.FLAT if name is None else Kind.SAVEPOINT, name, leaves_transaction_open=foreign)


def end(connection: BaseDatabaseWrapper, block: Block, failed: bool) -> None:
    """End the innermost block; `failed` says that an exception is on its way through."""
    turnstile = connection.turnstile if block.holds_turnstile else None
    try:
        if block.kind is not Kind.TRANSACTION and connection.savepoint_ids:
            block.savepoint = connection.savepoint_ids.pop()
        elif block.kind is Kind.TRANSACTION:
            connection.in_atomic_block = False
        succeeded = not failed and not connection.needs_rollback
        if connection.closed_in_transaction:
            connection.connection = None  # the server has rolled back by itself
        elif block.kind is Kind.TRANSACTION:
            _end_transaction(connection, succeeded)
        elif block.kind is Kind.SAVEPOINT and block.savepoint is not None:
            _end_savepoint(connection, block.savepoint, succeeded, failed)
        elif failed:
            connection.needs_rollback = True
    finally:
        _after(connection, block)
        if turnstile is not None:
            turnstile.end_block()


def _end_transaction(connection: BaseDatabaseWrapper, succeeded: bool) -> None:
    if not succeeded:
        try:
            connection.rollback()
        except Error:
            connection.close()  # closing ends the transaction as well; what is lost is only a connection
        return
    try:
        connection.commit()
    except DatabaseError:
        try:
            connection.rollback()
        except Error:
            connection.close()
        raise


def _end_savepoint(connection: BaseDatabaseWrapper, name: str, succeeded: bool, failed: bool) -> None:
    if succeeded:
        try:
            connection.savepoint_commit(name)
        except DatabaseError:
            try:
                connection.savepoint_rollback(name)
                # Rolling back leaves the savepoint itself, which nobody knows any more.
                connection.savepoint_commit(name)
            except Error:
                connection.needs_rollback = True
            raise
        return
    # What failed lies behind this savepoint: undoing it heals the blocks around it.
    connection.needs_rollback = False
    try:
        connection.savepoint_rollback(name)
        connection.savepoint_commit(name)
    except Error:
        connection.needs_rollback = True


def _after(connection: BaseDatabaseWrapper, block: Block) -> None:
    if block.leaves_transaction_open:
        connection.in_atomic_block = False
        if connection.closed_in_transaction:
            connection.connection = None
    if block.kind is Kind.TRANSACTION:
        connection.unshare()
        if connection.closed_in_transaction:
            connection.connection = None
        else:
            connection.set_autocommit(True)


def mark_broken(connection: BaseDatabaseWrapper, error: BaseException) -> None:
    """Remember that `error` happened inside a block, which must be undone as a whole."""
    if connection.in_atomic_block:
        connection.needs_rollback = True
        connection.rollback_exc = error


def refuse_inside_block(connection: BaseDatabaseWrapper) -> None:
    """Raise where a transaction is ended by hand inside a block that wants to do so itself."""
    if connection.in_atomic_block:
        raise _error("This is forbidden when an 'atomic' block is active.")


def refuse_when_broken(connection: BaseDatabaseWrapper) -> None:
    """Raise where an earlier failure has doomed the block."""
    if connection.needs_rollback:
        raise _error(
            "An error occurred in the current transaction. You can't "
            "execute queries until the end of the 'atomic' block."
        ) from connection.rollback_exc


def _error(message: str) -> Any:
    from nuages.db.transaction import TransactionManagementError

    return TransactionManagementError(message)
