"""Signals: parts of a project hear of what happens in others; specified in topics/signals."""

from __future__ import annotations

from nuages.dispatch.dispatcher import Signal, receiver

__all__ = ["Signal", "receiver"]
