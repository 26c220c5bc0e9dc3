"""Descriptors of relations, under their documented path."""

from nuages.db.models.fields.relations.forward import (
    ForeignKeyDeferredAttribute,
    ForwardManyToOneDescriptor,
    ForwardOneToOneDescriptor,
)
from nuages.db.models.fields.relations.related_manager import ManyRelatedManager, RelatedManager
from nuages.db.models.fields.relations.reverse_one import ReverseOneToOneDescriptor
from nuages.db.models.fields.relations.to_many import (
    ManyToManyDescriptor,
    ReverseManyToOneDescriptor,
    create_forward_many_to_many_manager,
    create_reverse_many_to_one_manager,
)

__all__ = [
    "ForeignKeyDeferredAttribute",
    "ForwardManyToOneDescriptor",
    "ForwardOneToOneDescriptor",
    "ManyRelatedManager",
    "ManyToManyDescriptor",
    "RelatedManager",
    "ReverseManyToOneDescriptor",
    "ReverseOneToOneDescriptor",
    "create_forward_many_to_many_manager",
    "create_reverse_many_to_one_manager",
]
