"""ForeignObject, ForeignKey and OneToOneField."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias, Unpack, overload

from nuages.conf import SettingsReference
from nuages.core import exceptions
from nuages.db import router
from nuages.db.models.expressions import Combinable
from nuages.db.models.fields.base import Field, FieldCheck
from nuages.db.models.fields.mixins import FieldCacheMixin
from nuages.db.models.fields.options import FieldOption, FieldOptions
from nuages.db.models.fields.relations import checks as relation_checks
from nuages.db.models.fields.relations.forward import (
    ForeignKeyDeferredAttribute,
    ForwardManyToOneDescriptor,
    ForwardOneToOneDescriptor,
)
from nuages.db.models.fields.relations.lookups import register_on
from nuages.db.models.fields.relations.resolve import (
    RECURSIVE_RELATIONSHIP_CONSTANT,
    lazy_related_operation,
)
from nuages.db.models.fields.relations.reverse import ForeignObjectRel, ManyToOneRel, OneToOneRel
from nuages.db.models.fields.relations.reverse_one import ReverseOneToOneDescriptor
from nuages.db.models.fields.relations.to_many import ReverseManyToOneDescriptor
from nuages.db.models.fields.values import In, Null, Out, To
from nuages.db.models.query_utils import PathInfo, Q
from nuages.utils.generics import Generic
from nuages.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nuages.utils.functional import Promise

__all__ = ["ForeignKey", "ForeignObject", "OneToOneField", "RelatedField"]


LimitChoices: TypeAlias = "Q | Mapping[str, Any] | Callable[[], Q | Mapping[str, Any]] | None"


class RelationOptions(FieldOptions, total=False):
    """Keywords that relations have besides."""

    swappable: bool
    verbose_name: str | Promise | None
    name: str | None


class RelatedField(FieldCacheMixin, Field[In, Out, Null]):
    """Base of all relations: names, the other model, limited choices."""

    options: ClassVar[tuple[FieldOption, ...]] = (
        FieldOption("limit_choices_to", {}, attribute="remote_field.limit_choices_to"),
        FieldOption("related_name", attribute="_related_name"),
        FieldOption("related_query_name", attribute="_related_query_name"),
    )
    checks: ClassVar[tuple[FieldCheck, ...]] = relation_checks.RELATED

    one_to_many = False
    one_to_one = False
    many_to_many = False
    many_to_one = False

    #: Whether a target that another model replaces by setting is followed there.
    swappable = True

    def __init__(
        self,
        related_name: str | None = None,
        related_query_name: str | None = None,
        limit_choices_to: Any = None,
        **kwargs: Any,
    ) -> None:
        # As given: the class they are joined to fills in `%(class)s`.
        self._related_name, self._related_query_name = related_name, related_query_name
        self._limit_choices_to = limit_choices_to
        super().__init__(**kwargs)

    @cached_property
    def related_model(self) -> Any:  # type: ignore[override]
        from nuages.apps import apps

        apps.check_models_ready()
        return self.remote_field.model

    def db_type(self, connection: Any) -> str | None:
        """A relation as such has no column."""
        return None

    # --- joining a model --------------------------------------------------------------------------------------

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False, **kwargs: Any) -> None:
        super().contribute_to_class(cls, name, private_only=private_only, **kwargs)
        self.opts = cls._meta
        if cls._meta.abstract:
            return
        relation = self.remote_field
        related_name = relation.related_name or self.opts.default_related_name
        if related_name:
            relation.related_name = _filled_in(related_name, cls, self.opts)
        if relation.related_query_name:
            relation.related_query_name = _filled_in(relation.related_query_name, cls, self.opts)
        lazy_related_operation(self._meet, cls, relation.model)

    def _meet(self, model: Any, related: Any) -> None:
        """Both classes are there."""
        self.remote_field.model = related
        self.do_related_class(related, model)

    def do_related_class(self, other: Any, cls: Any) -> None:
        self.set_attributes_from_rel()
        self.contribute_to_related_class(other, self.remote_field)

    def contribute_to_related_class(self, cls: Any, related: Any) -> None:
        """Add what the other model gets."""

    def set_attributes_from_rel(self) -> None:
        relation = self.remote_field
        self.name = self.name or f"{relation.model._meta.model_name}_{relation.model._meta.pk.name}"
        if self.verbose_name is None:
            self.verbose_name = relation.model._meta.verbose_name
        relation.set_field_name()

    # --- names ------------------------------------------------------------------------------------------------

    @property
    def swappable_setting(self) -> str | None:
        """The setting that could replace the target, where there is one."""
        if not self.swappable:
            return None
        target = self.remote_field.model
        label = target if isinstance(target, str) else target._meta.label
        from nuages.apps import apps

        return apps.get_swappable_settings_name(label)

    def _target_label(self) -> Any:
        """The target as deconstruct() says it: its label in lower case, perhaps a reference to a setting."""
        target = self.remote_field.model
        if isinstance(target, SettingsReference):
            label: Any = target
        elif isinstance(target, str):
            if "." in target:
                app_label, name = target.split(".")
                label = f"{app_label}.{name.lower()}"
            else:
                label = target.lower()
        else:
            label = target._meta.label_lower
        setting = self.swappable_setting
        if setting is None:
            return label
        if isinstance(label, SettingsReference) and label.setting_name != setting:
            raise ValueError(
                "Cannot deconstruct a ForeignKey pointing to a model that is swapped in place of more than one model "
                f"({label.setting_name} and {setting})"
            )
        return SettingsReference(label, setting)

    def related_query_name(self) -> str:
        """The name of the reverse side in lookups."""
        relation = self.remote_field
        return relation.related_query_name or relation.related_name or self.opts.model_name

    @property
    def cache_name(self) -> str:
        return self.name

    @property
    def target_field(self) -> Any:
        """The one field of the other model that is joined on."""
        targets = self.path_infos[-1].target_fields  # type: ignore[attr-defined]
        if len(targets) > 1:
            raise exceptions.FieldError(
                "The relation has multiple target fields, but only single target field was asked for"
            )
        return targets[0]

    # --- filters ----------------------------------------------------------------------------------------------

    def get_forward_related_filter(self, obj: Any) -> dict[str, Any]:
        """Lookup for rows of this model that point at `obj`."""
        return {
            f"{self.name}__{target.name}": getattr(obj, target.attname)
            for _source, target in self.related_fields  # type: ignore[attr-defined]
        }

    def get_reverse_related_filter(self, obj: Any) -> Q:
        """Condition for the rows of the other model that `obj` points at."""
        condition = Q.create(
            [(target.attname, getattr(obj, source.attname)) for source, target in self.related_fields]  # type: ignore[attr-defined]
        )
        extra = self.get_extra_descriptor_filter(obj)  # type: ignore[attr-defined]
        if isinstance(extra, dict):
            return condition & Q(**extra) if extra else condition
        return condition & extra if extra else condition

    def get_limit_choices_to(self) -> Any:
        """The limits, called where they are a callable."""
        limits = self.remote_field.limit_choices_to
        return limits() if callable(limits) else limits

    def formfield(self, **kwargs: Any) -> Any:
        presets: dict[str, Any] = {}
        if hasattr(self.remote_field, "get_related_field"):
            presets["limit_choices_to"] = self.remote_field.limit_choices_to
        return super().formfield(**presets | kwargs)


def _filled_in(name: str, cls: Any, options: Any) -> str:
    return name % {
        "class": cls.__name__.lower(),
        "model_name": options.model_name,
        "app_label": options.app_label,
    }


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


class ForeignKey(ForeignObject[To | Combinable, To, Null], Generic[To, Null]):
    """Many rows of this model point at one of another."""

    options: ClassVar[tuple[FieldOption, ...]] = (
        FieldOption("from_fields", never=True),
        FieldOption("to_fields", never=True),
        FieldOption("db_index", True),
        FieldOption("db_constraint", True),
    )
    checks: ClassVar[tuple[FieldCheck, ...]] = relation_checks.FOREIGN_KEY

    descriptor_class = ForeignKeyDeferredAttribute
    rel_class = ManyToOneRel
    empty_strings_allowed = False
    default_error_messages = {
        "invalid": _("%(model)s instance with %(field)s %(value)r is not a valid choice.")
    }
    description = _("Foreign Key (type determined by related field)")

    @overload
    def __init__(
        self,
        to: type[To] | str,
        on_delete: Callable[..., Any],
        related_name: str | None = None,
        related_query_name: str | None = None,
        limit_choices_to: LimitChoices = None,
        parent_link: bool = False,
        to_field: str | None = None,
        db_constraint: bool = True,
        *,
        null: Null = ...,
        **options: Unpack[RelationOptions],
    ) -> None: ...
    @overload
    def __init__(
        self,
        to: type[To] | str,
        on_delete: Callable[..., Any],
        related_name: str | None = None,
        related_query_name: str | None = None,
        limit_choices_to: LimitChoices = None,
        parent_link: bool = False,
        to_field: str | None = None,
        db_constraint: bool = True,
        *,
        null: bool,
        **options: Unpack[RelationOptions],
    ) -> None: ...
    def __init__(
        self,
        to: Any,
        on_delete: Any,
        related_name: str | None = None,
        related_query_name: str | None = None,
        limit_choices_to: Any = None,
        parent_link: bool = False,
        to_field: str | None = None,
        db_constraint: bool = True,
        **kwargs: Any,
    ) -> None:
        self._require_model(to)
        if not isinstance(to, str):
            # A model that is only being defined has no key yet.
            to_field = to_field or (to._meta.pk and to._meta.pk.name)
        if not callable(on_delete):
            raise TypeError("on_delete must be callable.")
        self.db_constraint = db_constraint
        seen_from_there: dict[str, Any] = {
            "related_name": related_name,
            "related_query_name": related_query_name,
            "limit_choices_to": limit_choices_to,
        }
        relation = self.rel_class(
            self, to, to_field, parent_link=parent_link, on_delete=on_delete, **seen_from_there
        )
        kwargs.setdefault("db_index", True)
        # Its own column to the one column over there.
        columns = ([RECURSIVE_RELATIONSHIP_CONSTANT], [to_field])
        super().__init__(to, on_delete, *columns, rel=relation, **seen_from_there, **kwargs)

    def _require_model(self, to: Any) -> None:
        if isinstance(to, str) or hasattr(to, "_meta"):
            return
        name = self.__class__.__name__
        raise TypeError(
            f"{name}({to!r}) is invalid. First parameter to {name} must be either a model, a model name, or the string "
            f"{RECURSIVE_RELATIONSHIP_CONSTANT!r}"
        )

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        target = getattr(self.remote_field.model, "_meta", None)
        named = self.remote_field.field_name
        if named and (target is None or (target.pk and named != target.pk.name)):
            kwargs["to_field"] = named
        return name, path, args, kwargs

    def to_python(self, value: Any) -> Any:
        return self.target_field.to_python(value)

    @property
    def target_field(self) -> Any:
        return self.foreign_related_fields[0]

    def validate(self, value: Any, model_instance: Any) -> None:
        if self.remote_field.parent_link:
            return
        super().validate(value, model_instance)
        if value is None:
            return
        relation = self.remote_field
        using = router.db_for_read(relation.model, instance=model_instance)
        found = relation.model._base_manager.using(using).filter(**{relation.field_name: value})
        if not found.complex_filter(self.get_limit_choices_to()).exists():
            raise self.invalid(
                "invalid",
                model=relation.model._meta.verbose_name,
                pk=value,
                field=relation.field_name,
                value=value,
            )

    def resolve_related_fields(self) -> list[tuple[Any, Any]]:
        pairs = super().resolve_related_fields()
        for _own, other in pairs:
            if other and other.model != self.remote_field.model._meta.concrete_model:
                raise exceptions.FieldError(
                    f"'{self.model._meta.label}.{self.name}' refers to field '{other.name}' which is not local to model "
                    f"'{self.remote_field.model._meta.concrete_model._meta.label}'."
                )
        return pairs

    def get_attname(self) -> str:
        return f"{self.name}_id"

    def get_attname_column(self) -> tuple[str, Any]:
        attname = self.get_attname()
        return attname, self.db_column or attname

    def get_default(self) -> Any:
        """A default may be an instance: its key is meant."""
        default = super().get_default()
        if isinstance(default, self.remote_field.model):
            return getattr(default, self.target_field.attname)
        return default

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if value is None or (
            value == ""
            and self.target_field.empty_strings_allowed
            and connection.features.interprets_empty_strings_as_nulls
        ):
            return None
        return self.target_field.get_db_prep_save(value, connection=connection)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return self.target_field.get_db_prep_value(value, connection, prepared)

    def get_prep_value(self, value: Any) -> Any:
        return self.target_field.get_prep_value(value)

    def contribute_to_related_class(self, cls: Any, related: Any) -> None:
        super().contribute_to_related_class(cls, related)
        if self.remote_field.field_name is None:
            self.remote_field.field_name = cls._meta.pk.name

    def db_check(self, connection: Any) -> None:
        return None

    def db_type(self, connection: Any) -> str | None:
        return self.target_field.rel_db_type(connection=connection)

    def cast_db_type(self, connection: Any) -> str | None:
        return self.target_field.cast_db_type(connection=connection)

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        target = self.target_field.db_parameters(connection)
        return {
            "type": self.db_type(connection),
            "check": None,
            "collation": target.get("collation"),
        }

    def get_col(self, alias: str, output_field: Any = None) -> Any:
        if output_field is None:
            output_field = self._stored_as()
        return super().get_col(alias, output_field)

    def _stored_as(self) -> Any:
        """The field at the end of keys of keys: what the column holds."""
        seen: list[Any] = [self]
        while isinstance(seen[-1], ForeignKey):
            target = seen[-1].target_field
            if target in seen:
                raise ValueError("Cannot resolve output_field.")
            seen.append(target)
        return seen[-1]

    def get_db_converters(self, connection: Any) -> list[Any]:
        converters = super().get_db_converters(connection)
        if connection.features.interprets_empty_strings_as_nulls:
            converters.append(_empty_as_null)
        return converters

    def formfield(self, *, using: str | None = None, **kwargs: Any) -> Any:
        from nuages import forms

        target = self.remote_field.model
        if isinstance(target, str):
            raise ValueError(
                f"Cannot create form field for {self.name!r} yet, because its related model {target!r} has not been "
                "loaded yet"
            )
        presets = {
            "form_class": forms.ModelChoiceField,
            "queryset": target._default_manager.using(using),
            "to_field_name": self.remote_field.field_name,
            "blank": self.blank,
        }
        return super().formfield(**presets | kwargs)


def _empty_as_null(value: Any, expression: Any, connection: Any) -> Any:
    return None if value == "" else value


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
