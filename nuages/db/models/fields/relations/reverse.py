"""The reverse side of a relation, as the model pointed at sees it. Read through `_meta.get_fields()`."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from nuages.core import exceptions
from nuages.db.models.fields.mixins import FieldCacheMixin
from nuages.utils.hashable import make_hashable

__all__ = ["ForeignObjectRel", "ManyToManyRel", "ManyToOneRel", "OneToOneRel"]


def _of_field(field: Any) -> Any:
    return copy.copy(field.remote_field)


class ForeignObjectRel(FieldCacheMixin):
    """What a ForeignObject tells the model it points at; looks like a field of that model."""

    auto_created = True
    concrete = False
    editable = False
    is_relation = True
    generated = False
    #: The reverse side is never required.
    null = True
    empty_strings_allowed = False

    def __init__(
        self,
        field: Any,
        to: Any,
        related_name: str | None = None,
        related_query_name: str | None = None,
        limit_choices_to: Any = None,
        parent_link: bool = False,
        on_delete: Any = None,
    ) -> None:
        self.field = field
        self.model = to
        self.related_name, self.related_query_name = related_name, related_query_name
        self.limit_choices_to = {} if limit_choices_to is None else limit_choices_to
        self.parent_link, self.on_delete = parent_link, on_delete
        self.symmetrical = False
        self.multiple = True
        self.field_name: str | None = None

    # Read while models are defined, so both sides may be strings or abstract still.

    @cached_property
    def hidden(self) -> bool:
        """Whether the name ends in `+`: no attribute on the other model."""
        return bool(self.related_name) and self.related_name[-1] == "+"  # type: ignore[index]

    @cached_property
    def name(self) -> str:
        return self.field.related_query_name()

    @property
    def remote_field(self) -> Any:
        return self.field

    @property
    def target_field(self) -> Any:
        """The field on this side the relation arrives at."""
        target_fields = self.path_infos[-1].target_fields
        if len(target_fields) > 1:
            raise exceptions.FieldError("Can't use target_field for multicolumn relations.")
        return target_fields[0]

    @cached_property
    def related_model(self) -> Any:
        """The model that has the field."""
        if not getattr(self.field, "model", None):
            raise AttributeError(
                "This property can't be accessed before self.field.contribute_to_class has been called."
            )
        return self.field.model

    # Seen from here everything is turned round.

    @cached_property
    def many_to_many(self) -> bool:
        return self.field.many_to_many

    @cached_property
    def many_to_one(self) -> bool:
        return self.field.one_to_many

    @cached_property
    def one_to_many(self) -> bool:
        return self.field.many_to_one

    @cached_property
    def one_to_one(self) -> bool:
        return self.field.one_to_one

    def get_lookup(self, lookup_name: str) -> Any:
        return self.field.get_lookup(lookup_name)

    def get_lookups(self) -> Any:
        return self.field.get_lookups()

    def get_transform(self, name: str) -> Any:
        return self.field.get_transform(name)

    def get_internal_type(self) -> str:
        return self.field.get_internal_type()

    @property
    def db_type(self) -> Any:
        return self.field.db_type

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.related_model._meta.app_label}.{self.related_model._meta.model_name}>"

    @property
    def identity(self) -> tuple[Any, ...]:
        """What makes two relations the same one."""
        ends = (self.field, self.model)
        names = (self.related_name, self.related_query_name)
        rules = (make_hashable(self.limit_choices_to), self.on_delete)
        kind = (self.parent_link, self.symmetrical, self.multiple)
        return (*ends, *names, *rules, *kind)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, self.__class__):
            return NotImplemented
        return self.identity == other.identity

    def __hash__(self) -> int:
        return hash(self.identity)

    def __getstate__(self) -> dict[str, Any]:
        # What is worked out from the models comes back by itself.
        return {
            key: value for key, value in self.__dict__.items() if key not in ("related_model", "path_infos")
        }

    def __copy__(self) -> Any:
        made = self.__class__.__new__(self.__class__)
        made.__dict__.update(self.__getstate__())
        return made

    def __reduce__(self) -> Any:
        # Found again through the field: an intermediate model made for it cannot be imported by pickle.
        return _of_field, (self.field,)

    def get_choices(
        self,
        include_blank: bool = True,
        blank_choice: Any = None,
        limit_choices_to: Any = None,
        ordering: Sequence[str] = (),
    ) -> list[Any]:
        """Rows of the other model as choices, for admin filters."""
        from nuages.db.models.utils import get_blank_choice_label

        limits = limit_choices_to or self.limit_choices_to
        found = self.related_model._default_manager.complex_filter(limits)
        if ordering:
            found = found.order_by(*ordering)
        blank = (
            ([("", get_blank_choice_label())] if blank_choice is None else list(blank_choice))
            if include_blank
            else []
        )
        return blank + [(instance.pk, str(instance)) for instance in found]

    def get_joining_fields(self) -> Any:
        return self.field.get_reverse_joining_fields()

    def get_extra_restriction(self, alias: str, related_alias: str) -> Any:
        return self.field.get_extra_restriction(related_alias, alias)

    def set_field_name(self) -> None:
        """A plain ForeignObject has several; subclasses know the one they join on."""
        self.field_name = None

    @cached_property
    def accessor_name(self) -> str | None:
        return self.get_accessor_name()

    def get_accessor_name(self, model: Any = None) -> str | None:
        """The attribute on the other model; None where a symmetrical relation needs none."""
        related = model or self.related_model
        if self.multiple and self.symmetrical and related == self.model:
            return None
        if self.related_name:
            return self.related_name
        return related._meta.model_name + ("_set" if self.multiple else "")

    def get_path_info(self, filtered_relation: Any = None) -> Any:
        if filtered_relation:
            return self.field.get_reverse_path_info(filtered_relation)
        return self.field.reverse_path_infos

    @cached_property
    def path_infos(self) -> Any:
        return self.get_path_info()

    @property
    def cache_name(self) -> str:
        """Where the related object is kept on an instance of this side."""
        return self.accessor_name  # type: ignore[return-value]


class ManyToOneRel(ForeignObjectRel):
    """The reverse side of a ForeignKey."""

    def __init__(
        self,
        field: Any,
        to: Any,
        field_name: str | None,
        related_name: str | None = None,
        related_query_name: str | None = None,
        limit_choices_to: Any = None,
        parent_link: bool = False,
        on_delete: Any = None,
    ) -> None:
        super().__init__(
            field, to, related_name, related_query_name, limit_choices_to, parent_link, on_delete
        )
        self.field_name = field_name

    @property
    def identity(self) -> tuple[Any, ...]:
        return (*super().identity, self.field_name)

    def get_related_field(self) -> Any:
        """The field of the other model that the key holds values of."""
        field = self.model._meta.get_field(self.field_name)
        if not field.concrete:
            raise exceptions.FieldDoesNotExist(f"No related field named '{self.field_name}'")
        return field

    def set_field_name(self) -> None:
        self.field_name = self.field_name or self.model._meta.pk.name


class OneToOneRel(ManyToOneRel):
    """The reverse side of a OneToOneField."""

    def __init__(
        self,
        field: Any,
        to: Any,
        field_name: str | None,
        related_name: str | None = None,
        related_query_name: str | None = None,
        limit_choices_to: Any = None,
        parent_link: bool = False,
        on_delete: Any = None,
    ) -> None:
        super().__init__(
            field, to, field_name, related_name, related_query_name, limit_choices_to, parent_link, on_delete
        )
        self.multiple = False


class ManyToManyRel(ForeignObjectRel):
    """The reverse side of a ManyToManyField, and what it knows about its intermediate model."""

    def __init__(
        self,
        field: Any,
        to: Any,
        related_name: str | None = None,
        related_query_name: str | None = None,
        limit_choices_to: Any = None,
        symmetrical: bool = True,
        through: Any = None,
        through_fields: Sequence[str] | None = None,
        db_constraint: bool = True,
    ) -> None:
        super().__init__(field, to, related_name, related_query_name, limit_choices_to)
        if through and not db_constraint:
            raise ValueError("Can't supply a through model and db_constraint=False")
        if through_fields and not through:
            raise ValueError("Cannot specify through_fields without a through model")
        self.through, self.through_fields = through, through_fields
        self.symmetrical, self.db_constraint = symmetrical, db_constraint

    @property
    def identity(self) -> tuple[Any, ...]:
        return (*super().identity, self.through, make_hashable(self.through_fields), self.db_constraint)

    def get_related_field(self) -> Any:
        """The field of the other model that the intermediate model's key holds values of."""
        options = self.through._meta
        if self.through_fields:
            return options.get_field(self.through_fields[0]).foreign_related_fields[0]
        for field in options.fields:
            relation = getattr(field, "remote_field", None)
            if relation and relation.model == self.model:
                return field.foreign_related_fields[0]
        return None
