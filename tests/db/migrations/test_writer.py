"""Values written into migration files are the same when they are read."""

from __future__ import annotations

import datetime
import decimal
import enum
import re
import uuid
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from nuages.db import models
from nuages.db.migrations import CreateModel, Migration
from nuages.db.migrations.migration import SwappableTuple
from nuages.db.migrations.serializer import serializer_factory
from nuages.db.migrations.writer import MigrationWriter, OperationWriter
from nuages.db.models.expressions import RawSQL
from nuages.db.models.functions import Lower
from nuages.db.models.lookups import GreaterThan
from nuages.utils.translation import gettext_lazy


class Colour(enum.Enum):
    RED = "r"


def read_back(value: Any) -> Any:
    source, imports = serializer_factory(value).serialize()
    namespace: dict[str, Any] = {}
    exec("\n".join(sorted(imports)), namespace)
    return eval(source, namespace)


plain = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.decimals(allow_nan=False)
    | st.dates()
    | st.datetimes()
    | st.datetimes(timezones=st.just(datetime.UTC))
    | st.times()
    | st.timedeltas()
    | st.uuids()
)
hashable = st.none() | st.booleans() | st.integers() | st.text() | st.dates()
nested = st.recursive(
    plain,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner)
        | st.tuples(inner, inner)
        | st.dictionaries(hashable, inner, max_size=4)
        | st.frozensets(hashable, max_size=4)
        | st.sets(hashable, max_size=4)
    ),
    max_leaves=8,
)


@hypothesis.given(nested)
def test_what_is_written_reads_as_the_same(value: Any) -> None:
    again = read_back(value)
    assert again == value
    assert type(again) is type(value)


def test_other_values_keep_their_kind() -> None:
    assert read_back(Colour.RED) is Colour.RED
    assert read_back(Colour) is Colour
    assert read_back(re.compile("a.b", re.IGNORECASE)) == re.compile("a.b", re.IGNORECASE)
    assert read_back(gettext_lazy("yes")) == "yes"
    assert read_back(range(1, 5, 2)) == range(1, 5, 2)
    assert read_back(uuid.uuid4) is uuid.uuid4
    assert read_back(decimal.Decimal) is decimal.Decimal
    assert read_back(models.SET_NULL) is models.SET_NULL
    assert read_back(models.DB_CASCADE) is models.DB_CASCADE


def test_a_field_reads_as_its_like() -> None:
    field = models.CharField(max_length=5, choices=[("a", "A")], default="a", db_index=True)
    assert read_back(field).deconstruct() == field.deconstruct()


def test_what_has_no_name_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="lambda"):
        serializer_factory(lambda: None).serialize()
    with pytest.raises(ValueError, match="Cannot serialize"):
        serializer_factory(object()).serialize()


@pytest.mark.parametrize(
    ("expression", "path"),
    [
        (models.F("a") + 1, "nuages.db.models.expressions.CombinedExpression("),
        (-models.F("a"), "nuages.db.models.expressions.CombinedExpression("),
        (GreaterThan(models.F("a"), 1), "nuages.db.models.lookups.GreaterThan("),
        (RawSQL("1", []), "nuages.db.models.expressions.RawSQL("),
        (Lower("a"), "nuages.db.models.functions.Lower("),
        (models.F("a"), "models.F("),
    ],
)
def test_an_expression_is_written_by_the_path_that_is_documented(expression: Any, path: str) -> None:
    source, imports = serializer_factory(expression).serialize()
    assert source.startswith(path)
    assert not any("combining" in line or "comparison" in line for line in imports)


def test_what_depends_on_a_setting_is_written_after_what_depends_on_migrations() -> None:
    migration = Migration("0002_more", "shop")
    migration.dependencies = [
        ("shop", "0001"),
        SwappableTuple(("__setting__", "AUTH_USER_MODEL"), "AUTH_USER_MODEL"),
        ("auth", "0012"),
    ]
    written = MigrationWriter(migration).as_string()
    places = [written.index(text) for text in ("('auth', ", "('shop', ", "swappable_dependency(")]
    assert places == sorted(places)


def test_an_argument_that_is_written_over_lines_is_so_without_items_too() -> None:
    source, _ = OperationWriter(CreateModel("Copy", fields=[], bases=("shop.article",))).serialize()
    assert source.splitlines()[2:4] == [" " * 12 + "fields=[", " " * 12 + "],"]


def test_the_function_that_validates_integers_is_written_by_its_name() -> None:
    from nuages.core.validators import validate_integer
    from nuages.db.migrations.writer import MigrationWriter

    assert MigrationWriter.serialize(validate_integer)[0].endswith(".core.validators.validate_integer")
