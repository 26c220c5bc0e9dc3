"""Writing values as Python source, with the imports that the source needs.

Each kind of value has a writer: a function from the value to source and imports. `serializer_factory` finds the
writer for a value; `MigrationWriter.register_serializer` adds classes for kinds of one's own.
"""

from __future__ import annotations

import builtins
import collections.abc
import datetime
import decimal
import enum
import functools
import inspect
import math
import os
import pathlib
import re
import types
import uuid
import zoneinfo
from collections.abc import Callable, Iterable
from typing import Any

from nuages.compat import spelled
from nuages.conf import SettingsReference
from nuages.db import models
from nuages.db.migrations.operations.base import Operation
from nuages.db.migrations.utils import COMPILED_REGEX_TYPE, RegexObject
from nuages.db.models.deletion import DatabaseOnDelete
from nuages.utils.functional import LazyObject, Promise
from nuages.utils.version import get_docs_version

#: Source, and the import lines that it needs.
Written = tuple[str, set[str]]


class BaseSerializer:
    """Writes one value; subclass it for kinds of values of your own."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def serialize(self) -> tuple[str, Any]:
        """Return source and imports."""
        raise NotImplementedError("Subclasses of BaseSerializer must implement the serialize() method.")


class _FunctionSerializer(BaseSerializer):
    """A serializer made of a function."""

    def __init__(self, value: Any, write: Callable[[Any], Written]) -> None:
        super().__init__(value)
        self._write = write

    def serialize(self) -> Written:
        return self._write(self.value)


def write(value: Any) -> Written:
    """Return the source of a value and its imports."""
    source, imports = serializer_factory(value).serialize()
    return source, set(imports)


def _write_all(values: Iterable[Any]) -> tuple[list[str], set[str]]:
    sources: list[str] = []
    imports: set[str] = set()
    for value in values:
        source, more = write(value)
        sources.append(source)
        imports |= more
    return sources, imports


def _call(path: str, args: Iterable[Any], kwargs: dict[str, Any], imports: set[str]) -> Written:
    """Write a call. Keywords that are no identifiers come as a dictionary."""
    words, more = _write_all(args)
    imports = imports | more
    strange: dict[str, Any] = {}
    for name, value in sorted(kwargs.items()):
        if name.isidentifier():
            source, more = write(value)
            imports |= more
            words.append(f"{name}={source}")
        else:
            strange[name] = value
    if strange:
        source, more = write(strange)
        imports |= more
        words.append(f"**{source}")
    return f"{path}({', '.join(words)})", imports


# Plain values


def _repr(value: Any) -> Written:
    return repr(value), set()


def _float(value: float) -> Written:
    return (repr(value) if math.isfinite(value) else f'float("{value}")'), set()


def _decimal(value: decimal.Decimal) -> Written:
    return repr(value), {"from decimal import Decimal"}


def _datetime(value: datetime.datetime) -> Written:
    if value.tzinfo is not None and value.tzinfo is not datetime.UTC:
        value = value.astimezone(datetime.UTC)
    return repr(value), {"import datetime"}


def _moment(value: Any) -> Written:
    return repr(value), {"import datetime"}


def _uuid(value: uuid.UUID) -> Written:
    return f"uuid.{value!r}", {"import uuid"}


def _zone(value: zoneinfo.ZoneInfo) -> Written:
    return repr(value), {"import zoneinfo"}


def _path(value: pathlib.PurePath) -> Written:
    # Files are written on one system and read on another: no concrete path.
    pure = pathlib.PurePath(value) if isinstance(value, pathlib.Path) else value
    return f"pathlib.{pure!r}", {"import pathlib"}


def _path_like(value: os.PathLike[Any]) -> Written:
    return repr(value.__fspath__()), set()


def _on_delete(value: DatabaseOnDelete) -> Written:
    module = spelled("nuages.db.models.deletion")
    return f"{module}.{value.__name__}", {f"import {module}"}


def _regex(value: Any) -> Written:
    pattern, imports = write(value.pattern)
    # What the pattern itself makes of its flags need not be said.
    flags = value.flags ^ re.compile(value.pattern).flags
    arguments = [pattern]
    if flags:
        source, more = write(flags)
        arguments.append(source)
        imports |= more
    return f"re.compile({', '.join(arguments)})", imports | {"import re"}


def _settings_reference(value: SettingsReference) -> Written:
    return f"settings.{value.setting_name}", {f"from {spelled('nuages.conf')} import settings"}


def _lazy_object(value: LazyObject) -> Written:
    from nuages.utils.functional import empty

    if value._wrapped is empty:
        value._setup()
    return write(value._wrapped)


def _promise(value: Promise) -> Written:
    return write(str(value))


# Collections


def _list(value: list[Any]) -> Written:
    sources, imports = _write_all(value)
    return f"[{', '.join(sources)}]", imports


def _tuple(value: Iterable[Any]) -> Written:
    sources, imports = _write_all(value)
    return (f"({sources[0]},)" if len(sources) == 1 else f"({', '.join(sources)})"), imports


def _sorted_sources(value: Iterable[Any]) -> tuple[list[str], set[str]]:
    sources, imports = _write_all(value)
    return sorted(sources), imports


def _set(value: set[Any]) -> Written:
    sources, imports = _sorted_sources(value)
    return (f"{{{', '.join(sources)}}}" if sources else "set()"), imports


def _frozenset(value: frozenset[Any]) -> Written:
    sources, imports = _sorted_sources(value)
    return f"frozenset([{', '.join(sources)}])", imports


def _dict(value: dict[Any, Any]) -> Written:
    imports: set[str] = set()
    pairs: list[tuple[str, str]] = []
    for key, item in value.items():
        key_source, more = write(key)
        item_source, still_more = write(item)
        imports |= more | still_more
        pairs.append((key_source, item_source))
    return "{" + ", ".join(f"{key}: {item}" for key, item in sorted(pairs)) + "}", imports


# Code


def _enum(value: enum.Enum) -> Written:
    kind = type(value)
    module = spelled(kind.__module__)
    members = (
        enum._decompose(kind, value)[0]
        if isinstance(value, enum.Flag) and hasattr(enum, "_decompose")
        else [value]
    )  # type: ignore[attr-defined]
    if isinstance(value, enum.Flag) and not hasattr(enum, "_decompose"):
        members = list(value) if value else [value]
    path = f"{module}.{kind.__qualname__}"
    return " | ".join(f"{path}[{member.name!r}]" for member in members), {f"import {module}"}


def _choice(value: Any) -> Written:
    return write(value.value)


def _type(value: type) -> Written:
    if value is models.Model:
        return "models.Model", {f"from {spelled('nuages.db')} import models"}
    if value is types.NoneType:
        return "types.NoneType", {"import types"}
    if value.__module__ == builtins.__name__:
        return value.__name__, set()
    module = spelled(value.__module__)
    return f"{module}.{value.__qualname__}", {f"import {module}"}


def _function(value: Any) -> Written:
    owner = getattr(value, "__self__", None)
    if isinstance(owner, type):
        module = spelled(owner.__module__)
        return f"{module}.{owner.__qualname__}.{value.__name__}", {f"import {module}"}
    if value.__name__ == "<lambda>":
        raise ValueError("Cannot serialize function: lambda")
    if value.__module__ is None:
        raise ValueError(f"Cannot serialize function {value!r}: No module")
    module = spelled(value.__module__)
    if "<" not in value.__qualname__:  # else it lives in another function
        return f"{module}.{value.__qualname__}", {f"import {module}"}
    raise ValueError(f"Could not find function {value.__name__} in {module}.\n")


def _partial(value: functools.partial[Any] | functools.partialmethod[Any]) -> Written:
    source, imports = _call("", [value.func, *value.args], value.keywords, {"import functools"})
    return f"functools.{type(value).__name__}{source}", imports


def _generic_alias(value: Any) -> Written:
    origin, imports = write(value.__origin__)
    sources, more = _write_all(value.__args__)
    return f"{origin}[{', '.join(sources)}]", imports | more


# Things that say themselves what they are made of


def deconstructed(path: str, args: Iterable[Any], kwargs: dict[str, Any]) -> Written:
    """Write a call of what `path` names."""
    name, imports = _name_of(path)
    return _call(name, args, kwargs, imports)


def _name_of(path: str) -> Written:
    module, _, name = path.rpartition(".")
    if module in {"django.db.models", "nuages.db.models"}:
        return f"models.{name}", {f"from {spelled('nuages.db')} import models"}
    return path, {f"import {module}"}


def _deconstructible(value: Any) -> Written:
    return deconstructed(*value.deconstruct())


def _field(value: models.Field) -> Written:
    _, path, args, kwargs = value.deconstruct()
    return deconstructed(path, args, kwargs)


def _manager(value: Any) -> Written:
    as_manager, manager_path, queryset_path, args, kwargs = value.deconstruct()
    if as_manager:
        name, imports = _name_of(queryset_path)
        return f"{name}.as_manager()", imports
    return deconstructed(manager_path, args, kwargs)


def _operation(value: Operation) -> Written:
    from nuages.db.migrations.writer import OperationWriter

    source, imports = OperationWriter(value, indentation=0).serialize()
    # It stands in a list of others, whose commas are written by that.
    return source.rstrip(","), imports


#: In this order: what comes first is what a value is written as.
_WRITERS: dict[Any, Callable[[Any], Written]] = {
    frozenset: _frozenset,
    list: _list,
    set: _set,
    tuple: _tuple,
    dict: _dict,
    models.Choices: _choice,
    enum.Enum: _enum,
    datetime.datetime: _datetime,
    (datetime.date, datetime.timedelta, datetime.time): _moment,
    SettingsReference: _settings_reference,
    float: _float,
    (bool, int, types.NoneType, bytes, str, range): _repr,
    decimal.Decimal: _decimal,
    (functools.partial, functools.partialmethod): _partial,
    (
        types.FunctionType,
        types.BuiltinFunctionType,
        types.MethodType,
        functools._lru_cache_wrapper,
    ): _function,
    types.GenericAlias: _generic_alias,
    uuid.UUID: _uuid,
    pathlib.PurePath: _path,
    os.PathLike: _path_like,
    zoneinfo.ZoneInfo: _zone,
    (COMPILED_REGEX_TYPE, RegexObject): _regex,
    collections.abc.Iterable: _tuple,
}


class Serializer:
    """The kinds of values that can be written."""

    _registry: dict[Any, type[BaseSerializer]] = {}

    @classmethod
    def register(cls, type_: Any, serializer: type[BaseSerializer]) -> None:
        """Write values of a type by a class of one's own."""
        if not (isinstance(serializer, type) and issubclass(serializer, BaseSerializer)):
            name = getattr(serializer, "__name__", serializer)
            raise ValueError(f"'{name}' must inherit from 'BaseSerializer'.")
        cls._registry[type_] = serializer

    @classmethod
    def unregister(cls, type_: Any) -> None:
        """Take a registered class out again."""
        cls._registry.pop(type_)


def serializer_factory(value: Any) -> BaseSerializer:
    """Return what writes a value."""
    if isinstance(value, Promise):
        return _FunctionSerializer(value, _promise)
    if isinstance(value, LazyObject):
        return _FunctionSerializer(value, _lazy_object)
    for kind, serializer in Serializer._registry.items():
        if isinstance(value, kind):
            return serializer(value)
    return _FunctionSerializer(value, _writer_for(value))


def _writer_for(value: Any) -> Callable[[Any], Written]:
    if isinstance(value, models.Field):
        return _field
    if isinstance(value, DatabaseOnDelete):
        return _on_delete
    if isinstance(value, models.manager.BaseManager):
        return _manager
    if isinstance(value, Operation):
        return _operation
    if isinstance(value, types.GenericAlias):
        return _generic_alias
    if isinstance(value, type):
        # Whatever its instances can tell about themselves, the class itself is meant.
        return _type
    if callable(getattr(value, "deconstruct", None)) and not isinstance(value, SettingsReference):
        return _deconstructible
    if type(value).__module__ not in {"decimal"} and isinstance(value, decimal.Decimal):
        return _subclassed_decimal
    for kinds, writer in _WRITERS.items():
        if isinstance(value, kinds):
            return writer
    if inspect.ismethoddescriptor(value):
        return _function
    raise ValueError(
        f"Cannot serialize: {value!r}\nThere are some values Django cannot serialize into migration files.\n"
        f"For more, see https://docs.djangoproject.com/en/{get_docs_version()}/topics/migrations/#migration-serializing"
    )


def _subclassed_decimal(value: Any) -> Written:
    return repr(value), {"from decimal import Decimal"}
