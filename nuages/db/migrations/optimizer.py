"""Making a list of operations shorter without changing what it does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class MigrationOptimizer:
    """Lets operations absorb each other: creating a model and adding a field to it is creating it with the field."""

    def optimize(self, operations: Sequence[Any], app_label: str) -> list[Any]:
        """Return an equivalent list that cannot be shortened any more."""
        if app_label is None:
            raise TypeError("app_label must be a str.")
        self._iterations = 0
        current = list(operations)
        while True:
            shorter = self.optimize_inner(current, app_label)
            self._iterations += 1
            if shorter == current:
                return shorter
            current = shorter

    def optimize_inner(self, operations: Sequence[Any], app_label: str) -> list[Any]:
        """Return the list after the first pair that can be joined has been, or as it is."""
        kept: list[Any] = []
        for i, operation in enumerate(operations):
            joined = self._join(operation, operations[i + 1 :], app_label)
            if joined is not None:
                return [*kept, *joined]
            kept.append(operation)
        return kept

    def _join(self, operation: Any, following: Sequence[Any], app_label: str) -> list[Any] | None:
        """Join an operation with a later one, and return both and all after; None where none can be."""
        # Whether the result may stand in front of what lies between, where the first one stood; else it has to stand
        # where the second one stood, and then the first must be able to pass what lies between.
        right = True
        for j, other in enumerate(following):
            between, rest = list(following[:j]), list(following[j + 1 :])
            result = operation.reduce(other, app_label)
            if isinstance(result, list):
                if right:
                    return [*between, *result, *rest]
                if all(each.reduce(other, app_label) is True for each in between):
                    return [*result, *between, *rest]
                return None
            if not result:
                right = False
        return None
