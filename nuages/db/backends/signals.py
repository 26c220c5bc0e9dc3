"""The signal sent when a connection has been opened."""

from __future__ import annotations

from nuages.dispatch import Signal

#: Sent with `connection` after the driver has connected.
connection_created = Signal()
