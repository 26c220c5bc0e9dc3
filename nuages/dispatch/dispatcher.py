"""The signal itself.

Receivers are held by weak references unless asked otherwise, and so are senders. Both colours of receiver
are called from both colours of code: a plain one directly, an `async def` one through the spine; several
`async def` receivers of one signal run at once, as documented.
"""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable, Hashable, Iterable
from functools import partial
from inspect import Parameter, iscoroutinefunction, signature
from typing import Any, TypeVar

from nuages.spine import twin, wait

logger = logging.getLogger("django.dispatch")

Receiver = Callable[..., Any]
F = TypeVar("F", bound=Receiver)
Responses = list[tuple[Receiver, Any]]
# ((receiver or dispatch_uid, sender), receiver or reference to it, reference to the sender, is it async)
_Entry = tuple[tuple[Hashable, Hashable], Any, "weakref.ref[Any] | None", bool]
# The plain and the `async def` receivers of a sender: what gives each when it is called, or None if it is gone.
_Held = tuple[Callable[[], Any], ...]
_Heard = tuple[_Held, _Held]


def _make_id(target: Any) -> Hashable:
    """Return what a receiver or sender is known by: a bound method is made anew each time it is read."""
    if hasattr(target, "__func__"):
        return id(target.__self__), id(target.__func__)
    return id(target)


def _is_async(receiver: Receiver) -> bool:
    return iscoroutinefunction(receiver) or iscoroutinefunction(getattr(receiver, "__call__", None))  # noqa: B004


def _reference(target: Any) -> Any:
    """Return a weak reference; to the method's function and object where it is a bound method."""
    return weakref.WeakMethod(target) if hasattr(target, "__self__") else weakref.ref(target)


class Signal:
    """Something that happens; `connect` receivers to it and `send` it."""

    def __init__(self, use_caching: bool = False) -> None:
        """With `use_caching` the receivers of each sender are remembered between sends."""
        self.receivers: list[_Entry] = []
        self.lock = threading.Lock()
        self.use_caching = use_caching
        self.sender_receivers_cache: Any = weakref.WeakKeyDictionary() if use_caching else {}
        self._dead_receivers = False
        # Where no receiver asks for a sender of its own, all senders are heard alike: (receivers, how many, heard).
        self._common: tuple[list[_Entry], int, _Heard] | None = None

    def connect(
        self, receiver: Receiver, sender: Any = None, weak: bool = True, dispatch_uid: Hashable | None = None
    ) -> None:
        """Call `receiver(sender=..., signal=..., **kwargs)` when the signal is sent, by `sender` if one is given.

        The receiver is held weakly unless `weak` is false; connecting one twice, or two with the same
        `dispatch_uid`, has no effect.
        """
        from nuages.conf import settings

        if settings.configured and settings.DEBUG:
            _refuse_unfit(receiver)
        key = (dispatch_uid or _make_id(receiver), _make_id(sender))
        is_async = _is_async(receiver)
        held: Any = receiver
        if weak:
            held = _reference(receiver)
            weakref.finalize(
                getattr(receiver, "__self__", receiver), self._flag_dead_receivers
            ).atexit = False
        # A sender that is gone must not be taken for a later object at the same address.
        sender_ref: weakref.ref[Any] | None = None
        if sender is not None:
            try:
                sender_ref = weakref.ref(sender, self._flag_dead_receivers)
            except TypeError:
                pass
        with self.lock:
            self._clear_dead_receivers()
            if all(known != key for known, *_ in self.receivers):
                self.receivers.append((key, held, sender_ref, is_async))
            self.sender_receivers_cache.clear()
            self._common = None

    def disconnect(
        self, receiver: Receiver | None = None, sender: Any = None, dispatch_uid: Hashable | None = None
    ) -> bool:
        """Stop calling the receiver; return whether it was connected."""
        key = (dispatch_uid or _make_id(receiver), _make_id(sender))
        with self.lock:
            self._clear_dead_receivers()
            kept = [entry for entry in self.receivers if entry[0] != key]
            found = len(kept) != len(self.receivers)
            self.receivers = kept
            self._common = None
            self.sender_receivers_cache.clear()
        return found

    def has_listeners(self, sender: Any = None) -> bool:
        """Return whether anybody would hear the signal if this sender sent it."""
        return bool(self.receivers) and any(self._live_receivers(sender))

    def send(self, sender: Any, **named: Any) -> Responses:
        """Call the receivers and return them with their answers; an error in one ends it."""
        if not self.receivers:
            return []
        plain, coloured = self._called_for(sender)
        answers = [(receiver, receiver(signal=self, sender=sender, **named)) for receiver in plain]
        if coloured:
            answers += wait(self._gather(_alive(coloured), sender, named, robust=False))
        return answers

    asend = twin(send)

    def send_robust(self, sender: Any, **named: Any) -> Responses:
        """Call the receivers and return them with their answers; an error counts as the answer, and is logged."""
        if not self.receivers:
            return []
        plain, coloured = self._called_for(sender)
        answers: Responses = []
        for receiver in plain:
            try:
                answers.append((receiver, receiver(signal=self, sender=sender, **named)))
            except Exception as error:
                self._log_robust_failure(receiver, error)
                answers.append((receiver, error))
        if coloured:
            answers += wait(self._gather(_alive(coloured), sender, named, robust=True))
        return answers

    asend_robust = twin(send_robust)

    async def _gather(
        self, receivers: list[Receiver], sender: Any, named: dict[str, Any], robust: bool
    ) -> Responses:
        """Run the `async def` receivers at once; the first error, unless robust, cancels the others."""
        import asyncio

        async def ask(receiver: Receiver) -> Any:
            try:
                return await receiver(signal=self, sender=sender, **named)
            except Exception as error:
                if not robust:
                    raise
                self._log_robust_failure(receiver, error)
                return error

        if len(receivers) == 1:
            return [(receivers[0], await ask(receivers[0]))]
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(ask(receiver)) for receiver in receivers]
        except BaseExceptionGroup as failed:
            # send() promises the receiver's own error, not a group around it.
            raise failed.exceptions[0] from None
        return [(receiver, task.result()) for receiver, task in zip(receivers, tasks)]

    def _log_robust_failure(self, receiver: Receiver, error: Exception) -> None:
        name = getattr(receiver, "__qualname__", type(receiver).__qualname__)
        logger.error("Error calling %s in Signal.send_robust() (%s)", name, error, exc_info=error)

    def _live_receivers(self, sender: Any) -> tuple[list[Receiver], list[Receiver]]:
        """Return the plain and the `async def` receivers that hear this sender, without the dead ones."""
        plain, coloured = self._called_for(sender)
        return plain, _alive(coloured)

    def _called_for(self, sender: Any) -> tuple[list[Receiver], _Held]:
        """Return the plain receivers, all of them held from now on so that none is lost while others are called."""
        common, receivers = self._common, self.receivers
        if common is not None and common[0] is receivers and common[1] == len(receivers):
            plain, coloured = common[2]
        else:
            plain, coloured = self._heard_by(sender)
        return [receiver for held in plain if (receiver := held()) is not None], coloured

    def _heard_by(self, sender: Any) -> _Heard:
        """Return what is held of the receivers for this sender; from the cache where the signal keeps one."""
        cachable = self.use_caching and sender is not None
        if cachable and not self._dead_receivers:
            try:
                known = self.sender_receivers_cache.get(sender)
            except TypeError:  # a sender that cannot be weakly referenced is looked up each time
                cachable = False
            else:
                if known is not None:
                    return known
        nobody = _make_id(None)
        wanted = (nobody, _make_id(sender))
        with self.lock:
            self._clear_dead_receivers()
            entries = [
                (held if isinstance(held, weakref.ReferenceType) else partial(_same, held), is_async)
                for (_, sender_id), held, sender_ref, is_async in self.receivers
                if sender_id in wanted and (sender_ref is None or sender_ref() is not None)
            ]
            found = (
                tuple(held for held, is_async in entries if not is_async),
                tuple(held for held, is_async in entries if is_async),
            )
            if all(key[1] == nobody for key, *_ in self.receivers) and not self._dead_receivers:
                self._common = (self.receivers, len(self.receivers), found)
            elif cachable:
                try:
                    self.sender_receivers_cache[sender] = found
                except TypeError:
                    pass
        return found

    def _clear_dead_receivers(self) -> None:
        """Drop entries whose receiver or sender is gone. Call it with the lock held."""
        if not self._dead_receivers:
            return
        self._dead_receivers = False
        self._common = None
        self.receivers = [
            entry
            for entry in self.receivers
            if not (isinstance(entry[1], weakref.ReferenceType) and entry[1]() is None)
            and not (entry[2] is not None and entry[2]() is None)
        ]
        self.sender_receivers_cache.clear()

    def _flag_dead_receivers(self, reference: object = None) -> None:
        # Called while garbage is collected, perhaps in the middle of a send: only leave a note.
        self._dead_receivers = True
        self._common = None


def _alive(receivers: _Held) -> list[Receiver]:
    return [receiver for held in receivers if (receiver := held()) is not None]


def _same(receiver: Receiver) -> Receiver:
    return receiver


def _refuse_unfit(receiver: Receiver) -> None:
    """Raise for a receiver that cannot be called the way signals call. Done in debug mode only: it is slow."""
    if not callable(receiver):
        raise TypeError("Signal receivers must be callable.")
    parameters = signature(receiver).parameters.values()
    if all(parameter.kind is not Parameter.VAR_KEYWORD for parameter in parameters):
        raise ValueError("Signal receivers must accept keyword arguments (**kwargs).")


def receiver(signal: Signal | Iterable[Signal], **kwargs: Any) -> Callable[[F], F]:
    """Connect the decorated function to a signal, or to each of several; takes what `connect()` takes."""
    signals: Iterable[Any] = signal if isinstance(signal, (list, tuple)) else [signal]

    def connect(func: F) -> F:
        for each in signals:
            each.connect(func, **kwargs)
        return func

    return connect
