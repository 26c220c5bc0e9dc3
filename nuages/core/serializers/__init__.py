"""Writing objects to JSON, JSON lines, XML, YAML or plain Python, and reading them back. (topics/serialization)"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Any

from nuages.apps import apps
from nuages.conf import settings
from nuages.core.serializers.base import SerializerDoesNotExist
from nuages.core.signals import setting_changed

BUILTIN_SERIALIZERS = {
    "xml": "nuages.core.serializers.xml_serializer",
    "python": "nuages.core.serializers.python",
    "json": "nuages.core.serializers.json",
    "yaml": "nuages.core.serializers.pyyaml",
    "jsonl": "nuages.core.serializers.jsonl",
}

_serializers: dict[str, Any] = {}


class BadSerializer:
    """Stands for a format whose module cannot be imported, and says why when it is used."""

    internal_use_only = False

    def __init__(self, exception: BaseException) -> None:
        self.exception = exception

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise self.exception


def register_serializer(
    format: str, serializer_module: str, serializers: dict[str, Any] | None = None
) -> None:
    """Register the module of a format, in `serializers` if given."""
    if serializers is None and not _serializers:
        _load_serializers()
    try:
        module: Any = importlib.import_module(serializer_module)
    except ImportError as error:
        bad = BadSerializer(error)
        module = type("BadSerializerModule", (), {"Deserializer": bad, "Serializer": bad})
    (_serializers if serializers is None else serializers)[format] = module


def unregister_serializer(format: str) -> None:
    """Forget a format. Raises `SerializerDoesNotExist`."""
    if not _serializers:
        _load_serializers()
    if format not in _serializers:
        raise SerializerDoesNotExist(format)
    del _serializers[format]


def _known(format: str) -> Any:
    if not _serializers:
        _load_serializers()
    if format not in _serializers:
        error = SerializerDoesNotExist(format)
        error.add_note(f"Formats are: {', '.join(sorted(_serializers))}.")
        raise error
    return _serializers[format]


def get_serializer(format: str) -> Any:
    """Return the serializer class of a format."""
    return _known(format).Serializer


def get_deserializer(format: str) -> Any:
    """Return the deserializer of a format."""
    return _known(format).Deserializer


def get_serializer_formats() -> list[str]:
    """Return the names of all formats."""
    if not _serializers:
        _load_serializers()
    return list(_serializers)


def get_public_serializer_formats() -> list[str]:
    """Return the names of the formats for files."""
    if not _serializers:
        _load_serializers()
    return [name for name, module in _serializers.items() if not module.Serializer.internal_use_only]


def serialize(format: str, queryset: Iterable[Any], **options: Any) -> Any:
    """Return objects in a format; options as `Serializer.serialize` takes them, and those of the format."""
    serializer = get_serializer(format)()
    serializer.serialize(queryset, **options)
    return serializer.getvalue()


def deserialize(format: str, stream_or_string: Any, **options: Any) -> Any:
    """Return an iterator over the `DeserializedObject`s in a text or stream."""
    return get_deserializer(format)(stream_or_string, **options)


def _load_serializers() -> None:
    found: dict[str, Any] = {}
    for format, module in {**BUILTIN_SERIALIZERS, **getattr(settings, "SERIALIZATION_MODULES", {})}.items():
        register_serializer(format, module, found)
    _serializers.clear()
    _serializers.update(found)


def _on_change(*, setting: str, **_: Any) -> None:
    if setting == "SERIALIZATION_MODULES":
        _serializers.clear()


setting_changed.connect(_on_change)


def sort_dependencies(app_list: Any, allow_cycles: bool = False) -> list[Any]:
    """Order the models of apps, given as (config, models or None), so that natural keys find what they refer to.

    Raises `RuntimeError` for models whose natural keys depend on each other, unless cycles are allowed.
    """
    needs: dict[Any, set[Any]] = {}
    for config, chosen in app_list:
        for model in config.get_models() if chosen is None else chosen:
            needs[model] = _needed_first(model)
    ordered: list[Any] = []
    left = list(needs)
    while left:
        ready = [m for m in left if all(need in ordered or need not in needs for need in needs[m])]
        if not ready:
            if not allow_cycles:
                names = ", ".join(
                    model._meta.label for model in sorted(left, key=lambda m: m._meta.object_name)
                )
                raise RuntimeError(f"Can't resolve dependencies for {names} in serialized app list.")
            # The one that was named first breaks the circle; the rest follows as it can.
            ready = left[:1]
        # Those that nothing holds up keep their order.
        ordered.extend(ready)
        left = [model for model in left if model not in ready]
    return ordered


def _needed_first(model: Any) -> set[Any]:
    named = getattr(model.natural_key, "dependencies", []) if hasattr(model, "natural_key") else []
    needs = {apps.get_model(name) for name in named}
    related = [field.remote_field for field in model._meta.fields if field.remote_field]
    related += [
        field.remote_field
        for field in model._meta.many_to_many
        if field.remote_field.through._meta.auto_created
    ]
    return needs | {
        rel.model for rel in related if hasattr(rel.model, "natural_key") and rel.model is not model
    }
