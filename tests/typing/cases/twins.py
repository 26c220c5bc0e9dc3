"""The async faces have the types of the plain ones."""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine
from typing import Any, assert_type

from blog import Author, Post, Tag

from nuages.spine import twin


async def on_query_sets() -> None:
    assert_type(await Post.objects.aget(pk=1), Post)
    assert_type(await Post.objects.filter().aget(), Post)
    counting: Coroutine[Any, Any, int] = Post.objects.acount()
    assert_type(await counting, int)
    assert_type(await Post.objects.filter().acount(), int)
    assert_type(await Post.objects.afirst(), Post | None)
    assert_type(await Post.objects.acreate(title="x"), Post)
    assert_type(await Post.objects.filter().aget_or_create(title="x"), tuple[Post, bool])
    assert_type(await Post.objects.aaggregate(), dict[str, Any])
    assert_type(Post.objects.aiterator(), AsyncIterator[Post])
    async for post in Post.objects.filter():
        assert_type(post, Post)
    assert_type([title async for title in Post.objects.values_list("title")], list[tuple[Any, ...]])


async def on_instances(post: Post, author: Author, tag: Tag) -> None:
    await post.asave(update_fields=["title"])
    await post.arefresh_from_db()
    assert_type(await post.adelete(), tuple[int, dict[str, int]])
    await post.tags.aadd(tag)
    assert_type(await author.post_set.acreate(title="x"), Post)


def double(number: int, *, times: int = 2) -> int:
    return number * times


adouble = twin(double)


async def on_functions() -> None:
    assert_type(await adouble(2, times=3), int)
    await adouble("2")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
