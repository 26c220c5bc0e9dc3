"""Messages in the cookie as long as there is room, then in the session."""

from __future__ import annotations

from typing import Any

from nuages.contrib.messages.storage.base import BaseStorage, Message
from nuages.contrib.messages.storage.cookie import CookieStorage
from nuages.contrib.messages.storage.session import SessionStorage
from nuages.utils.functional import cached_property


class FallbackStorage(BaseStorage):
    """Asks several storages in turn."""

    storage_classes: tuple[type[BaseStorage], ...] = (CookieStorage, SessionStorage)

    # Made when there is something to say: most pages neither have messages nor show them.
    @cached_property
    def storages(self) -> list[BaseStorage]:
        """The storages, in their order."""
        args, kwargs = self._arguments
        return [storage_class(self.request, *args, **kwargs) for storage_class in self.storage_classes]

    @cached_property
    def _used_storages(self) -> set[BaseStorage]:
        return set()

    def _get(self, *args: Any, **kwargs: Any) -> tuple[list[Message], bool]:
        found: list[Message] = []
        complete = False
        for storage in self.storages:
            messages, complete = storage._get()
            # None: this storage has never been written to, and neither have those after it.
            if messages is None:
                break
            if messages:
                self._used_storages.add(storage)
            found.extend(messages)
            if complete:
                break
        return found, complete

    def _store(self, messages: Any, response: Any, *args: Any, **kwargs: Any) -> list[Message]:
        left = messages
        for storage in self.storages:
            if left:
                left = storage._store(left, response, remove_oldest=False)
            elif storage in self._used_storages:
                # What it held has been shown.
                storage._store([], response)
                self._used_storages.remove(storage)
        return left
