"""The short ways through formats, slugs and cuts give what the long ones give."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuages.utils.crypto import InvalidAlgorithm, salted_hmac
from nuages.utils.dateformat import DateFormat
from nuages.utils.dateformat import format as written
from nuages.utils.formats import get_format
from nuages.utils.text import Truncator, slugify

FORMATS = st.lists(
    st.sampled_from(["Y", "m", "n", "d", "j", "-", "/", "%", "{", "}", "\\Y", " ", "D", "b"])
).map("".join)


@given(st.dates(), FORMATS)
def test_a_date_is_written_alike_by_numbers_alone_and_character_by_character(
    day: datetime.date, form: str
) -> None:
    assert written(day, form) == DateFormat(day).format(form)


@given(st.datetimes(), st.lists(st.sampled_from("YmndjGHisu:. %")).map("".join))
def test_so_is_a_datetime(moment: datetime.datetime, form: str) -> None:
    assert written(moment, form) == DateFormat(moment).format(form)


def test_a_date_still_has_no_hours() -> None:
    with pytest.raises(TypeError, match="time-related"):
        written(datetime.date(2026, 1, 2), "Y H")


def test_a_format_spelled_out_is_no_name_of_one() -> None:
    assert get_format("Y-m-d") == "Y-m-d"
    assert get_format("DATE_FORMAT") != "DATE_FORMAT"


@given(st.text(alphabet=st.characters(codec="ascii"), max_size=30), st.integers(1, 30))
def test_cutting_ascii_text_counts_its_characters(text: str, length: int) -> None:
    cut = Truncator(text).chars(length)
    assert cut == (text if len(text) <= length else text[: length - 1] + "…")


@given(st.text(max_size=30))
def test_slugs_are_made_of_decomposed_text(text: str) -> None:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    assert slugify(text) == slugify(plain)
    assert slugify(text).isascii()


def test_digests_do_not_run_into_each_other() -> None:
    first, second = (salted_hmac("salt", value, "secret", algorithm="sha256") for value in ("a", "b"))
    key = hashlib.sha256(b"saltsecret").digest()
    assert first.digest() == hmac.digest(key, b"a", "sha256")
    assert second.digest() == hmac.digest(key, b"b", "sha256")
    with pytest.raises(InvalidAlgorithm):
        salted_hmac("salt", "a", "secret", algorithm="whatever")
