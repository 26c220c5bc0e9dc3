"""`OneToOneField`: a foreign key that no two rows share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from nuages.db.models.fields.options import FieldOption
from nuages.db.models.fields.relations.foreign_key import ForeignKey
from nuages.db.models.fields.relations.forward import ForwardOneToOneDescriptor
from nuages.db.models.fields.relations.reverse import OneToOneRel
from nuages.db.models.fields.relations.reverse_one import ReverseOneToOneDescriptor
from nuages.db.models.fields.values import Null, To
from nuages.utils.translation import gettext_lazy as _

__all__ = ["OneToOneField"]


class OneToOneField(ForeignKey[To, Null]):
    """A key that points at each row once: the reverse side is one object."""

    options: ClassVar[tuple[FieldOption, ...]] = (
        FieldOption("unique", True, attribute="_unique", never=True),
    )

    many_to_one, one_to_one = False, True

    description = _("One-to-one relationship")
    rel_class = OneToOneRel
    forward_related_accessor_class = ForwardOneToOneDescriptor
    related_accessor_class = ReverseOneToOneDescriptor

    if not TYPE_CHECKING:  # a checker sees the constructor of the base

        def __init__(self, to: Any, on_delete: Any, to_field: str | None = None, **kwargs: Any) -> None:
            super().__init__(to, on_delete, to_field=to_field, **kwargs | {"unique": True})

    def formfield(self, **kwargs: Any) -> Any:
        return None if self.remote_field.parent_link else super().formfield(**kwargs)

    def save_form_data(self, instance: Any, data: Any) -> None:
        if isinstance(data, self.remote_field.model):
            setattr(instance, self.name, data)
            return
        setattr(instance, self.attname, data)
        # An emptied relation must not leave the old object in the cache.
        if data is None:
            setattr(instance, self.name, data)
