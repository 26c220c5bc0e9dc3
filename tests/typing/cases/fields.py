"""What reading a field gives, and what may be assigned."""

from __future__ import annotations

import datetime
import decimal
import uuid
from typing import Any, assert_type

from nuages.db import models
from nuages.db.models import F
from nuages.db.models.fields.files import FieldFile, ImageFieldFile
from nuages.db.models.functions import Now


class Upper(models.CharField):
    """A field of one's own for the same type."""


class Celsius(models.FloatField[int | float, int]):
    """A field of one's own for another type."""


class All(models.Model):
    char = models.CharField(max_length=10)
    text = models.TextField(null=False)
    email = models.EmailField()
    url = models.URLField()
    slug = models.SlugField(allow_unicode=True)
    integer = models.IntegerField()
    big = models.BigIntegerField(default=3)
    small = models.SmallIntegerField()
    positive = models.PositiveIntegerField()
    real = models.FloatField()
    truth = models.BooleanField(default=False)
    exact = models.DecimalField(max_digits=5, decimal_places=2)
    day = models.DateField(auto_now=True)
    moment = models.DateTimeField(auto_now_add=True, db_default=Now())
    time = models.TimeField()
    span = models.DurationField()
    key = models.UUIDField(default=uuid.uuid4)
    data = models.BinaryField()
    document = models.JSONField(default=dict)
    address = models.GenericIPAddressField(protocol="IPv4")
    path = models.FilePathField(path="/tmp", match=r".*\.txt")
    file = models.FileField(upload_to="files/")
    image = models.ImageField(null=True, width_field="small")
    length = models.GeneratedField(
        expression=F("small") * 2, output_field=models.IntegerField(), db_persist=True
    )
    upper = Upper(max_length=3)
    celsius = Celsius()

    class Meta:
        app_label = "fields"


class Nullable(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    char = models.CharField("A name", "char", max_length=10, null=True)
    integer = models.IntegerField(null=True)
    truth = models.BooleanField(null=True)
    exact = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    moment = models.DateTimeField(null=True)
    key = models.UUIDField(null=True)
    upper = Upper(max_length=3, null=True)

    class Meta:
        app_label = "fields"


def reading(row: All) -> None:
    assert_type(row.id, int | Any)
    assert_type(row.char, str)
    assert_type(row.text, str)
    assert_type(row.email, str)
    assert_type(row.url, str)
    assert_type(row.slug, str)
    assert_type(row.integer, int)
    assert_type(row.big, int)
    assert_type(row.small, int)
    assert_type(row.positive, int)
    assert_type(row.real, float)
    assert_type(row.truth, bool)
    assert_type(row.exact, decimal.Decimal)
    assert_type(row.day, datetime.date)
    assert_type(row.moment, datetime.datetime)
    assert_type(row.time, datetime.time)
    assert_type(row.span, datetime.timedelta)
    assert_type(row.key, uuid.UUID)
    assert_type(row.data, bytes)
    assert_type(row.document, Any)
    assert_type(row.address, str)
    assert_type(row.path, str)
    assert_type(row.file, FieldFile)
    assert_type(row.image, ImageFieldFile)
    assert_type(row.image.url, str)
    assert_type(row.length, int)
    assert_type(row.upper, str)
    assert_type(row.celsius, int)


def reading_null(row: Nullable) -> None:
    key: uuid.UUID = row.id
    print(key)
    assert_type(row.char, str | None)
    assert_type(row.integer, int | None)
    assert_type(row.truth, bool | None)
    assert_type(row.exact, decimal.Decimal | None)
    assert_type(row.moment, datetime.datetime | None)
    assert_type(row.key, uuid.UUID | None)


def assigning(row: All, empty: Nullable) -> None:
    row.char = "x"
    row.integer = F("big") + 1
    row.moment = Now()
    row.file = "a/b.txt"
    row.celsius = 3.5
    empty.char = None
    empty.upper = "X"
    row.char = 3  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
    row.char = None  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
    row.moment = "yesterday"  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]


def on_the_class() -> None:
    assert_type(All.char.field.max_length, int | None)
    assert_type(models.CharField(max_length=3).null, bool)
    assert_type(All._meta.get_field("char").verbose_name, Any)


def wrong_options() -> None:
    models.CharField(max_lenght=3)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    models.IntegerField(db_collation="C")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    models.DateField(auto_now="yes")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
