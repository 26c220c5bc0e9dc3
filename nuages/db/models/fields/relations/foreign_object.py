"""`ForeignObject`: a relation over any columns, and the joins along it."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from nuages.db.models.fields.base import FieldCheck
from nuages.db.models.fields.options import FieldOption
from nuages.db.models.fields.relations import checks as relation_checks
from nuages.db.models.fields.relations.forward import ForwardManyToOneDescriptor
from nuages.db.models.fields.relations.lookups import register_on
from nuages.db.models.fields.relations.related_field import RelatedField
from nuages.db.models.fields.relations.resolve import RECURSIVE_RELATIONSHIP_CONSTANT
from nuages.db.models.fields.relations.reverse import ForeignObjectRel
from nuages.db.models.fields.relations.to_many import ReverseManyToOneDescriptor
from nuages.db.models.fields.values import In, Null, Out
from nuages.db.models.query_utils import PathInfo

__all__ = ["ForeignObject"]


class ForeignObject(RelatedField[In, Out, Null]):
    """A relation over any columns, without one of its own."""

    options: ClassVar[tuple[FieldOption, ...]] = (
        FieldOption("on_delete", always=True, attribute="remote_field.on_delete"),
        FieldOption("from_fields", always=True),
        FieldOption("to_fields", always=True),
        FieldOption("parent_link", False, attribute="remote_field.parent_link"),
    )
    checks: ClassVar[tuple[FieldCheck, ...]] = relation_checks.FOREIGN

    many_to_one = True

    # Lookups of other fields compare values; those of relations are registered on their own.
    lookups_start_here = True

    #: Whether the columns pointed at must be unique together.
    requires_unique_target = True
    related_accessor_class: ClassVar[Any] = ReverseManyToOneDescriptor
    forward_related_accessor_class: ClassVar[Any] = ForwardManyToOneDescriptor
    rel_class: ClassVar[Any] = ForeignObjectRel

    def __init__(
        self,
        to: Any,
        on_delete: Any,
        from_fields: Any,
        to_fields: Any,
        rel: Any = None,
        related_name: str | None = None,
        related_query_name: str | None = None,
        limit_choices_to: Any = None,
        parent_link: bool = False,
        swappable: bool = True,
        **kwargs: Any,
    ) -> None:
        seen_from_there: dict[str, Any] = {
            "related_name": related_name,
            "related_query_name": related_query_name,
            "limit_choices_to": limit_choices_to,
        }
        if rel is None:
            rel = self.rel_class(self, to, parent_link=parent_link, on_delete=on_delete, **seen_from_there)
        super().__init__(rel=rel, **seen_from_there, **kwargs)
        self.from_fields, self.to_fields = from_fields, to_fields
        self.swappable = swappable

    def __copy__(self) -> Any:
        made = super().__copy__()
        # They hold on to the fields of the model the original belongs to.
        for name in ("path_infos", "reverse_path_infos", "related_fields", "related_model"):
            made.__dict__.pop(name, None)
        return made

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs["to"] = self._target_label()
        return name, path, args, kwargs

    # --- columns ----------------------------------------------------------------------------------------------

    def resolve_related_fields(self) -> list[tuple[Any, Any]]:
        """Pairs of (own field, field of the other model)."""
        if len(self.from_fields) < 1 or len(self.from_fields) != len(self.to_fields):
            raise ValueError("Foreign Object from and to fields must be the same non-zero length")
        target = self.remote_field.model
        if isinstance(target, str):
            raise ValueError(f"Related model {target!r} cannot be resolved")
        pairs = []
        for own_name, other_name in zip(self.from_fields, self.to_fields):
            own = self if own_name == RECURSIVE_RELATIONSHIP_CONSTANT else self.opts.get_field(own_name)
            other = target._meta.pk if other_name is None else target._meta.get_field(other_name)
            pairs.append((own, other))
        return pairs

    @cached_property
    def related_fields(self) -> list[tuple[Any, Any]]:
        return self.resolve_related_fields()

    @cached_property
    def reverse_related_fields(self) -> list[tuple[Any, Any]]:
        return [(other, own) for own, other in self.related_fields]

    @cached_property
    def local_related_fields(self) -> tuple[Any, ...]:
        return tuple(own for own, _other in self.related_fields)

    @cached_property
    def foreign_related_fields(self) -> tuple[Any, ...]:
        return tuple(other for _own, other in self.related_fields if other)

    def get_local_related_value(self, instance: Any) -> tuple[Any, ...]:
        return self.get_instance_value_for_fields(instance, self.local_related_fields)

    def get_foreign_related_value(self, instance: Any) -> tuple[Any, ...]:
        return self.get_instance_value_for_fields(instance, self.foreign_related_fields)

    @staticmethod
    def get_instance_value_for_fields(instance: Any, fields: Any) -> tuple[Any, ...]:
        """Values of these fields; a parent's key is read from the link to it, which does not load the parent."""
        values = []
        options = instance._meta
        for field in fields:
            if field.primary_key:
                link = options.get_ancestor_link(field.model)
                if not link or link.primary_key:
                    values.append(instance.pk)
                    continue
            values.append(getattr(instance, field.attname))
        return tuple(values)

    def get_attname_column(self) -> tuple[str, Any]:
        return super().get_attname_column()[0], None

    # --- joins ------------------------------------------------------------------------------------------------

    def get_joining_fields(self, reverse_join: bool = False) -> tuple[tuple[Any, Any], ...]:
        return tuple(self.reverse_related_fields if reverse_join else self.related_fields)

    def get_reverse_joining_fields(self) -> tuple[tuple[Any, Any], ...]:
        return self.get_joining_fields(reverse_join=True)

    def get_extra_descriptor_filter(self, instance: Any) -> Any:
        """More conditions for reading the relation of `instance`: a dict of lookups or a Q."""
        return {}

    def get_extra_restriction(self, alias: str, related_alias: str) -> Any:
        """More conditions for the ON clause of a join."""
        return None

    def get_path_info(self, filtered_relation: Any = None) -> list[PathInfo]:
        target = self.remote_field.model._meta
        return [
            PathInfo(
                from_opts=self.model._meta,
                to_opts=target,
                target_fields=self.foreign_related_fields,
                join_field=self,
                m2m=False,
                direct=True,
                filtered_relation=filtered_relation,
            )
        ]

    @cached_property
    def path_infos(self) -> list[PathInfo]:
        return self.get_path_info()

    def get_reverse_path_info(self, filtered_relation: Any = None) -> list[PathInfo]:
        source = self.model._meta
        return [
            PathInfo(
                from_opts=self.remote_field.model._meta,
                to_opts=source,
                target_fields=tuple(source.pk_fields) if source.is_composite_pk else (source.pk,),
                join_field=self.remote_field,
                m2m=not self.unique,
                direct=False,
                filtered_relation=filtered_relation,
            )
        ]

    @cached_property
    def reverse_path_infos(self) -> list[PathInfo]:
        return self.get_reverse_path_info()

    # --- joining a model --------------------------------------------------------------------------------------

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False, **kwargs: Any) -> None:
        super().contribute_to_class(cls, name, private_only=private_only, **kwargs)
        setattr(cls, self.name, self.forward_related_accessor_class(self))

    def contribute_to_related_class(self, cls: Any, related: Any) -> None:
        # A hidden relation has no attribute there, nor has one to a model that is swapped away.
        if self.remote_field.hidden or related.related_model._meta.swapped:
            return
        setattr(cls._meta.concrete_model, related.accessor_name, self.related_accessor_class(related))
        # Forms limit their choices to these.
        if self.remote_field.limit_choices_to:
            cls._meta.related_fkey_lookups.append(self.remote_field.limit_choices_to)


register_on(ForeignObject)
