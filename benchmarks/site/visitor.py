"""What a page without a framework needs to know its visitor: the signed session that Django and nuages write.

A row of `django_session` holds `[.]base64(JSON):time:signature`, a dot telling that the JSON is compressed; the session
names the user and carries a digest that changes with his password.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import string
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

SECRET_KEY = "for measuring only: 7d0a4f62b95e4c1fa3c6"
CSRF_AGE = 31449600

SESSION_SQL = "SELECT session_data FROM django_session WHERE session_key = ? AND expire_date > ?"
USER_SQL = "SELECT id, username, first_name, last_name, password, is_active FROM auth_user WHERE id = ?"


def _keyed(salt: str) -> hmac.HMAC:
    return hmac.new(hashlib.sha256((salt + SECRET_KEY).encode()).digest(), digestmod=hashlib.sha256)


_session_mac = _keyed("django.contrib.sessions.SessionStoresigner")
_user_mac = _keyed("django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash")


def cookies(header: str) -> dict[str, str]:
    """Return the cookies of a header."""
    pairs = (part.partition("=") for part in header.split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def now() -> str:
    """Return the present time as the database has it."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")


def session(stored: str) -> dict[str, Any]:
    """Return the data of a stored session; empty when its signature is not ours."""
    value, _, signature = stored.rpartition(":")
    mac = _session_mac.copy()
    mac.update(value.encode())
    if not hmac.compare_digest(signature.encode(), urlsafe_b64encode(mac.digest()).rstrip(b"=")):
        return {}
    text = value.rpartition(":")[0]
    compressed = text.startswith(".")
    text = text[1:] if compressed else text
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return json.loads(zlib.decompress(data) if compressed else data)


def is_genuine(data: dict[str, Any], password: str) -> bool:
    """Say whether the session is from after the user's last change of password."""
    mac = _user_mac.copy()
    mac.update(password.encode())
    return hmac.compare_digest(mac.hexdigest(), data.get("_auth_user_hash", ""))


_LETTERS = string.ascii_letters + string.digits
_PLACE = {letter: place for place, letter in enumerate(_LETTERS)}


def csrf_secret(sent: dict[str, str]) -> str:
    """Return the visitor's secret, or a new one."""
    secret = sent.get("csrftoken", "")
    if len(secret) == 32 and secret.isascii() and secret.isalnum():
        return secret
    return "".join(secrets.choice(_LETTERS) for _ in range(32))


def csrf_token(secret: str) -> str:
    """Return a token for a form: a random mask, and the secret shifted by it."""
    mask = "".join(secrets.choice(_LETTERS) for _ in range(32))
    return mask + "".join(_LETTERS[(_PLACE[a] + _PLACE[b]) % 62] for a, b in zip(secret, mask))


def csrf_cookie(secret: str) -> str:
    """Return the cookie that keeps the secret."""
    expires = format_datetime(datetime.now(UTC) + timedelta(seconds=CSRF_AGE), usegmt=True)
    return f"csrftoken={secret}; expires={expires}; Max-Age={CSRF_AGE}; Path=/; SameSite=Lax"


#: What the middleware of the site adds to each response.
SECURITY = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
}
