"""Before a save: keys of related objects that got theirs since they were assigned."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

__all__ = ["settle_related_keys"]


def settle_related_keys(instance: Any, operation_name: str, fields: Collection[Any] | None = None) -> None:
    """Take the keys of assigned objects over; refuse objects that are not saved, whose relation would be lost."""
    if not instance._state.has_related:
        return
    values = instance.__dict__
    options = instance._meta
    kept = instance._state.fields_cache
    for field, name, attname, key_name in options.related_keys:
        related = kept.get(name)
        if related is None or not (fields is None or field in fields):
            continue
        # As a rule the object has a key, and it is the one that is about to be saved.
        key = related.__dict__.get(key_name) if key_name else None
        if key is None or values.get(attname) != key:
            _settle(instance, field, operation_name)
    # Generic relations have no column of their own to look at.
    for field in options.private_fields:
        if field.is_relation and hasattr(field, "is_cached") and field.is_cached(instance):
            related = field.get_cached_value(instance, default=None)
            if related and not related._is_pk_set():
                _refuse(field, operation_name)


def _settle(instance: Any, field: Any, operation_name: str) -> None:
    related = field.get_cached_value(instance)
    if not related:
        return
    if not related._is_pk_set():
        # The object must not claim to be pointed at.
        if not field.remote_field.multiple:
            field.remote_field.delete_cached_value(related)
        _refuse(field, operation_name)
    if getattr(instance, field.attname) in field.empty_values:
        # Saved since it was assigned.
        setattr(instance, field.name, related)
    if getattr(related, field.target_field.attname) != getattr(instance, field.attname):
        # The key was set by hand since: the object is another one's.
        field.delete_cached_value(instance)


def _refuse(field: Any, operation_name: str) -> None:
    raise ValueError(
        f"{operation_name}() prohibited to prevent data loss due to unsaved related object '{field.name}'."
    )
