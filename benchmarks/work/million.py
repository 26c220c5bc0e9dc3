"""A million different sets of conditions in one process: `python -m benchmarks.work.million [compositions]`.

Each is a `filter()` of five lookups that was not asked before, turned into SQL. Reported are bytes of memory after a tenth
and at the end: what is remembered of queries has a bound, so they are nearly the same.
"""

from __future__ import annotations

import itertools
import sys

from benchmarks.work.common import choose, memory, report, set_up

COMPOSITIONS = 1_000_000


def measure(compositions: int) -> dict[str, float]:
    """Ask."""
    set_up()
    from django.db import models

    fields = {f"number{place}": models.IntegerField() for place in range(10)}
    meta = type("Meta", (), {"app_label": "bench"})
    reading = type("Reading", (models.Model,), {"__module__": __name__, "Meta": meta, **fields})
    lookups = [f"{name}__{lookup}" for name in fields for lookup in ("gt", "lt", "exact")]
    early = 0
    for number, names in enumerate(itertools.islice(itertools.permutations(lookups, 5), compositions)):
        str(reading.objects.filter(**dict.fromkeys(names, number)).query)
        if number == compositions // 10:
            early = memory()
    return {"memory after a tenth": float(early), "memory at the end": float(memory())}


if __name__ == "__main__":
    choose("nuages")
    report(measure(int(sys.argv[1]) if len(sys.argv) > 1 else COMPOSITIONS))
