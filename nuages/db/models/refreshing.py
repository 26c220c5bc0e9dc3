"""`refresh_from_db()`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nuages.db.models.constants import LOOKUP_SEP

__all__ = ["refresh"]


def refresh(instance: Any, using: str | None, fields: Iterable[str] | None, from_queryset: Any) -> None:
    """Read fields again, and forget what was derived from them."""
    chosen = None if fields is None else list(fields)
    if chosen is None:
        instance._prefetched_objects_cache = {}
        instance._state.peer_rows = {}
    else:
        chosen = _without_prefetched(instance, chosen)
        # All that was asked for was prefetched rows.
        if not chosen:
            return
        if any(LOOKUP_SEP in name for name in chosen):
            raise ValueError(
                f'Found "{LOOKUP_SEP}" in fields argument. Relations and transforms are not allowed in fields.'
            )
    if from_queryset is None:
        hints = {"instance": instance}
        from_queryset = instance.__class__._base_manager.db_manager(using, hints=hints)
    elif using is not None:
        from_queryset = from_queryset.using(using)
    rows = from_queryset.filter(pk=instance.pk)
    deferred = instance.get_deferred_fields()
    if chosen is not None:
        rows = rows.only(*chosen)
    elif deferred:
        # Deferred fields stay so.
        rows = rows.only(
            *(field.attname for field in instance._meta.concrete_fields if field.attname not in deferred)
        )
    _take_over(instance, rows.get(), chosen)


def _without_prefetched(instance: Any, names: list[str]) -> list[str]:
    cache = getattr(instance, "_prefetched_objects_cache", {})
    kept = []
    for name in names:
        if name in cache:
            del cache[name]
        else:
            kept.append(name)
    return kept


def _take_over(instance: Any, fresh: Any, names: list[str] | None) -> None:
    missing = fresh.get_deferred_fields()
    options = instance._meta
    for field in options.concrete_fields:
        if field.attname in missing:
            continue
        setattr(instance, field.attname, getattr(fresh, field.attname))
        if field.is_relation and field.is_cached(instance):
            field.delete_cached_value(instance)
        if field.is_relation and field.is_cached(fresh):
            field.set_cached_value(instance, field.get_cached_value(fresh))
    wanted = None if names is None else set(names)
    for field in options.fields:
        # Over columns of other fields.
        if field.is_relation and not field.concrete and (wanted is None or field.name in wanted):
            instance._state.fields_cache.pop(field.cache_name, None)
    for relation in options.related_objects:
        if (wanted is None or relation.name in wanted) and relation.is_cached(instance):
            relation.delete_cached_value(instance)
    for field in options.private_fields:
        if (
            field.is_relation
            and hasattr(field, "is_cached")
            and (wanted is None or field.name in wanted)
            and field.is_cached(instance)
        ):
            field.delete_cached_value(instance)
    instance._state.db = fresh._state.db
