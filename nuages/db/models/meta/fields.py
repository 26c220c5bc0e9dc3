"""Views of a model's fields: by kind, by name, with those of parents and relations that point here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from nuages.core.exceptions import FieldDoesNotExist
from nuages.db.models.meta.ancestry import Ancestry
from nuages.utils.datastructures import ImmutableList
from nuages.utils.functional import cached_property

if TYPE_CHECKING:
    from nuages.db.models.fields.base import Field
    from nuages.db.models.options import Options

EMPTY_RELATION_TREE = ()

IMMUTABLE_WARNING = (
    "The return type of '%s' should never be mutated. If you want to manipulate this list for your own use, make a "
    "copy first."
)


def make_immutable_fields_list(name: str, fields: Any) -> Any:
    return ImmutableList(fields, warning=IMMUTABLE_WARNING % name)


class FieldViews(Ancestry):
    """Fields as they are asked for, each view computed once."""

    def get_fields(self, include_parents: bool = True, include_hidden: bool = False) -> Any:
        """All fields, forward and reverse, those of parents included; hidden are relations whose name ends in `+`."""
        return self._get_fields(include_parents=bool(include_parents), include_hidden=include_hidden)

    def _get_fields(
        self,
        forward: bool = True,
        reverse: bool = True,
        include_parents: bool = True,
        include_hidden: bool = False,
    ) -> Any:
        key = (forward, reverse, include_parents, include_hidden)
        found = self._fields_cache.get(key)
        if found is None:
            fields = self._collect_fields(forward, reverse, include_parents, include_hidden)
            found = self._fields_cache[key] = make_immutable_fields_list("get_fields()", fields)
        return found

    def _collect_fields(
        self,
        forward: bool = True,
        reverse: bool = True,
        include_parents: bool = True,
        include_hidden: bool = False,
    ) -> list[Any]:
        fields = list(self._walk_fields(forward, reverse, include_parents, include_hidden, set()))
        return fields + self.private_fields if forward else fields

    def _walk_fields(
        self, forward: bool, reverse: bool, include_parents: bool, include_hidden: bool, seen: set[Any]
    ) -> Iterator[Any]:
        """Fields of parents first; `seen` keeps a common ancestor from coming twice."""
        seen.add(self.model)
        if include_parents:
            for parent in self.parents:
                # A concrete parent that this model's concrete form does not descend from: a declared link only.
                if parent in seen:
                    continue
                inherited = parent._meta._walk_fields(forward, reverse, True, include_hidden, seen)
                for field in inherited:
                    # Siblings are no relation of this model, though they are of its parent.
                    if not getattr(field, "parent_link", False) or field.model == self.concrete_model:
                        yield field
        elif reverse and self.proxy and self.concrete_model is not None:
            yield from self.concrete_model._meta._walk_fields(False, True, False, include_hidden, seen)
        if reverse and not self.proxy:
            for field in self._relation_tree:
                if include_hidden or not field.remote_field.hidden:
                    yield field.remote_field
        if forward:
            yield from self.local_fields
            yield from self.local_many_to_many

    @cached_property
    def fields(self) -> Any:
        """Forward fields with a place on the instance: no many-to-many, nothing generic."""
        return make_immutable_fields_list(
            "fields", (field for field in self._get_fields(reverse=False) if _is_plain_forward(field))
        )

    @cached_property
    def concrete_fields(self) -> Any:
        """Fields that have a column."""
        return make_immutable_fields_list("concrete_fields", (f for f in self.fields if f.concrete))

    @cached_property
    def own_columns(self) -> tuple[Any, ...] | None:
        """What a whole row is selected by; None where some of it is in another table, or is no plain column."""
        from nuages.db.models.expressions import Col

        if any(field.model._meta.concrete_model is not self.concrete_model for field in self.concrete_fields):
            return None
        columns = tuple(field.get_col(self.db_table) for field in self.concrete_fields)
        return columns if all(type(column) is Col for column in columns) else None

    @cached_property
    def written_columns(self) -> dict[Any, Any]:
        """What was written for `own_columns`, dialect by dialect: see `shapes.columns`."""
        return {}

    @cached_property
    def local_concrete_fields(self) -> Any:
        """Fields that have a column in this model's own table."""
        return make_immutable_fields_list(
            "local_concrete_fields", (f for f in self.local_fields if f.concrete)
        )

    @cached_property
    def many_to_many(self) -> Any:
        """Many-to-many fields, those of parents included."""
        return make_immutable_fields_list(
            "many_to_many",
            (f for f in self._get_fields(reverse=False) if f.is_relation and f.many_to_many),
        )

    @cached_property
    def tables(self) -> tuple[Options, ...]:
        """Options of the models whose tables a row is spread over."""
        return (self.concrete_model._meta, *(parent._meta for parent in self.all_parents))

    @cached_property
    def related_keys(self) -> tuple[tuple[Any, str, str, str | None], ...]:
        """Fields with a column that points at another model: the field, where it keeps the object, its attribute,
        and the attribute of the object's own key where it points at that."""
        return tuple(
            (field, field.cache_name, field.attname, self._single_key(field.remote_field.model))
            if field.target_field.primary_key
            else (field, field.cache_name, field.attname, None)
            for field in self.concrete_fields
            if field.is_relation
        )

    @staticmethod
    def _single_key(model: Any) -> str | None:
        """The attribute of a key that is there when it is not None."""
        key = model._meta.pk
        return None if key.has_db_default() or len(model._meta.pk_fields) > 1 else key.attname

    @cached_property
    def stored_names(self) -> frozenset[str]:
        """Attribute names of all columns that are written."""
        return frozenset(field.attname for field in self.concrete_fields if not field.generated)

    @cached_property
    def related_objects(self) -> Any:
        """Relations that point at this model and can be seen from it; many-to-many ones also when hidden."""
        return make_immutable_fields_list(
            "related_objects",
            (
                relation
                for relation in self._get_fields(forward=False, include_hidden=True)
                if not relation.hidden or relation.field.many_to_many
            ),
        )

    @cached_property
    def _forward_fields_map(self) -> dict[str, Any]:
        names: dict[str, Any] = {}
        for field in self._get_fields(reverse=False):
            names[field.name] = field
            # The attribute name is accepted too: "author_id".
            names.setdefault(getattr(field, "attname", field.name), field)
        return names

    @cached_property
    def fields_map(self) -> dict[str, Any]:
        """Reverse relations by name."""
        names: dict[str, Any] = {}
        for field in self._get_fields(forward=False, include_hidden=True):
            names[field.name] = field
            names.setdefault(getattr(field, "attname", field.name), field)
        return names

    def get_field(self, field_name: str) -> Any:
        """The field of this name, forward or reverse; FieldDoesNotExist where there is none."""
        try:
            return self._forward_fields_map[field_name]
        except KeyError:
            # Reverse fields are known only when all models are.
            if not self.apps.models_ready:
                raise FieldDoesNotExist(
                    f"{self.object_name} has no field named '{field_name}'. The app cache isn't ready yet, so if "
                    "this is an auto-created related field, it won't be available yet."
                ) from None
        try:
            return self.fields_map[field_name]
        except KeyError:
            raise FieldDoesNotExist(f"{self.object_name} has no field named '{field_name}'") from None

    @cached_property
    def pk_fields(self) -> list[Field]:
        """Fields the primary key is made of: one, or those of a CompositePrimaryKey."""
        return list(getattr(self.pk, "fields", None) or [self.pk])

    @property
    def is_composite_pk(self) -> bool:
        return len(self.pk_fields) > 1

    @cached_property
    def db_returning_fields(self) -> list[Any]:
        """Fields whose value an INSERT gives back."""
        return [
            field
            for field in self._get_fields(reverse=False, include_parents=False)
            if getattr(field, "db_returning", False)
        ]

    @cached_property
    def total_unique_constraints(self) -> list[Any]:
        """Unique constraints on plain fields without a condition."""
        from nuages.db.models.constraints import UniqueConstraint

        return [
            constraint
            for constraint in self.constraints
            if isinstance(constraint, UniqueConstraint)
            and constraint.condition is None
            and not constraint.contains_expressions
        ]

    @cached_property
    def _non_pk_concrete_field_names(self) -> frozenset[str]:
        """Names and attribute names `save(update_fields=...)` accepts."""
        keys = set(self.pk_fields)
        for parent in self.all_parents:
            keys.update(parent._meta.pk_fields)
        return frozenset(
            name
            for field in self.concrete_fields
            if not field.primary_key and field not in keys
            for name in (field.name, field.attname)
        )

    @cached_property
    def _reverse_one_to_one_field_names(self) -> frozenset[str]:
        return frozenset(relation.name for relation in self.related_objects if relation.one_to_one)

    @cached_property
    def _property_names(self) -> frozenset[str]:
        """Names of properties, which Model() accepts as keywords."""
        found: dict[str, Any] = {}
        for cls in self.model.__mro__:
            for name, value in vars(cls).items():
                found.setdefault(name, value)
        return frozenset(
            name for name, value in found.items() if name != "_state" and isinstance(value, property)
        )

    @cached_property
    def _relation_tree(self) -> Any:
        """Fields of other models that point at this one."""
        if self.abstract:
            return EMPTY_RELATION_TREE
        self._grow_relation_trees()
        # A model outside the registry (made by hand, swapped away) has none.
        return self.__dict__.get("_relation_tree", EMPTY_RELATION_TREE)

    def _grow_relation_trees(self) -> None:
        """One walk over all models gives every model its tree."""
        pointing: defaultdict[Any, list[Any]] = defaultdict(list)
        everyone = self.apps.get_models(include_auto_created=True)
        for model in everyone:
            options = model._meta
            if options.abstract:
                continue
            for field in options._collect_fields(reverse=False, include_parents=False):
                if field.is_relation and field.related_model is not None:
                    target = field.remote_field.model
                    if not isinstance(target, str):
                        pointing[target._meta.concrete_model].append(field)
        for model in everyone:
            model._meta.__dict__["_relation_tree"] = pointing.get(
                model._meta.concrete_model, EMPTY_RELATION_TREE
            )


def _is_plain_forward(field: Any) -> bool:
    """Not many-to-many, and not a generic relation (whose model is found only with an instance)."""
    if not field.is_relation:
        return True
    if field.many_to_many or field.one_to_many:
        return False
    generic = field.many_to_one and not (hasattr(field.remote_field, "model") and field.remote_field.model)
    return not generic
