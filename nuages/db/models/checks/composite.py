"""Primary keys: one, and what a composite one may be made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from nuages.core import checks
from nuages.core.exceptions import FieldDoesNotExist

__all__ = ["check_composite_key", "check_single_key"]


def check_single_key(model: Any) -> Iterator[Any]:
    if sum(1 for field in model._meta.local_fields if field.primary_key) > 1:
        yield checks.Error(
            "The model cannot have more than one field with 'primary_key=True'.", obj=model, id="models.E026"
        )


def check_composite_key(model: Any) -> Iterator[Any]:
    options = model._meta
    names = getattr(options.pk, "field_names", None)
    # A proxy's key is its concrete model's, and checked there.
    if names is None or options.pk not in options.local_fields:
        return

    def refuse(name: str, hint: str) -> Any:
        return checks.Error(
            f"{name!r} cannot be included in the composite primary key.",
            hint=hint,
            obj=model,
            id="models.E042",
        )

    uses: Counter[Any] = Counter()
    for name in names:
        try:
            field = options.get_field(name)
        except FieldDoesNotExist:
            yield refuse(name, f"{name!r} is not a valid field.")
            continue
        uses[field] += 1
        hint = None
        if not field.column:
            hint = f"{name!r} field has no column."
        elif field.null:
            hint = f"{name!r} field may not set 'null=True'."
        elif field.generated:
            hint = f"{name!r} field is a generated field."
        elif field not in options.local_fields:
            hint = f"{name!r} field is not a local field."
        elif uses[field] > 1:
            hint = f"{name!r} and {field.name!r} are the same fields."
        if hint is not None:
            yield refuse(name, hint)
