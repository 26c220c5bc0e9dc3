"""`ModelState`: one model as data."""

from __future__ import annotations

import copy
import typing
from collections.abc import Iterable, Iterator
from typing import Any, Self

from nuages.db import models
from nuages.db.migrations.exceptions import InvalidBasesError
from nuages.db.migrations.utils import resolve_relation
from nuages.db.models.options import DEFAULT_NAMES, normalize_together
from nuages.utils.module_loading import import_string

_TOGETHER = ("unique_together", "index_together")


class ModelState:
    """A model's fields, options, bases and managers.

    Fields belong to no model and name other models by label, so that states can be copied and compared.
    """

    def __init__(
        self,
        app_label: str,
        name: str,
        fields: Any,
        options: dict[str, Any] | None = None,
        bases: tuple[Any, ...] | None = None,
        managers: Iterable[tuple[str, Any]] | None = None,
    ) -> None:
        self.app_label = app_label
        self.name = name
        self.fields: dict[str, Any] = dict(fields)
        self.options = options or {}
        self.options.setdefault("indexes", [])
        self.options.setdefault("constraints", [])
        self.bases = bases or (models.Model,)
        self.managers = list(managers or [])
        for field_name, field in self.fields.items():
            _refuse_bound(f"{app_label}.{name}.{field_name}", field)
        for index in self.options["indexes"]:
            if not index.name:
                raise ValueError(
                    f"Indexes passed to ModelState require a name attribute. {index!r} doesn't have one."
                )

    @property
    def name_lower(self) -> str:
        return self.name.lower()

    @property
    def key(self) -> tuple[str, str]:
        """App label and lower-case name."""
        return self.app_label, self.name_lower

    def get_field(self, field_name: str) -> Any:
        """Return a field; `_order` is the one that the model is ordered with respect to."""
        if field_name == "_order":
            field_name = self.options.get("order_with_respect_to", field_name) or field_name
        return self.fields[field_name]

    def get_index_by_name(self, name: str) -> Any:
        """Return an index by its name."""
        return self._named("indexes", name, "index")

    def get_constraint_by_name(self, name: str) -> Any:
        """Return a constraint by its name."""
        return self._named("constraints", name, "constraint")

    def _named(self, option: str, name: str, kind: str) -> Any:
        for each in self.options[option]:
            if each.name == name:
                return each
        raise ValueError(f"No {kind} named {name} on model {self.name}")

    # From a class

    @classmethod
    def from_model(cls, model: Any, exclude_rels: bool = False) -> Self:
        """Describe a model class."""
        meta = model._meta
        return cls(
            meta.app_label,
            meta.object_name,
            list(_fields_of(model, exclude_rels)),
            dict(_options_of(model, exclude_rels)),
            _bases_of(model),
            _managers_of(model),
        )

    # Copies and classes

    def clone(self) -> Self:
        """Return a copy; fields are shared, as they are never changed but replaced."""
        # Made without __init__: what is copied has been checked, and this runs for every model and operation.
        copied = object.__new__(type(self))
        copied.app_label, copied.name, copied.bases = self.app_label, self.name, self.bases
        copied.fields, copied.managers = dict(self.fields), list(self.managers)
        copied.options = {
            name: copy.copy(value) if name in {"indexes", "constraints"} else value
            for name, value in self.options.items()
        }
        return copied

    def construct_managers(self) -> Iterator[tuple[str, Any]]:
        """Yield the managers, made anew."""
        for name, manager in sorted(self.managers, key=lambda pair: pair[1].creation_counter):
            as_manager, manager_path, queryset_path, args, kwargs = manager.deconstruct()
            if as_manager:
                yield name, import_string(queryset_path).as_manager()
            else:
                yield name, import_string(manager_path)(*args, **kwargs)

    def render(self, apps: Any) -> Any:
        """Make a class in the registry `apps`."""
        # Only old migrations have it, and only operations look at it.
        options = {name: value for name, value in self.options.items() if name != "index_together"}
        # Several classes are made of one state: none may name another's indexes.
        options["indexes"] = [index.clone() for index in options["indexes"]]
        options["constraints"] = [constraint.clone() for constraint in options["constraints"]]
        body: dict[str, Any] = {name: field.clone() for name, field in self.fields.items()}
        body["Meta"] = type("Meta", (), {"app_label": self.app_label, "apps": apps, **options})
        body["__module__"] = "__fake__"
        body.update(self.construct_managers())
        try:
            bases = tuple(
                apps.get_model(base) if isinstance(base, str) else base
                for base in self.bases
                # Without its parameters, which are not kept, nothing can inherit from it.
                if base is not typing.Generic
            )
        except LookupError:
            raise InvalidBasesError(f"Cannot resolve one or more bases from {self.bases!r}") from None
        model = type(self.name, bases, body)
        if self.options.get("index_together"):
            model._meta.index_together = self.options["index_together"]  # type: ignore[attr-defined]
        return model

    def __repr__(self) -> str:
        return f"<ModelState: '{self.app_label}.{self.name}'>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ModelState):
            return NotImplemented
        return (
            (self.app_label, self.name, self.bases, self.managers)
            == (other.app_label, other.name, other.bases, other.managers)
            and self.options == other.options
            and self.fields.keys() == other.fields.keys()
            and all(_same_field(field, other.fields[name]) for name, field in self.fields.items())
        )

    __hash__ = None  # type: ignore[assignment]


def _same_field(one: Any, other: Any) -> bool:
    return one is other or one.deconstruct()[1:] == other.deconstruct()[1:]


def _refuse_bound(name: str, field: Any) -> None:
    if hasattr(field, "model"):
        raise ValueError(f'ModelState.fields cannot be bound to a model - "{name.rpartition(".")[2]}" is.')
    remote = field.remote_field
    if remote is None:
        return
    for attribute, end in (
        ("to", getattr(remote, "model", None)),
        ("through", getattr(remote, "through", None)),
    ):
        if end is not None and hasattr(end, "_meta"):
            raise ValueError(
                f'Model fields in "ModelState.fields" cannot refer to a model class - "{name}.{attribute}" does. '
                "Use a string reference instead."
            )


def _fields_of(model: Any, exclude_rels: bool) -> Iterator[tuple[str, Any]]:
    meta = model._meta
    own = [*meta.local_fields]
    if getattr(meta.pk, "fields", None) and meta.pk.column is None:
        own.insert(0, meta.pk)
    for field in own:
        if getattr(field, "remote_field", None) and exclude_rels:
            continue
        if isinstance(field, models.OrderWrt):
            continue
        yield field.name, _cloned(field, meta)
    if not exclude_rels:
        for field in meta.local_many_to_many:
            yield field.name, _cloned(field, meta)


def _cloned(field: Any, meta: Any) -> Any:
    try:
        return field.clone()
    except TypeError as error:
        kind = "many-to-many field" if field.many_to_many else "field"
        raise TypeError(f"Couldn't reconstruct {kind} {field.name} on {meta.label}: {error}") from error


def _options_of(model: Any, exclude_rels: bool) -> Iterator[tuple[str, Any]]:
    meta = model._meta
    for name in DEFAULT_NAMES:
        # The registry and the app are the state's own.
        if name in {"apps", "app_label"} or name not in meta.original_attrs:
            continue
        if name in _TOGETHER:
            yield name, set(normalize_together(meta.original_attrs[name]))
        elif name == "indexes":
            indexes = [index.clone() for index in meta.indexes]
            for index in indexes:
                if not index.name:
                    index.set_name_with_model(model)
            yield name, indexes
        elif name == "constraints":
            yield name, [constraint.clone() for constraint in meta.constraints]
        elif name == "order_with_respect_to" and (
            exclude_rels or meta.original_attrs[name] in {field.name for field in meta.private_fields}
        ):
            continue
        else:
            yield name, meta.original_attrs[name]


def _bases_of(model: Any) -> tuple[Any, ...]:
    """Return the bases as the state names them; of abstract ones only their own bases are left."""

    def concrete(parent: Any) -> Iterator[Any]:
        for base in parent.__bases__:
            if getattr(getattr(base, "_meta", None), "abstract", False):
                yield from concrete(base)
            else:
                yield base

    # A base that several bring in is to stand where the method resolution order has it.
    flat = sorted(set(concrete(model)), key=lambda base: model.__mro__.index(base))
    named = tuple(base._meta.label_lower if hasattr(base, "_meta") else base for base in flat)
    if not any(isinstance(base, str) or issubclass(base, models.Model) for base in named):
        return (models.Model,)
    return named


def _managers_of(model: Any) -> list[tuple[str, Any]]:
    """Return the managers that migrations are to have, with the default one where it comes first."""
    kept: list[tuple[str, Any]] = []
    seen: set[str] = set()
    default = None
    for manager in model._meta.managers:
        if manager.name in seen:
            continue
        seen.add(manager.name)
        if manager.use_in_migrations:
            copied = copy.copy(manager)
            copied._set_creation_counter()
        elif manager is model._base_manager or manager is model._default_manager:
            copied = models.Manager()
            copied.model = manager.model
            copied.name = manager.name
            if manager is model._default_manager:
                default = copied
        else:
            continue
        kept.append((manager.name, copied))
    # One plain manager called objects says nothing.
    return [] if kept == [("objects", default)] else kept


def relation_keys(state: ModelState) -> Iterator[tuple[str, Any, tuple[str, str]]]:
    """Yield name, field and the key of the other model for each relation, models in between included."""
    for name, field in state.fields.items():
        remote = field.remote_field
        if remote is None:
            continue
        yield name, field, resolve_relation(remote.model, *state.key)
        through = getattr(remote, "through", None)
        if through:
            yield name, field, resolve_relation(through, *state.key)
