"""Models whose key is several columns."""

from __future__ import annotations

import pytest

from nuages.core import serializers
from nuages.db.models import OuterRef
from tests.db.query.shop.models import Seat


def test_the_key_is_written_as_a_list_of_its_values() -> None:
    (written,) = serializers.serialize("python", [Seat(row="A", number=2)])
    assert written["pk"] == ["A", 2]
    (read,) = serializers.deserialize("python", [written])
    assert read.object.pk == ("A", 2)


def test_a_reference_to_an_outer_query_needs_one() -> None:
    Seat.objects.create(row="A", number=1)
    with pytest.raises(ValueError, match="may only be used in a subquery"):
        Seat.objects.filter(pk__gte=OuterRef("pk")).count()


def test_keys_compare_from_the_left() -> None:
    Seat.objects.bulk_create(Seat(row=row, number=number) for row in "AB" for number in (1, 2))
    found = Seat.objects.filter(pk__gt=("A", 2)).order_by("pk")
    assert [seat.pk for seat in found] == [("B", 1), ("B", 2)]
    assert Seat.objects.filter(pk__in=[("A", 1), ("B", 2), ("C", 3)]).count() == 2
