"""INSERT and UPDATE: which, of what, and how often it is thought about."""

from __future__ import annotations

import pytest

from nuages.core.exceptions import FieldError, ValidationError
from nuages.db import DatabaseError, connection
from nuages.db.models import Count, F
from nuages.db.models.functions import Upper
from nuages.test.utils import CaptureQueriesContext, override_settings
from tests.db.models.library.models import Atlas, Note, Volume, Writer


def statements(captured: CaptureQueriesContext) -> list[str]:
    return [query["sql"].split(" ", 1)[0] for query in captured.captured_queries]


def test_a_new_row_is_inserted_and_an_old_one_updated() -> None:
    with CaptureQueriesContext(connection) as captured:
        writer = Writer(name="Ada")
        writer.save()
        writer.name = "Bo"
        writer.save()
    assert statements(captured) == ["INSERT", "UPDATE"]
    assert Writer.objects.get().name == "Bo"


def test_a_key_without_a_row_is_inserted_after_all() -> None:
    with CaptureQueriesContext(connection) as captured:
        Writer(pk=77, name="Ada").save()
    assert statements(captured) == ["UPDATE", "INSERT"]


def test_the_statement_is_made_once() -> None:
    Writer(name="Ada").save()
    plans = dict(Writer._meta.writing_plans)
    Writer(name="Bo").save()
    assert Writer._meta.writing_plans == plans


def test_update_fields_writes_only_those() -> None:
    volume = Volume.objects.create(writer=Writer.objects.create(name="Ada"))
    volume.title, volume.pages = "New", 9
    volume.save(update_fields=["title"])
    volume.refresh_from_db()
    assert (volume.title, volume.pages) == ("New", 1)
    with pytest.raises(ValueError, match=r"do not exist in this model.*: nothing"):
        volume.save(update_fields=["nothing"])
    with CaptureQueriesContext(connection) as captured:
        volume.save(update_fields=[])
    assert statements(captured) == []


def test_deferred_fields_are_left_alone() -> None:
    Writer.objects.create(name="Ada")
    writer = Writer.objects.only("name").get()
    writer.name = "Bo"
    with CaptureQueriesContext(connection) as captured:
        writer.save()
    assert '"born"' not in captured.captured_queries[0]["sql"]


def test_forcing_says_when_it_cannot() -> None:
    with pytest.raises(Writer.NotUpdated, match="Forced update did not affect any rows") as caught:
        Writer(pk=5, name="x").save(force_update=True)
    assert isinstance(caught.value, DatabaseError)
    with pytest.raises(ValueError, match="Cannot force both insert and updating"):
        Writer(name="x").save(force_insert=True, force_update=True)


def test_expressions_are_computed_by_the_database_and_read_back() -> None:
    volume = Volume.objects.create(writer=Writer.objects.create(name="Ada"), pages=3)
    volume.pages = F("pages") * 2
    with CaptureQueriesContext(connection) as captured:
        volume.save()
        assert volume.pages == 6
    assert statements(captured) == ["UPDATE"]
    with pytest.raises(ValueError, match=r"F\(\) expressions can only be used to update"):
        Writer(name=F("name")).save()
    volume.pages = Count("pages")
    with pytest.raises(FieldError, match="Aggregate functions are not allowed"):
        volume.save()


def test_an_expression_can_make_a_new_value() -> None:
    from nuages.db.models import Value

    writer = Writer.objects.create(name=Upper(Value("ada")))
    assert writer.name == "ADA"


def test_columns_the_database_fills_are_read_back() -> None:
    note = Note.objects.create(writer=Writer.objects.create(name="Ada"), text="four")
    assert (note.length, note.made) == (4, 7)
    note.text = "longer"
    note.save()
    assert note.length == 6


def test_a_childs_parent_row_is_written_first() -> None:
    writer = Writer.objects.create(name="Ada")
    with CaptureQueriesContext(connection) as captured:
        atlas = Atlas.objects.create(writer=writer, scale=5, title="World")
    tables = [query["sql"].split('"')[1] for query in captured.captured_queries if "INSERT" in query["sql"]]
    assert tables == ["library_volume", "library_atlas"]
    assert Volume.objects.get(pk=atlas.pk).title == "World"


def test_an_unsaved_related_object_is_not_lost_silently() -> None:
    with pytest.raises(ValueError, match=r"save\(\) prohibited to prevent data loss.*'writer'"):
        Volume(writer=Writer(name="Ada")).save()


def test_a_related_object_saved_later_gives_its_key() -> None:
    writer = Writer(name="Ada")
    volume = Volume(writer=writer)
    writer.save()
    volume.save()
    assert volume.writer_id == writer.pk


def test_places_go_on_within_the_object_they_are_ordered_by() -> None:
    ada, bo = (Writer.objects.create(name=name) for name in ("Ada", "Bo"))
    places = [Note.objects.create(writer=writer, text="x")._order for writer in (ada, bo, ada)]
    assert places == [0, 0, 1]
    first, second = ada.get_note_order()
    ada.set_note_order([second, first])
    assert list(ada.get_note_order()) == [second, first]
    assert Note.objects.get(pk=second).get_next_in_order().pk == first


def test_bulk_create_is_one_statement_and_gives_keys() -> None:
    ada = Writer.objects.create(name="Ada")
    with CaptureQueriesContext(connection) as captured:
        volumes = Volume.objects.bulk_create([Volume(writer=ada, pages=n + 1) for n in range(50)])
    assert statements(captured).count("INSERT") == 1
    assert [volume.pk for volume in volumes] == sorted(volume.pk for volume in volumes)
    assert list(Volume.objects.values_list("pages", flat=True).order_by("pk")) == list(range(1, 51))


def test_bulk_create_in_batches() -> None:
    with CaptureQueriesContext(connection) as captured:
        Writer.objects.bulk_create([Writer(name=str(n)) for n in range(5)], batch_size=2)
    assert statements(captured).count("INSERT") == 3


@pytest.mark.parametrize("how", ["save", "create", "bulk_create"])
def test_only_valid_data_is_saved_where_the_project_wants_that(how: str) -> None:
    ada = Writer.objects.create(name="Ada")
    wrong = {"writer": ada, "title": "x" * 31, "pages": 0}
    ways = {
        "save": lambda: Volume(**wrong).save(),
        "create": lambda: Volume.objects.create(**wrong),
        "bulk_create": lambda: Volume.objects.bulk_create([Volume(**wrong)]),
    }
    with override_settings(VALIDATE_ON_SAVE=True), pytest.raises(ValidationError) as caught:
        ways[how]()
    assert "title" in caught.value.message_dict
    assert not Volume.objects.exists()


def test_a_check_constraint_is_part_of_that() -> None:
    ada = Writer.objects.create(name="Ada")
    with (
        override_settings(VALIDATE_ON_SAVE=True),
        pytest.raises(ValidationError, match="Constraint “some_pages” is violated"),
    ):
        Volume(writer=ada, pages=-1).save()


def test_validating_a_save_asks_the_database_nothing() -> None:
    ada = Writer.objects.create(name="Ada")
    volume = Volume(writer=ada, title="Notes", pages=9)
    with override_settings(VALIDATE_ON_SAVE=True), CaptureQueriesContext(connection) as captured:
        volume.save()
    assert statements(captured).count("SELECT") == 0


def test_a_copy_with_deferred_fields_is_not_saved_without_them() -> None:
    Writer.objects.create(name="Ada")
    copy = Writer.objects.defer("born").get()
    copy.pk, copy._state.adding = None, True
    with pytest.raises(AttributeError, match="Cannot retrieve deferred field 'born' from an unsaved model"):
        copy.save()
