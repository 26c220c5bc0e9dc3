"""Signals of the testing tools.

What a room keeps of the settings it forgets by itself: beside each such cache stands a receiver of
`nuages.core.signals.setting_changed`.
"""

from __future__ import annotations

from nuages.core.signals import setting_changed
from nuages.dispatch import Signal

template_rendered = Signal()
"""Sent with `template` and `context` for each template rendered while the test environment is set up."""

__all__ = ["setting_changed", "template_rendered"]
