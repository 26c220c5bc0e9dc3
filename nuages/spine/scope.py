"""Scopes: one unit of work (a request, a task started by user code, a thread) and what belongs to it.

Database connections and the like hang on the current scope's `locals` and are given back when it closes.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import weakref
from asyncio import _get_running_loop
from collections.abc import Callable
from contextvars import ContextVar, Token
from threading import get_ident
from typing import Any, Self

logger = logging.getLogger("nuages.spine")


class Scope:
    """A unit of work. `with Scope(parent) as scope:` makes it current and closes it at the end.

    `locals` is for the rooms above: each keeps its own key there. `on_close` callbacks run last in, first out;
    all of them run, whatever one of them raises.
    """

    __slots__ = ("__weakref__", "_callbacks", "_token", "closed", "locals", "parent", "thread")

    def __init__(self, parent: Scope | None = None) -> None:
        self.parent = parent
        self.thread = get_ident()
        self.locals: dict[Any, Any] = {}
        self.closed = False
        self._callbacks: list[Callable[[], object]] = []
        self._token: Token[Scope] | None = None

    def on_close(self, callback: Callable[[], object]) -> None:
        """Call `callback` when this scope closes."""
        self._callbacks.append(callback)

    @property
    def entered(self) -> bool:
        """Whether this is a request's or a task's scope, rather than the one a thread has by itself."""
        return self._token is not None

    def close(self) -> None:
        """Run the callbacks and forget `locals`. What fails is logged, the rest still runs."""
        self.closed = True
        callbacks = self._callbacks
        while callbacks:
            callback = callbacks.pop()
            try:
                callback()
            except Exception:
                logger.exception("closing a scope: %r failed", callback)
        self.locals.clear()

    def __enter__(self) -> Self:
        self._token = _current.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.close()
        finally:
            if self._token is not None:
                _current.reset(self._token)


class Guest(Scope):
    """The work of a thread into which somebody's context was copied (`asyncio.to_thread`, asgiref's functions).

    It goes on beside the work that it belongs to, as a task does, and ends with it at the latest.
    """

    __slots__ = ()

    def __init__(self, host: Scope) -> None:
        super().__init__(host)
        host.on_close(self.close)
        if host.parent is None and not host.entered:
            # A thread's own scope may last for ever, the guest's thread ends sooner.
            weakref.finalize(threading.current_thread(), self.close)

    @property
    def entered(self) -> bool:
        return self.parent is not None and self.parent.entered


_current: ContextVar[Scope] = ContextVar("nuages_scope")
_task_scopes: weakref.WeakKeyDictionary[asyncio.Task[Any], Scope] = weakref.WeakKeyDictionary()


class _ThreadRoot(threading.local):
    def __init__(self) -> None:
        self.scope = Scope()
        weakref.finalize(threading.current_thread(), self.scope.close)


_root = _ThreadRoot()


def current_scope() -> Scope:
    """Return the scope of the work at hand; outside requests and our tasks, the thread's (or foreign task's).

    A scope belongs to a thread. Others that carry its context have scopes of their own below it.
    """
    scope = _current.get(None)
    if scope is not None:
        return scope if scope.thread == get_ident() else _guest_of(scope)
    if _get_running_loop() is None:
        return _root.scope
    # Somebody else's loop without our task factory: its tasks interleave, so each has a scope of its own.
    task = asyncio.current_task()
    if task is None:
        return _root.scope
    found = _task_scopes.get(task)
    if found is None:
        found = _task_scopes[task] = Scope(_root.scope)
        task.add_done_callback(lambda _: found.close())
    return found


def starting_scope() -> Scope:
    """Return the scope of the work that has started the task at hand, or the thread's: asked before it has its own."""
    return _root.scope if _current.get(None) is None else current_scope()


def _guest_of(host: Scope) -> Scope:
    """Return this thread's scope for work that belongs to `host`, which is at home in another thread."""
    key = Guest, get_ident()
    found: Scope | None = host.locals.get(key)
    if found is None or found.closed:
        found = host.locals[key] = Guest(host)
    return found


def adopt(scope: Scope) -> None:
    """Make `scope` the current one in this context, without becoming responsible for closing it."""
    _current.set(scope)
