"""Query sets: about which model they are, and which rows they give."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any, assert_type

from blog import Author, Post

from nuages.core.exceptions import ObjectDoesNotExist
from nuages.db.models import Avg, Count, Exists, F, OuterRef, Prefetch, Q, QuerySet


def steps() -> None:
    assert_type(Post.objects.filter(title="x"), QuerySet[Post])
    assert_type(Post.objects.all().exclude(Q(title="x") | ~Q(body="")).order_by("-id"), QuerySet[Post])
    assert_type(Post.objects.select_related("author").prefetch_related(Prefetch("tags")), QuerySet[Post])
    assert_type(Post.objects.annotate(n=Count("tags")).alias(m=F("n") + 1), QuerySet[Post])
    assert_type(Post.objects.filter(Exists(Author.objects.filter(pk=OuterRef("author")))), QuerySet[Post])
    assert_type(Post.objects.none() | Post.objects.all() & Post.objects.all(), QuerySet[Post])
    assert_type(Post.objects.all()[:3], QuerySet[Post])
    assert_type(Post.objects.only("title").using("other").distinct(), QuerySet[Post])
    assert_type(Post.objects.union(Post.objects.none(), all=True), QuerySet[Post])


def rows() -> None:
    assert_type(Post.objects.get(pk=1), Post)
    assert_type(Post.objects.all().get(), Post)
    assert_type(Post.objects.first(), Post | None)
    assert_type(Post.objects.order_by("id").last(), Post | None)
    assert_type(Post.objects.latest("id"), Post)
    assert_type(Post.objects.all()[0], Post)
    assert_type(list(Post.objects.all()), list[Post])
    assert_type([post.title for post in Post.objects.filter()], list[str])
    assert_type(Post.objects.iterator(), Iterator[Post])
    assert_type(Post.objects.in_bulk([1, 2]), dict[Any, Post])
    assert_type(list(Post.objects.raw("select 1")), list[Post])


def writing() -> None:
    assert_type(Post.objects.create(title="x"), Post)
    assert_type(Post.objects.get_or_create(title="x"), tuple[Post, bool])
    assert_type(Post.objects.filter().update_or_create({"body": "y"}, title="x"), tuple[Post, bool])
    assert_type(Post.objects.bulk_create([Post(title="x")]), list[Post])
    assert_type(Post.objects.bulk_update([Post(title="x")], ["title"]), int)
    assert_type(Post.objects.update(title="x"), int)
    assert_type(Post.objects.all().delete(), tuple[int, dict[str, int]])
    assert_type(Post(title="x").delete(), tuple[int, dict[str, int]])
    Post(title="x").save(update_fields=["title"])


def answers() -> None:
    assert_type(Post.objects.count(), int)
    assert_type(Post.objects.filter().exists(), bool)
    assert_type(Post.objects.aggregate(Avg("stars")), dict[str, Any])
    assert_type(Post.objects.all().query.__str__(), Any)


def other_rows() -> None:
    assert_type(Post.objects.values("id"), QuerySet[Post, dict[str, Any]])
    assert_type(Post.objects.values("id").get(), dict[str, Any])
    assert_type(Post.objects.values_list("id", "title"), QuerySet[Post, tuple[Any, ...]])
    assert_type(Post.objects.values_list("id", "title").first(), tuple[Any, ...] | None)
    assert_type(Post.objects.values_list("id", flat=True), QuerySet[Post, Any])
    assert_type(set(Post.objects.filter().values_list("id", flat=True)), set[Any])
    assert_type(Post.objects.values_list("id", named=True), QuerySet[Post, Any])
    assert_type(Author.objects.dates("born", "year"), QuerySet[Author, datetime.date])


def through_functions(posts: QuerySet[Post]) -> QuerySet[Post]:
    return posts.filter(author__name="x").reverse()


def errors() -> None:
    through_functions(Post.objects.all())
    through_functions(Author.objects.all())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Post.objects.fitler()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    for post in Post.objects:  # type: ignore[attr-defined]  # pyright: ignore[reportGeneralTypeIssues]
        print(post)
    try:
        Post.objects.get()
    except (Post.DoesNotExist, Post.MultipleObjectsReturned) as error:
        assert_type(Post.DoesNotExist, type[ObjectDoesNotExist])
        print(error)
