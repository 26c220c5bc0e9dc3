"""Rows loaded together: one read for all of them, and no older than somebody who reads expects."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from nuages.core.exceptions import FieldFetchBlocked
from nuages.db import connection, transaction
from nuages.db.models import FETCH_ONE, FETCH_PEERS, FETCH_RAISE
from nuages.db.models.fields.relations.brought import SECONDS, Brought, Moment
from nuages.test.utils import CaptureQueriesContext
from tests.db.models.library.models import Loan, Note, Reader, Shelf, Volume, Writer


def fill(writers: int, volumes: int = 1) -> None:
    """So many writers with volumes, each with a note, a reader and a shelf."""
    shelves = Shelf.objects.bulk_create([Shelf(name=f"s{number}") for number in range(writers)])
    readers = Reader.objects.bulk_create([Reader(name=f"r{number}") for number in range(writers)])
    made = Writer.objects.bulk_create([Writer(name=f"w{number:04}") for number in range(writers)])
    owned = Volume.objects.bulk_create(
        [
            Volume(title=f"v{at}-{number}", writer=writer, shelf=shelves[at])
            for at, writer in enumerate(made)
            for number in range(volumes)
        ]
    )
    Note.objects.bulk_create(
        [Note(volume=volume, writer=volume.writer, text="n", _order=0) for volume in owned]
    )
    Loan.objects.bulk_create(
        [Loan(volume=volume, reader=readers[at // volumes]) for at, volume in enumerate(owned)]
    )
    Reader.likes.through.objects.bulk_create(
        [Reader.likes.through(reader=reader, writer=writer) for reader, writer in zip(readers, made)]
    )


def page() -> list[str]:
    """Three levels of relations of each kind, read as a template would."""
    lines = []
    for writer in Writer.objects.fetch_mode(FETCH_PEERS):
        for volume in writer.volumes.all():
            for note in volume.note_set.all():
                lines.append(f"{writer.name} {volume.shelf.name} {note.text} {note.volume.title}")
            for reader in volume.readers.all():
                lines += [f"{reader.name} {liked.name}" for liked in reader.likes.all()]
    return lines


async def apage() -> list[str]:
    """The same with `async for`."""
    lines = []
    async for writer in Writer.objects.fetch_mode(FETCH_PEERS):
        async for volume in writer.volumes.all():
            async for note in volume.note_set.all():
                lines.append(f"{writer.name} {volume.shelf.name} {note.text} {note.volume.title}")
            async for reader in volume.readers.all():
                lines += [f"{reader.name} {liked.name}" async for liked in reader.likes.all()]
    return lines


# The writers; for the first hundred and for the rest their volumes; for the first hundreds and the rest of those that
# came together (of 300 and 2,700: 100, 200, 100, 1,000 and 1,600) shelves, notes, readers and likes.
@pytest.mark.parametrize(("volumes", "most"), [(1, 1 + 2 + 4 * 3 + 1), (3, 1 + 2 + 4 * 6)])
@pytest.mark.parametrize("writers", [600, 1000])
@pytest.mark.parametrize("colour", ["def", "async def"])
def test_a_page_asks_as_much_for_a_thousand_as_for_some_hundreds(
    writers: int, volumes: int, most: int, colour: str
) -> None:
    fill(writers, volumes)
    with CaptureQueriesContext(connection) as captured:
        lines = page() if colour == "def" else asyncio.run(apage())
    assert len(lines) == 2 * writers * volumes
    assert lines[:2] == ["w0000 s0 n v0-0", "r0 w0000"]
    assert len(captured) <= most


def test_reverse_one_to_ones_and_deferred_fields_are_fetched_together() -> None:
    for name in "abc":
        Writer.objects.create(name=name, spouse=Writer.objects.create(name=name + "'"))
    with CaptureQueriesContext(connection) as captured:
        for writer in Writer.objects.filter(writer__isnull=False).defer("born").fetch_mode(FETCH_PEERS):
            assert writer.writer.name + "'" == writer.name
            assert writer.born is None
    assert len(captured) == 3


def test_fetching_can_be_forbidden_for_every_kind_of_value() -> None:
    fill(2)
    Writer.objects.update(spouse=None)
    volume = Volume.objects.defer("pages").fetch_mode(FETCH_RAISE).first()
    writer = Writer.objects.fetch_mode(FETCH_RAISE).first()
    for instance, name in ((volume, "shelf"), (volume, "pages"), (writer, "writer")):
        with pytest.raises(FieldFetchBlocked):
            getattr(instance, name)


# How long what was brought holds ---------------------------------------------------------------------------


@pytest.fixture
def writers() -> list[Any]:
    fill(4)
    found = list(Writer.objects.fetch_mode(FETCH_PEERS))
    assert len(found[0].volumes.all()) == 1
    return found


def questions(instance: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        list(instance.volumes.all())
    return len(captured)


def test_reading_again_asks_nothing(writers: list[Any]) -> None:
    assert [questions(writer) for writer in (writers[1], writers[1], writers[0])] == [0, 0, 0]


def test_a_statement_run_by_hand_ends_it(writers: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert questions(writers[1]) == 0
    with connection.cursor() as cursor:
        cursor.execute("UPDATE library_volume SET title = %s", ["changed"])
    assert {volume.title for volume in writers[1].volumes.all()} == {"changed"}


def test_many_statements_run_by_hand_end_it(writers: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE library_volume SET title = %s", [["a"], ["b"]])
    assert {volume.title for volume in writers[1].volumes.all()} == {"b"}


def test_a_rollback_ends_what_was_read_since(writers: list[Any]) -> None:
    with transaction.atomic():
        Volume.objects.create(writer=writers[2], title="undone")
        assert len(writers[2].volumes.all()) == 2
        transaction.set_rollback(True)
    assert len(writers[2].volumes.all()) == 1


def test_a_write_to_another_table_changes_nothing(writers: list[Any]) -> None:
    Reader.objects.create(name="new")
    assert questions(writers[1]) == 0


def test_a_loop_that_writes_asks_for_ever_fewer_peers() -> None:
    fill(20)
    with CaptureQueriesContext(connection) as captured:
        for writer in Writer.objects.fetch_mode(FETCH_PEERS):
            for volume in writer.volumes.all():
                volume.pages += 1
                volume.save()
    asked = [query["sql"] for query in captured.captured_queries if " IN (" in query["sql"]]
    # For all, up to fifty, 25, 12, six and three; each alone from then on.
    assert len(asked) == 6


class Line:
    """What `Moment` asks of a connection."""

    def __init__(self, period: object, in_atomic_block: bool = False) -> None:
        self.period = period
        self.in_atomic_block = in_atomic_block
        self.autocommit = not in_atomic_block


def test_outside_of_a_transaction_rows_hold_for_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    line = Line("one")
    brought = Brought([], Moment.of(line, (1,)), 0)
    assert brought.holds(Moment.of(line, (1,)))
    assert not brought.holds(Moment.of(line, (2,)))
    assert not brought.holds(Moment.of(Line("two"), (1,)))
    now += SECONDS
    assert not brought.holds(Moment.of(line, (1,)))


def test_inside_of_a_transaction_they_hold_until_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    line = Line("one", in_atomic_block=True)
    brought = Brought([], Moment.of(line, ()), 0)
    now += 2 * SECONDS
    assert brought.holds(Moment.of(line, ()))
    assert not brought.holds(Moment.of(Line("after"), ()))


def test_without_peers_every_read_asks() -> None:
    fill(2)
    writer = Writer.objects.fetch_mode(FETCH_ONE).first()
    assert [questions(writer), questions(writer)] == [1, 1]
