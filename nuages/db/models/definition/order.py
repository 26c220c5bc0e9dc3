"""`order_with_respect_to`: the accessors on both sides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nuages.db import router, transaction

__all__ = ["add_order_accessors"]


def add_order_accessors(cls: Any) -> None:
    """`get_answer_order()` and `set_answer_order()` on the model that answers are ordered by, once it is there."""
    from nuages.db.models.fields.related import lazy_related_operation

    field = cls._meta.order_with_respect_to
    if not field.remote_field:
        return

    def attach(model: Any, related: Any) -> None:
        name = model.__name__.lower()
        setattr(related, f"get_{name}_order", _bound(get_order, model))
        setattr(related, f"set_{name}_order", _bound(set_order, model))

    lazy_related_operation(attach, cls, field.remote_field.model)


def _bound(act: Callable[..., Any], ordered: Any) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return act(self, ordered, *args, **kwargs)

    return method


def get_order(instance: Any, ordered: Any) -> Any:
    """Keys of the `ordered` objects that belong to `instance`, in order."""
    field = ordered._meta.order_with_respect_to
    pk = ordered._meta.pk.name
    siblings = ordered.objects.filter(**field.get_forward_related_filter(instance))
    return siblings.order_by("_order").values_list(pk, flat=True)


def set_order(instance: Any, ordered: Any, id_list: Sequence[Any], using: str | None = None) -> None:
    """Put the `ordered` objects of `instance` into the order of these keys."""
    using = using or router.db_for_write(ordered, instance=instance)
    field = ordered._meta.order_with_respect_to
    siblings = ordered.objects.db_manager(using).filter(**field.get_forward_related_filter(instance))
    with transaction.atomic(using=using, savepoint=False):
        siblings.bulk_update([ordered(pk=pk, _order=place) for place, pk in enumerate(id_list)], ["_order"])
