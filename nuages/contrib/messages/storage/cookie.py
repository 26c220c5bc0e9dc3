"""Messages in a signed cookie."""

from __future__ import annotations

import binascii
import json
from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any

from nuages.conf import settings
from nuages.contrib.messages.storage.base import BaseStorage, Message
from nuages.core import signing
from nuages.utils.functional import cached_property
from nuages.utils.safestring import SafeData, mark_safe

#: Spelled as in Django, so that both accept the same cookies.
SALT = "django.contrib.messages"


class MessageEncoder(json.JSONEncoder):
    """Writes messages as lists that begin with a mark, and notes which texts are safe HTML."""

    message_key = "__json_message"

    def default(self, o: Any) -> Any:
        """Return a message as a list."""
        if not isinstance(o, Message):
            return super().default(o)
        written = [self.message_key, 1 if isinstance(o.message, SafeData) else 0, o.level, o.message]
        return written if o.extra_tags is None else [*written, o.extra_tags]


class MessageDecoder(json.JSONDecoder):
    """Reads what `MessageEncoder` wrote."""

    def decode(self, s: str, **kwargs: Any) -> Any:
        """Return the data with its messages."""
        return self.process_messages(super().decode(s, **kwargs))

    def process_messages(self, obj: Any) -> Any:
        """Turn marked lists into messages, at any depth."""
        match obj:
            case [MessageEncoder.message_key, safe, level, text, *rest]:
                return Message(level, mark_safe(text) if safe else text, *rest)
            case list():
                return [self.process_messages(item) for item in obj]
            case dict():
                return {key: self.process_messages(value) for key, value in obj.items()}
        return obj


class MessageSerializer:
    """Writes each message as JSON by itself, so that the cost of one more is known."""

    def dumps(self, obj: Any) -> bytes:
        """Return a list of JSON texts as one."""
        return ("[" + ",".join(obj) + "]").encode("latin-1")

    def loads(self, data: bytes) -> Any:
        """Return the messages."""
        return json.loads(data.decode("latin-1"), cls=MessageDecoder)


_NOT_GENUINE = (signing.BadSignature, json.JSONDecodeError, binascii.Error)
_NOT_FINISHED = "__messagesnotfinished__"


class CookieStorage(BaseStorage):
    """Keeps as many of the newest messages as go into a cookie."""

    cookie_name = "messages"
    # Browsers take 4096 bytes for a cookie with its attributes, and some count all of a site's cookies.
    max_cookie_size = 2048
    not_finished, not_finished_json = _NOT_FINISHED, json.dumps(_NOT_FINISHED)

    @cached_property
    def signer(self) -> Any:
        """What signs the cookie."""
        return signing.get_cookie_signer(salt=SALT)

    def _get(self, *args: Any, **kwargs: Any) -> tuple[list[Any] | None, bool]:
        messages = self._decode(self.request.COOKIES.get(self.cookie_name))
        complete = not (messages and messages[-1] == self.not_finished)
        return (messages if complete or messages is None else messages[:-1]), complete

    def _update_cookie(self, encoded_data: str | None, response: Any) -> None:
        where = {"domain": settings.SESSION_COOKIE_DOMAIN, "samesite": settings.SESSION_COOKIE_SAMESITE}
        if not encoded_data:
            response.delete_cookie(self.cookie_name, **where)
            return
        secrecy = {
            "secure": settings.SESSION_COOKIE_SECURE or None,
            "httponly": settings.SESSION_COOKIE_HTTPONLY or None,
        }
        response.set_cookie(self.cookie_name, encoded_data, **where, **secrecy)

    def _store(
        self, messages: list[Any], response: Any, remove_oldest: bool = True, *args: Any, **kwargs: Any
    ) -> list[Any]:
        unstored: list[Any] = []
        texts = self._encode_parts(messages)
        encoded = self._encode_texts(texts)
        if self.max_cookie_size and self._too_large(encoded):
            # The mark says that there are more messages elsewhere.
            mark = self.not_finished_json

            def too_many(chosen: list[str]) -> bool:
                return self._too_large(self._encode_texts([*chosen, mark]))

            if remove_oldest:
                kept = bisect_keep_right(texts, too_many)
                unstored, texts = messages[:kept], texts[kept:]
            else:
                kept = bisect_keep_left(texts, too_many)
                unstored, texts = messages[kept:], texts[:kept]
            encoded = self._encode_texts([*texts, mark])
        self._update_cookie(encoded, response)
        return unstored

    def _too_large(self, encoded: str | None) -> bool:
        # As a cookie quotes it, which is longer.
        return bool(encoded) and len(SimpleCookie().value_encode(encoded)[1]) > self.max_cookie_size  # type: ignore[arg-type]

    def _encode_parts(self, messages: Any, encode_empty: bool = False) -> list[str]:
        encoder = MessageEncoder(separators=(",", ":"))
        return [encoder.encode(message) for message in messages] if messages or encode_empty else []

    def _encode_texts(self, texts: list[str], encode_empty: bool = False) -> str | None:
        if not texts and not encode_empty:
            return None
        return self.signer.sign_object(texts, serializer=MessageSerializer, compress=True)

    def _encode(self, messages: Any, encode_empty: bool = False) -> str | None:
        return self._encode_texts(self._encode_parts(messages, encode_empty), encode_empty)

    def _decode(self, data: str | None) -> Any:
        """Return the messages of a cookie; None, and the cookie will be deleted, where it is not genuine."""
        try:
            return self.signer.unsign_object(data, serializer=MessageSerializer) if data else None
        except _NOT_GENUINE:
            self.used = True
        return None


def bisect_keep_left(a: list[Any], fn: Callable[[list[Any]], bool]) -> int:
    """Return how many of the first elements can be kept before `fn(kept)` says that they are too many."""
    low, high = 0, len(a)
    while low < high:
        middle = (low + high) // 2
        if fn(a[: middle + 1]):
            high = middle
        else:
            low = middle + 1
    return low


def bisect_keep_right(a: list[Any], fn: Callable[[list[Any]], bool]) -> int:
    """Return the index from which elements can be kept without `fn(kept)` saying that they are too many."""
    low, high = 0, len(a)
    while low < high:
        middle = (low + high) // 2
        if fn(a[middle:]):
            low = middle + 1
        else:
            high = middle
    return low
