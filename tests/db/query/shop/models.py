"""A small schema with every kind of relation."""

from __future__ import annotations

from typing import Any, NamedTuple

from nuages.core.exceptions import ValidationError
from nuages.db import models

# The label is said aloud: pytest imports these before the fixture installs the app.


class Country(models.Model):
    name = models.CharField(max_length=50)

    class Meta:
        app_label = "shop"
        ordering = ["name"]


class Author(models.Model):
    name = models.CharField(max_length=50)
    country = models.ForeignKey(Country, models.CASCADE, null=True)
    mentor = models.ForeignKey("self", models.SET_NULL, null=True, related_name="pupils")

    class Meta:
        app_label = "shop"


class Tag(models.Model):
    name = models.CharField(max_length=50)

    class Meta:
        app_label = "shop"


class Book(models.Model):
    title = models.CharField(max_length=50)
    pages = models.IntegerField(null=True)
    price = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    author = models.ForeignKey(Author, models.CASCADE)
    tags = models.ManyToManyField(Tag)

    class Meta:
        app_label = "shop"


class Cover(models.Model):
    book = models.OneToOneField(Book, models.CASCADE)
    colour = models.CharField(max_length=20)

    class Meta:
        app_label = "shop"


class Novel(Book):
    genre = models.CharField(max_length=20)

    class Meta:
        app_label = "shop"


class Saga(Novel):
    volumes = models.IntegerField()

    class Meta:
        app_label = "shop"


class Seat(models.Model):
    pk = models.CompositePrimaryKey("row", "number")
    row = models.CharField(max_length=2)
    number = models.IntegerField()

    class Meta:
        app_label = "shop"


class Reading(models.Model):
    """A column of most kinds, all of which may be empty."""

    small = models.SmallIntegerField(null=True)
    whole = models.IntegerField(null=True)
    big = models.BigIntegerField(null=True)
    ratio = models.FloatField(null=True)
    amount = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    flag = models.BooleanField(null=True)
    text = models.CharField(max_length=50, null=True)
    day = models.DateField(null=True)
    moment = models.DateTimeField(null=True)
    clock = models.TimeField(null=True)
    span = models.DurationField(null=True)
    uid = models.UUIDField(null=True)
    address = models.GenericIPAddressField(null=True)
    raw = models.BinaryField(null=True)
    data = models.JSONField(null=True)

    class Meta:
        app_label = "shop"


class Colour(NamedTuple):
    """Red, green and blue."""

    red: int
    green: int
    blue: int


class ColourField(models.Field):
    """A field of somebody's own, kept as `"rr-gg-bb"`."""

    description = "A colour"

    def __init__(self, *, shades: int = 256, **options: Any) -> None:
        self.shades = shades
        super().__init__(**options)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.shades != 256:
            kwargs["shades"] = self.shades
        return name, path, args, kwargs

    def db_type(self, connection: Any) -> str:
        return "char(8)" if connection.vendor == "sqlite" else "varchar(8)"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Colour | None:
        return self.to_python(value)

    def to_python(self, value: Any) -> Colour | None:
        if value is None or isinstance(value, Colour):
            return value
        try:
            return Colour(*(int(part, 16) for part in value.split("-")))
        except (AttributeError, TypeError, ValueError) as error:
            raise ValidationError(f"{value!r} is no colour", code="invalid") from error

    def get_prep_value(self, value: Any) -> str | None:
        colour = self.to_python(super().get_prep_value(value))
        return None if colour is None else "-".join(f"{part:02x}" for part in colour)

    def value_to_string(self, obj: Any) -> str:
        return self.get_prep_value(self.value_from_object(obj)) or ""


class Paint(models.Model):
    colour = ColourField(null=True)
    shelf = models.IntegerField(default=0)

    class Meta:
        app_label = "shop"
