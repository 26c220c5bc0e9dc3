"""From planned operations to migrations.

Inside an app operations are sorted so that what is needed comes first, and otherwise stay in the order in which
they were planned. Then apps are gone through in turn: each gives off the operations whose needs in other apps have
been met, as one migration if those are all it has. Where apps wait for each other, one of them is cut in two.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import Any

from nuages.conf import settings
from nuages.db.migrations.autodetector.comparison import Comparison
from nuages.db.migrations.autodetector.needs import Deed, OperationDependency, deeds, satisfies
from nuages.db.migrations.migration import Migration
from nuages.db.migrations.optimizer import MigrationOptimizer


def migrations_of(c: Comparison, graph: Any, existing_apps: set[str]) -> dict[str, list[Migration]]:
    """Return migrations with all planned operations, by app."""
    for app, operations in c.planned.items():
        c.planned[app] = in_order(c, app, operations)
    return _Dealer(c, graph, existing_apps).migrations()


def resolved(need: OperationDependency) -> tuple[OperationDependency, bool]:
    """Turn a need for what a setting names into one for that model; say whether it was one."""
    if need.app_label != "__setting__":
        return need, False
    app, _, model = getattr(settings, need.model_name).partition(".")
    return need._replace(app_label=app, model_name=model.lower()), True


class _Deeds:
    """Finds the operations of an app that do something."""

    def __init__(self, operations: list[Any]) -> None:
        self.operations = operations
        self.by_key: dict[Any, list[Any]] = defaultdict(list)
        for operation in operations:
            for key in deeds(operation):
                self.by_key[key].append(operation)

    def that_satisfy(self, need: OperationDependency) -> list[Any]:
        if need.type is Deed.REMOVE_ORDER_WRT:
            return [operation for operation in self.operations if satisfies(operation, need)]
        return self.by_key.get(need.key, [])


def in_order(c: Comparison, app: str, operations: list[Any]) -> list[Any]:
    """Sort an app's operations by what they need of each other."""
    known = _Deeds(operations)
    before: dict[int, set[int]] = {}
    for operation in operations:
        needed: set[int] = set()
        for need in c.needs_of(operation):
            need, _ = resolved(need)
            if need.app_label == app:
                needed |= {id(other) for other in known.that_satisfy(need) if other is not operation}
        before[id(operation)] = needed
    # In rounds: all whose needs are met come next, in the order they have.
    done: set[int] = set()
    ordered: list[Any] = []
    waiting = list(operations)
    while waiting:
        ready = [operation for operation in waiting if before[id(operation)] <= done]
        if not ready:
            listed = ", ".join(operation.describe() for operation in waiting)
            raise ValueError(f"Cyclic dependency in graph: {listed}")
        ordered += ready
        done |= {id(operation) for operation in ready}
        waiting = [operation for operation in waiting if id(operation) not in done]
    return ordered


class _Dealer:
    """Deals operations out to migrations."""

    def __init__(self, c: Comparison, graph: Any, existing_apps: set[str]) -> None:
        self.c, self.graph, self.existing_apps = c, graph, existing_apps
        self.left = {app: list(operations) for app, operations in c.planned.items()}
        self.made: dict[str, list[Migration]] = {}

    def migrations(self) -> dict[str, list[Migration]]:
        """Deal until nothing is left."""
        cutting = False
        count = sum(map(len, self.left.values()))
        while count:
            for app in sorted(self.left):
                if self.left[app] and self._deal(app, cutting):
                    cutting = False
            now = sum(map(len, self.left.values()))
            if now == count:
                if cutting:
                    stuck = [operation for operations in self.left.values() for operation in operations]
                    raise ValueError(f"Cannot resolve operation dependencies: {stuck!r}")
                cutting = True
            count = now
        return self._finished()

    def _deal(self, app: str, cutting: bool) -> bool:
        """Make a migration of what is ready; without `cutting` only when that is everything."""
        ready: list[Any] = []
        dependencies: dict[tuple[str, str], None] = {}
        for operation in self.left[app]:
            met = self._dependencies_of(app, operation, cutting)
            if met is None:
                break
            ready.append(operation)
            dependencies.update(dict.fromkeys(met))
        whole = len(ready) == len(self.left[app])
        if not (ready or dependencies) or not (whole or cutting):
            return False
        del self.left[app][: len(ready)]
        numbered = self.made.setdefault(app, [])
        migration = type("Migration", (Migration,), {"operations": [], "dependencies": []})(
            f"auto_{len(numbered) + 1}", app
        )
        migration.operations, migration.dependencies = ready, list(dependencies)
        migration.initial = app not in self.existing_apps
        numbered.append(migration)
        return True

    def _dependencies_of(self, app: str, operation: Any, cutting: bool) -> list[tuple[str, str]] | None:
        """Return the migrations of other apps that an operation needs, None while they are not made yet."""
        found: list[tuple[str, str]] = []
        for asked in self.c.needs_of(operation):
            need, by_setting = resolved(asked)
            if need.app_label == app:
                continue
            if any(satisfies(other, need) for other in self.left.get(need.app_label, ())):
                return None
            if by_setting:
                found.append((asked.app_label, asked.model_name))
            elif need.app_label in self.made:
                found.append((need.app_label, self.made[need.app_label][-1].name))
            elif not cutting:
                # It may yet turn up in what other apps are dealt.
                return None
            else:
                ends = self.graph.leaf_nodes(need.app_label) if self.graph else []
                found.append(ends[0] if ends else (need.app_label, "__first__"))
        return found

    def _finished(self) -> dict[str, list[Migration]]:
        for migrations in self.made.values():
            for earlier, later in pairwise(migrations):
                later.dependencies.append((earlier.app_label, earlier.name))
            for migration in migrations:
                migration.dependencies = list(dict.fromkeys(migration.dependencies))
                migration.operations = MigrationOptimizer().optimize(
                    migration.operations, migration.app_label
                )
        return self.made


__all__ = ["in_order", "migrations_of", "resolved"]
