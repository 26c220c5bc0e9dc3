"""System checks of generic relations and of what content types can hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from nuages.core.checks import CheckMessage, Error

#: The length of `ContentType.model`.
LONGEST_NAME = 100


def _models(app_configs: Iterable[Any] | None) -> Iterator[Any]:
    from nuages.apps import apps

    for config in apps.get_app_configs() if app_configs is None else app_configs:
        yield from config.get_models()


def check_generic_foreign_keys(app_configs: Iterable[Any] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Let every GenericForeignKey say what is wrong with it."""
    private = [(field, model) for model in _models(app_configs) for field in model._meta.private_fields]
    if not private:
        return []
    # Few projects have generic relations; those without need not load them.
    from nuages.contrib.contenttypes.fields import GenericForeignKey

    keys = (
        field for field, model in private if isinstance(field, GenericForeignKey) and field.model is model
    )
    return [message for key in keys for message in key.check()]


def check_model_name_lengths(app_configs: Iterable[Any] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse models whose name does not fit into the table."""
    return [
        Error(
            f"Model names must be at most {LONGEST_NAME} characters (got {len(model._meta.model_name)}).",
            id="contenttypes.E005",
            obj=model,
        )
        for model in _models(app_configs)
        if len(model._meta.model_name) > LONGEST_NAME
    ]
