"""Where chains of names lead, which is remembered."""

from __future__ import annotations

import pytest

from nuages.core.exceptions import FieldError
from nuages.db import models
from nuages.test.utils import isolate_apps


@isolate_apps("tests.db.shapes")
def test_a_name_that_led_nowhere_is_found_once_a_model_has_it() -> None:
    class House(models.Model):
        class Meta:
            app_label = "shapes"

    class Room(models.Model):
        house = models.ForeignKey(House, models.CASCADE)

        class Meta:
            app_label = "shapes"

    with pytest.raises(FieldError, match="chair"):
        Room.objects.filter(house__room__chair=1)

    class Chair(models.Model):
        room = models.ForeignKey(Room, models.CASCADE)

        class Meta:
            app_label = "shapes"

    assert '"shapes_chair"."id"' in str(Room.objects.filter(house__room__chair=1).query)
