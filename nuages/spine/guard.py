"""The guard: notices code that holds the event loop.

Workers tell the guard when they start and stop running, which costs a clock reading. A watching thread looks
in from time to time; when one run has lasted past the threshold it reads the thread's stack and logs the
place, once per place.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from pathlib import Path
from types import FrameType

logger = logging.getLogger("nuages.spine.guard")

_OURS = str(Path(__file__).parent.parent)
_STDLIB = os.path.dirname(os.__file__)


class Guard:
    """Watch one thread's event loop; `threshold` in seconds. Start it with `start`, end it with `stop`."""

    def __init__(self, threshold: float = 0.05) -> None:
        if threshold <= 0:
            raise ValueError(f"the guard's threshold must be more than 0 seconds, got {threshold!r}")
        self.threshold = threshold
        self.reported: set[tuple[str, int]] = set()
        self._since = 0.0
        self._thread = threading.get_ident()
        self._stopped = threading.Event()

    def enter(self) -> None:
        """Note that code starts to run on the loop's thread."""
        self._since = time.monotonic()

    def leave(self) -> None:
        """Note that the loop is free again."""
        self._since = 0.0

    def start(self) -> None:
        """Start the watching thread; the calling thread is the one that is watched."""
        self._thread = threading.get_ident()
        threading.Thread(target=self._watch, name="nuages-guard", daemon=True).start()

    def stop(self) -> None:
        """End the watching thread."""
        self._stopped.set()

    def _watch(self) -> None:
        seen = 0.0
        while not self._stopped.wait(self.threshold / 2):
            since = self._since
            if since and since != seen and time.monotonic() - since > self.threshold:
                seen = since
                frame = sys._current_frames().get(self._thread)
                if frame is not None and self._since == since:
                    self._report(frame, time.monotonic() - since)

    def _report(self, frame: FrameType, lasted: float) -> None:
        theirs = [f for f in _outward(frame) if not _is_machinery(f)]
        place = theirs[0] if theirs else frame
        key = place.f_code.co_filename, place.f_lineno
        if key in self.reported:
            return
        self.reported.add(key)
        logger.warning(
            "%s has held the event loop for %.0f ms at %s:%s; wait cooperatively, use offload(...), "
            "or make the view a plain def without @cooperative",
            (theirs[-1] if theirs else place).f_code.co_qualname,
            lasted * 1000,
            *key,
        )


def _is_machinery(frame: FrameType) -> bool:
    module = frame.f_globals.get("__name__", "")
    in_stdlib = (
        frame.f_code.co_filename.startswith(_STDLIB) and "site-packages" not in frame.f_code.co_filename
    )
    return in_stdlib or frame.f_code.co_filename.startswith((_OURS, "<")) or module.startswith("granian")


def _outward(frame: FrameType | None) -> list[FrameType]:
    frames = []
    while frame is not None:
        frames.append(frame)
        frame = frame.f_back
    return frames
