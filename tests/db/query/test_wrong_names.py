"""Names that lead nowhere: an error of the documented kind, with what was likely meant beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nuages.core.exceptions import FieldDoesNotExist, FieldError
from nuages.db.models import Count, F
from tests.db.query.shop.models import Book, Reading

CASES: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "filter": (lambda: Book.objects.filter(titel=1), FieldError, "title"),
    "exclude": (lambda: Book.objects.exclude(titel=1), FieldError, "title"),
    "get": (lambda: Book.objects.get(titel=1), FieldError, "title"),
    "behind a relation": (lambda: Book.objects.filter(author__nam=1), FieldError, "name"),
    "order_by": (lambda: Book.objects.order_by("-titel"), FieldError, "title"),
    "values": (lambda: Book.objects.values("author__nam"), FieldError, "name"),
    "a reference": (lambda: Book.objects.filter(pages=F("pagez")), FieldError, "pages"),
    "an aggregate": (lambda: Book.objects.annotate(n=Count("tagz")), FieldError, "tags"),
    "an annotation": (lambda: Book.objects.annotate(amount=F("pages")).filter(amont=1), FieldError, "amount"),
    "dates": (lambda: Reading.objects.dates("dai", "day"), FieldError, "day"),
    "latest": (lambda: Book.objects.latest("titel"), FieldError, "title"),
    "the constructor": (lambda: Book(titel="Dune"), TypeError, "title"),
    "create": (lambda: Book.objects.create(titel="Dune"), TypeError, "title"),
    "defaults": (lambda: Book.objects.get_or_create(title="x", defaults={"pags": 1}), FieldError, "pages"),
    "update": (lambda: Book.objects.update(titel="Dune"), FieldDoesNotExist, "title"),
    "bulk_update": (lambda: Book.objects.bulk_update([Book(pk=1)], ["titel"]), FieldDoesNotExist, "title"),
    "save": (lambda: Book(title="x").save(update_fields=["titel"]), ValueError, "title"),
    "only": (lambda: list(Book.objects.only("titel")), FieldDoesNotExist, "title"),
    "defer": (lambda: list(Book.objects.defer("titel")), FieldDoesNotExist, "title"),
    "in_bulk": (lambda: Book.objects.in_bulk(field_name="titel"), FieldDoesNotExist, "title"),
    "select_related": (lambda: list(Book.objects.select_related("autor")), FieldError, "author"),
    "prefetch_related": (lambda: list(Book.objects.prefetch_related("tagz")), AttributeError, "tags"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_likely_name_is_beside_the_error(case: str) -> None:
    act, kind, meant = CASES[case]
    with pytest.raises(kind) as caught:
        act()
    assert any(f"Did you mean {meant!r}?" in note for note in caught.value.__notes__)


def test_lookups_say_what_was_likely_meant() -> None:
    with pytest.raises(
        FieldError, match=r"Unsupported lookup 'containz' for CharField.*contains or icontains"
    ):
        Book.objects.filter(title__containz="a")
    with pytest.raises(FieldError, match=r"Unsupported lookup 'yeer' for DateField.*perhaps you meant year"):
        Reading.objects.filter(day__yeer=2026)
