"""What views call: `messages.success(request, "Saved.")`."""

from __future__ import annotations

from typing import Any

from nuages.contrib.messages import constants
from nuages.contrib.messages.storage import default_storage

__all__ = (
    "MessageFailure",
    "add_message",
    "debug",
    "error",
    "get_level",
    "get_messages",
    "info",
    "set_level",
    "success",
    "warning",
)


class MessageFailure(Exception):
    """The request has no place for messages, as the middleware is not installed."""


def add_message(
    request: Any, level: int, message: Any, extra_tags: str = "", fail_silently: bool = False
) -> None:
    """Leave a message of `level` for the visitor. Raises `MessageFailure`, unless asked to fail silently."""
    try:
        storage = request._messages
    except AttributeError:
        # Wrapped requests are welcome, so that only what is surely none is named as such.
        if not hasattr(request, "META"):
            raise TypeError(
                f"add_message() argument must be an HttpRequest object, not '{type(request).__name__}'."
            ) from None
        if not fail_silently:
            raise MessageFailure(
                "You cannot add messages without installing django.contrib.messages.middleware.MessageMiddleware"
            ) from None
    else:
        storage.add(level, message, extra_tags)


def get_messages(request: Any) -> Any:
    """Return the messages for this visitor; those that are iterated over are gone afterwards."""
    return getattr(request, "_messages", [])


def get_level(request: Any) -> int:
    """Return the least level that is recorded."""
    storage = getattr(request, "_messages", None)
    return (default_storage(request) if storage is None else storage).level


def set_level(request: Any, level: int | None) -> bool:
    """Record only messages of `level` and above (None: what the settings say); say whether that was possible."""
    if not hasattr(request, "_messages"):
        return False
    request._messages.level = level
    return True


def debug(request: Any, message: Any, extra_tags: str = "", fail_silently: bool = False) -> None:
    """Leave a message for developers."""
    add_message(request, constants.DEBUG, message, extra_tags, fail_silently)


def info(request: Any, message: Any, extra_tags: str = "", fail_silently: bool = False) -> None:
    """Leave an informational message."""
    add_message(request, constants.INFO, message, extra_tags, fail_silently)


def success(request: Any, message: Any, extra_tags: str = "", fail_silently: bool = False) -> None:
    """Say that something worked."""
    add_message(request, constants.SUCCESS, message, extra_tags, fail_silently)


def warning(request: Any, message: Any, extra_tags: str = "", fail_silently: bool = False) -> None:
    """Warn of something."""
    add_message(request, constants.WARNING, message, extra_tags, fail_silently)


def error(request: Any, message: Any, extra_tags: str = "", fail_silently: bool = False) -> None:
    """Say that something did not work."""
    add_message(request, constants.ERROR, message, extra_tags, fail_silently)
