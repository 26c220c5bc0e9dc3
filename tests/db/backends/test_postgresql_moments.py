"""Moments from PostgreSQL: read by their clock where that says all, by their offset where an hour comes twice."""

from __future__ import annotations

import datetime
import os
import subprocess
import sys
import zoneinfo
from typing import Any

import pytest
from psycopg import adapters
from psycopg.adapt import Loader

from nuages.db import connections
from nuages.db.backends.postgresql import moments
from nuages.db.backends.statement import Statement
from nuages.db.exceptions import DataError
from nuages.test import override_settings

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
UTC = datetime.UTC

#: Two moments of the hour that Berlin had twice, an hour apart.
TWICE = [datetime.datetime(2026, 10, 25, hour, 30, 0, 250, tzinfo=UTC) for hour in (0, 1)]


def both_ways(text: str) -> list[datetime.datetime]:
    """The moments of an SQL expression, as a cursor gives them and as loaders of rows are given them."""
    connection = connections["postgres"]
    sql = f"SELECT timestamptz '{text}'"
    with connection.cursor() as cursor:
        cursor.execute(sql)
        first = cursor.fetchone()[0]
    return [first, connection.fetch(Statement(sql, reads_stored=True))[0][0]]


@pytest.fixture
def in_zone(request: pytest.FixtureRequest, postgres: Any) -> Any:
    """The connection, with a zone of its own."""
    postgres.close()
    connections.settings["postgres"]["TIME_ZONE"] = request.param
    del postgres.timezone, postgres.timezone_name
    return postgres


@pytest.mark.parametrize("in_zone", ["Europe/Berlin"], indirect=True)
def test_moments_of_the_hours_that_a_zone_has_twice_are_told_apart(in_zone: Any) -> None:
    for moment in TWICE:
        known, stored = both_ways(moment.isoformat())
        assert known.tzinfo is in_zone.timezone
        assert known.astimezone(UTC) == moment
        assert stored.replace(tzinfo=BERLIN).astimezone(UTC) == moment


@pytest.mark.parametrize(
    "text", ["2026-11-22 10:00:00.5+00", "0001-01-01 00:00+00", "9999-12-31 23:59:59+00"]
)
def test_moments_in_utc_have_its_clock(postgres: Any, text: str) -> None:
    known, stored = both_ways(text)
    assert known == datetime.datetime.fromisoformat(text)
    assert known.tzinfo is UTC
    assert stored.replace(tzinfo=UTC) == known


def test_moments_without_a_zone_have_the_clock_of_the_sessions(postgres: Any) -> None:
    with override_settings(USE_TZ=False, TIME_ZONE="Europe/Berlin"):
        postgres.close()
        known, stored = both_ways("2026-11-22 10:00+00")
        assert known == stored.replace(tzinfo=None) == datetime.datetime(2026, 11, 22, 11)
        assert [both_ways(moment.isoformat())[0].fold for moment in TWICE] == [0, 1]
    postgres.close()


@pytest.mark.parametrize("text", ["infinity", "0044-03-15 12:00+00 BC", "20000-01-01 00:00+00"])
def test_moments_that_python_has_no_name_for_are_refused(postgres: Any, text: str) -> None:
    with pytest.raises(DataError, match=r"timestamp too (large|small)"), postgres.cursor() as cursor:
        cursor.execute(f"SELECT timestamptz '{text}'")
        cursor.fetchone()
    with pytest.raises(DataError, match=r"timestamp too (large|small)"):
        postgres.fetch(Statement(f"SELECT timestamptz '{text}'", reads_stored=True))


def test_a_loader_of_somebody_elses_is_not_replaced() -> None:
    class Theirs(Loader):
        def load(self, data: Any) -> str:
            return bytes(data).decode()

    used = adapters.__class__(adapters)
    used.register_loader("timestamptz", Theirs)
    assert moments.stored_loader(used) is Theirs


def test_all_this_is_so_for_the_driver_without_its_part_in_c() -> None:
    tests = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        __file__,
        "-k",
        "not without_its_part",
    ]
    done = subprocess.run(
        tests, env=os.environ | {"PSYCOPG_IMPL": "python"}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout
