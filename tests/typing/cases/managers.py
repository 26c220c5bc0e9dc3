"""Managers of one's own."""

from __future__ import annotations

from typing import Any, ClassVar, Self, TypeVar, assert_type

from blog import Post, PostManager, PostQuerySet

from nuages.db import models
from nuages.db.models import Manager, QuerySet

T = TypeVar("T", bound=models.Model)


def of_the_post() -> None:
    assert_type(Post.objects.get(), Post)
    assert_type(Post.managed, PostManager)
    assert_type(Post.managed.newest(), Post | None)
    assert_type(Post.managed.filter(), QuerySet[Post])
    assert_type(Post.managed.get_queryset().published(), PostQuerySet)
    assert_type(Post.sets.published().filter(title="x"), PostQuerySet)
    assert_type(Post.sets.get(), Post)
    assert_type(Post.made.published().first(), Post | None)
    assert_type(Post._default_manager.get(), Post)


class AnyManager(models.Manager):
    def shout(self) -> str:
        return "!"


class Undeleted(models.Manager[T]):
    def undeleted(self) -> QuerySet[T]:
        return self.filter(deleted=None)


class Deletable(models.Model):
    deleted = models.DateTimeField(null=True)

    objects: ClassVar[Undeleted[Self]] = Undeleted()

    class Meta:
        abstract = True


class Note(Deletable):
    text = models.TextField()

    class Meta(Deletable.Meta):
        app_label = "managers"


class Loud(models.Model):
    objects = AnyManager()
    unsaid = models.Manager()

    class Meta:
        abstract = True


class Louder(Loud):
    class Meta(Loud.Meta):
        app_label = "managers"


def inherited() -> None:
    assert_type(Note.objects.undeleted(), QuerySet[Note])
    assert_type(Louder.objects.shout(), str)
    assert_type(Louder.objects.get(), Any)
    assert_type(Louder.unsaid.get(), Any)


def by_class(model: type[T]) -> T:
    assert_type(model.objects, Manager[T])
    return model._default_manager.get()


def on_instances(post: Post) -> None:
    assert_type(by_class(Post), Post)
