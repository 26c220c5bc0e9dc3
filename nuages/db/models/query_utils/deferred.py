"""The value of a column that was not loaded with its row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nuages.utils.generics import Generic, TypeVar

if TYPE_CHECKING:
    from nuages.db.models.fields.base import Field

F = TypeVar("F", bound="Field[Any, Any, Any]", default="Any", covariant=True)


class DeferredAttribute(Generic[F]):
    """Stands on the model class for a field; loads its value when an instance does not have it.

    Not a data descriptor: an instance that has the value in its `__dict__` never comes here.
    """

    field: F

    def __init__(self, field: F) -> None:
        self.field = field

    def __get__(self, instance: Any, cls: type | None = None) -> Any:
        if instance is None:
            return self
        values = instance.__dict__
        name = self.field.attname
        if name not in values:
            linked = self._through_parent_link(instance)
            if linked is not _NOTHING:
                values[name] = linked
            elif not instance._is_pk_set():
                raise AttributeError(f"Cannot retrieve deferred field {name!r} from an unsaved model.")
            else:
                instance._state.fetch_mode.fetch(self, instance)
                if name not in values:
                    raise instance.DoesNotExist(f"{type(instance).__name__} matching query does not exist.")
        return values[name]

    # What was loaded is kept: templates may read it once where they show it twice.
    __get__.reads_alike = True  # type: ignore[attr-defined]

    def _through_parent_link(self, instance: Any) -> Any:
        """A parent's key is known from the child's link to it, without asking the database."""
        link = instance._meta.get_ancestor_link(self.field.model)
        if self.field.primary_key and link is not None and self.field is not link:
            return getattr(instance, link.attname)
        return _NOTHING

    # What a fetch mode calls.

    def fetch_one(self, instance: Any) -> None:
        """Load the value for one instance."""
        instance.refresh_from_db(fields=[self.field.attname])

    def fetch_many(self, instances: Sequence[Any]) -> None:
        """Load the value for all `instances` (of one model) that lack it, in one query."""
        name = self.field.attname
        lacking = [peer for peer in instances if name not in peer.__dict__]
        first = lacking[0]
        manager = first.__class__._base_manager.db_manager(first._state.db)
        rows = dict(manager.filter(pk__in={peer.pk for peer in lacking}).values_list("pk", name))
        for peer in lacking:
            if peer.pk in rows:
                peer.__dict__[name] = rows[peer.pk]


_NOTHING = object()
