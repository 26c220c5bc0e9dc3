"""What an operation needs others to have done, and what each operation does for others."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import Any, NamedTuple

from nuages.db.migrations import operations


class Deed(enum.Enum):
    """Something done to a model or field that others may wait for."""

    CREATE, REMOVE, ALTER = enum.auto(), enum.auto(), enum.auto()
    REMOVE_ORDER_WRT, ALTER_FOO_TOGETHER = enum.auto(), enum.auto()
    REMOVE_INDEX_OR_CONSTRAINT = enum.auto()


class OperationDependency(NamedTuple):
    """A need: this deed, done to a model or one of its fields, has to come first.

    `app_label` may be "__setting__"; `model_name` then is the setting that names the model.
    """

    app_label: str
    model_name: str
    field_name: str | None
    type: Deed

    @property
    def key(self) -> tuple[Any, ...]:
        """The need without its app, in lower case: what `deeds` yields."""
        field = (
            self.field_name.lower() if self.field_name and self.type is not Deed.ALTER_FOO_TOGETHER else None
        )
        return self.type, self.model_name.lower(), field


OperationDependency.Type = Deed  # type: ignore[attr-defined]


def deeds(operation: Any) -> Iterator[tuple[Any, ...]]:
    """Yield what an operation does, as keys of needs. Orders are left to `satisfies`."""
    match operation:
        case operations.CreateModel():
            yield Deed.CREATE, operation.name_lower, None
            for name, _ in operation.fields:
                yield Deed.CREATE, operation.name_lower, name.lower()
        case operations.DeleteModel():
            yield Deed.REMOVE, operation.name_lower, None
        case operations.AddField():
            yield Deed.CREATE, operation.model_name_lower, operation.name_lower
        case operations.RemoveField():
            yield Deed.REMOVE, operation.model_name_lower, operation.name_lower
        case operations.AlterField():
            yield Deed.ALTER, operation.model_name_lower, operation.name_lower
        case operations.AlterUniqueTogether() | operations.AlterIndexTogether():
            yield Deed.ALTER_FOO_TOGETHER, operation.name_lower, None
        case operations.RemoveIndex() | operations.RemoveConstraint():
            yield Deed.REMOVE_INDEX_OR_CONSTRAINT, operation.model_name_lower, operation.name.lower()


def satisfies(operation: Any, need: OperationDependency) -> bool:
    """Say whether an operation (of the right app) does what is needed."""
    if need.type is Deed.REMOVE_ORDER_WRT:
        return (
            isinstance(operation, operations.AlterOrderWithRespectTo)
            and operation.name_lower == need.model_name.lower()
            and (operation.order_with_respect_to or "").lower() != (need.field_name or "").lower()
        )
    return need.key in set(deeds(operation))
