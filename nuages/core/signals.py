"""Signals of the request's life and of changing settings; specified in ref/signals."""

from __future__ import annotations

from nuages.dispatch import Signal

request_started = Signal(use_caching=True)
request_finished = Signal(use_caching=True)
got_request_exception = Signal()
setting_changed = Signal()
