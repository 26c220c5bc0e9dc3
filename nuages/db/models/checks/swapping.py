"""`swappable`: the setting that may name another model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nuages.apps import apps
from nuages.core import checks

__all__ = ["check_swappable"]


def check_swappable(model: Any) -> Iterator[Any]:
    options = model._meta
    chosen = options.swapped
    if not chosen:
        return
    try:
        apps.get_model(chosen)
    except ValueError:
        yield checks.Error(
            f"'{options.swappable}' is not of the form 'app_label.app_name'.", id="models.E001"
        )
    except LookupError:
        yield checks.Error(
            f"'{options.swappable}' references '{chosen}', which has not been installed, or is abstract.",
            id="models.E002",
        )
