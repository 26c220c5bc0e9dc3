"""Ever new compositions: what is remembered is bounded, and what is used stays."""

from __future__ import annotations

import gc
import itertools
import threading
from collections.abc import Iterator

import pytest

from nuages.db.models import Q
from nuages.db.models.shapes import plan as planning
from nuages.db.models.shapes import shape as shapes
from nuages.db.models.writing import plans
from tests.db.query.shop.models import Book

_LOOKUPS = [
    f"{name}__{lookup}"
    for name in ("pk", "pages", "author", "author__country", "cover")
    for lookup in ("gt", "lt", "gte", "lte", "exact")
]


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    shapes.forget()
    yield
    shapes.forget()


def compositions(number: int) -> Iterator[dict[str, int]]:
    """So many different sets of conditions."""
    for names in itertools.islice(itertools.permutations(_LOOKUPS, 4), number):
        yield dict.fromkeys(names, 1)


def alive() -> int:
    """Shapes there are in the process."""
    gc.collect()
    return sum(type(one) is shapes.Shape for one in gc.get_objects())


def test_children_of_one_shape_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "NEXT_LIMIT", 8)
    shape = shapes.root_of(Book)
    for number in range(40):
        shape.then(("step", number), "", lambda draft: None)
        assert len(shape.next) + len(shape.older) <= 8


def test_a_step_that_is_used_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "NEXT_LIMIT", 8)
    shape = shapes.root_of(Book)
    used = shape.then("used", "", lambda draft: None)
    unused = shape.then("unused", "", lambda draft: None)
    for number in range(40):
        shape.then(("step", number), "", lambda draft: None)
        assert shape.then("used", "", lambda draft: None) is used
    assert shape.then("unused", "", lambda draft: None) is not unused


def test_all_shapes_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "TOTAL_LIMIT", 60)
    before = alive()
    for conditions in compositions(200):
        list(Book.objects.filter(**conditions).order_by("title"))
        assert shapes.remembered() <= 60
    # One root for each model of the query.
    assert alive() - before <= 70


def test_what_grows_from_a_held_query_set_is_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "TOTAL_LIMIT", 60)
    held = Book.objects.filter(title="x")
    before = alive()
    for conditions in compositions(200):
        str(held.filter(**conditions).query)
    assert shapes.remembered() <= 60
    assert alive() - before <= 70


def test_statements_for_saving_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "PLANS_LIMIT", 4)
    book = Book.objects.get(title="Dawn")
    names = ["title", "pages", "price", "author"]
    for size in range(1, 5):
        for some in itertools.combinations(names, size):
            book.save(update_fields=some)
    assert len(Book._meta.writing_plans) <= 5


def test_threads_that_ask_first_at_once_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    threads = 16
    made: list[object] = []
    original = planning.make

    def counting(*args: object, **kwargs: object) -> object:
        made.append(args[0])
        return original(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(planning, "make", counting)
    barrier = threading.Barrier(threads)
    found: list[tuple[object, str, object]] = []
    errors: list[BaseException] = []

    def ask(number: int) -> None:
        try:
            barrier.wait()
            query = Book.objects.filter(
                Q(title=f"t{number}") | Q(author__name="x"), pk__in=[number + 9, 2]
            ).order_by("pk")
            sql, params = query.query.sql_with_params()
            found.append((query.query.shape, sql, (number, params)))
        except BaseException as error:  # shown below
            errors.append(error)

    pool = [threading.Thread(target=ask, args=(number,)) for number in range(threads)]
    for thread in pool:
        thread.start()
    for thread in pool:
        thread.join()
    assert not errors
    assert len({shape for shape, _, _ in found}) == 1
    assert len({sql for _, sql, _ in found}) == 1
    assert all(params == (f"t{number}", "x", number + 9, 2) for _, _, (number, params) in found)  # type: ignore[misc]
    assert len(made) <= threads
