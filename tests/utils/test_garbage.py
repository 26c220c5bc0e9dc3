from __future__ import annotations

import gc

import pytest

from nuages.utils.garbage import undisturbed


def test_garbage_is_collected_again_after_much_was_made_even_by_something_that_fails() -> None:
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError), undisturbed():
        assert not gc.isenabled()
        1 / 0  # noqa: B018
    assert gc.isenabled()


def test_those_who_collect_no_garbage_are_left_alone() -> None:
    gc.disable()
    try:
        with undisturbed():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
