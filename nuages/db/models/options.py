"""`Model._meta`: what a model class says about itself, and the views of its fields computed from that.

`Meta` is read once, while the class is made. Everything derived (fields with those of parents, maps by name, the
reverse side of relations) is computed when first asked and forgotten by `_expire_cache()` when a model or a
field is added.
"""

from __future__ import annotations

import bisect
from typing import Any, ClassVar

from nuages.db.models.meta.declared import DEFAULT_NAMES, normalize_together
from nuages.db.models.meta.fields import EMPTY_RELATION_TREE, IMMUTABLE_WARNING, FieldViews
from nuages.db.models.meta.key import add_key, prepare_order
from nuages.db.models.meta.managers import base_manager_of, default_manager_of, managers_of
from nuages.utils.functional import cached_property
from nuages.utils.text import camel_case_to_spaces, format_lazy

__all__ = ["DEFAULT_NAMES", "EMPTY_RELATION_TREE", "IMMUTABLE_WARNING", "Options", "normalize_together"]

#: Where chains of names lead from models, as long as no model changes: see `shapes.paths`.
found_paths: dict[tuple[Any, ...], Any] = {}


class Options(FieldViews):
    """The `_meta` of a model."""

    #: Views of relations that point here: stale when another model's fields change, not only the model's own.
    REVERSE_PROPERTIES = frozenset(("related_objects", "fields_map", "_relation_tree"))

    FORWARD_PROPERTIES: ClassVar[frozenset[str]]

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
            prepare_order(self, model)
        else:
            self.order_with_respect_to = None
        if self.pk is None:
            add_key(self, model)

    # --- managers ---------------------------------------------------------------------------------------------

    @cached_property
    def managers(self) -> Any:
        """Managers, own ones first; the nearest of each name."""
        return managers_of(self)

    @cached_property
    def managers_map(self) -> dict[str, Any]:
        return {manager.name: manager for manager in self.managers}

    @cached_property
    def base_manager(self) -> Any:
        """The manager related objects are fetched through."""
        return base_manager_of(self)

    @cached_property
    def default_manager(self) -> Any:
        """The manager admin, forms and reverse relations start from: the first, or the one named."""
        return default_manager_of(self)

    # --- reading and writing rows -----------------------------------------------------------------------------

    @cached_property
    def constructor(self) -> Any:
        """How `Model.__init__` treats its arguments."""
        from nuages.db.models.construction import Constructor

        return Constructor(self.model)

    @cached_property
    def writing_plans(self) -> dict[Any, Any]:
        """Statements that write this model, by database and field set."""
        return {}

    # --- forgetting -------------------------------------------------------------------------------------------

    def _expire_cache(self, forward: bool = True, reverse: bool = True) -> None:
        """Forget derived views after a change."""
        known = self.__dict__
        if forward:
            for name in self.FORWARD_PROPERTIES & known.keys():
                del known[name]
        if reverse and not self.abstract:
            for name in self.REVERSE_PROPERTIES:
                known.pop(name, None)
        self._fields_cache = {}
        found_paths.clear()


#: All other views, made from the model's own fields and managers.
Options.FORWARD_PROPERTIES = frozenset(
    name
    for cls in Options.__mro__
    for name, view in vars(cls).items()
    if isinstance(view, cached_property) and name not in Options.REVERSE_PROPERTIES
)
