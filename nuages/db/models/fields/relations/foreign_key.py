"""`ForeignKey`: a column that holds the key of another row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Unpack, overload

from nuages.core import exceptions
from nuages.db import router
from nuages.db.models.expressions import Combinable
from nuages.db.models.fields.base import FieldCheck
from nuages.db.models.fields.options import FieldOption, FieldOptions
from nuages.db.models.fields.relations import checks as relation_checks
from nuages.db.models.fields.relations.foreign_object import ForeignObject
from nuages.db.models.fields.relations.forward import ForeignKeyDeferredAttribute
from nuages.db.models.fields.relations.related_field import LimitChoices
from nuages.db.models.fields.relations.resolve import RECURSIVE_RELATIONSHIP_CONSTANT
from nuages.db.models.fields.relations.reverse import ManyToOneRel
from nuages.db.models.fields.values import Null, To
from nuages.utils.functional import cached_property
from nuages.utils.generics import Generic
from nuages.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Callable

    from nuages.utils.functional import Promise

__all__ = ["ForeignKey"]


class RelationOptions(FieldOptions, total=False):
    """Keywords that relations have besides."""

    swappable: bool
    verbose_name: str | Promise | None
    name: str | None


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
            if alias == self.model._meta.db_table:
                return self.stored_col
            output_field = self._stored_as()
        return super().get_col(alias, output_field)

    @cached_property
    def stored_col(self) -> Any:
        """Expression for what the column holds, in the table of the model's name."""
        from nuages.db.models.expressions import Col

        return Col(self.model._meta.db_table, self, self._stored_as()).keeping_writing()

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
