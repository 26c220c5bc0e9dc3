"""Models of a small library, to write, relate and delete."""

from __future__ import annotations

from nuages.db import models
from nuages.db.models.functions import Length


class InLibrary(models.Model):
    class Meta:
        abstract = True
        # Said here, as tests import these models before the app is installed.
        app_label = "library"


class Named(InLibrary):
    name = models.CharField(max_length=20)

    class Meta(InLibrary.Meta):
        abstract = True
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Shelf(Named):
    pass


class Writer(Named):
    born = models.DateField(null=True, blank=True)
    spouse = models.OneToOneField("self", models.SET_NULL, null=True, blank=True)


class Volume(InLibrary):
    title = models.CharField(max_length=30, default="Untitled")
    pages = models.IntegerField(default=1)
    writer = models.ForeignKey(Writer, models.CASCADE, related_name="volumes")
    shelf = models.ForeignKey(Shelf, models.SET_NULL, null=True, blank=True)
    readers = models.ManyToManyField("Reader", through="Loan", related_name="read")
    kind = models.CharField(max_length=1, choices=[("n", "Novel"), ("p", "Poems")], default="n")

    class Meta(InLibrary.Meta):
        constraints = [models.CheckConstraint(condition=models.Q(pages__gt=0), name="some_pages")]


class Reader(Named):
    friends = models.ManyToManyField("self")
    likes = models.ManyToManyField(Writer, related_name="fans")


class Loan(InLibrary):
    volume = models.ForeignKey(Volume, models.PROTECT)
    reader = models.ForeignKey(Reader, models.CASCADE)
    day = models.IntegerField(default=0)


class Atlas(Volume):
    scale = models.IntegerField()


class Note(InLibrary):
    volume = models.ForeignKey(Volume, models.RESTRICT, null=True)
    writer = models.ForeignKey(Writer, models.CASCADE)
    text = models.TextField()
    length = models.GeneratedField(
        expression=Length("text"), output_field=models.IntegerField(), db_persist=True
    )
    made = models.IntegerField(db_default=7)

    class Meta(InLibrary.Meta):
        order_with_respect_to = "writer"
