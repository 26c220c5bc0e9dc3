"""Authors and books."""

from __future__ import annotations

from nuages.core.exceptions import ValidationError
from nuages.db import models


class Author(models.Model):
    name = models.CharField(max_length=20, unique=True)
    slug = models.SlugField(blank=True)
    friends = models.ManyToManyField("self", symmetrical=False, related_name="admirers", blank=True)

    class Meta:
        app_label = "library"  # test modules are imported before the app is installed
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/authors/{self.pk}/"


class Book(models.Model):
    title = models.CharField(max_length=20)
    pages = models.IntegerField(default=100)
    published = models.DateField(null=True, blank=True)
    author = models.ForeignKey(Author, models.CASCADE)

    class Meta:
        app_label = "library"  # test modules are imported before the app is installed
        ordering = ["published"]
        constraints = [models.UniqueConstraint(fields=["author", "title"], name="one_title")]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if self.title == self.title.upper() and self.title.isalpha():
            raise ValidationError({"title": "Do not shout."})
