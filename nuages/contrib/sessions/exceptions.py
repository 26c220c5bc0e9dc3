"""What goes wrong with sessions."""

from __future__ import annotations

from nuages.core.exceptions import BadRequest, SuspiciousOperation


class InvalidSessionKey(SuspiciousOperation):
    """The session key has characters that no key has."""


class SuspiciousSession(SuspiciousOperation):
    """The session's data may have been tampered with."""


class SessionInterrupted(BadRequest):
    """The session was deleted while the request that uses it was running."""
