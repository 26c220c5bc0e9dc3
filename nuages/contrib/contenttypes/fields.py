"""`GenericForeignKey` and `GenericRelation`, under their documented path."""

from nuages.contrib.contenttypes.foreign import GenericForeignKey, GenericForeignKeyDescriptor
from nuages.contrib.contenttypes.relation import (
    GenericRel,
    GenericRelation,
    ReverseGenericManyToOneDescriptor,
    create_generic_related_manager,
)

__all__ = [
    "GenericForeignKey",
    "GenericForeignKeyDescriptor",
    "GenericRel",
    "GenericRelation",
    "ReverseGenericManyToOneDescriptor",
    "create_generic_related_manager",
]

# Repr and deconstruct() name these classes by their documented module.
for _cls in (GenericForeignKey, GenericRel, GenericRelation):
    _cls.__module__ = __name__
