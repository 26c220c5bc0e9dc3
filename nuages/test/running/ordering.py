"""In which order tests run, and which of them."""

from __future__ import annotations

import hashlib
import random
import unittest
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, TypeVar

T = TypeVar("T")


def iter_test_cases(tests: Any) -> Iterator[Any]:
    """Yield the test cases of suites within suites, in order. Raises `TypeError` for strings among them."""
    if isinstance(tests, str):
        # Strings are iterables of strings, for ever.
        raise TypeError(
            f"Test {tests[:1]!r} must be a test case or test suite not string (was found in {tests!r})."
        )
    for test in tests:
        if isinstance(test, str):
            raise TypeError(
                f"Test {test!r} must be a test case or test suite not string (was found in {tests!r})."
            )
        if isinstance(test, unittest.TestCase):
            yield test
        else:
            yield from iter_test_cases(test)


class Shuffler:
    """Shuffles repeatably: an item's place depends on the seed and the item, not on what else is there.

    So the order of some tests stays the same when others are left out.
    """

    hash_algorithm = "md5"

    @classmethod
    def _hash_text(cls, text: str) -> str:
        return hashlib.new(cls.hash_algorithm, text.encode(), usedforsecurity=False).hexdigest()

    def __init__(self, seed: int | None = None) -> None:
        self.seed_source = "generated" if seed is None else "given"
        # Ten digits are easy to type in again.
        self.seed = random.randint(0, 10**10 - 1) if seed is None else seed

    @property
    def seed_display(self) -> str:
        """The seed and where it came from."""
        return f"{self.seed!r} ({self.seed_source})"

    def _hash_item(self, item: Any, key: Callable[[Any], str]) -> str:
        return self._hash_text(f"{self.seed}{key(item)}")

    def shuffle(self, items: Iterable[T], key: Callable[[T], str]) -> list[T]:
        """Return `items` in the order of this seed; `key` names an item. Raises `RuntimeError` for equal names."""
        by_hash: dict[str, T] = {}
        for item in items:
            hashed = self._hash_item(item, key)
            if hashed in by_hash:
                raise RuntimeError(f"item {item!r} has same hash {hashed!r} as item {by_hash[hashed]!r}")
            by_hash[hashed] = item
        return [by_hash[hashed] for hashed in sorted(by_hash)]


def _class_name(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def _by_class(tests: Iterable[Any]) -> dict[type, list[Any]]:
    groups: dict[type, dict[Any, None]] = {}
    for test in tests:
        groups.setdefault(type(test), {})[test] = None
    return {cls: list(group) for cls, group in groups.items()}


def shuffle_tests(tests: Iterable[Any], shuffler: Shuffler) -> Iterator[Any]:
    """Shuffle the classes, and the tests within each class."""
    groups = _by_class(tests)
    return chain.from_iterable(
        shuffler.shuffle(groups[cls], key=lambda test: test.id())
        for cls in shuffler.shuffle(groups, key=_class_name)
    )


def reorder_test_bin(
    tests: Iterable[Any], shuffler: Shuffler | None = None, reverse: bool = False
) -> Iterator[Any]:
    """Bring tests of a class together, shuffled and reversed as asked."""
    if shuffler is not None:
        ordered = list(shuffle_tests(tests, shuffler))
    else:
        ordered = list(chain.from_iterable(_by_class(tests).values()))
    return reversed(ordered) if reverse else iter(ordered)


def reorder_tests(
    tests: Iterable[Any], classes: Sequence[type], reverse: bool = False, shuffler: Shuffler | None = None
) -> Iterator[Any]:
    """Order tests by which of `classes` they derive from, the rest last; within each as `reorder_test_bin`."""
    bins: list[list[Any]] = [[] for _ in range(len(classes) + 1)]
    for test in dict.fromkeys(tests):
        place = next((n for n, cls in enumerate(classes) if isinstance(test, cls)), len(classes))
        bins[place].append(test)
    return chain.from_iterable(reorder_test_bin(each, shuffler, reverse) for each in bins)


def partition_suite_by_case(suite: Any) -> list[Any]:
    """Split a suite into one suite per run of tests of the same class."""
    suites: list[Any] = []
    last = None
    for test in iter_test_cases(suite):
        if type(test) is not last:
            suites.append(type(suite)())
            last = type(test)
        suites[-1].addTest(test)
    return suites


def test_match_tags(test: Any, tags: Collection[str], exclude_tags: Collection[str]) -> bool:
    """Say whether a test, by its own tags and its class's, is wanted. What cannot be loaded always is."""
    if isinstance(test, unittest.loader._FailedTest):  # type: ignore[attr-defined]
        return True
    method = getattr(test, test._testMethodName)
    own = set(getattr(test, "tags", ())) | set(getattr(method, "tags", ()))
    return bool(not tags or own & set(tags)) and not own & set(exclude_tags)


# pytest would take the function above for a test.
test_match_tags.__test__ = False  # type: ignore[attr-defined]


def filter_tests_by_tags(
    tests: Iterable[Any], tags: Collection[str], exclude_tags: Collection[str]
) -> Iterator[Any]:
    """Yield the tests that are wanted by their tags."""
    return (test for test in tests if test_match_tags(test, tags, exclude_tags))
