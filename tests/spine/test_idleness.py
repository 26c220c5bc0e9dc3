"""A process that gets no processor is not idle."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from nuages.spine import idleness
from nuages.spine.idleness import Idleness, seconds_in_line


class Clocks:
    """Clocks that are set by hand."""

    def __init__(self) -> None:
        self.now = self.used = self.in_line = 0.0
        self.looked_up = 0

    def seconds_in_line(self) -> float:
        self.looked_up += 1
        return self.in_line

    def pass_by(self, seconds: float, used: float, in_line: float = 0.0) -> None:
        self.now += seconds
        self.used += used
        self.in_line += in_line


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    made = Clocks()
    monkeypatch.setattr(idleness.time, "monotonic", lambda: made.now)
    monkeypatch.setattr(idleness.time, "process_time", lambda: made.used)
    monkeypatch.setattr(idleness, "seconds_in_line", made.seconds_in_line)
    return made


def test_a_busy_process_is_not_looked_into(clocks: Clocks) -> None:
    idle = Idleness(suspicious=0.25)
    clocks.pass_by(1, used=0.9)
    assert idle.since_last_look() == pytest.approx(0.1)
    assert clocks.looked_up == 0


def test_idleness_is_believed_at_the_second_look(clocks: Clocks) -> None:
    idle = Idleness(suspicious=0.25)
    clocks.pass_by(1, used=0.2)
    assert idle.since_last_look() == 0.25
    clocks.pass_by(1, used=0.2)
    assert idle.since_last_look() == pytest.approx(0.8)


def test_waiting_for_a_processor_that_others_use_is_not_idleness(clocks: Clocks) -> None:
    idle = Idleness(suspicious=0.25)
    for _ in range(2):
        clocks.pass_by(1, used=0.4, in_line=0.6)
        found = idle.since_last_look()
    assert found == pytest.approx(0.0)


def test_a_new_beginning_forgets_what_was_before(clocks: Clocks) -> None:
    idle = Idleness(suspicious=0.25)
    clocks.pass_by(100, used=0)
    idle.begin()
    clocks.pass_by(1, used=1)
    assert idle.since_last_look() == pytest.approx(0.0)


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="the kernel does not count here")
def test_the_kernel_says_how_long_threads_stood_in_line() -> None:
    before = seconds_in_line()
    until = time.monotonic() + 0.02
    while time.monotonic() < until:
        pass
    assert 0 <= before <= seconds_in_line() < 1e6


def test_where_nothing_counts_nobody_stands_in_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(idleness, "_TASKS", tmp_path / "none")
    assert seconds_in_line() == 0.0
