"""What query sets are made of, for type checkers: `QuerySet[Post]` is about posts and gives posts.

After `values()` it is still about posts, but gives dictionaries: `QuerySet[Post, dict[str, Any]]`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nuages.utils.generics import TypeVar

if TYPE_CHECKING:
    from typing import Any

    from nuages.db.models.base import Model

#: The model.
M = TypeVar("M", bound="Model", default="Any", covariant=True)
#: A row; an instance of the model unless said otherwise.
R = TypeVar("R", default=M, covariant=True)
#: An instance handed in, which may be of a narrower class than the query set is known by.
Given = TypeVar("Given", bound="Model")
#: A class of query sets.
Q = TypeVar("Q", default="Any")
