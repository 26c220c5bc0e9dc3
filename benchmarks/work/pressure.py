"""A site of 2,000 models and ever new queries. `python -m benchmarks.work.pressure nuages|django [compositions]`.

Each composition is a query that was not asked before, made of four steps and turned into SQL, over all models in
turn: four new shapes. What is reported are seconds of processor time and bytes of memory.
"""

from __future__ import annotations

import itertools
import random
import sys
import time
from collections.abc import Iterator

from benchmarks.work.common import choose, memory, report, set_up

#: Four shapes each.
COMPOSITIONS = 25_000


def measure(compositions: int) -> dict[str, float]:
    """Start a site with the models, then ask."""
    begun, empty = time.process_time(), memory()
    set_up("benchmarks.work.crowd")
    from benchmarks.work.crowd.models import made

    for model in made:
        # What a start asks of every model; it also settles its relations.
        model.check()
    found = {"start": time.process_time() - begun, "memory of a start": float(memory() - empty)}
    begun = time.process_time()
    early = 0
    for number, conditions in enumerate(itertools.islice(compositions_of(made), compositions)):
        model, first, second, order, stop = conditions
        str(model.objects.filter(**first).exclude(**second).order_by(*order)[:stop].query)
        if number == compositions // 5:
            early = memory()
    found["a composition"] = (time.process_time() - begun) / compositions
    found["memory after a fifth"], found["memory at the end"] = float(early), float(memory())
    return found


def compositions_of(
    made: list[type],
) -> Iterator[tuple[type, dict[str, object], dict[str, object], list[str], int]]:
    """Queries without end, no two alike."""
    chosen = random.Random(7)
    fields = {
        "name": ["exact", "startswith", "contains"],
        "size": ["gt", "lt", "exact"],
        "weight": ["gte", "lte"],
    }
    paths = ["", "before__", "before__before__", "top__"]
    names = [
        f"{path}{field}__{lookup}"
        for path in paths
        for field, lookups in fields.items()
        for lookup in lookups
    ]
    seen: set[tuple[object, ...]] = set()
    while True:
        model = made[chosen.randrange(3, len(made))]
        some = tuple(chosen.sample(names, 3))
        order = (chosen.choice(("", "-")) + chosen.choice(paths) + chosen.choice(("name", "size")), "pk")
        if (model, some, order) in seen:
            continue
        seen.add((model, some, order))
        first = dict.fromkeys(some[:2], "1")
        yield model, first, {some[2]: "2"}, list(order), chosen.randrange(2, 50)


if __name__ == "__main__":
    choose(sys.argv[1])
    report(measure(int(sys.argv[2]) if len(sys.argv) > 2 else COMPOSITIONS))
