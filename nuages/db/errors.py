"""From a driver's exceptions to ours."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from nuages.db import exceptions

if TYPE_CHECKING:
    from nuages.db.backends.base.base import BaseDatabaseWrapper

F = TypeVar("F", bound=Callable[..., Any])

#: From the most special to the most general; PEP 249 makes every driver name them so.
PEP_249 = (
    "DataError",
    "OperationalError",
    "IntegrityError",
    "InternalError",
    "ProgrammingError",
    "NotSupportedError",
    "DatabaseError",
    "InterfaceError",
    "Error",
)

#: These say something about a row or a query; all others may mean that the connection itself is broken.
HARMLESS = (exceptions.DataError, exceptions.IntegrityError)


@functools.cache
def translations(driver: Any) -> dict[type[BaseException], type[exceptions.Error]]:
    """Map a driver module's exception classes to ours."""
    found = {getattr(driver, name, None): getattr(exceptions, name) for name in PEP_249}
    return {theirs: ours for theirs, ours in found.items() if isinstance(theirs, type)}


def our_class(driver: Any, kind: type[BaseException]) -> type[exceptions.Error] | None:
    """Return our class for an exception class of the driver, None for somebody else's."""
    table = translations(driver)
    for base in kind.__mro__:
        if base in table:
            return table[base]
    return None


class DatabaseErrorWrapper:
    """Context manager and decorator: what the driver raises inside comes out as one of our exceptions."""

    __slots__ = ("wrapper",)

    def __init__(self, wrapper: BaseDatabaseWrapper) -> None:
        self.wrapper = wrapper

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is None or error is None:
            return
        ours = self.translate(error)
        if ours is not error:
            raise ours.with_traceback(traceback) from error

    def translate(self, error: BaseException) -> BaseException:
        """Return our exception for the driver's (with its arguments), anything else as it is."""
        kind = our_class(self.wrapper.Database, type(error))
        if kind is None:
            return error
        if kind not in HARMLESS:
            self.wrapper.errors_occurred = True
        ours = kind(*error.args)
        if advice := self.wrapper.advice(error):
            ours.add_note(advice)
        return ours

    def __call__(self, function: F) -> F:
        @functools.wraps(function)
        def translated(*args: Any, **kwargs: Any) -> Any:
            with self:
                return function(*args, **kwargs)

        return translated  # type: ignore[return-value]
