"""The functions registered with SQLite, called as plain Python."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuages.db.backends.sqlite3 import functions, moments


@given(st.text(max_size=8), st.integers(0, 20), st.text(min_size=1, max_size=3))
def test_padding_gives_exactly_the_length(text: str, length: int, fill: str) -> None:
    left, right = functions.lpad(text, length, fill), functions.rpad(text, length, fill)
    assert len(left) == len(right) == length
    if length >= len(text):
        assert left.endswith(text)
        assert right.startswith(text)


@given(st.dates(datetime.date(2, 1, 1)))
def test_truncated_dates_are_first_days(day: datetime.date) -> None:
    assert moments.date_trunc("year", str(day)) == f"{day.year:04}-01-01"
    week = datetime.date.fromisoformat(str(moments.date_trunc("week", str(day))))
    assert week.isoweekday() == 1
    assert 0 <= (day - week).days < 7


@pytest.mark.parametrize("trunc", [moments.date_trunc, moments.datetime_trunc, moments.time_trunc])
def test_unknown_kinds_are_named(trunc: object) -> None:
    with pytest.raises(ValueError, match="Unsupported lookup type: 'unknown-lookup'"):
        trunc("unknown-lookup", "2005-08-11 1:00:00", None, None)  # type: ignore[operator]


def test_what_is_no_date_is_null() -> None:
    assert moments.date_extract("year", "nonsense") is None
    assert moments.datetime_trunc("year", None) is None


def test_spread_of_too_few_values_is_null() -> None:
    sample = functions.AGGREGATES["VAR_SAMP"]()
    sample.step(1)
    sample.step(None)
    assert sample.finalize() is None
    sample.step(3)
    assert sample.finalize() == 2


def test_zones_may_carry_an_offset() -> None:
    assert moments.zone("+05:30").utcoffset(None) == datetime.timedelta(hours=5, minutes=30)
    assert moments.zone("UTC-03:00").utcoffset(None) == datetime.timedelta(hours=-3)
