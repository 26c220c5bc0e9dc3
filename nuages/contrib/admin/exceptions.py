"""What can be wrong with a registration or a page's address."""

from __future__ import annotations

from nuages.core.exceptions import SuspiciousOperation


class DisallowedModelAdminLookup(SuspiciousOperation):
    """A filter that was not allowed."""


class DisallowedModelAdminToField(SuspiciousOperation):
    """A field that nothing points at."""


class AlreadyRegistered(Exception):
    """The model is registered."""


class NotRegistered(Exception):
    """The model is not registered."""
