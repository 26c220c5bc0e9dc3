"""Signing values so that they can be given away and recognised when they come back; specified in topics/signing.

A signed value is the value, a colon and a signature. Keys, salts and encodings are Django's, so each can read
what the other has signed.
"""

from __future__ import annotations

import datetime
import json
import re
import time
import warnings
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from typing import Any

from nuages.conf import settings
from nuages.utils.crypto import constant_time_compare, salted_hmac
from nuages.utils.encoding import force_bytes
from nuages.utils.module_loading import import_string

_SEP_UNSAFE = re.compile(r"[A-z0-9-_=]*")
BASE62_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_UNSAID: Any = object()


class BadSignature(Exception):
    """The signature does not match."""


class SignatureExpired(BadSignature):
    """The signature is older than allowed."""


# --- encodings ---


def b62_encode(s: int) -> str:
    """Return an integer in base 62."""
    if s == 0:
        return "0"
    sign, rest, digits = ("-" if s < 0 else ""), abs(s), []
    while rest:
        rest, digit = divmod(rest, 62)
        digits.append(BASE62_ALPHABET[digit])
    return sign + "".join(reversed(digits))


def b62_decode(s: str) -> int:
    """Return the integer that a base 62 string says."""
    number = 0
    for digit in s.removeprefix("-"):
        number = number * 62 + BASE62_ALPHABET.index(digit)
    return -number if s.startswith("-") else number


def b64_encode(s: bytes) -> bytes:
    """Return bytes in base 64 for addresses, without the equal signs at the end."""
    return urlsafe_b64encode(s).rstrip(b"=")


def b64_decode(s: bytes) -> bytes:
    """Return the bytes, with the equal signs put back."""
    return urlsafe_b64decode(s + b"=" * (-len(s) % 4))


def base64_hmac(salt: Any, value: Any, key: Any, algorithm: str = _UNSAID) -> str:
    """Return the HMAC of a value in base 64."""
    if algorithm is _UNSAID:
        from nuages.utils.deprecation import RemovedInDjango2028Warning

        warnings.warn(
            "The default argument for algorithm in base64_hmac() will change from 'sha1' to 'sha256' in Django 2028. "
            "Pass an explicit algorithm to silence this warning.",
            RemovedInDjango2028Warning,
            stacklevel=2,
        )
        algorithm = "sha1"
    return b64_encode(salted_hmac(salt, value, key, algorithm=algorithm).digest()).decode()


# --- keys ---


def _cookie_signer_key(key: Any) -> bytes:
    # A key of its own for cookies: what is signed elsewhere cannot be passed off as one.
    return b"django.http.cookies" + force_bytes(key)


def get_cookie_signer(salt: str = "django.core.signing.get_cookie_signer") -> Any:
    """Return the signer of cookies that SIGNING_BACKEND names."""
    signer = import_string(settings.SIGNING_BACKEND)
    return signer(
        key=_cookie_signer_key(settings.SECRET_KEY),
        fallback_keys=[_cookie_signer_key(key) for key in settings.SECRET_KEY_FALLBACKS],
        salt=salt,
    )


def _cookie_signer_legacy_salt(key: str, salt: str) -> str:
    # Ambiguous: "a" with salt "bc" and "ab" with salt "c" come out the same.
    return key + salt


# --- signers ---


class JSONSerializer:
    """Makes bytes of what JSON can hold, without spaces."""

    def dumps(self, obj: Any) -> bytes:
        return json.dumps(obj, separators=(",", ":")).encode("latin-1")

    def loads(self, data: bytes) -> Any:
        text = data.decode("latin-1")
        # First as dumps() writes it, without looking for space around it.
        try:
            found, end = _read_json(text)
        except ValueError:
            end = -1
        return found if end == len(text) else json.loads(text)


_read_json = json.JSONDecoder().raw_decode


def dumps(
    obj: Any,
    key: Any = None,
    salt: str = "django.core.signing",
    serializer: Any = JSONSerializer,
    compress: bool = False,
) -> str:
    """Return a signed, time-stamped string holding the object, fit for addresses.

    With `compress` it is compressed where that saves space; a dot in front tells. The salt keeps what is signed
    for one purpose from being used for another.
    """
    return TimestampSigner(key=key, salt=salt).sign_object(obj, serializer=serializer, compress=compress)


def loads(
    s: str,
    key: Any = None,
    salt: str = "django.core.signing",
    serializer: Any = JSONSerializer,
    max_age: float | datetime.timedelta | None = None,
    fallback_keys: Any = None,
) -> Any:
    """Return the object that `dumps()` signed; BadSignature when it was changed, SignatureExpired when too old."""
    if max_age is None and len(s) <= _LONGEST_REMEMBERED:
        fallbacks = settings.SECRET_KEY_FALLBACKS if fallback_keys is None else fallback_keys
        return serializer().loads(_opened(s, key or settings.SECRET_KEY, salt, tuple(fallbacks)))
    signer = TimestampSigner(key=key, salt=salt, fallback_keys=fallback_keys)
    return signer.unsign_object(s, serializer=serializer, max_age=max_age)


_LONGEST_REMEMBERED = 4096


# A visitor's session comes with each of his requests; that it is genuine has to be worked out once.
@lru_cache(maxsize=1024)
def _opened(signed: str, key: Any, salt: str, fallback_keys: tuple[Any, ...]) -> bytes:
    """Return the bytes of an object as they were signed. An error is not remembered."""
    return TimestampSigner(key=key, salt=salt, fallback_keys=fallback_keys).unsigned_bytes(signed)


class Signer:
    """Signs text with SECRET_KEY, or with a key given, and checks signatures."""

    def __init__(
        self,
        *,
        key: Any = None,
        sep: str = ":",
        salt: str | None = None,
        algorithm: str | None = None,
        fallback_keys: Any = None,
    ) -> None:
        """`fallback_keys` are accepted when checking; they default to SECRET_KEY_FALLBACKS."""
        self.key = key or settings.SECRET_KEY
        self.fallback_keys = settings.SECRET_KEY_FALLBACKS if fallback_keys is None else fallback_keys
        self.sep = sep
        self.salt = salt or f"django.core.signing.{type(self).__name__}"
        self.algorithm = algorithm or "sha256"
        if sep != ":" and _SEP_UNSAFE.fullmatch(sep):
            raise ValueError(
                f"Unsafe Signer separator: {sep!r} (cannot be empty or consist of only A-z0-9-_=)"
            )

    def signature(self, value: Any, key: Any = None) -> str:
        """Return the signature of a value."""
        return base64_hmac(f"{self.salt}signer", value, key or self.key, algorithm=self.algorithm)

    def sign(self, value: Any) -> str:
        """Return the value with its signature."""
        return f"{value}{self.sep}{self.signature(value)}"

    def unsign(self, signed_value: str) -> str:
        """Return the value; BadSignature when none of the keys has signed it."""
        if self.sep not in signed_value:
            raise BadSignature(f'No "{self.sep}" found in value')
        value, signature = signed_value.rsplit(self.sep, 1)
        for key in (self.key, *self.fallback_keys):
            if constant_time_compare(signature, self.signature(value, key)):
                return value
        raise BadSignature(f'Signature "{signature}" does not match')

    def sign_object(self, obj: Any, serializer: Any = JSONSerializer, compress: bool = False) -> str:
        """Return a signed string holding the object."""
        data = serializer().dumps(obj)
        mark = ""
        if compress:
            smaller = zlib.compress(data)
            if len(smaller) < len(data) - 1:
                data, mark = smaller, "."
        return self.sign(mark + b64_encode(data).decode())

    def unsign_object(self, signed_obj: str, serializer: Any = JSONSerializer, **kwargs: Any) -> Any:
        """Return the object that `sign_object()` signed; takes what `unsign()` does."""
        return serializer().loads(self.unsigned_bytes(signed_obj, **kwargs))

    def unsigned_bytes(self, signed_obj: str, **kwargs: Any) -> bytes:
        """Return the same before a serializer has read it."""
        encoded = self.unsign(signed_obj, **kwargs).encode()
        data = b64_decode(encoded.removeprefix(b"."))
        return zlib.decompress(data) if encoded.startswith(b".") else data


class TimestampSigner(Signer):
    """Signs text together with the time, so that signatures can be too old."""

    def timestamp(self) -> str:
        """Return the present time, in whole seconds."""
        return b62_encode(int(time.time()))

    def sign(self, value: Any) -> str:
        return super().sign(f"{value}{self.sep}{self.timestamp()}")

    def unsign(self, value: str, max_age: float | datetime.timedelta | None = None) -> str:
        """Return the value; SignatureExpired when it was signed more than `max_age` seconds ago."""
        signed, stamp = super().unsign(value).rsplit(self.sep, 1)
        if max_age is not None:
            seconds = max_age.total_seconds() if isinstance(max_age, datetime.timedelta) else max_age
            age = time.time() - b62_decode(stamp)
            if age > seconds:
                raise SignatureExpired(f"Signature age {age} > {seconds} seconds")
        return signed
