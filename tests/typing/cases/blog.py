"""The models that the other modules ask about; itself a case, of declaring them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Self

from nuages.db import models
from nuages.db.models.functions import Length

if TYPE_CHECKING:
    from nuages.db.models.fields.related_descriptors import RelatedManager


class Author(models.Model):
    name = models.CharField(max_length=100)
    born = models.DateField(null=True, blank=True)

    post_set: RelatedManager[Post]

    class Meta:
        app_label = "blog"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    slug = models.SlugField(primary_key=True)
    post_set: RelatedManager[Post]

    class Meta:
        app_label = "blog"


class Status(models.TextChoices):
    DRAFT = "d", "Draft"
    PUBLISHED = "p", "Published"


class Stars(models.IntegerChoices):
    ONE = 1
    TWO = 2


class PostQuerySet(models.QuerySet["Post"]):
    def published(self) -> Self:
        return self.filter(status=Status.PUBLISHED)


class PostManager(models.Manager["Post"]):
    def get_queryset(self) -> PostQuerySet:
        return PostQuerySet(self.model, using=self._db)

    def newest(self) -> Post | None:
        return self.order_by("-id").first()


class Post(models.Model):
    title = models.CharField("Title", max_length=200, db_index=True)
    body = models.TextField(blank=True, default="")
    status = models.CharField(max_length=1, choices=Status, default=Status.DRAFT)
    stars = models.PositiveSmallIntegerField(choices=Stars, null=True)
    author = models.ForeignKey(Author, on_delete=models.CASCADE)
    editor = models.ForeignKey(Author, models.SET_NULL, null=True, related_name="edited")
    follows = models.OneToOneField("self", on_delete=models.SET_NULL, null=True)
    tags = models.ManyToManyField(Tag)

    author_id: int
    editor_id: int | None

    get_status_display: Callable[[], str]

    objects: ClassVar[models.Manager[Self]] = models.Manager()
    managed = PostManager()
    sets = PostQuerySet.as_manager()
    made = models.Manager.from_queryset(PostQuerySet)()

    class Meta:
        app_label = "blog"
        constraints = [models.UniqueConstraint(fields=["title", "author"], name="one_title")]
        indexes = [models.Index(fields=["title"]), models.Index(Length("body"), name="by_length")]

    def __str__(self) -> str:
        return self.title
