from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nuages.core.paginator import (
    AsyncPaginator,
    EmptyPage,
    InvalidPage,
    PageNotAnInteger,
    Paginator,
    UnorderedObjectListWarning,
)


@settings(deadline=None)
@given(st.integers(0, 200), st.integers(2, 20), st.data())
def test_the_pages_together_are_the_list(length, per_page, data):
    orphans = data.draw(st.integers(0, per_page - 1))
    paginator = Paginator(range(length), per_page, orphans)
    assert [one for page in paginator for one in page] == list(range(length))
    assert all(len(page) <= per_page + orphans for page in paginator)


@settings(deadline=None)
@given(st.integers(1, 200), st.integers(0, 5), st.integers(0, 5), st.data())
def test_the_elided_range_is_in_order_and_holds_the_page(pages, each, ends, data):
    number = data.draw(st.integers(1, pages))
    paginator = Paginator(range(pages), 1)
    shown = list(paginator.get_elided_page_range(number, on_each_side=each, on_ends=ends))
    numbers = [page for page in shown if page != paginator.ELLIPSIS]
    assert numbers == sorted(set(numbers))
    assert number in numbers
    assert shown.count(paginator.ELLIPSIS) <= 2


def test_a_gap_of_one_page_is_not_elided():
    paginator = Paginator(range(50), 1)
    assert list(paginator.get_elided_page_range(7)) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, "…", 49, 50]
    assert list(paginator.get_elided_page_range(8))[:4] == [1, 2, "…", 5]


def test_page_refuses_and_get_page_forgives():
    paginator = Paginator("abcde", 2)
    for wrong, error in (
        (None, PageNotAnInteger),
        ("x", PageNotAnInteger),
        (1.5, PageNotAnInteger),
        (0, EmptyPage),
    ):
        with pytest.raises(error):
            paginator.page(wrong)
    with pytest.raises(InvalidPage, match="That page contains no results"):
        paginator.page(4)
    assert paginator.get_page("x").number == 1
    assert paginator.get_page(99).number == 3
    assert paginator.get_page(-1).number == 3


def test_names_are_not_indices():
    page = Paginator("abc", 2).page(1)
    with pytest.raises(TypeError, match="Page indices must be integers or slices, not str"):
        page["has_next"]
    assert page.object_list == "ab"


def test_an_unordered_list_is_warned_about():
    class Unordered:
        ordered = False

    with pytest.warns(UnorderedObjectListWarning, match="inconsistent results"):
        Paginator(Unordered(), 5)


def test_the_async_face_gives_the_same_pages():
    class Counting(list):
        async def acount(self):
            return len(self)

    async def main():
        paginator = AsyncPaginator(Counting("abcde"), 2)
        page = await paginator.apage(2)
        with pytest.raises(TypeError, match="must be awaited before calling len"):
            len(AsyncPaginator("abc", 2)._get_page("ab", 1, paginator))
        return (
            [one async for one in page],
            await page.ahas_next(),
            await paginator.anum_pages(),
            [number async for number in paginator.aget_elided_page_range(1)],
        )

    assert asyncio.run(main()) == (["c", "d"], True, 3, [1, 2, 3])
