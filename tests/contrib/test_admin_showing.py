"""How values of rows are shown to people."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from nuages.contrib import admin
from nuages.contrib.admin.utils import display_for_field, display_for_value
from nuages.contrib.postgres.fields import ArrayField
from nuages.db import models
from nuages.db.models.expressions import DatabaseDefault
from nuages.test.utils import override_settings
from nuages.utils.safestring import mark_safe

LISTS = ArrayField(models.IntegerField(), choices=[([1, 2, 3], "three"), ([1, 2], "two")])


@pytest.mark.parametrize(
    ("value", "field", "shown"),
    [
        ([1, 2], LISTS, "two"),
        ([9, 9], LISTS, "-"),
        ([1, 2], ArrayField(models.IntegerField()), "1, 2"),
        (None, models.CharField(choices=[(None, "nobody")]), "nobody"),
        (None, models.CharField(), "-"),
        (DatabaseDefault(models.Value(1)), models.IntegerField(), "-"),
        ({"a": "ü"}, models.JSONField(), '{"a": "ü"}'),
        ({(1, 2): 3}, models.JSONField(), "{(1, 2): 3}"),
        (
            "https://e.org/?a&b",
            models.URLField(),
            '<a href="https://e.org/?a&amp;b">https://e.org/?a&amp;b</a>',
        ),
        ("javascript:alert(1)", models.URLField(), "javascript:alert(1)"),
        (12345.5, models.FloatField(), "12,345.5"),
        (Decimal("1.5"), models.DecimalField(max_digits=5, decimal_places=2), "1.50"),
    ],
)
def test_a_field_says_how_its_value_is_shown(value: Any, field: Any, shown: str) -> None:
    with override_settings(USE_THOUSAND_SEPARATOR=True):
        assert display_for_field(value, field, "-") == shown


@pytest.mark.parametrize(("value", "icon"), [(True, "yes"), (False, "no"), (None, "unknown")])
def test_yes_and_no_are_icons(value: Any, icon: str) -> None:
    assert f'admin/img/icon-{icon}.svg" alt="{value}"' in display_for_value(value, "-", boolean=True)
    assert f"icon-{icon}.svg" in display_for_field(value, models.BooleanField(), "-")


@pytest.mark.parametrize(
    ("value", "shown"), [(True, "True"), ("  a ", "a"), ("  ", "-"), (mark_safe(" <b>a</b>"), " <b>a</b>")]
)
def test_values_without_a_field_are_shown_as_they_are(value: Any, shown: str) -> None:
    assert display_for_value(value, "-") == shown


def test_the_decorator_of_the_same_name_is_not_hidden_by_a_module() -> None:
    assert callable(admin.display)
