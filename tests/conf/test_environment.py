from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuages.conf.environment import Environment, database_from_url
from nuages.core.exceptions import ImproperlyConfigured


def test_variables_are_read_as_what_they_should_be():
    env = Environment({"DEBUG": "Yes", "PORT": "8000", "HOSTS": "a.org, b.org,", "NAME": "x"})
    assert env.bool("DEBUG") is True
    assert env.int("PORT") == 8000
    assert env.list("HOSTS") == ["a.org", "b.org"]
    assert env("NAME") == "x"
    assert env("OTHER", default=None) is None


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda env: env("MISSING"), "Set the environment variable MISSING: text"),
        (lambda env: env.bool("ODD"), "ODD must be 1 or 0"),
        (lambda env: env.int("ODD"), "ODD must be a whole number"),
        (lambda env: env.database("ODD"), "ODD must be an address of a database"),
    ],
)
def test_what_is_missing_or_wrong_is_told_by_name(call, message):
    with pytest.raises(ImproperlyConfigured, match=message):
        call(Environment({"ODD": "perhaps"}))


def test_a_wrong_database_address_does_not_show_its_password():
    with pytest.raises(ImproperlyConfigured) as caught:
        Environment({"DATABASE_URL": "oracle://me:hush@host/db"}).database()
    assert "hush" not in str(caught.value)
    assert "oracle" in str(caught.value)


def test_the_environment_comes_before_the_file(tmp_path):
    file = tmp_path / ".env"
    file.write_text("# local\nexport A='from file' # no\nB=from file # why\nC=\"a # b\"\n\n")
    env = Environment({"B": "from environment"})
    env.read(file)
    env.read(tmp_path / "none")
    assert (env("B"), env("C")) == ("from environment", "a # b")


def test_a_line_that_sets_nothing_is_pointed_at(tmp_path):
    file = tmp_path / ".env"
    file.write_text("A=1\nnonsense\n")
    with pytest.raises(ImproperlyConfigured, match="line 2: expected NAME=value"):
        Environment({}).read(file)


def test_addresses_of_databases_are_taken_apart():
    config = database_from_url(
        "postgres://me:p%40ss@db.example.com:6432/shop?conn_max_age=60&sslmode=require"
    )
    assert config == {
        "ENGINE": "nuages.db.backends.postgresql",
        "NAME": "shop",
        "USER": "me",
        "PASSWORD": "p@ss",
        "HOST": "db.example.com",
        "PORT": "6432",
        "CONN_MAX_AGE": 60,
        "OPTIONS": {"sslmode": "require"},
    }


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("sqlite:///db.sqlite3", "db.sqlite3"),
        ("sqlite:////var/db", "/var/db"),
        ("sqlite://:memory:", ":memory:"),
    ],
)
def test_files_of_sqlite_are_named(address, name):
    assert database_from_url(address)["NAME"] == name


def test_the_default_database_may_be_a_path():
    config = Environment({}).database(default=Path("db.sqlite3"))
    assert config == {"ENGINE": "nuages.db.backends.sqlite3", "NAME": Path("db.sqlite3")}


@given(st.text(st.characters(exclude_characters="\x00", codec="utf-8"), min_size=1))
def test_any_password_can_be_written_in_an_address(password):
    from urllib.parse import quote

    assert database_from_url(f"mysql://me:{quote(password, safe='')}@h/n")["PASSWORD"] == password
