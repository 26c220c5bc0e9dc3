"""Relation fields, under their documented path."""

from nuages.db.models.fields.relations.foreign_key import ForeignKey
from nuages.db.models.fields.relations.foreign_object import ForeignObject
from nuages.db.models.fields.relations.forward import (
    ForeignKeyDeferredAttribute,
    ForwardManyToOneDescriptor,
    ForwardOneToOneDescriptor,
)
from nuages.db.models.fields.relations.many import ManyToManyField, create_many_to_many_intermediary_model
from nuages.db.models.fields.relations.one_to_one import OneToOneField
from nuages.db.models.fields.relations.related_field import RelatedField
from nuages.db.models.fields.relations.related_manager import RelatedManager
from nuages.db.models.fields.relations.resolve import (
    RECURSIVE_RELATIONSHIP_CONSTANT,
    lazy_related_operation,
    resolve_relation,
)
from nuages.db.models.fields.relations.reverse import (
    ForeignObjectRel,
    ManyToManyRel,
    ManyToOneRel,
    OneToOneRel,
)
from nuages.db.models.fields.relations.reverse_one import ReverseOneToOneDescriptor
from nuages.db.models.fields.relations.to_many import ManyToManyDescriptor, ReverseManyToOneDescriptor

__all__ = [
    "RECURSIVE_RELATIONSHIP_CONSTANT",
    "ForeignKey",
    "ForeignKeyDeferredAttribute",
    "ForeignObject",
    "ForeignObjectRel",
    "ForwardManyToOneDescriptor",
    "ForwardOneToOneDescriptor",
    "ManyToManyDescriptor",
    "ManyToManyField",
    "ManyToManyRel",
    "ManyToOneRel",
    "OneToOneField",
    "OneToOneRel",
    "RelatedField",
    "RelatedManager",
    "ReverseManyToOneDescriptor",
    "ReverseOneToOneDescriptor",
    "create_many_to_many_intermediary_model",
    "lazy_related_operation",
    "resolve_relation",
]

# Repr and deconstruct() name these classes by their documented module.
for _cls in (ForeignKey, ForeignObject, ManyToManyField, OneToOneField, RelatedField):
    _cls.__module__ = __name__
