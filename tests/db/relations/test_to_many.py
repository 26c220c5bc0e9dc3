"""Related managers."""

from __future__ import annotations

import pytest

from nuages.db import connection, models
from nuages.db.models import FETCH_PEERS, Prefetch, signals
from nuages.test.utils import CaptureQueriesContext
from tests.db.models.library.models import Loan, Note, Reader, Volume, Writer


@pytest.fixture
def writers() -> list[Writer]:
    made = [Writer.objects.create(name=name) for name in "AB"]
    for writer in made:
        for number in range(2):
            Volume.objects.create(writer=writer, title=f"{writer.name}{number}")
    return made


def titles(rows: object) -> list[str]:
    return sorted(row.title for row in rows)  # type: ignore[attr-defined]


def test_rows_know_whom_they_point_at(writers: list[Writer]) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert all(volume.writer is writers[0] for volume in writers[0].volumes.all())
    assert len(captured) == 1


def test_a_new_row_points_here(writers: list[Writer]) -> None:
    volume = writers[0].volumes.create(title="New")
    assert volume.writer_id == writers[0].pk
    same, made = writers[0].volumes.get_or_create(title="New")
    assert (same, made) == (volume, False)


def test_only_a_nullable_key_can_be_taken_away(writers: list[Writer]) -> None:
    assert not hasattr(writers[0].volumes, "remove")
    volume = Volume.objects.first()
    note = Note.objects.create(writer=writers[0], text="", volume=volume)
    volume.note_set.remove(note)
    note.refresh_from_db()
    assert note.volume is None
    with pytest.raises(Volume.DoesNotExist, match="is not related to"):
        volume.note_set.remove(note)


def test_set_leaves_exactly_these(writers: list[Writer]) -> None:
    volume = Volume.objects.first()
    notes = [Note.objects.create(writer=writers[0], text=str(n)) for n in range(3)]
    volume.note_set.set(notes[:2])
    volume.note_set.set(notes[1:])
    assert set(volume.note_set.all()) == set(notes[1:])


def test_unsaved_instances_have_no_rows() -> None:
    with pytest.raises(ValueError, match="'Writer' instance needs to have a primary key value"):
        Writer().volumes.all()
    with pytest.raises(ValueError, match='needs to have a value for field "id"'):
        _ = Reader().likes


def test_sides_cannot_be_assigned(writers: list[Writer]) -> None:
    with pytest.raises(TypeError, match=r"reverse side of a related set is prohibited. Use volumes.set"):
        writers[0].volumes = []
    with pytest.raises(TypeError, match="forward side of a many-to-many set is prohibited"):
        Reader().likes = []


def test_links_by_instance_and_key(writers: list[Writer]) -> None:
    reader = Reader.objects.create(name="R")
    reader.likes.add(writers[0], writers[1].pk, writers[0])
    assert list(reader.likes.all()) == writers
    assert list(writers[0].fans.all()) == [reader]
    reader.likes.set([writers[1]])
    assert list(reader.likes.all()) == [writers[1]]
    reader.likes.clear()
    assert not reader.likes.exists()
    with pytest.raises(TypeError, match="'Writer' instance expected, got <Reader"):
        reader.likes.add(reader)


def test_friends_are_friends_both_ways() -> None:
    a, b = (Reader.objects.create(name=name) for name in "ab")
    a.friends.add(b)
    assert list(b.friends.all()) == [a]
    b.friends.remove(a)
    assert not a.friends.exists()


def test_links_of_a_model_of_ones_own_take_its_values(writers: list[Writer]) -> None:
    volume = Volume.objects.first()
    reader = Reader.objects.create(name="R")
    volume.readers.add(reader, through_defaults={"day": lambda: 4})
    assert Loan.objects.get().day == 4
    assert reader.read.count() == 1


def test_receivers_hear_of_new_links_only(writers: list[Writer]) -> None:
    reader = Reader.objects.create(name="R")
    reader.likes.add(writers[0])
    heard: list[tuple[str, set[int]]] = []

    def listener(action: str, pk_set: set[int], **kwargs: object) -> None:
        heard.append((action, pk_set))

    signals.m2m_changed.connect(listener, sender=Reader.likes.through)
    try:
        reader.likes.add(*writers)
    finally:
        signals.m2m_changed.disconnect(listener, sender=Reader.likes.through)
    assert heard == [("pre_add", {writers[1].pk}), ("post_add", {writers[1].pk})]


def test_prefetched_rows_are_used_until_they_change(writers: list[Writer]) -> None:
    found = list(Writer.objects.prefetch_related("volumes"))
    with CaptureQueriesContext(connection) as captured:
        assert [titles(writer.volumes.all()) for writer in found] == [["A0", "A1"], ["B0", "B1"]]
    assert len(captured) == 0
    found[0].volumes.create(title="A2")
    assert titles(found[0].volumes.all()) == ["A0", "A1", "A2"]


def test_a_sliced_prefetch_counts_for_each(writers: list[Writer]) -> None:
    first = Prefetch("volumes", Volume.objects.order_by("title")[:1], to_attr="first")
    assert [titles(writer.first) for writer in Writer.objects.prefetch_related(first)] == [["A0"], ["B0"]]


def test_reading_rows_reads_those_of_peers(writers: list[Writer]) -> None:
    with CaptureQueriesContext(connection) as captured:
        for writer in Writer.objects.fetch_mode(FETCH_PEERS):
            assert len(writer.volumes.all()) == 2
            assert all(volume.writer is writer for volume in writer.volumes.all())
    assert len(captured) == 2


def test_a_write_makes_them_be_read_again(writers: list[Writer]) -> None:
    first, second = Writer.objects.fetch_mode(FETCH_PEERS)
    assert len(first.volumes.all()) == 2
    Volume.objects.create(writer=second, title="B2")
    assert len(second.volumes.all()) == 3


def test_further_steps_do_not_read_for_peers(writers: list[Writer]) -> None:
    first, _second = Writer.objects.fetch_mode(FETCH_PEERS)
    with CaptureQueriesContext(connection) as captured:
        first.volumes.filter(title="A0").first()
        first.volumes.count()
    assert all(f'"writer_id" = {first.pk}' in query["sql"] for query in captured.captured_queries)


def test_too_many_rows_are_not_read_for_peers(writers: list[Writer], monkeypatch: pytest.MonkeyPatch) -> None:
    from nuages.db.models.fields.relations import related_manager

    monkeypatch.setattr(related_manager, "PEER_ROWS", 3)
    first, second = Writer.objects.fetch_mode(FETCH_PEERS)
    assert titles(first.volumes.all()) == ["A0", "A1"]
    with CaptureQueriesContext(connection) as captured:
        assert titles(second.volumes.all()) == ["B0", "B1"]
    assert len(captured) == 1


def test_managers_pass_methods_of_their_query_sets_on() -> None:
    class Long(models.QuerySet):
        def long(self) -> object:
            return self.filter(pages__gt=100)

        def _hidden(self) -> None: ...

    manager = models.Manager.from_queryset(Long)()
    manager.model = Volume
    assert manager.__class__.__name__ == "ManagerFromLong"
    assert not hasattr(manager, "_hidden")
    assert list(manager.long()) == []
