"""Keys, and the objects behind them."""

from __future__ import annotations

import pytest

from nuages.core.exceptions import FieldFetchBlocked
from nuages.db import connection
from nuages.db.models import FETCH_PEERS, FETCH_RAISE
from nuages.test.utils import CaptureQueriesContext
from nuages.utils.functional import SimpleLazyObject
from tests.db.models.library.models import Volume, Writer


@pytest.fixture
def volumes() -> list[Volume]:
    writers = [Writer.objects.create(name=name) for name in "ABC"]
    return [Volume.objects.create(writer=writer, title=writer.name) for writer in writers]


def test_an_object_is_loaded_once(volumes: list[Volume]) -> None:
    volume = Volume.objects.get(title="A")
    with CaptureQueriesContext(connection) as captured:
        assert volume.writer is volume.writer
    assert len(captured) == 1


def test_a_new_key_forgets_the_object(volumes: list[Volume]) -> None:
    volume = volumes[0]
    volume.writer_id = volumes[1].writer_id
    assert volume.writer.name == "B"


def test_only_instances_of_the_other_model_fit() -> None:
    with pytest.raises(ValueError, match=r'Cannot assign.*"Volume.writer" must be a "Writer" instance'):
        Volume(writer=Volume())


def test_a_lazy_object_fits_as_the_one_inside_it_does() -> None:
    writer = Writer.objects.create(name="Ada")
    volume = Volume.objects.create(writer=SimpleLazyObject(lambda: writer), title="A")
    assert volume.writer_id == writer.pk
    unsaved = Volume()
    unsaved.writer = SimpleLazyObject(lambda: Writer.objects.get(name="Ada"))
    assert (unsaved.writer_id, unsaved._state.db) == (writer.pk, "default")


def test_a_required_object_that_is_missing_is_an_attribute_error_too() -> None:
    with pytest.raises(Volume.writer.RelatedObjectDoesNotExist, match="Volume has no writer"):
        _ = Volume().writer
    assert not hasattr(Volume(), "writer")
    assert Volume().shelf is None


def test_a_one_to_one_is_known_from_both_sides() -> None:
    ada = Writer.objects.create(name="Ada")
    bo = Writer.objects.create(name="Bo", spouse=ada)
    with CaptureQueriesContext(connection) as captured:
        assert ada.writer is bo
    assert len(captured) == 0
    with pytest.raises(Writer.DoesNotExist, match="Writer has no writer"):
        _ = Writer.objects.get(name="Bo").writer


def test_peers_are_fetched_together(volumes: list[Volume]) -> None:
    with CaptureQueriesContext(connection) as captured:
        names = [volume.writer.name for volume in Volume.objects.order_by("title").fetch_mode(FETCH_PEERS)]
    assert names == ["A", "B", "C"]
    assert len(captured) == 2


def test_fetching_can_be_forbidden(volumes: list[Volume]) -> None:
    volume = Volume.objects.fetch_mode(FETCH_RAISE).first()
    with pytest.raises(FieldFetchBlocked, match=r"Fetching of Volume.writer blocked"):
        _ = volume.writer


def test_a_lazy_object_may_be_pointed_at(volumes: list[Volume]) -> None:
    first, second = volumes[0].writer, volumes[1].writer
    volume = Volume(title="lent", writer=SimpleLazyObject(lambda: first))
    assert volume.writer_id == first.pk
    volume.writer = SimpleLazyObject(lambda: second)
    assert volume.writer_id == second.pk
