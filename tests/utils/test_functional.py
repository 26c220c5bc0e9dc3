from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuages.utils.functional import (
    LazyObject,
    Promise,
    SimpleLazyObject,
    cached_property,
    classproperty,
    keep_lazy,
    lazy,
    lazystr,
    partition,
)


def test_a_cached_property_is_worked_out_once_and_can_be_forgotten():
    class Page:
        visits = 0

        @cached_property
        def title(self):
            Page.visits += 1
            return f"title {Page.visits}"

    page = Page()
    assert (page.title, page.title) == ("title 1", "title 1")
    del page.title
    assert page.title == "title 2"


def test_a_lazy_text_is_worked_out_each_time_it_is_used():
    words = iter(["one", "two"])
    text = lazy(lambda: next(words), str)()
    assert isinstance(text, Promise)
    assert str(text) == "one"
    assert text.upper() == "TWO"


def test_a_lazy_text_behaves_as_text():
    text = lazystr("cloud")
    assert text == "cloud"
    assert hash(text) == hash("cloud")
    assert text + "s" == "clouds"
    assert "a " + text == "a cloud"
    assert f"{text:>6}" == " cloud"
    assert sorted([lazystr("b"), lazystr("a")]) == ["a", "b"]
    assert pickle.loads(pickle.dumps(text)) == "cloud"


def test_keep_lazy_waits_only_for_lazy_arguments():
    calls = []

    @keep_lazy(str)
    def shout(text):
        calls.append(text)
        return str(text).upper()

    assert shout("now") == "NOW"
    later = shout(lazystr("later"))
    assert len(calls) == 1
    assert str(later) == "LATER"


def test_a_simple_lazy_object_is_made_when_first_touched():
    made = []

    def make():
        made.append(True)
        return {"a": 1}

    lazily = SimpleLazyObject(make)
    assert not made
    assert lazily["a"] == 1
    assert (len(lazily), "a" in lazily, bool(lazily), isinstance(lazily, dict)) == (1, True, True, True)
    assert made == [True]


def test_a_lazy_object_writes_through():
    class Target:
        pass

    target = Target()

    class Lazy(LazyObject):
        def _setup(self):
            self._wrapped = target

    lazily = Lazy()
    lazily.colour = "grey"
    assert target.colour == "grey"
    del lazily.colour
    assert not hasattr(target, "colour")
    with pytest.raises(TypeError):
        del lazily._wrapped


def test_a_class_property_is_read_from_the_class():
    class Shape:
        sides = 4

        @classproperty
        def doubled(cls):
            return cls.sides * 2

    assert Shape.doubled == 8


@given(st.lists(st.integers()))
def test_partition_loses_nothing_and_keeps_the_order(numbers):
    odd_ones, even_ones = partition(lambda number: number % 2 == 0, numbers)
    assert even_ones == [number for number in numbers if number % 2 == 0]
    assert odd_ones == [number for number in numbers if number % 2]
