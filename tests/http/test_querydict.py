"""Query strings and forms."""

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuages.core.exceptions import TooManyFieldsSent
from nuages.http import QueryDict
from nuages.test.utils import override_settings


@given(st.lists(st.tuples(st.text(min_size=1), st.text()), max_size=20))
def test_what_is_encoded_is_read_back(pairs: list[tuple[str, str]]) -> None:
    pairs = [
        (name.encode("utf-8", "replace").decode(), value.encode("utf-8", "replace").decode())
        for name, value in pairs
    ]
    data = QueryDict(mutable=True)
    for name, value in pairs:
        data.appendlist(name, value)
    assert QueryDict(data.urlencode()) == data


@given(st.binary(max_size=200))
def test_no_query_string_is_an_error(raw: bytes) -> None:
    data = QueryDict(raw)
    assert all(isinstance(value, str) for values in dict(data.lists()).values() for value in values)


def test_last_value_wins_and_lists_keep_all() -> None:
    data = QueryDict("a=1&a=2&b=")
    assert (data["a"], data.getlist("a"), data["b"]) == ("2", ["1", "2"], "")


def test_request_data_cannot_be_changed_but_its_copy_can() -> None:
    data = QueryDict("a=1")
    for change in (
        lambda: data.update({"a": "2"}),
        data.clear,
        lambda: data.pop("a"),
        lambda: data.__delitem__("a"),
    ):
        with pytest.raises(AttributeError, match="immutable"):
            change()
    changed = data.copy()
    changed["a"] = "2"
    assert (data["a"], changed["a"]) == ("1", "2")
    assert copy.copy(data) == data == pickle.loads(pickle.dumps(data))


def test_more_fields_than_allowed_are_refused_before_they_are_decoded() -> None:
    with override_settings(DATA_UPLOAD_MAX_NUMBER_FIELDS=2), pytest.raises(TooManyFieldsSent):
        QueryDict("a=%zz&b=2&c=3")


def test_other_charsets_are_read_and_written() -> None:
    data = QueryDict("cur=%A4", encoding="iso-8859-15")
    assert data["cur"] == "€"
    assert data.urlencode() == "cur=%A4"
