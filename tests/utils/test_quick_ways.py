"""The short ways through formats, slugs and cuts give what the long ones give."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuages.test.utils import override_settings
from nuages.utils import translation
from nuages.utils.crypto import InvalidAlgorithm, salted_hmac
from nuages.utils.dateformat import DateFormat, TimeFormat
from nuages.utils.dateformat import format as written
from nuages.utils.dateformat import time_format as time_written
from nuages.utils.formats import get_format
from nuages.utils.html import strip_tags
from nuages.utils.html.stripping import strip_once
from nuages.utils.text import Truncator, slugify

FORMATS = st.lists(st.sampled_from([*"YymnFbMNEdjlDwSz-/%{} \"'", "\\Y"])).map("".join)


@given(st.dates(), FORMATS)
def test_a_date_is_written_alike_by_numbers_alone_and_character_by_character(
    day: datetime.date, form: str
) -> None:
    assert written(day, form) == DateFormat(day).format(form)


@given(st.datetimes(), st.lists(st.sampled_from("YymnFbMNEdjlDwgGhHisuAaP:. %'\"")).map("".join))
def test_so_is_a_datetime(moment: datetime.datetime, form: str) -> None:
    assert written(moment, form) == DateFormat(moment).format(form)


@given(st.times() | st.datetimes(), st.lists(st.sampled_from([*"gGhHisuAafP:. %", "\\Y"])).map("".join))
def test_so_is_a_time(moment: datetime.time | datetime.datetime, form: str) -> None:
    assert time_written(moment, form) == TimeFormat(moment).format(form)


def test_names_of_months_follow_the_language() -> None:
    day = datetime.date(2026, 3, 9)
    with translation.override("de"):
        assert written(day, "j. F Y") == "9. März 2026"
    with translation.override("en"):
        assert written(day, "j. F Y") == "9. March 2026"


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
    assert slugify(text) == re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain.lower())).strip("-_")
    assert slugify(text).isascii()


@pytest.mark.parametrize("length", [1, 2, 5, 7, 20])
def test_the_sign_of_a_cut_text_is_that_of_the_language(length: int) -> None:
    sign = "…"
    for language in ("en", "de", None):
        with translation.override(language):
            assert Truncator("eleven char").chars(length) == (
                "eleven char"[: length - 1] + sign if length < 11 else "eleven char"
            )


def test_what_is_remembered_of_a_language_is_made_once_and_forgotten_with_its_messages() -> None:
    made: list[str | None] = []

    def work() -> str:
        made.append(translation.get_language())
        return f"in {translation.get_language()}"

    key = object()
    for _ in range(2):
        for language in ("de", "fr"):
            with translation.override(language):
                assert translation.remembered(key, work) == f"in {language}"
    assert made == ["de", "fr"]
    with override_settings(LANGUAGE_CODE="fr"), translation.override("de"):
        assert translation.remembered(key, work) == "in de"
    assert made == ["de", "fr", "de"]


def test_digests_do_not_run_into_each_other() -> None:
    first, second = (salted_hmac("salt", value, "secret", algorithm="sha256") for value in ("a", "b"))
    key = hashlib.sha256(b"saltsecret").digest()
    assert first.digest() == hmac.digest(key, b"a", "sha256")
    assert second.digest() == hmac.digest(key, b"b", "sha256")
    with pytest.raises(InvalidAlgorithm):
        salted_hmac("salt", "a", "secret", algorithm="whatever")


TAGS = st.lists(
    st.sampled_from(
        ["<b>", "</b>", '<a href="x y" title="">', "</a>", "<br/>", "<br />", "<script>", "</script>", "<p", ">", "<", "&amp;",
         "&", "text", '"', "<x-y>", "<A>", "<!-- c -->", "<input disabled>", "\n", "</title>", "<noscript>", "<hr data-x>"]
    ),
    max_size=8,
).map("".join)  # fmt: skip


@given(TAGS)
def test_plain_tags_are_stripped_as_the_parser_strips_them(text: str) -> None:
    stripped, before = text, None
    while "<" in stripped and ">" in stripped and stripped != before:
        before, stripped = stripped, strip_once(stripped)
        if stripped.count("<") == before.count("<"):
            stripped = before
    assert strip_tags(text) == stripped
