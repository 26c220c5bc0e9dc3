"""The number of threads follows what they do."""

from __future__ import annotations

from nuages.spine.crew import LONG, STUCK, Crew


def test_nothing_changes_while_the_processor_is_busy_and_work_moves() -> None:
    crew = Crew(core=1, crowd=32, most=256)
    assert {crew.change(threads=1, waiting=9, none_free=True, moved=True, idle=0.0) for _ in range(500)} == {
        0
    }


def test_threads_that_wait_get_company_one_by_one_up_to_the_crowd() -> None:
    crew = Crew(core=1, crowd=4, most=256)
    changes = [crew.change(threads=n, waiting=9, none_free=True, moved=True, idle=0.5) for n in range(1, 7)]
    assert changes == [1, 1, 1, 0, 0, 0]


def test_threads_that_are_stuck_get_company_faster_and_beyond_it() -> None:
    crew = Crew(core=1, crowd=4, most=8)
    assert crew.change(threads=4, waiting=9, none_free=True, moved=False, idle=1.0) == 2
    assert crew.change(threads=7, waiting=9, none_free=True, moved=False, idle=1.0) == 1
    assert crew.change(threads=8, waiting=9, none_free=True, moved=False, idle=1.0) == 0


def test_a_long_computation_gets_company_after_a_while() -> None:
    crew = Crew(core=1, crowd=32, most=256)
    changes = [
        crew.change(threads=1, waiting=9, none_free=True, moved=False, idle=0.0) for _ in range(2 * STUCK + 2)
    ]
    assert changes.count(1) == 2
    assert changes[: STUCK + 1] == [0] * STUCK + [1]


def test_no_more_threads_than_work() -> None:
    crew = Crew(core=1, crowd=32, most=256)
    assert crew.change(threads=20, waiting=3, none_free=True, moved=False, idle=1.0) == 3


def test_a_free_thread_on_a_busy_machine_gets_no_company() -> None:
    crew = Crew(core=1, crowd=32, most=256)
    assert crew.change(threads=2, waiting=3, none_free=False, moved=True, idle=0.9) == 0


def test_threads_that_a_busy_processor_has_no_use_for_end_one_by_one_down_to_the_core() -> None:
    crew = Crew(core=2, crowd=32, most=256)
    threads, changes = 5, 0
    for _ in range(10 * LONG):
        change = crew.change(threads=threads, waiting=9, none_free=False, moved=True, idle=0.0)
        threads += change
        changes += change != 0
    assert (threads, changes) == (2, 3)
