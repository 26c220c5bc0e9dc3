"""Making instances, comparing, pickling and reloading them."""

from __future__ import annotations

import copy
import pickle

import pytest

from nuages.db import connection, models
from nuages.test.utils import CaptureQueriesContext
from tests.db.models.library.models import Atlas, Volume, Writer


def test_arguments_by_position_and_by_name() -> None:
    writer = Writer(1, "Ada", born=None)
    assert (writer.pk, writer.name, writer.born) == (1, "Ada", None)
    with pytest.raises(TypeError, match="both positional and keyword arguments for field 'name'"):
        Writer(1, "Ada", name="Bo")
    with pytest.raises(IndexError, match="Number of args exceeds number of fields"):
        Writer(1, 2, 3, 4, 5)


def test_unknown_names_are_refused_with_what_there_is() -> None:
    with pytest.raises(TypeError, match=r"Writer\(\) got unexpected keyword arguments: 'nam'") as caught:
        Writer(nam="Ada")
    assert "name" in caught.value.__notes__[0]


def test_defaults_fill_what_is_not_given() -> None:
    assert (Volume().title, Volume().pages, Volume().writer_id) == ("Untitled", 1, None)


def test_rows_are_equal_by_key_and_unsaved_ones_only_to_themselves() -> None:
    assert Writer(pk=1) == Writer(pk=1, name="x")
    assert Writer(pk=1) != Volume(pk=1)
    unsaved = Writer()
    assert unsaved == unsaved
    assert unsaved != Writer()
    with pytest.raises(TypeError, match="without primary key value are unhashable"):
        hash(unsaved)


def test_a_pickle_keeps_values_and_state() -> None:
    writer = Writer.objects.create(name="Ada")
    again = pickle.loads(pickle.dumps(writer))
    assert again == writer
    assert again.__dict__.keys() == {*writer.__dict__, "_django_version"}
    assert not again._state.adding


def test_a_copy_has_its_own_cache_of_related_objects() -> None:
    volume = Volume(writer=Writer(pk=1, name="Ada"))
    other = copy.copy(volume)
    other.writer = Writer(pk=2, name="Bo")
    assert volume.writer.name == "Ada"


def test_refresh_reads_again_and_forgets_relations() -> None:
    volume = Volume.objects.create(writer=Writer.objects.create(name="Ada"))
    bo = Writer.objects.create(name="Bo")
    assert volume.writer.name == "Ada"
    Volume.objects.filter(pk=volume.pk).update(writer=bo, title="New")
    volume.refresh_from_db(fields=["writer"])
    assert (volume.writer.name, volume.title) == ("Bo", "Untitled")
    with pytest.raises(ValueError, match="Relations and transforms are not allowed"):
        volume.refresh_from_db(fields=["writer__name"])


def test_a_deleted_attribute_is_loaded_when_read() -> None:
    writer = Writer.objects.create(name="Ada")
    del writer.name
    assert writer.get_deferred_fields() == {"name"}
    with CaptureQueriesContext(connection) as captured:
        assert writer.name == "Ada"
    assert len(captured) == 1


def test_choices_show_their_label() -> None:
    assert Volume(kind="p").get_kind_display() == "Poems"
    assert Volume(kind="x").get_kind_display() == "x"


def test_parents_of_a_loaded_child_need_no_query() -> None:
    writer = Writer.objects.create(name="Ada")
    Atlas.objects.create(writer=writer, scale=5)
    atlas = Atlas.objects.get()
    with CaptureQueriesContext(connection) as captured:
        assert atlas.volume_ptr.writer_id == writer.pk
    assert len(captured) == 0


def test_signals_tell_of_making_only_who_listens() -> None:
    heard: list[str] = []

    def listener(sender: type, instance: Writer, **kwargs: object) -> None:
        heard.append(instance.name)

    models.signals.post_init.connect(listener, sender=Writer)
    try:
        Writer(name="Ada")
        Volume()
    finally:
        models.signals.post_init.disconnect(listener, sender=Writer)
    Writer(name="Bo")
    assert heard == ["Ada"]
