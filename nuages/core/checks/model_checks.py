"""Checks of all models together: `check()` of each, names that are used twice, references that were never met."""

from __future__ import annotations

import inspect
import types
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from nuages.apps import apps
from nuages.conf import settings
from nuages.core.checks import Error, Tags, Warning, register
from nuages.core.checks.messages import CheckMessage

__all__ = ["check_all_models", "check_lazy_references"]


@register(Tags.models)
def check_all_models(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """What each model says about itself, and what only the sight of all can tell."""
    models = (
        apps.get_models()
        if app_configs is None
        else [model for config in app_configs for model in config.get_models()]
    )
    messages: list[CheckMessage] = []
    tables: defaultdict[str, list[str]] = defaultdict(list)
    indexes: defaultdict[str, list[str]] = defaultdict(list)
    constraints: defaultdict[str, list[str]] = defaultdict(list)
    for model in models:
        options = model._meta
        if options.managed and not options.proxy:
            tables[options.db_table].append(options.label)
        if not inspect.ismethod(model.check):
            messages.append(
                Error(
                    f"The '{model.__name__}.check()' class method is currently overridden by {model.check!r}.",
                    obj=model,
                    id="models.E020",
                )
            )
        else:
            messages += model.check(**kwargs)
        for index in options.indexes:
            indexes[index.name].append(options.label)
        for constraint in options.constraints:
            constraints[constraint.name].append(options.label)
    messages += _shared_tables(tables)
    messages += _shared_names(indexes, "index", "models.E029", "models.E030")
    messages += _shared_names(constraints, "constraint", "models.E031", "models.E032")
    return messages


def _shared_tables(tables: dict[str, list[str]]) -> Iterator[CheckMessage]:
    for table, labels in tables.items():
        if len(labels) < 2:
            continue
        said = ", ".join(labels)
        message = f"db_table '{table}' is used by multiple models: {said}."
        if settings.DATABASE_ROUTERS:
            # They may be in different databases.
            yield Warning(
                message,
                obj=table,
                hint=(
                    f"You have configured settings.DATABASE_ROUTERS. Verify that {said} are correctly routed to separate "
                    "databases."
                ),
                id="models.W035",
            )
        else:
            yield Error(message, obj=table, id="models.E028")


def _shared_names(names: dict[str, list[str]], what: str, within: str, among: str) -> Iterator[CheckMessage]:
    for name, labels in names.items():
        if len(labels) < 2:
            continue
        different = sorted(set(labels))
        if len(different) == 1:
            yield Error(f"{what} name '{name}' is not unique for model {different[0]}.", id=within)
        else:
            yield Error(f"{what} name '{name}' is not unique among models: {', '.join(different)}.", id=among)


@register(Tags.models)
def check_lazy_references(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Operations that still wait for a model nobody defined."""
    return _check_lazy_references(apps)


def _check_lazy_references(
    registry: Any, ignore: Iterable[tuple[str, str]] | None = None
) -> list[CheckMessage]:
    pending = set(registry._pending_operations) - set(ignore or ())
    if not pending:
        return []
    found = []
    for key in pending:
        for operation in registry._pending_operations[key]:
            function, keywords = _unwrapped(operation)
            message = _message_for(registry, key, function, keywords)
            if message is not None:
                found.append(message)
    return sorted(found, key=lambda message: message.msg)


def _unwrapped(operation: Any) -> tuple[Callable[..., Any], dict[str, Any]]:
    """The function at the bottom of partials, and the keywords given on the way."""
    keywords: dict[str, Any] = {}
    function = operation
    while hasattr(function, "func"):
        keywords.update(getattr(function, "keywords", {}) or {})
        function = function.func
    return function, keywords


def _problem(registry: Any, key: tuple[str, str]) -> str:
    label, name = key
    try:
        registry.get_app_config(label)
    except LookupError:
        return f"but app '{label}' isn't installed"
    return f"but app '{label}' doesn't provide model '{name}'"


def _message_for(
    registry: Any, key: tuple[str, str], function: Any, keywords: dict[str, Any]
) -> CheckMessage | None:
    from nuages.db.models.fields.related import RelatedField
    from nuages.db.models.signals import ModelSignal

    wanted = ".".join(key)
    problem = _problem(registry, key)
    owner = getattr(function, "__self__", None)
    field = keywords.get("field") or (owner if isinstance(owner, RelatedField) else None)
    if field is not None:
        return Error(
            f"The field {field} was declared with a lazy reference to '{wanted}', {problem}.",
            obj=field,
            id="fields.E307",
        )
    connected = _connected_signal(function)
    if connected is not None and isinstance(connected[0], ModelSignal):
        return _signal_message(connected, wanted, problem)
    return Error(
        f"{function!r} contains a lazy reference to {wanted}, {problem}.", obj=function, id="models.E022"
    )


def _connected_signal(function: Any) -> tuple[Any, Any] | None:
    """(signal, receiver) where the waiting operation is a connection made before its sender exists."""
    return getattr(function, "waiting_connection", None)


def _signal_message(connected: tuple[Any, Any], wanted: str, problem: str) -> CheckMessage:
    from nuages.db.models import signals

    signal, receiver = connected
    name = next((name for name, value in vars(signals).items() if value is signal), "unknown")
    if isinstance(receiver, types.FunctionType):
        what = f"The function '{receiver.__name__}'"
    elif isinstance(receiver, types.MethodType):
        what = f"Bound method '{receiver.__self__.__class__.__name__}.{receiver.__name__}'"
    else:
        what = f"An instance of class '{receiver.__class__.__name__}'"
    return Error(
        f"{what} was connected to the '{name}' signal with a lazy reference to the sender '{wanted}', {problem}.",
        obj=receiver.__module__,
        hint=None,
        id="signals.E001",
    )
