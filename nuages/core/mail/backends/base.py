"""`BaseEmailBackend`: derive from it for a way of sending of your own."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any, Self

from nuages.core.mail.errors import UnknownOptions
from nuages.utils.deprecation import RemovedInDjango2028Warning


class BaseEmailBackend:
    """Sends messages. As context manager it keeps its connection open for the block.

    Options that a subclass knows are its own keyword arguments; those that arrive here are unknown.
    """

    _fail_silently = False

    def __init__(self, *positional: Any, alias: str | None = None, **unknown: Any) -> None:
        if positional:
            # Backends of old passed `fail_silently` on by position.
            unknown = {"fail_silently": positional[0], **unknown}
        self.alias = alias
        if not unknown:
            return
        if alias is not None:
            raise UnknownOptions(list(unknown), alias=alias)
        names = ", ".join(map(repr, unknown))
        self._fail_silently = unknown.get("fail_silently", False)
        warnings.warn(
            f"{type(self).__module__}.{type(self).__qualname__}.__init__() does not support {names}. In Django "
            "2028, BaseEmailBackend will raise a TypeError for unknown keyword arguments.",
            RemovedInDjango2028Warning,
            stacklevel=2,
        )

    def __getattr__(self, name: str) -> Any:
        # Only asked where a backend has not set `fail_silently` itself.
        if name != "fail_silently":
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        warnings.warn(
            f"{type(self).__qualname__}.fail_silently is deprecated. A backend that supports it sets it itself.",
            RemovedInDjango2028Warning,
            stacklevel=2,
        )
        return self._fail_silently

    def open(self) -> bool | None:
        """Open a connection; say whether a new one was opened."""

    def close(self) -> None:
        """Close the connection."""

    def __enter__(self) -> Self:
        try:
            self.open()
        except Exception:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send_messages(self, email_messages: Iterable[Any]) -> int:
        """Send messages; return how many were sent."""
        raise NotImplementedError("subclasses of BaseEmailBackend must override send_messages() method")
