from __future__ import annotations

import datetime
from typing import Any

import pytest

from nuages.contrib.humanize.templatetags.humanize import (
    apnumber,
    intcomma,
    intword,
    naturalday,
    naturaltime,
    ordinal,
)


@pytest.mark.parametrize(
    ("function", "value", "expected"),
    [
        (ordinal, 1, "1st"),
        (ordinal, "112", "112th"),
        (ordinal, -3, "-3"),
        (ordinal, None, None),
        (intcomma, 1234567.25, "1,234,567.25"),
        (intcomma, "1234", "1,234"),
        (intcomma, float("inf"), "inf"),
        (intcomma, "words", "words"),
        (intword, 1_250_000, "1.2 million"),
        (intword, -3_000_000_000, "-3.0 billion"),
        (intword, 999, 999),
        (apnumber, "7", "seven"),
        (apnumber, 10, 10),
        (naturaltime, "no time", "no time"),
    ],
)
def test_numbers_for_people(function: Any, value: object, expected: object) -> None:
    assert function(value) == expected


def test_days_near_today_have_names() -> None:
    today = datetime.date.today()
    assert [naturalday(today + datetime.timedelta(days=days)) for days in (-1, 0, 1)] == [
        "yesterday",
        "today",
        "tomorrow",
    ]


def test_times_are_told_from_now() -> None:
    now = datetime.datetime.now()
    assert naturaltime(now - datetime.timedelta(seconds=90)) == "a minute ago"
    assert naturaltime(now + datetime.timedelta(hours=2, seconds=5)) == "2\xa0hours from now"
    assert naturaltime(now - datetime.timedelta(days=3)) == "3\xa0days ago"
