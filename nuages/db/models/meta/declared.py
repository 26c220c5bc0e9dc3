"""What a model says about itself in `class Meta`, with what stands where it says nothing, and its names."""

from __future__ import annotations

from typing import Any

from nuages.apps import apps as project_apps
from nuages.conf import settings
from nuages.utils.functional import cached_property
from nuages.utils.translation import override

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


class Declared:
    """The options themselves."""

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
