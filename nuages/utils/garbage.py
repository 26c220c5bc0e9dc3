"""Garbage collection while a project is loaded, and while much is made that is soon thrown away."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def lasting() -> Iterator[None]:
    """Make things that last as long as the process: do not look among them for garbage, now or later.

    Collecting while modules are imported finds next to nothing and costs more the more there is. What is frozen
    afterwards is not looked through again by every full collection while requests are served.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if enabled:
            gc.enable()


@contextmanager
def undisturbed() -> Iterator[None]:
    """Make many things that are in use until all of them go at once: look for garbage before or after that only."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
