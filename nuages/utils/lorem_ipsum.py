"""Filler text in Latin."""

from __future__ import annotations

import random

COMMON_P = (
    "Lorem ipsum dolor sit amet, consectetur adipisicing elit, sed do eiusmod tempor incididunt ut labore et dolore "
    "magna aliqua. Ut enim ad minim veniam, quis nostrud exercitation ullamco laboris nisi ut aliquip ex ea commodo "
    "consequat. Duis aute irure dolor in reprehenderit in voluptate velit esse cillum dolore eu fugiat nulla "
    "pariatur. Excepteur sint occaecat cupidatat non proident, sunt in culpa qui officia deserunt mollit anim id est "
    "laborum."
)

# From Cicero, De finibus bonorum et malorum, book 1: where the filler comes from.
_SOURCE = """
sed ut perspiciatis unde omnis iste natus error sit voluptatem accusantium doloremque laudantium totam rem aperiam
eaque ipsa quae ab illo inventore veritatis et quasi architecto beatae vitae dicta sunt explicabo nemo enim ipsam quia
voluptas aspernatur aut odit fugit consequuntur magni dolores eos qui ratione sequi nesciunt neque porro quisquam est
dolorem ipsum dolor amet consectetur adipisci velit numquam eius modi tempora incidunt labore dolore magnam aliquam
quaerat ad minima veniam quis nostrum exercitationem ullam corporis suscipit laboriosam nisi aliquid ex ea commodi
consequatur autem vel eum iure reprehenderit in voluptate esse quam nihil molestiae illum quo nulla pariatur at vero
accusamus iusto odio dignissimos ducimus blanditiis praesentium voluptatum deleniti atque corrupti quos quas molestias
excepturi sint occaecati cupiditate non provident similique culpa officia deserunt mollitia animi id laborum dolorum
fuga harum quidem rerum facilis expedita distinctio nam libero tempore cum soluta nobis eligendi optio cumque impedit
minus quod maxime placeat facere possimus assumenda repellendus temporibus quibusdam officiis debitis necessitatibus
saepe eveniet voluptates repudiandae recusandae itaque earum hic tenetur a sapiente delectus reiciendis voluptatibus
maiores alias perferendis doloribus asperiores repellat
"""
WORDS = tuple(dict.fromkeys(_SOURCE.split()))
COMMON_WORDS = tuple(COMMON_P.split(".")[0].lower().replace(",", "").split())


def sentence() -> str:
    """Return a random sentence: a few phrases of a few words."""
    phrases = [" ".join(random.sample(WORDS, random.randint(3, 12))) for _ in range(random.randint(1, 5))]
    text = ", ".join(phrases)
    return f"{text[0].upper()}{text[1:]}{random.choice('?.')}"


def paragraph() -> str:
    """Return a random paragraph of one to four sentences."""
    return " ".join(sentence() for _ in range(random.randint(1, 4)))


def paragraphs(count: int, common: bool = True) -> list[str]:
    """Return paragraphs; with `common` the first is the usual "Lorem ipsum ..."."""
    return [COMMON_P if common and number == 0 else paragraph() for number in range(count)]


def words(count: int, common: bool = True) -> str:
    """Return words; with `common` they start with the usual nineteen.

    A negative count takes words away from the nineteen.
    """
    if common and count <= len(COMMON_WORDS):
        return " ".join(COMMON_WORDS[:count])
    chosen = list(COMMON_WORDS) if common else []
    while missing := count - len(chosen):
        chosen += random.sample(WORDS, min(missing, len(WORDS)))
    return " ".join(chosen)
