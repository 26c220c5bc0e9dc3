"""How classes become models."""

from __future__ import annotations

import pickle
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from nuages.core.exceptions import FieldDoesNotExist, FieldError, ImproperlyConfigured
from nuages.db import models
from nuages.test.utils import isolate_apps, override_settings
from tests.db.models.library.models import Atlas, Named, Reader, Shelf, Volume, Writer


def test_fields_stand_in_the_order_of_the_class_body_with_the_made_key_first() -> None:
    assert [field.name for field in Writer._meta.fields] == ["id", "name", "born", "spouse"]
    assert [field.name for field in Volume._meta.many_to_many] == ["readers"]


def test_a_child_has_its_parents_fields_and_a_link_that_is_its_key() -> None:
    assert [field.name for field in Atlas._meta.local_fields] == ["volume_ptr", "scale"]
    assert Atlas._meta.pk.name == "volume_ptr"
    assert list(Atlas._meta.parents) == [Volume]
    assert Atlas._meta.get_field("title").model is Volume
    assert issubclass(Atlas.DoesNotExist, Volume.DoesNotExist)


def test_threads_that_ask_first_for_a_models_exception_get_one_class() -> None:
    with isolate_apps("tests.db.models.library"):

        class Above(models.Model):
            class Meta:
                app_label = "library"

        class Below(Above):
            class Meta:
                app_label = "library"

    barrier = threading.Barrier(8)

    def ask(number: int) -> type[Exception]:
        barrier.wait()
        return (Below if number % 2 else Below()).DoesNotExist

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(ask, range(8)))
    assert found == {Below.DoesNotExist}
    assert Below.DoesNotExist.__mro__[1] is Above.DoesNotExist
    assert Below.DoesNotExist.__qualname__.endswith("Below.DoesNotExist")
    assert Below.DoesNotExist.__module__ == __name__
    assert pickle.loads(pickle.dumps(Atlas.DoesNotExist("x"))).args == ("x",)


def test_an_abstract_models_fields_are_copied() -> None:
    mine, theirs = Shelf._meta.get_field("name"), Named._meta.get_field("name")
    assert mine is not theirs
    assert mine.model is Shelf
    assert Shelf._meta.ordering == ["name"]


def test_reverse_relations_are_fields_too() -> None:
    names = {field.name for field in Writer._meta.get_fields()}
    assert {"volumes", "note", "fans", "writer"} <= names
    with pytest.raises(FieldDoesNotExist, match="Writer has no field named 'nothing'"):
        Writer._meta.get_field("nothing")


def test_lists_of_fields_refuse_to_be_changed() -> None:
    with pytest.raises(AttributeError, match="should never be mutated"):
        Writer._meta.get_fields().append(None)


@isolate_apps("tests.db.models.library")
def test_meta_says_what_it_does_not_know() -> None:
    with pytest.raises(TypeError, match=r"'class Meta' got invalid attribute\(s\): orderng") as caught:

        class Wrong(models.Model):
            class Meta:
                app_label = "library"
                orderng = ["id"]

    assert "Allowed are" in caught.value.__notes__[0]


@isolate_apps("tests.db.models.library")
def test_a_field_may_not_hide_one_of_a_concrete_parent() -> None:
    with pytest.raises(FieldError, match="Local field 'title' in class 'Wrong' clashes"):

        class Wrong(Volume):
            title = models.CharField(max_length=3)

            class Meta:
                app_label = "library"


@isolate_apps("tests.db.models.library")
def test_none_removes_a_field_of_an_abstract_base() -> None:
    class Nameless(Named):
        name = None

        class Meta:
            app_label = "library"

    assert [field.name for field in Nameless._meta.fields] == ["id"]


@isolate_apps("tests.db.models.library")
def test_a_proxy_shares_table_and_key() -> None:
    class Poet(Writer):
        class Meta:
            app_label = "library"
            proxy = True

    assert Poet._meta.db_table == Writer._meta.db_table
    assert Poet._meta.concrete_model is Writer
    assert Poet._meta.pk is Writer._meta.pk


@override_settings(DEFAULT_AUTO_FIELD="nuages.db.models.TextField")
@isolate_apps("tests.db.models.library")
def test_the_default_key_has_to_count_up() -> None:
    with pytest.raises(ValueError, match="must subclass AutoField"):

        class Wrong(models.Model):
            class Meta:
                app_label = "library"


@override_settings(DEFAULT_AUTO_FIELD=None)
@isolate_apps("tests.db.models.library")
def test_the_default_key_has_to_be_named() -> None:
    with pytest.raises(ImproperlyConfigured, match="DEFAULT_AUTO_FIELD must not be empty"):

        class Wrong(models.Model):
            class Meta:
                app_label = "library"


def test_abstract_models_have_no_manager_and_no_instances() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'objects'"):
        _ = Named.objects
    with pytest.raises(TypeError, match="Abstract models cannot be instantiated"):
        Named()


def test_symmetrical_relations_have_no_reverse_side() -> None:
    assert Reader._meta.get_field("friends").remote_field.hidden
    assert not hasattr(Reader, "reader_set")
