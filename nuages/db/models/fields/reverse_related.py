"""The reverse sides of relations, under their documented path."""

from nuages.db.models.fields.relations.reverse import (
    ForeignObjectRel,
    ManyToManyRel,
    ManyToOneRel,
    OneToOneRel,
)

__all__ = ["ForeignObjectRel", "ManyToManyRel", "ManyToOneRel", "OneToOneRel"]

for _cls in (ForeignObjectRel, ManyToManyRel, ManyToOneRel, OneToOneRel):
    _cls.__module__ = __name__
