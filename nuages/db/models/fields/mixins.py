"""Mixins for fields with something special about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from nuages.core import checks

__all__ = ["NOT_PROVIDED", "CheckFieldDefaultMixin", "FieldCacheMixin"]

from nuages.db.models.fields.options import NOT_PROVIDED


class FieldCacheMixin:
    """A relation that keeps the related object in the instance's state."""

    @property
    def cache_name(self) -> str:
        raise NotImplementedError("subclasses of FieldCacheMixin must provide a cache_name")

    def get_cached_value(self, instance: Any, default: Any = NOT_PROVIDED) -> Any:
        try:
            return instance._state.fields_cache[self.cache_name]
        except KeyError:
            if default is NOT_PROVIDED:
                raise
            return default

    def is_cached(self, instance: Any) -> bool:
        return self.cache_name in instance._state.fields_cache

    def set_cached_value(self, instance: Any, value: Any) -> None:
        instance._state.fields_cache[self.cache_name] = value

    def delete_cached_value(self, instance: Any) -> None:
        del instance._state.fields_cache[self.cache_name]


def check_shared_default(field: Any, options: Mapping[str, Any]) -> Iterator[Any]:
    if field.has_default() and field.default is not None and not callable(field.default):
        good, bad = field._default_hint
        yield checks.Warning(
            f"{field.__class__.__name__} default should be a callable instead of an instance so that it's not "
            "shared between all field instances.",
            hint=f"Use a callable instead, e.g., use `{good}` instead of `{bad}`.",
            obj=field,
            id="fields.E010",
        )


class CheckFieldDefaultMixin:
    """A field of mutable values: its default has to be a callable."""

    #: What the hint says: a good default and a bad one.
    _default_hint: tuple[str, str] = ("<valid default>", "<invalid default>")

    checks: ClassVar[tuple[Any, ...]] = (check_shared_default,)
