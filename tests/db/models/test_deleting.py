"""What goes, what is set and what forbids it."""

from __future__ import annotations

import pytest

from nuages.db import connection
from nuages.db.models import ProtectedError, RestrictedError, signals
from nuages.test.utils import CaptureQueriesContext
from tests.db.models.library.models import Atlas, Loan, Note, Reader, Shelf, Volume, Writer


@pytest.fixture
def ada() -> Writer:
    return Writer.objects.create(name="Ada")


def test_cascades_are_counted_by_model(ada: Writer) -> None:
    Volume.objects.create(writer=ada)
    Note.objects.create(writer=ada, text="")
    assert ada.delete() == (3, {"library.Volume": 1, "library.Note": 1, "library.Writer": 1})
    assert ada.pk is None


def test_rows_nothing_hangs_on_are_not_loaded() -> None:
    shelf = Shelf.objects.create(name="A")
    with CaptureQueriesContext(connection) as captured:
        Reader.objects.filter(name="nobody").delete()
        Note.objects.all().delete()
    assert shelf.pk
    assert any(query["sql"].startswith("DELETE") for query in captured.captured_queries)


def test_set_null_empties_the_key(ada: Writer) -> None:
    shelf = Shelf.objects.create(name="A")
    volume = Volume.objects.create(writer=ada, shelf=shelf)
    shelf.delete()
    volume.refresh_from_db()
    assert volume.shelf is None


def test_protect_names_what_is_in_the_way(ada: Writer) -> None:
    volume = Volume.objects.create(writer=ada)
    loan = Loan.objects.create(volume=volume, reader=Reader.objects.create(name="R"))
    with pytest.raises(ProtectedError, match=r"protected foreign keys: 'Loan\.volume'") as caught:
        volume.delete()
    assert caught.value.protected_objects == {loan}


def test_restrict_gives_way_where_the_row_goes_anyhow(ada: Writer) -> None:
    volume = Volume.objects.create(writer=ada)
    note = Note.objects.create(writer=ada, volume=volume, text="")
    with pytest.raises(RestrictedError) as caught:
        volume.delete()
    assert caught.value.restricted_objects == {note}
    ada.delete()
    assert not Note.objects.exists()


def test_a_child_takes_its_parents_row_along_or_leaves_it(ada: Writer) -> None:
    Atlas.objects.create(writer=ada, scale=1).delete()
    assert not Volume.objects.exists()
    Atlas.objects.create(writer=ada, scale=1).delete(keep_parents=True)
    assert Volume.objects.count() == 1


def test_signals_carry_where_it_started(ada: Writer) -> None:
    Volume.objects.create(writer=ada)
    heard: list[tuple[type, object]] = []

    def listener(sender: type, origin: object, **kwargs: object) -> None:
        heard.append((sender, origin))

    signals.pre_delete.connect(listener, sender=Volume)
    try:
        ada.delete()
    finally:
        signals.pre_delete.disconnect(listener, sender=Volume)
    assert heard == [(Volume, ada)]


def test_an_unsaved_instance_cannot_be_deleted() -> None:
    with pytest.raises(ValueError, match="can't be deleted because its id attribute is set to None"):
        Writer().delete()
