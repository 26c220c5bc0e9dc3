"""Secrets: random strings, comparison in constant time, keyed digests; with the standard library's functions."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import string
import warnings
from collections.abc import Callable
from functools import lru_cache
from secrets import compare_digest
from typing import Any

from nuages.utils.encoding import force_bytes


class InvalidAlgorithm(ValueError):
    """The hashlib module has no such algorithm."""


RANDOM_STRING_CHARS = string.ascii_lowercase + string.ascii_uppercase + string.digits
_UNSAID: Any = object()


def salted_hmac(
    key_salt: str | bytes, value: Any, secret: Any = None, *, algorithm: str = _UNSAID
) -> hmac.HMAC:
    """Return the HMAC of a value, with a key made of the salt and a secret: SECRET_KEY unless one is given.

    Each use should have a salt of its own, so that what is signed for one cannot be used for another.
    """
    if algorithm is _UNSAID:
        from nuages.utils.deprecation import RemovedInDjango2028Warning

        warnings.warn(
            "The default argument for algorithm in salted_hmac() will change from 'sha1' to 'sha256' in Django "
            "2028. Pass an explicit algorithm to silence this warning.",
            RemovedInDjango2028Warning,
            stacklevel=2,
        )
        algorithm = "sha1"
    if secret is None:
        from nuages.conf import settings

        secret = settings.SECRET_KEY
    keyed = _keyed(key_salt, secret, algorithm).copy()
    keyed.update(force_bytes(value))
    return keyed


# A site signs with few keys, and again and again: what is the same each time is kept.
@lru_cache(maxsize=128)
def _keyed(key_salt: str | bytes, secret: Any, algorithm: str) -> hmac.HMAC:
    """Return the HMAC of nothing yet, to be copied."""
    try:
        hasher = getattr(hashlib, algorithm)
    except AttributeError as error:
        raise InvalidAlgorithm(
            f"{algorithm!r} is not an algorithm accepted by the hashlib module."
        ) from error
    # The salt and the secret are hashed together: whatever their lengths, the key fits the digest.
    key = hasher(force_bytes(key_salt) + force_bytes(secret)).digest()
    return hmac.new(key, digestmod=hasher)


def get_random_string(length: int, allowed_chars: str = RANDOM_STRING_CHARS) -> str:
    """Return a random string that cannot be guessed. 22 of the default characters make 131 bits."""
    table = _draw_table(allowed_chars)
    if table is None:
        return "".join(secrets.choice(allowed_chars) for _ in range(length))
    drawn = b""
    while len(drawn) < length:
        drawn += os.urandom(length + 16).translate(*table)
    return drawn[:length].decode("latin-1")


@lru_cache(maxsize=32)
def _draw_table(allowed_chars: str) -> tuple[bytes, bytes] | None:
    """Return what turns random bytes into characters, and the bytes to leave out; None for other alphabets.

    Bytes beyond the last whole multiple of the alphabet's size would make its first characters likelier.
    """
    size = len(allowed_chars)
    if not 0 < size <= 256 or max(allowed_chars) > "\xff":
        return None
    letters = allowed_chars.encode("latin-1")
    return bytes(letters[byte % size] for byte in range(256)), bytes(range(256 - 256 % size, 256))


def constant_time_compare(val1: Any, val2: Any) -> bool:
    """Return whether two strings are equal, in a time that does not tell where they differ."""
    try:
        return compare_digest(val1, val2)
    except TypeError:
        # Not in ASCII, or of two kinds.
        return compare_digest(force_bytes(val1), force_bytes(val2))


def pbkdf2(
    password: Any, salt: Any, iterations: int, dklen: int = 0, digest: Callable[..., Any] | None = None
) -> bytes:
    """Return the PBKDF2 hash of a password, with SHA-256 unless another digest is given."""
    return hashlib.pbkdf2_hmac(
        (digest or hashlib.sha256)().name, force_bytes(password), force_bytes(salt), iterations, dklen or None
    )
