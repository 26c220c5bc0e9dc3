"""Enumerations for `choices`."""

from __future__ import annotations

from typing import Any, assert_type

from blog import Post, Stars, Status


def members() -> None:
    assert_type(Status.DRAFT.value, str)
    assert_type(Stars.ONE.value, int)
    assert_type(Status.names, list[str])
    assert_type(Status.values, list[Any])
    assert_type(Status.choices, list[tuple[Any, str]])
    assert_type(Status.DRAFT.label, str)
    assert_type(Status("d"), Status)
    text: str = Status.DRAFT
    number: int = Stars.TWO
    print(text.upper(), number + 1, Status("d"), Status["DRAFT"], [member.label for member in Status])


def in_fields(post: Post) -> None:
    post.status = Status.PUBLISHED
    post.stars = Stars.ONE
    assert_type(post.status == Status.DRAFT, bool)
    assert_type(post.get_status_display(), str)
