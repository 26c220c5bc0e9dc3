"""Columns that a model gets where it declares none: its primary key, and its place in an order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nuages.conf import settings
from nuages.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from nuages.utils.module_loading import import_string

if TYPE_CHECKING:
    from nuages.db.models.options import Options


def prepare_order(options: Options, model: Any) -> None:
    """Make the column that `order_with_respect_to` asks for."""
    from nuages.db.models.fields.proxy import OrderWrt

    # Only forward fields: the other end may not be loaded yet.
    name = options.order_with_respect_to
    try:
        options.order_with_respect_to = next(
            field for field in options._collect_fields(reverse=False) if name in (field.name, field.attname)
        )
    except StopIteration:
        raise FieldDoesNotExist(f"{options.object_name} has no field named '{name}'") from None
    options.ordering = ("_order",)
    if not any(isinstance(field, OrderWrt) for field in model._meta.local_fields):
        model.add_to_class("_order", OrderWrt())


def add_key(options: Options, model: Any) -> None:
    """Give a model that declares no primary key one: the link to its parent, or an `id`."""
    if options.parents:
        # The link to the first parent is the key; declared links come before made ones.
        link = next(iter(options.parents.values()))
        declared = [field for field in options.local_fields if field.name == link.name]
        if declared:
            link = declared[0]
        link.primary_key = True
        options.setup_pk(link)
    else:
        model.add_to_class(
            "id", default_key_class(options)(verbose_name="ID", primary_key=True, auto_created=True)
        )


def default_key_class(options: Options) -> Any:
    """The field class that an app or the settings want for an `id`."""
    from nuages.db.models.fields import AutoField

    config = options.app_config
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
