"""What all relations share: the other model, the names on both sides, limited choices."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from nuages.conf import SettingsReference
from nuages.core import exceptions
from nuages.db.models.fields.base import Field, FieldCheck
from nuages.db.models.fields.mixins import FieldCacheMixin
from nuages.db.models.fields.options import FieldOption
from nuages.db.models.fields.relations import checks as relation_checks
from nuages.db.models.fields.relations.resolve import lazy_related_operation
from nuages.db.models.fields.values import In, Null, Out
from nuages.db.models.query_utils import Q

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["LimitChoices", "RelatedField"]


LimitChoices: TypeAlias = "Q | Mapping[str, Any] | Callable[[], Q | Mapping[str, Any]] | None"


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
