"""Two states side by side, and the operations planned so far."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from typing import Any

from nuages.db.migrations.autodetector.needs import Deed, OperationDependency
from nuages.db.migrations.utils import COMPILED_REGEX_TYPE, RegexObject, resolve_relation
from nuages.db.models import Field

Key = tuple[str, str]


class Comparison:
    """What is known about the difference between two states. Passes read it, and plan operations."""

    def __init__(self, from_state: Any, to_state: Any, questioner: Any, convert_apps: set[str]) -> None:
        self.from_state, self.to_state, self.questioner = from_state, to_state, questioner
        #: Operations by app in the order in which they were planned, each with what it needs.
        self.planned: dict[str, list[Any]] = {}
        self.needs: dict[int, list[OperationDependency]] = {}
        self.old, self.old_unmanaged, self.old_proxies = _sorted_out(from_state)
        # Apps without migrations are as they are; those about to get their first count as new.
        left_out = {app for app in from_state.real_apps if app not in convert_apps}
        self.new, self.new_unmanaged, self.new_proxies = _sorted_out(to_state, left_out)
        self.old_with_apps = {key for key in self.old if key[0] not in left_out}
        #: New key -> old name, and "app.Old" -> "app.New" as relations have it.
        self.renamed_models: dict[Key, str] = {}
        self.renamed_models_rel: dict[str, str] = {}
        #: (app, new model, new field) -> old field.
        self.renamed_fields: dict[tuple[str, str, str], str] = {}
        #: What `fields.find_renamed` has found: arguments for its operations.
        self.renamed_operations: list[tuple[Any, ...]] = []
        self.altered_indexes: dict[Key, Any] = {}
        self.altered_constraints: dict[Key, Any] = {}
        self.old_fields: set[tuple[str, str, str]] = set()
        self.new_fields: set[tuple[str, str, str]] = set()
        self.through_users: dict[Key, tuple[str, str, str]] = {}

    # Keys

    def pair_models(self) -> None:
        """Say which models have stayed; called again when renamed models are known."""
        self.kept = self.old & self.new
        self.kept_unmanaged = self.old_unmanaged & self.new_unmanaged
        self.kept_proxies = self.old_proxies & self.new_proxies

    def pair_fields(self) -> None:
        """List the fields of models that have stayed."""
        self.pair_models()
        for key in sorted(self.kept):
            old = self.old_model(key)
            # Under the new name of the model: only fields are compared from here on.
            self.old_fields.update((*key, name) for name in old.fields)
            self.new_fields.update((*key, name) for name in self.to_state.models[key].fields)
            for name, field in old.fields.items():
                through = getattr(field.remote_field, "through", None)
                if through:
                    self.through_users[resolve_relation(through, *key)] = (*old.key, name)

    def old_key(self, key: Key) -> Key:
        """Return the key that a model had before."""
        return key[0], self.renamed_models.get(key, key[1]).lower()

    def old_model(self, key: Key) -> Any:
        """Return a model as it was, by its new key."""
        return self.from_state.models[self.old_key(key)]

    def new_model(self, key: Key) -> Any:
        """Return a model as it is to be."""
        return self.to_state.models[key]

    # Planning

    def plan(
        self,
        app_label: str,
        operation: Any,
        needs: Iterable[OperationDependency] = (),
        beginning: bool = False,
    ) -> None:
        """Plan an operation, in front of the others or after them."""
        self.needs[id(operation)] = list(needs)
        operations = self.planned.setdefault(app_label, [])
        operations.insert(0 if beginning else len(operations), operation)

    def needs_of(self, operation: Any) -> list[OperationDependency]:
        """Return what a planned operation needs."""
        return self.needs.get(id(operation), [])

    def relation_needs(self, key: Key, field: Any, state: Any = None) -> list[OperationDependency]:
        """Return what a relation needs: the models at its other end and in between."""
        state = state or self.to_state
        remote = field.remote_field
        setting = getattr(field, "swappable_setting", None)
        if setting is not None:
            target = "__setting__", setting
        else:
            target = resolve_relation(remote.model, *key)
        needs = [OperationDependency(*target, None, Deed.CREATE)]
        through = getattr(remote, "through", None)
        if through:
            needs.append(OperationDependency(*resolve_relation(through, *key), None, Deed.CREATE))
        return needs

    def constraint_needs(self, key: Key, names: Iterable[str]) -> list[OperationDependency]:
        """Return what relations among some fields need."""
        needs: list[OperationDependency] = []
        model = self.new_model(key)
        for name in names:
            field = model.get_field(name)
            if field.remote_field and getattr(field.remote_field, "model", None):
                needs += self.relation_needs(key, field)
        return needs


def _sorted_out(state: Any, left_out: Iterable[str] = ()) -> tuple[set[Key], set[Key], set[Key]]:
    """Return the keys of a state's managed models, unmanaged ones and proxies."""
    managed: set[Key] = set()
    unmanaged: set[Key] = set()
    proxies: set[Key] = set()
    for key, model in state.models.items():
        if key[0] in left_out:
            continue
        if not model.options.get("managed", True):
            unmanaged.add(key)
        elif model.options.get("proxy"):
            proxies.add(key)
        else:
            managed.add(key)
    return managed, unmanaged, proxies


def taken_apart(value: Any) -> Any:
    """Return a value in a form that can be compared: what it is made of, all the way down."""
    match value:
        case list():
            return [taken_apart(each) for each in value]
        case tuple():
            return tuple(taken_apart(each) for each in value)
        case dict():
            return {name: taken_apart(each) for name, each in value.items()}
        case functools.partial():
            return value.func, taken_apart(value.args), taken_apart(value.keywords)
        case re.Pattern() if isinstance(value, COMPILED_REGEX_TYPE):
            return RegexObject(value)
        case type():
            # A class whose instances can be taken apart is itself a whole.
            return value
    if hasattr(value, "deconstruct"):
        parts = value.deconstruct()
        if isinstance(value, Field):
            parts = parts[1:]  # a field's name is the key that it stands under
        path, args, kwargs = parts
        return (
            path,
            [taken_apart(each) for each in args],
            {name: taken_apart(each) for name, each in kwargs.items()},
        )
    return value


def apart_from_relations(fields: dict[str, Any]) -> list[Any]:
    """Return fields taken apart without what they point to: how a model is told from another."""
    found = []
    for _, field in sorted(fields.items()):
        parts = taken_apart(field)
        if field.remote_field and field.remote_field.model:
            parts[2].pop("to", None)
        found.append(parts)
    return found


def own_relations(model: Any) -> Iterator[tuple[str, Any]]:
    """Yield the fields of a model that point to others."""
    for name, field in model.fields.items():
        if field.remote_field and (field.remote_field.model or getattr(field.remote_field, "through", None)):
            yield name, field
