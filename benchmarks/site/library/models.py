"""Books, who wrote them and who printed them."""

from django.db import models


class Author(models.Model):
    """A person who writes."""

    name = models.CharField(max_length=100)
    country = models.CharField(max_length=60)
    born = models.DateField()


class Publisher(models.Model):
    """A house that prints."""

    name = models.CharField(max_length=100)
    city = models.CharField(max_length=60)


class Book(models.Model):
    """A book in the library."""

    title = models.CharField(max_length=200)
    slug = models.SlugField(unique=True)
    summary = models.TextField(blank=True)
    author = models.ForeignKey(Author, on_delete=models.CASCADE)
    publisher = models.ForeignKey(Publisher, on_delete=models.CASCADE)
    published = models.DateField(db_index=True)
    pages = models.PositiveIntegerField()
    available = models.BooleanField(default=True)
