"""`Message` and `BaseStorage`: what is said, and the part of storing it that all storages share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nuages.conf import settings
from nuages.contrib.messages import constants
from nuages.contrib.messages.utils import get_level_tags
from nuages.utils.functional import SimpleLazyObject
from nuages.utils.memo import on_change

LEVEL_TAGS: Any = SimpleLazyObject(get_level_tags)


def _read_tags_anew() -> None:
    global LEVEL_TAGS
    LEVEL_TAGS = SimpleLazyObject(get_level_tags)


on_change(_read_tags_anew, "MESSAGE_TAGS")


class Message:
    """A message with its level and tags; it is shown as its text."""

    def __init__(self, level: int, message: Any, extra_tags: str | None = None) -> None:
        self.level = int(level)
        self.message = message
        self.extra_tags = extra_tags

    def _prepare(self) -> None:
        # Lazy translations are decided now: they cannot be stored, and this is the visitor's language.
        self.message = str(self.message)
        self.extra_tags = None if self.extra_tags is None else str(self.extra_tags)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Message):
            return NotImplemented
        return (self.level, self.message) == (other.level, other.message)

    def __hash__(self) -> int:
        return hash((self.level, str(self.message)))

    def __str__(self) -> str:
        return str(self.message)

    def __repr__(self) -> str:
        tags = f", extra_tags={self.extra_tags!r}" if self.extra_tags else ""
        return f"Message(level={self.level}, message={self.message!r}{tags})"

    @property
    def tags(self) -> str:
        """The extra tags and the level's, for a `class` attribute."""
        return " ".join(tag for tag in (self.extra_tags, self.level_tag) if tag)

    @property
    def level_tag(self) -> str:
        """The tag of the level."""
        return LEVEL_TAGS.get(self.level, "")


class BaseStorage:
    """The messages of one request: those from before, loaded when looked at, and those that are new.

    Storages give `_get` and `_store`.
    """

    #: Whether they were looked at, and whether there are new ones.
    used = False
    added_new = False

    def __init__(self, request: Any, *args: Any, **kwargs: Any) -> None:
        self.request = request
        self._queued_messages: list[Message] = []
        self._arguments = args, kwargs
        super().__init__(*args, **kwargs)

    def __len__(self) -> int:
        return len(self._loaded_messages) + len(self._queued_messages)

    def __iter__(self) -> Iterator[Message]:
        self.used = True
        if self._queued_messages:
            self._loaded_messages.extend(self._queued_messages)
            self._queued_messages = []
        return iter(self._loaded_messages)

    def __contains__(self, item: object) -> bool:
        return item in self._loaded_messages or item in self._queued_messages

    def __repr__(self) -> str:
        return f"<{type(self).__qualname__}: request={self.request!r}>"

    @property
    def _loaded_messages(self) -> list[Message]:
        if not hasattr(self, "_loaded_data"):
            messages, _ = self._get()
            self._loaded_data: list[Message] = messages or []
        return self._loaded_data

    def _get(self, *args: Any, **kwargs: Any) -> tuple[list[Message] | None, bool]:
        """Return the stored messages (None where this storage has none) and whether those are all."""
        raise NotImplementedError("subclasses of BaseStorage must provide a _get() method")

    def _store(self, messages: Any, response: Any, *args: Any, **kwargs: Any) -> list[Message]:
        """Store `messages` and return those for which there was no room."""
        raise NotImplementedError("subclasses of BaseStorage must provide a _store() method")

    def _prepare_messages(self, messages: list[Message]) -> None:
        for message in messages:
            message._prepare()

    def update(self, response: Any) -> list[Message] | None:
        """Store what the next page should show; return what there was no room for."""
        if self._queued_messages:
            self._prepare_messages(self._queued_messages)
        if self.used:
            return self._store(self._queued_messages, response)
        if self.added_new:
            return self._store(self._loaded_messages + self._queued_messages, response)
        return None

    def add(self, level: int, message: Any, extra_tags: str | None = "") -> None:
        """Add a message, unless it is empty or below the level that is recorded."""
        if message and int(level) >= self.level:
            self.added_new = True
            self._queued_messages.append(Message(level, message, extra_tags=extra_tags))

    def _get_level(self) -> int:
        if not hasattr(self, "_level"):
            self._level = getattr(settings, "MESSAGE_LEVEL", constants.INFO)
        return self._level

    def _set_level(self, value: int | None = None) -> None:
        if value is not None:
            self._level = int(value)
        elif hasattr(self, "_level"):
            del self._level

    level = property(_get_level, _set_level, _set_level)
