"""The section on a site of many models and ever new queries."""

from __future__ import annotations

import statistics
from collections.abc import Callable

from benchmarks.table import Row, Section


def section(
    contestants: dict[str, str], work: Callable[[str, str, str], dict[str, float]], rounds: int
) -> Section:
    """Measure both in turn; `work(python, module, who)` runs one of them."""
    seen: dict[str, list[dict[str, float]]] = {who: [] for who in contestants}
    for _ in range(rounds):
        for who, python in contestants.items():
            seen[who].append(work(python, "pressure", who))
    ours, theirs = (
        {name: statistics.median(one[name] for one in seen[who]) for name in seen[who][0]}
        for who in ("nuages", "django")
    )
    rows = [
        Row(
            f"{words}, ours as a share of Django's",
            ours[name] / theirs[name],
            target,
            {},
            smaller_is_better=True,
        )
        for words, name, target in (
            ("start with 2,000 models: processor time", "start", 1.0),
            ("start with 2,000 models: memory", "memory of a start", 1.0),
            ("a query never asked before, to its SQL: processor time", "a composition", 1.0),
        )
    ]
    growth = ours["memory at the end"] / ours["memory after a fifth"]
    rows.append(
        Row(
            "memory after 100,000 shapes, as a share of that after 20,000",
            growth,
            1.1,
            {},
            smaller_is_better=True,
        )
    )
    return Section("Many models, ever new queries", "python -m benchmarks --only pressure", [], rows)
