"""Relations: forward, to oneself, by name, and back."""

from __future__ import annotations

from typing import Any, assert_type

from blog import Author, Post, Tag

from nuages.db import models
from nuages.db.models import QuerySet
from nuages.db.models.fields.related_descriptors import ManyRelatedManager, RelatedManager


class Review(models.Model):
    post = models.ForeignKey["Post"]("blog.Post", on_delete=models.CASCADE)
    before = models.ForeignKey["Review | None"]("self", on_delete=models.CASCADE, null=True)
    annotated: models.ForeignKey[Author] = models.ForeignKey("blog.Author", models.CASCADE, related_name="+")
    named = models.ForeignKey("blog.Author", models.CASCADE)
    named_or_not = models.ForeignKey("blog.Author", models.CASCADE, null=True, related_name="+")
    post_id: int
    tags = models.ManyToManyField["Tag", "models.Model"]("blog.Tag")

    class Meta:
        app_label = "relations"


def forward(post: Post) -> None:
    assert_type(post.author, Author)
    assert_type(post.author.name, str)
    assert_type(post.author_id, int)
    assert_type(post.editor, Author | None)
    assert_type(post.editor_id, int | None)
    print(post.editor.name)  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]


def by_name(review: Review) -> None:
    assert_type(review.post, Post)
    assert_type(review.before, Review | None)
    assert_type(review.annotated, Author)
    assert_type(review.named, Any)
    assert_type(review.tags.get(), Tag)


def assigning(post: Post, review: Review, author: Author) -> None:
    post.author = author
    post.editor = None
    review.post = post
    review.before = review
    review.before = None
    post.author = None  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
    post.author = post  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
    post.tags = []  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]


def back(author: Author, tag: Tag) -> None:
    assert_type(author.post_set, RelatedManager[Post])
    assert_type(author.post_set.filter(title="x"), QuerySet[Post])
    assert_type(author.post_set.create(title="x"), Post)
    author.post_set.set([], clear=True)
    assert_type(tag.post_set.count(), int)


def many(post: Post, tag: Tag) -> None:
    assert_type(post.tags, ManyRelatedManager[Tag])
    assert_type(post.tags.all(), QuerySet[Tag])
    assert_type(post.tags.get_or_create(slug="x", through_defaults={}), tuple[Tag, bool])
    post.tags.add(tag, through_defaults={})
    post.tags.add(tag, bulk=True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
