"""Instances as they come from rows: what they share, and what is their own."""

from __future__ import annotations

import copy
import pickle

import pytest

from nuages.db import connection
from nuages.db.models.state import ModelState
from nuages.test.utils import CaptureQueriesContext
from nuages.utils.functional import SimpleLazyObject
from tests.db.query.shop.models import Author, Country


def test_rows_have_states_of_their_own_once_they_are_asked_for() -> None:
    first, second = Author.objects.order_by("pk")[:2]
    first._state.adding = True
    assert isinstance(first._state, ModelState)
    assert first._state is first._state
    assert not second._state.adding
    assert "_state" in second.__dict__


def test_a_loaded_row_knows_its_database_and_is_not_new() -> None:
    author = Author.objects.order_by("pk")[0]
    assert (author._state.db, author._state.adding) == ("default", False)
    made = Author(name="Di")
    assert (made._state.db, made._state.adding) == (None, True)


def test_a_copied_and_a_pickled_row_do_not_share_a_state() -> None:
    author = Author.objects.order_by("pk")[0]
    for other in (copy.copy(author), pickle.loads(pickle.dumps(author))):
        other._state.db = "elsewhere"
        assert author._state.db == "default"


def test_an_instance_without_state_says_so_as_any_attribute_does() -> None:
    with pytest.raises(AttributeError, match="'Author' object has no attribute '_state'"):
        _ = Author.__new__(Author)._state


def test_a_state_is_no_keyword_of_a_model() -> None:
    with pytest.raises(TypeError, match=r"unexpected keyword arguments: '_state'"):
        Author(_state=ModelState())


def test_the_short_way_and_the_logged_way_give_the_same_instances() -> None:
    rows = Author.objects.select_related("country").order_by("pk")
    quick = [(one.__dict__.keys(), one.name, one.country) for one in rows.all()]
    with CaptureQueriesContext(connection):
        logged = [(one.__dict__.keys(), one.name, one.country) for one in rows.all()]
    assert quick == logged


def test_a_created_row_has_its_key_both_ways() -> None:
    quick = Author.objects.create(name="Di")
    with CaptureQueriesContext(connection):
        logged = Author.objects.create(name="Ed")
    assert logged.pk == quick.pk + 1
    assert Author.objects.get(pk=quick.pk).name == "Di"


def test_a_lazy_object_may_be_assigned() -> None:
    country = Country.objects.order_by("pk")[0]
    author = Author(name="Di", country=SimpleLazyObject(lambda: country))
    author.save()
    assert Author.objects.get(pk=author.pk).country == country


def test_an_object_and_its_key_may_both_be_given() -> None:
    country = Country.objects.order_by("pk")[0]
    assert Author(name="Di", country=country, country_id=country.pk).country_id == country.pk
