"""The caches that need no server."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from nuages.core.cache import CacheHandler
from nuages.core.cache.backends.filebased import FileBasedCache
from nuages.core.cache.backends.locmem import LocMemCache
from nuages.core.cache.utils import make_template_fragment_key


@pytest.fixture(params=["memory", "files"])
def cache(request: pytest.FixtureRequest, tmp_path: Any) -> Any:
    options = {"OPTIONS": {"MAX_ENTRIES": 20}}
    made: Any = (
        LocMemCache(str(tmp_path), options)
        if request.param == "memory"
        else FileBasedCache(tmp_path, options)
    )
    made.clear()
    return made


def test_what_is_set_is_there_until_it_is_deleted(cache: Any) -> None:
    cache.set("key", {"a": 1})
    assert cache.get("key") == {"a": 1}
    assert cache.delete("key") is True
    assert cache.get("key", "gone") == "gone"


def test_add_does_not_overwrite(cache: Any) -> None:
    assert cache.add("key", 1) is True
    assert cache.add("key", 2) is False
    assert cache.get("key") == 1


def test_no_time_left_means_not_kept(cache: Any) -> None:
    cache.set("key", 1, timeout=0)
    assert "key" not in cache


def test_none_is_a_value(cache: Any) -> None:
    cache.set("key", None)
    assert cache.get_or_set("key", 1) is None


def test_counting_needs_something_to_count(cache: Any) -> None:
    cache.set("n", 1)
    assert cache.incr("n", 4) == 5
    with pytest.raises(ValueError, match="not found"):
        cache.incr("m")


def test_versions_are_kept_apart(cache: Any) -> None:
    cache.set("key", "one", version=1)
    assert cache.get("key", version=2) is None
    cache.incr_version("key", version=1)
    assert cache.get("key", version=2) == "one"


def test_the_cache_does_not_grow_without_end(cache: Any) -> None:
    for number in range(60):
        cache.set(f"key{number}", number)
    assert sum(f"key{number}" in cache for number in range(60)) <= 20


def test_twins_do_the_same(cache: Any) -> None:
    async def through_twins() -> Any:
        await cache.aset("key", 1)
        await cache.aincr("key")
        return await cache.aget("key")

    assert asyncio.run(through_twins()) == 2


def test_fragments_that_vary_differently_have_different_keys() -> None:
    keys = [make_template_fragment_key("x", vary) for vary in (["a:b", "c"], ["a", "b:c"], ["a:b:c"])]
    assert len(set(keys)) == 3


def test_packages_can_ask_whether_a_cache_has_been_made_without_making_it() -> None:
    handler = CacheHandler({"default": {"BACKEND": "nuages.core.cache.backends.dummy.DummyCache"}})
    assert not hasattr(handler._connections, "default")
    made = handler["default"]
    assert handler._connections.default is made
