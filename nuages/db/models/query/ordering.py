"""Whether the ordering of a query tells all of its rows apart."""

from __future__ import annotations

from typing import Any

from nuages.db.models.constraints import UniqueConstraint


def is_total(shape: Any, opts: Any) -> bool:
    """Whether the ordering of `shape` leaves no two rows of a model in doubt."""
    names = shape.order_by or (opts.ordering if shape.default_ordering else ())
    fields = set()
    # A relation is ordered by as its model says; only its key tells rows apart.
    relations = {one.name for one in opts.fields if one.is_relation and one.related_model._meta.ordering}
    for item in names:
        node = getattr(item, "expression", item)
        name = getattr(node, "name", node)
        if isinstance(name, str):
            name = name.lstrip("-+")
            if name not in relations:
                fields.add(opts.pk.attname if name == "pk" else name)
    single = {one for one in opts.fields if one.unique and not one.null}
    if any(one.name in fields or one.attname in fields for one in single):
        return True
    pk_names = [one.name for one in opts.pk_fields]
    if all(name in fields or one.attname in fields for name, one in zip(pk_names, opts.pk_fields)):
        return True
    by_name = {one.name: one for one in opts.fields}
    for constraint in opts.constraints:
        if not isinstance(constraint, UniqueConstraint) or constraint.condition or not constraint.fields:
            continue
        if all(
            (name in fields or by_name[name].attname in fields) and not by_name[name].null
            for name in constraint.fields
        ):
            return True
    return any(
        all(
            (name in fields or by_name[name].attname in fields) and not by_name[name].null
            for name in together
        )
        for together in opts.unique_together
    )
