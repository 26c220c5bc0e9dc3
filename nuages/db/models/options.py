"""`Model._meta`: what a model class says about itself, and the views of its fields computed from that.

`Meta` is read once, while the class is made. Everything derived (fields with those of parents, maps by name, the
reverse side of relations) is computed when first asked and forgotten by `_expire_cache()` when a model or a
field is added.
"""

from __future__ import annotations

import bisect
import copy
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from nuages.apps import apps as project_apps
from nuages.conf import settings
from nuages.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from nuages.utils.datastructures import ImmutableList, OrderedSet
from nuages.utils.functional import cached_property
from nuages.utils.module_loading import import_string
from nuages.utils.text import camel_case_to_spaces, format_lazy
from nuages.utils.translation import override

if TYPE_CHECKING:
    from nuages.db.models.fields.base import Field

__all__ = ["DEFAULT_NAMES", "EMPTY_RELATION_TREE", "IMMUTABLE_WARNING", "Options", "normalize_together"]

EMPTY_RELATION_TREE = ()

IMMUTABLE_WARNING = (
    "The return type of '%s' should never be mutated. If you want to manipulate this list for your own use, make a "
    "copy first."
)

#: What a `class Meta` may say. Third parties may add to it before their models are defined.
DEFAULT_NAMES = (
    "abstract",
    "app_label",
    "apps",
    "auto_created",
    "base_manager_name",
    "constraints",
    "db_table",
    "db_table_comment",
    "db_tablespace",
    "default_manager_name",
    "default_permissions",
    "default_related_name",
    "get_latest_by",
    "indexes",
    "managed",
    "order_with_respect_to",
    "ordering",
    "permissions",
    "proxy",
    "required_db_features",
    "required_db_vendor",
    "select_on_save",
    "swappable",
    "unique_together",
    "verbose_name",
    "verbose_name_plural",
)


def normalize_together(option: Any) -> Any:
    """`unique_together` as a tuple of tuples; one flat list of names means one constraint."""
    if not option:
        return ()
    if not isinstance(option, (tuple, list)):
        return option  # Left as it is: a system check reports it.
    if not isinstance(next(iter(option)), (tuple, list)):
        option = (option,)
    try:
        return tuple(tuple(names) for names in option)
    except TypeError:
        return option


def make_immutable_fields_list(name: str, fields: Any) -> Any:
    return ImmutableList(fields, warning=IMMUTABLE_WARNING % name)


#: Where chains of names lead from models, as long as no model changes: see `shapes.paths`.
found_paths: dict[tuple[Any, ...], Any] = {}


class Options:
    """The `_meta` of a model."""

    #: Views of relations that point here: stale when another model's fields change, not only the model's own.
    REVERSE_PROPERTIES = frozenset(("related_objects", "fields_map", "_relation_tree"))

    FORWARD_PROPERTIES: ClassVar[frozenset[str]]

    default_apps: Any = project_apps

    model: Any
    app_label: str
    object_name: str
    model_name: str

    def __init__(self, meta: type | None, app_label: str | None = None) -> None:
        self.meta = meta
        self.app_label = app_label  # type: ignore[assignment]
        self.apps = self.default_apps
        self.object_name = self.model_name = None  # type: ignore[assignment]
        self.model = None
        # Names a model answers to.
        self.verbose_name: Any = None
        self.verbose_name_plural: Any = None
        self.db_table = ""
        self.db_table_comment = ""
        self.db_tablespace: str = settings.DEFAULT_TABLESPACE
        # What it is.
        self.abstract = self.proxy = False
        self.managed = True
        self.swappable: str | None = None
        self.auto_created: Any = False
        self.proxy_for_model: Any = None
        self.concrete_model: Any = None
        # How its rows are ordered, told apart and found.
        self.ordering: Any = []
        self._ordering_clash = False
        self.get_latest_by: Any = None
        self.order_with_respect_to: Any = None
        self.unique_together: Any = ()
        self.indexes: list[Any] = []
        self.constraints: list[Any] = []
        self.select_on_save = False
        self.required_db_features: Any = []
        self.required_db_vendor: str | None = None
        # Who may do what.
        self.permissions: Any = []
        self.default_permissions: Any = ("add", "change", "delete", "view")
        # Managers and relations.
        self.local_managers: list[Any] = []
        self.base_manager_name: str | None = None
        self.default_manager_name: str | None = None
        self.default_related_name: str | None = None
        self.parents: dict[Any, Any] = {}
        # Fields.
        self.local_fields: list[Any] = []
        self.local_many_to_many: list[Any] = []
        self.private_fields: list[Any] = []
        self.pk: Any = None
        self.auto_field: Any = None
        # Abstract models whose swapped or related names must be redone on inheritance.
        self.related_fkey_lookups: list[Any] = []
        self.original_attrs: dict[str, Any] = {}
        self._fields_cache: dict[tuple[Any, ...], Any] = {}
        #: How often this process wrote to the table: tells whether rows that were read may be out of date.
        self.write_count = 0

    # --- names ------------------------------------------------------------------------------------------------

    @property
    def label(self) -> str:
        return f"{self.app_label}.{self.object_name}"

    @property
    def label_lower(self) -> str:
        return f"{self.app_label}.{self.model_name}"

    @property
    def app_config(self) -> Any:
        # The registry may be that of historical models, where an app has no config.
        return self.apps.app_configs.get(self.app_label)

    def __str__(self) -> str:
        return self.label_lower

    def __repr__(self) -> str:
        return f"<Options for {self.object_name}>"

    @cached_property
    def verbose_name_raw(self) -> str:
        """The verbose name untranslated."""
        if isinstance(self.verbose_name, str):
            return self.verbose_name
        with override(None):
            return str(self.verbose_name)

    @property
    def swapped(self) -> str | None:
        """The model that replaces this one by setting; None when it is used itself."""
        if not self.swappable:
            return None
        chosen = getattr(settings, self.swappable, None)
        if not chosen:
            return None
        try:
            label, name = chosen.split(".")
        except ValueError:
            return chosen  # Not a label at all: a system check says so.
        return None if f"{label}.{name.lower()}" == self.label_lower else chosen

    # --- definition -------------------------------------------------------------------------------------------

    def contribute_to_class(self, cls: Any, name: str) -> None:
        """Read `Meta` and become `cls._meta`."""
        from nuages.db import connection
        from nuages.db.backends.utils import truncate_name

        cls._meta = self
        self.model = cls
        self.object_name = cls.__name__
        self.model_name = cls.__name__.lower()
        self.verbose_name = camel_case_to_spaces(self.object_name)
        if self.meta is not None:
            self._read(self.meta)
        if self.verbose_name_plural is None:
            self.verbose_name_plural = format_lazy("{}s", self.verbose_name)
        self._ordering_clash = bool(self.ordering and self.order_with_respect_to)
        if not self.abstract:
            self.constraints = self._named(self.constraints)
            self.indexes = self._named(self.indexes)
        if not self.db_table:
            table = f"{self.app_label}_{self.model_name}"
            self.db_table = truncate_name(table, connection.ops.max_name_length())

    def _read(self, meta: type) -> None:
        given = {
            name: getattr(meta, name)
            for base in reversed(meta.__mro__)
            for name in base.__dict__
            if not name.startswith("_") and base is not object
        }
        known = {name: given.pop(name) for name in DEFAULT_NAMES if name in given}
        if given:
            names = ",".join(sorted(given))
            error = TypeError(f"'class Meta' got invalid attribute(s): {names}")
            error.add_note(f"On {self.object_name}. Allowed are: {', '.join(DEFAULT_NAMES)}.")
            raise error
        for name, value in known.items():
            self.original_attrs[name] = value
            setattr(self, name, value)
        if "unique_together" in known:
            self.unique_together = normalize_together(known["unique_together"])

    def _named(self, declared: Any) -> list[Any]:
        """Copies of constraints or indexes with `%(app_label)s` and `%(class)s` in their names filled in."""
        filled = []
        parts = {"app_label": self.app_label.lower(), "class": self.model_name}
        for item in declared:
            item = item.clone()
            if item.name:
                item.name %= parts
            filled.append(item)
        return filled

    def add_manager(self, manager: Any) -> None:
        self.local_managers.append(manager)
        self._expire_cache()

    def add_field(self, field: Any, private: bool = False) -> None:
        """Take a field in, in its place by order of creation."""
        if private:
            self.private_fields.append(field)
        else:
            to_many = field.is_relation and field.many_to_many
            # Counted by creation, so that the order of the class body stays, fields of parents in front.
            bisect.insort(self.local_many_to_many if to_many else self.local_fields, field)
            if not to_many:
                self.setup_pk(field)
        remote = field.remote_field
        points_at = getattr(remote, "model", None) if field.is_relation else None
        if points_at is None:
            self._expire_cache(reverse=False)
            return
        # The other side sees a new relation too, where it is a class already.
        other = getattr(points_at, "_meta", None)
        if other is not None:
            other._expire_cache(forward=False)
        self._expire_cache()

    def setup_pk(self, field: Any) -> None:
        if not self.pk and field.primary_key:
            self.pk = field
            field.serialize = False

    def setup_proxy(self, target: Any) -> None:
        """Take table and key over from `target`, whose proxy this is."""
        self.proxy_for_model = target
        self.pk = target._meta.pk
        self.db_table = target._meta.db_table

    def prepare(self, model: Any) -> None:
        """Last pass: `order_with_respect_to` and the primary key."""
        if self.order_with_respect_to:
            self._prepare_order(model)
        else:
            self.order_with_respect_to = None
        if self.pk is None:
            self._add_pk(model)

    def _prepare_order(self, model: Any) -> None:
        from nuages.db.models.fields.proxy import OrderWrt

        # Only forward fields: the other end may not be loaded yet.
        name = self.order_with_respect_to
        try:
            self.order_with_respect_to = next(
                field for field in self._collect_fields(reverse=False) if name in (field.name, field.attname)
            )
        except StopIteration:
            raise FieldDoesNotExist(f"{self.object_name} has no field named '{name}'") from None
        self.ordering = ("_order",)
        if not any(isinstance(field, OrderWrt) for field in model._meta.local_fields):
            model.add_to_class("_order", OrderWrt())

    def _add_pk(self, model: Any) -> None:
        if self.parents:
            # The link to the first parent is the key; declared links come before made ones.
            link = next(iter(self.parents.values()))
            declared = [field for field in self.local_fields if field.name == link.name]
            if declared:
                link = declared[0]
            link.primary_key = True
            self.setup_pk(link)
        else:
            model.add_to_class(
                "id", self._get_default_pk_class()(verbose_name="ID", primary_key=True, auto_created=True)
            )

    def _get_default_pk_class(self) -> Any:
        from nuages.db.models.fields import AutoField

        config = self.app_config
        path = getattr(config, "default_auto_field", settings.DEFAULT_AUTO_FIELD)
        if config is not None and config._is_default_auto_field_overridden:
            source = f"{config.__class__.__module__}.{config.__class__.__qualname__}.default_auto_field"
        else:
            source = "DEFAULT_AUTO_FIELD"
        if not path:
            raise ImproperlyConfigured(f"{source} must not be empty.")
        try:
            cls = import_string(path)
        except ImportError as error:
            raise ImproperlyConfigured(
                f"{source} refers to the module '{path}' that could not be imported."
            ) from error
        if not issubclass(cls, AutoField):
            raise ValueError(f"Primary key '{path}' referred by {source} must subclass AutoField.")
        return cls

    def can_migrate(self, connection: Any) -> bool:
        """Whether this model's table can exist there; `connection` may be an alias."""
        from nuages.db import connections

        there = connections[connection] if isinstance(connection, str) else connection
        if not self.managed or self.proxy or self.swapped:
            return False
        wanted = self.required_db_vendor
        if wanted and wanted != there.vendor:
            return False
        return bool(wanted) or all(getattr(there.features, name, False) for name in self.required_db_features)

    # --- managers ---------------------------------------------------------------------------------------------

    @cached_property
    def managers(self) -> Any:
        """Managers, own ones first; the nearest of each name."""
        found: dict[str, tuple[int, Any]] = {}
        line = [base for base in self.model.__mro__ if "_meta" in base.__dict__]
        for depth, base in enumerate(line):
            for manager in base._meta.local_managers:
                found.setdefault(manager.name, (depth, manager))
        copies = []
        for _depth, manager in sorted(found.values(), key=lambda pair: (pair[0], pair[1].creation_counter)):
            mine = copy.copy(manager)
            mine.model = self.model
            copies.append(mine)
        return make_immutable_fields_list("managers", copies)

    @cached_property
    def managers_map(self) -> dict[str, Any]:
        return {manager.name: manager for manager in self.managers}

    def _parent_options(self) -> Options | None:
        """Options of the nearest base class that is a model."""
        return next((base._meta for base in self.model.__mro__[1:] if "_meta" in base.__dict__), None)

    @cached_property
    def base_manager(self) -> Any:
        """The manager related objects are fetched through."""
        from nuages.db.models.manager import Manager

        options: Options | None = self
        while options is not None and not options.base_manager_name:
            options = options._parent_options()
        if options is not None:
            name = options.base_manager_name
            try:
                return self.managers_map[name]  # type: ignore[index]
            except KeyError:
                raise ValueError(f"{self.object_name} has no manager named {name!r}") from None
        manager = Manager()
        manager.name = "_base_manager"
        manager.model = self.model
        manager.auto_created = True
        return manager

    @cached_property
    def default_manager(self) -> Any:
        """The manager admin, forms and reverse relations start from: the first, or the one named."""
        options: Options | None = self
        while options is not None and not options.default_manager_name and not options.local_managers:
            options = options._parent_options()
        name = options.default_manager_name if options is not None else None
        if name:
            try:
                return self.managers_map[name]
            except KeyError:
                raise ValueError(f"{self.object_name} has no manager named {name!r}") from None
        return self.managers[0] if self.managers else None

    # --- fields -----------------------------------------------------------------------------------------------

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
    def constructor(self) -> Any:
        """How `Model.__init__` treats its arguments."""
        from nuages.db.models.construction import Constructor

        return Constructor(self.model)

    @cached_property
    def writing_plans(self) -> dict[Any, Any]:
        """Statements that write this model, by database and field set."""
        return {}

    # --- inheritance ------------------------------------------------------------------------------------------

    @cached_property
    def all_parents(self) -> tuple[Any, ...]:
        """Every model above this one, nearest first."""
        found = OrderedSet(self.parents)
        for parent in self.parents:
            for ancestor in parent._meta.all_parents:
                found.add(ancestor)
        return tuple(found)

    def get_parent_list(self) -> list[Any]:
        return list(self.all_parents)

    def get_base_chain(self, model: Any) -> list[Any]:
        """Models from this one's parent up to `model`; empty where `model` is no ancestor."""
        if not self.parents:
            return []
        if model in self.parents:
            return [model]
        for parent in self.parents:
            chain = parent._meta.get_base_chain(model)
            if chain:
                return [parent, *chain]
        return []

    def get_ancestor_link(self, ancestor: Any) -> Any:
        """The field of this model or its parents that leads to `ancestor`; None where none does."""
        if ancestor in self.parents:
            return self.parents[ancestor]
        for parent, link in self.parents.items():
            further = parent._meta.get_ancestor_link(ancestor)
            if further:
                # A proxy parent has no link of its own: the one found is this model's.
                return link or further
        return None

    def _links_to_parent(self, parent: Any) -> list[tuple[Options, Any]]:
        """(options, link field) pairs from this model up to `parent`, proxies skipped."""
        links = []
        here = self.concrete_model
        target = parent._meta.concrete_model
        for ancestor in self.get_base_chain(parent):
            if ancestor._meta.concrete_model is here:
                continue
            link = here._meta.get_ancestor_link(ancestor)
            links.append((here._meta, link))
            here = ancestor._meta.concrete_model
            if here is target:
                break
        return links

    def get_path_to_parent(self, parent: Any) -> list[Any]:
        """PathInfos that join from this model to `parent`."""
        from nuages.db.models.query_utils import PathInfo

        if self.concrete_model is parent._meta.concrete_model:
            return []
        return [
            PathInfo(
                from_opts=options,
                to_opts=link.remote_field.model._meta,
                target_fields=tuple(link.foreign_related_fields),
                join_field=link,
                m2m=False,
                direct=True,
                filtered_relation=None,
            )
            for options, link in self._links_to_parent(parent)
        ]

    def get_path_from_parent(self, parent: Any) -> list[Any]:
        """PathInfos that join from `parent` down to this model."""
        if self.concrete_model is parent._meta.concrete_model:
            return []
        path: list[Any] = []
        for _options, link in reversed(self._links_to_parent(parent)):
            path.extend(link.reverse_path_infos)
        return path

    # --- relations and caches ---------------------------------------------------------------------------------

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

    def _expire_cache(self, forward: bool = True, reverse: bool = True) -> None:
        """Forget derived views after a change."""
        stale = (self.FORWARD_PROPERTIES if forward else frozenset()) | (
            self.REVERSE_PROPERTIES if reverse and not self.abstract else frozenset()
        )
        for name in stale:
            self.__dict__.pop(name, None)
        self._fields_cache = {}
        found_paths.clear()


#: All other views, made from the model's own fields and managers.
Options.FORWARD_PROPERTIES = frozenset(
    name
    for name, view in vars(Options).items()
    if isinstance(view, cached_property) and name not in Options.REVERSE_PROPERTIES
)


def _is_plain_forward(field: Any) -> bool:
    """Not many-to-many, and not a generic relation (whose model is found only with an instance)."""
    if not field.is_relation:
        return True
    if field.many_to_many or field.one_to_many:
        return False
    generic = field.many_to_one and not (hasattr(field.remote_field, "model") and field.remote_field.model)
    return not generic
