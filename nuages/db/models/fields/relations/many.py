"""ManyToManyField and the intermediate model it makes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Never, Self, overload

from nuages.db.backends.utils import strip_quotes, truncate_name
from nuages.db.models.deletion import CASCADE
from nuages.db.models.fields.base import FieldCheck
from nuages.db.models.fields.options import FieldOption
from nuages.db.models.fields.relations import through_checks
from nuages.db.models.fields.relations.foreign_key import ForeignKey
from nuages.db.models.fields.relations.related_field import LimitChoices, RelatedField
from nuages.db.models.fields.relations.resolve import (
    RECURSIVE_RELATIONSHIP_CONSTANT,
    lazy_related_operation,
    resolve_relation,
)
from nuages.db.models.fields.relations.reverse import ManyToManyRel
from nuages.db.models.fields.relations.to_many import ManyToManyDescriptor
from nuages.db.models.fields.values import Linked, Through
from nuages.db.models.query_utils import PathInfo
from nuages.utils.functional import cached_property
from nuages.utils.generics import Generic
from nuages.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from nuages.db.models.base import Model
    from nuages.db.models.fields.relations.related_manager import ManyRelatedManager

__all__ = ["ManyToManyField", "create_many_to_many_intermediary_model"]


def create_many_to_many_intermediary_model(field: Any, klass: Any) -> Any:
    """The model of a table that holds nothing but the links."""
    from nuages.db.models.base import Model

    options = klass._meta
    name = f"{options.object_name}_{field.name}"
    target = resolve_relation(klass, field.remote_field.model)
    lazy_related_operation(_follow_managed, klass, target, name)
    target_label = target if isinstance(target, str) else target._meta.object_name
    to = target_label.rpartition(".")[2].lower()
    from_ = klass._meta.model_name
    if target == RECURSIVE_RELATIONSHIP_CONSTANT or to == from_:
        from_, to = f"from_{to}", f"to_{to}"
    meta = type(
        "Meta",
        (),
        {
            "db_table": field._get_m2m_db_table(options),
            "auto_created": klass,
            "app_label": options.app_label,
            "db_tablespace": options.db_tablespace,
            "unique_together": (from_, to),
            "verbose_name": _("%(from)s-%(to)s relationship") % {"from": from_, "to": to},
            "verbose_name_plural": _("%(from)s-%(to)s relationships") % {"from": from_, "to": to},
            "apps": field.model._meta.apps,
        },
    )
    key = partial(
        ForeignKey,
        db_tablespace=field.db_tablespace,
        db_constraint=field.remote_field.db_constraint,
        on_delete=CASCADE,
    )
    return type(
        name,
        (Model,),
        {
            "Meta": meta,
            "__module__": klass.__module__,
            from_: key(klass, related_name=f"{name}+"),
            to: key(target, related_name=f"{name}+"),
        },
    )


def _follow_managed(model: Any, related: Any, through: Any) -> None:
    # The link table is ours to make where one of the two tables is.
    through._meta.managed = model._meta.managed or related._meta.managed


class ManyToManyField(RelatedField[Any, Any, Literal[False]], Generic[Linked, Through]):
    """Many rows of this model linked to many of another."""

    options: ClassVar[tuple[FieldOption, ...]] = (
        FieldOption("db_table"),
        FieldOption("db_constraint", True, attribute="remote_field.db_constraint"),
    )
    checks: ClassVar[tuple[FieldCheck, ...]] = through_checks.MANY_TO_MANY

    many_to_many = True
    description = _("Many-to-many relationship")
    rel_class = ManyToManyRel

    m2m_db_table: Callable[[], str]
    m2m_column_name: Callable[[], str]
    m2m_reverse_name: Callable[[], str]
    m2m_field_name: Callable[[], str]
    m2m_reverse_field_name: Callable[[], str]
    m2m_target_field_name: Callable[[], str]
    m2m_reverse_target_field_name: Callable[[], str]

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: type | None = None) -> ManyToManyDescriptor: ...
        @overload
        def __get__(
            self, instance: Model, owner: type | None = None
        ) -> ManyRelatedManager[Linked, Through]: ...
        @overload
        def __get__(self, instance: object, owner: type | None = None) -> Self: ...
        def __get__(self, instance: Any, owner: type | None = None) -> Any: ...

        def __set__(self, instance: Model, value: Never) -> None: ...

    def __init__(
        self,
        to: type[Linked] | str,
        related_name: str | None = None,
        related_query_name: str | None = None,
        limit_choices_to: LimitChoices = None,
        symmetrical: bool | None = None,
        through: type[Through] | str | None = None,
        through_fields: Sequence[str] | None = None,
        db_constraint: bool = True,
        db_table: str | None = None,
        swappable: bool = True,
        **kwargs: Any,
    ) -> None:
        if not isinstance(to, str) and not hasattr(to, "_meta"):
            name = self.__class__.__name__
            raise TypeError(
                f"{name}({to!r}) is invalid. First parameter to {name} must be either a model, a model name, or the "
                f"string {RECURSIVE_RELATIONSHIP_CONSTANT!r}"
            )
        if through is not None and db_table is not None:
            raise ValueError("Cannot specify a db_table if an intermediary model is used.")
        if symmetrical is None:
            # One's friends are friends of oneself, unless said otherwise.
            symmetrical = to == RECURSIVE_RELATIONSHIP_CONSTANT
        seen_from_there: dict[str, Any] = {
            "related_name": related_name,
            "related_query_name": related_query_name,
            "limit_choices_to": limit_choices_to,
        }
        links: dict[str, Any] = {
            "through": through,
            "through_fields": through_fields,
            "db_constraint": db_constraint,
        }
        self.has_null_arg = "null" in kwargs
        relation = self.rel_class(self, to, symmetrical=symmetrical, **seen_from_there, **links)
        super().__init__(rel=relation, **seen_from_there, **kwargs)
        self.db_table = db_table
        self.swappable = swappable

    def __copy__(self) -> Any:
        made = super().__copy__()
        for name in ("related_model", "path_infos", "reverse_path_infos"):
            made.__dict__.pop(name, None)
        return made

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs["to"] = self._target_label()
        through = self.remote_field.through
        if isinstance(through, str):
            kwargs["through"] = through
        elif through is not None and not through._meta.auto_created:
            kwargs["through"] = through._meta.label
        if self.remote_field.through_fields is not None:
            kwargs["through_fields"] = self.remote_field.through_fields
        # Both are what the relation to oneself is by default.
        return name, path, args, kwargs

    # --- joins ------------------------------------------------------------------------------------------------

    def _path(self, direct: bool, filtered_relation: Any) -> list[PathInfo]:
        """From one model over the intermediate one to the other."""
        through = self.remote_field.through
        first = through._meta.get_field(self.m2m_field_name())
        second = through._meta.get_field(self.m2m_reverse_field_name())
        if not direct:
            first, second = second, first
        inward = first.reverse_path_infos
        outward = second.get_path_info(filtered_relation) if filtered_relation else second.path_infos
        # The intermediate model's keys may lead to parents or children of the models in question.
        here, there = inward[-1].to_opts, outward[0].from_opts
        between: list[Any] = []
        if here.concrete_model is not there.concrete_model:
            downward = not issubclass(here.model, there.model)
            between = (
                there.get_path_from_parent(here.model) if downward else here.get_path_to_parent(there.model)
            )
        return [*inward, *between, *outward]

    def get_path_info(self, filtered_relation: Any = None) -> list[PathInfo]:
        return self._path(True, filtered_relation)

    @cached_property
    def path_infos(self) -> list[PathInfo]:
        return self.get_path_info()

    def get_reverse_path_info(self, filtered_relation: Any = None) -> list[PathInfo]:
        return self._path(False, filtered_relation)

    @cached_property
    def reverse_path_infos(self) -> list[PathInfo]:
        return self.get_reverse_path_info()

    # --- the intermediate model -------------------------------------------------------------------------------

    def _get_m2m_db_table(self, options: Any) -> str:
        from nuages.db import connection

        if self.remote_field.through is not None:
            return self.remote_field.through._meta.db_table
        if self.db_table:
            return self.db_table
        table = f"{strip_quotes(options.db_table)}_{self.name}"
        return truncate_name(table, connection.ops.max_name_length())

    def _get_m2m_attr(self, related: Any, attr: str) -> Any:
        return getattr(link_field(self, reverse=False), attr)

    def _get_m2m_reverse_attr(self, related: Any, attr: str) -> Any:
        return getattr(link_field(self, reverse=True), attr)

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False, **kwargs: Any) -> None:
        relation = self.remote_field
        to_itself = (
            relation.model in (RECURSIVE_RELATIONSHIP_CONSTANT, cls.__name__)
            or relation.model == cls._meta.object_name
        )
        if relation.symmetrical and to_itself:
            # Nobody reads the other side of a relation that has none.
            relation.related_name = f"{name}_rel_+"
        elif relation.hidden:
            # Two hidden relations to one model must have different names in queries.
            relation.related_name = f"_{cls._meta.app_label}_{cls.__name__.lower()}_{name}_+"
        super().contribute_to_class(cls, name, private_only=private_only, **kwargs)
        # An abstract model has no table to link, nor has one that another replaces.
        if not cls._meta.abstract:
            if relation.through:
                lazy_related_operation(_set_through, cls, relation.through, field=self)
            elif not cls._meta.swapped:
                relation.through = create_many_to_many_intermediary_model(self, cls)
        setattr(cls, self.name, ManyToManyDescriptor(relation, reverse=False))
        self.m2m_db_table = partial(self._get_m2m_db_table, cls._meta)

    def contribute_to_related_class(self, cls: Any, related: Any) -> None:
        if not self.remote_field.hidden and not related.related_model._meta.swapped:
            setattr(
                cls._meta.concrete_model,
                related.accessor_name,
                ManyToManyDescriptor(self.remote_field, reverse=True),
            )
        self.m2m_column_name = partial(self._get_m2m_attr, related, "column")
        self.m2m_reverse_name = partial(self._get_m2m_reverse_attr, related, "column")
        self.m2m_field_name = partial(self._get_m2m_attr, related, "name")
        self.m2m_reverse_field_name = partial(self._get_m2m_reverse_attr, related, "name")
        self.m2m_target_field_name = lambda: link_field(self, reverse=False).remote_field.field_name
        self.m2m_reverse_target_field_name = lambda: link_field(self, reverse=True).remote_field.field_name

    def set_attributes_from_rel(self) -> None:
        """The name is the model's; the key joined on is the intermediate model's business."""

    # --- values -----------------------------------------------------------------------------------------------

    def get_attname_column(self) -> tuple[str, Any]:
        return self.name, None

    def db_check(self, connection: Any) -> None:
        return None

    def db_type(self, connection: Any) -> None:
        return None

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        return {"type": None, "check": None}

    def value_from_object(self, obj: Any) -> list[Any]:
        return list(getattr(obj, self.attname).all()) if obj._is_pk_set() else []

    def save_form_data(self, instance: Any, data: Any) -> None:
        getattr(instance, self.attname).set(data)

    def formfield(self, *, using: str | None = None, **kwargs: Any) -> Any:
        from nuages import forms

        presets: dict[str, Any] = {
            "form_class": forms.ModelMultipleChoiceField,
            "queryset": self.remote_field.model._default_manager.using(using),
        }
        if (initial := kwargs.get("initial")) is not None:
            # A form works with keys.
            initial = initial() if callable(initial) else initial
            kwargs["initial"] = [instance.pk for instance in initial]
        return super().formfield(**presets | kwargs)


def link_field(field: Any, reverse: bool) -> Any:
    """The key of the intermediate model that leads to the field's own model, or (reverse) to the other one."""
    relation = field.remote_field
    through, mine = relation.through, relation.related_model
    if relation.through_fields:
        return through._meta.get_field(relation.through_fields[1 if reverse else 0])
    wanted = relation.model if reverse else mine
    keys = [
        key
        for key in through._meta.fields
        if key.is_relation and key.remote_field and key.remote_field.model == wanted
    ]
    # Of a relation to itself, the second key is the one that leads to the other end.
    to_itself = relation.model == mine
    return keys[1 if reverse and to_itself and len(keys) > 1 else 0]


def _set_through(model: Any, through: Any, field: Any) -> None:
    field.remote_field.through = through
