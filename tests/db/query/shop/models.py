"""A small schema with every kind of relation."""

from __future__ import annotations

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
