"""System checks of one model: `Model.check()`."""

from __future__ import annotations

from typing import Any

from nuages.db.models.checks import composite, fields, names, options, swapping

__all__ = ["check_model"]


def check_model(model: Any, **kwargs: Any) -> list[Any]:
    """All messages about `model`; `databases` are the aliases to look at."""
    databases = kwargs.get("databases") or []
    messages = [
        *swapping.check_swappable(model),
        *fields.check_proxy(model),
        *fields.check_managers(model, kwargs),
    ]
    if model._meta.swapped:
        return messages
    messages += fields.check_each(model, kwargs)
    messages += fields.check_same_relation_twice(model)
    messages += names.check_long_column_names(model, databases)
    clashes = [
        *names.check_id_field(model),
        *names.check_field_names(model),
        *names.check_model_name(model),
        *names.check_property_names(model),
        *composite.check_single_key(model),
    ]
    messages += clashes
    # Two fields of one name have one column name too: said once.
    if not clashes:
        messages += names.check_column_names(model)
    messages += options.check_unique_together(model)
    messages += options.check_indexes(model, databases)
    messages += options.check_ordering(model)
    messages += options.check_constraints(model, databases)
    messages += options.check_table_comment(model, databases)
    messages += composite.check_composite_key(model)
    messages += fields.check_on_delete_variants(model)
    return messages
