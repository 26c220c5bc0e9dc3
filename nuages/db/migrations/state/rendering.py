"""Classes for the models of a state.

A state's registry renders models when they are asked for. When models change, only they and their neighbours are made
anew, and only once, however many operations have changed them since the last look. What is further away then shows former
classes, which makes no difference to the tables; it is made anew before anybody works with the classes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from typing import Any, Self

from nuages.apps import AppConfig
from nuages.apps.registry import Apps
from nuages.apps.registry import apps as global_apps
from nuages.conf import settings
from nuages.db import models
from nuages.db.migrations.exceptions import InvalidBasesError
from nuages.db.migrations.state.model_state import ModelState, relation_keys
from nuages.utils.version import get_docs_version

Key = tuple[str, str]


class AppConfigStub(AppConfig):
    """An application that is nothing but its label."""

    def __init__(self, label: str) -> None:
        self.apps = None
        self.models: Any = {}
        # AppConfig would look for a module.
        self.label = label
        self.name = label
        self.verbose_name = label.title()
        self.path = ""
        self.module = None
        self.models_module = None

    def import_models(self) -> None:
        self.models = self.apps.all_models[self.label]  # type: ignore[union-attr]


def related_models(model: Any) -> set[Any]:
    """Return the classes that a class is directly connected with by relations, and those that inherit from it."""
    found = {
        child
        for child in model.__subclasses__()
        if hasattr(child, "_meta") and child._meta.apps is model._meta.apps
    }
    for field in model._meta.get_fields(include_hidden=True):
        if field.is_relation and field.related_model is not None and not isinstance(field.related_model, str):
            # Whoever points to a proxy points to the table of what it stands for.
            found |= {field.related_model, field.related_model._meta.concrete_model or field.related_model}
    return found


def get_related_models_tuples(model: Any) -> set[Key]:
    """Return the keys of the models directly connected with a class."""
    return {_key(other) for other in related_models(model)}


def get_related_models_recursive(model: Any) -> set[Key]:
    """Return the keys of all models connected with a class over any number of others, without itself."""
    seen: set[Any] = set()
    waiting = related_models(model)
    while waiting:
        other = waiting.pop()
        if other not in seen:
            seen.add(other)
            waiting |= related_models(other) - seen
    return {_key(other) for other in seen} - {_key(model)}


def _connected(model: Any) -> set[Key]:
    """Return the keys of models that have to be made anew with this one: also what it inherits from."""
    found = related_models(model)
    found |= {base for base in model.__bases__ if hasattr(base, "_meta")}
    for field in model._meta.get_fields(include_hidden=True):
        through = getattr(getattr(field, "remote_field", None), "through", None)
        if through is not None and not isinstance(through, str):
            found.add(through)
    if model._meta.proxy:
        found.add(model._meta.concrete_model)
    return {_key(other) for other in found if not other._meta.abstract}


def _key(model: Any) -> Key:
    return model._meta.app_label, model._meta.model_name


class StateApps(Apps):
    """A registry whose models are made of a state."""

    def __init__(
        self, real_apps: Iterable[str], models_: dict[Key, ModelState], ignore_swappable: bool = False
    ) -> None:
        # Apps without migrations take part as they are now.
        self.real_models = [
            ModelState.from_model(model, exclude_rels=True)
            for label in sorted(real_apps)
            for model in global_apps.get_app_config(label).get_models()
        ]
        labels = {label for label, _ in models_}
        super().__init__([AppConfigStub(label) for label in sorted({*real_apps, *labels})])
        # The lock would keep the registry from being copied, and nobody else knows it.
        self._lock = None  # type: ignore[assignment]
        self.ready_event = None  # type: ignore[assignment]
        self.render_multiple([*models_.values(), *self.real_models])
        self.check(ignore_swappable)

    def check(self, ignore_swappable: bool = False) -> None:
        """Raise where a field names a model that is not there."""
        from nuages.core.checks.model_checks import _check_lazy_references

        ignore = {_setting_key(settings.AUTH_USER_MODEL)} if ignore_swappable else set()
        errors = _check_lazy_references(self, ignore=ignore)
        if errors:
            raise ValueError("\n".join(error.msg for error in errors))

    @contextmanager
    def bulk_update(self) -> Any:
        """Hold back the clearing of caches while many models change."""
        ready, self.ready = self.ready, False
        try:
            yield
        finally:
            self.ready = ready
            self.clear_cache()

    def render_multiple(self, states: Iterable[ModelState]) -> None:
        """Make classes, bases before what inherits from them."""
        waiting = list(states)
        if not waiting:
            return
        with self.bulk_update():
            while waiting:
                stuck: list[ModelState] = []
                for state in waiting:
                    try:
                        state.render(self)
                    except InvalidBasesError:
                        stuck.append(state)
                if len(stuck) == len(waiting):
                    raise InvalidBasesError(
                        f"Cannot resolve bases for {stuck!r}\nThis can happen if you are inheriting models from an "
                        "app with migrations (e.g. contrib.auth)\n in an app with no migrations; see "
                        f"https://docs.djangoproject.com/en/{get_docs_version()}/topics/migrations/#dependencies "
                        "for more"
                    )
                waiting = stuck

    def clone(self) -> Self:
        """Return a registry with the same classes, which goes its own way from here."""
        copied = type(self)([], {})
        for label, own in self.all_models.items():
            copied.all_models[label] = dict(own)
        for label in self.app_configs:
            copied._add_stub(label)
        copied.real_models = self.real_models
        return copied

    def _add_stub(self, label: str) -> None:
        stub = AppConfigStub(label)
        stub.apps = self  # type: ignore[assignment]
        stub.import_models()
        self.app_configs[label] = stub

    def register_model(self, app_label: str, model: Any) -> None:
        self.all_models[app_label][model._meta.model_name] = model
        if app_label not in self.app_configs:
            self._add_stub(app_label)
        _models_of(self.app_configs[app_label])[model._meta.model_name] = model
        self.do_pending_operations(model)
        self.clear_cache()

    def unregister_model(self, app_label: str, model_name: str) -> None:
        """Take a model out."""
        self.all_models.get(app_label, {}).pop(model_name, None)
        self._by_label.clear()
        config = self.app_configs.get(app_label)
        if config is not None:
            _models_of(config).pop(model_name, None)

    def replace(self, dirty: set[Key], touched: set[Key], states: dict[Key, ModelState]) -> set[Key]:
        """Make models anew: those in `dirty` and all that are connected with them, before or after the change, and
        those in `touched` and their neighbours. Return the keys of the former.
        """
        near, heirs = _connections({**{state.key: state for state in self.real_models}, **states})

        def neighbours(key: Key) -> set[Key]:
            model = self.all_models.get(key[0], {}).get(key[1])
            return near[key] if model is None else near[key] | _connected(model)

        whole = _closure(dirty, neighbours)
        affected = whole.union(touched, *map(neighbours, touched))
        # A class that inherits from a former one would stay what that was.
        affected = _closure(affected, heirs.__getitem__)
        with self.bulk_update():
            for key in affected:
                self.unregister_model(*key)
            # What waited for a model that is gone waits no longer; what is rendered waits anew.
            self._pending_operations.clear()
            own = [states[key] for key in states if key in affected]
            real = [state for state in self.real_models if state.key in affected]
            self.render_multiple([*own, *real])
        return whole


def _closure(keys: set[Key], following: Callable[[Key], set[Key]]) -> set[Key]:
    """Return the keys, what follows from them, and what follows from that."""
    found = set(keys)
    waiting = list(keys)
    while waiting:
        new = following(waiting.pop()) - found
        found |= new
        waiting += new
    return found


def _connections(states: dict[Key, ModelState]) -> tuple[dict[Key, set[Key]], dict[Key, set[Key]]]:
    """Return by key the models that point to one another, either way, and those that inherit from one."""
    near: defaultdict[Key, set[Key]] = defaultdict(set)
    heirs: defaultdict[Key, set[Key]] = defaultdict(set)
    for key, state in states.items():
        bases = _bases(state)
        for base in bases:
            heirs[base].add(key)
        for other in bases.union(other for _, _, other in relation_keys(state)):
            near[key].add(other)
            near[other].add(key)
    return near, heirs


def _bases(state: ModelState) -> set[Key]:
    found = set()
    for base in state.bases:
        if isinstance(base, str):
            label, _, name = base.partition(".")
            found.add((label, name.lower()))
        elif issubclass(base, models.Model) and hasattr(base, "_meta") and not base._meta.abstract:
            found.add(_key(base))
    return found


def _setting_key(label: str) -> Key:
    app, _, name = label.lower().partition(".")
    return app, name


def _models_of(config: Any) -> dict[str, Any]:
    return config.models
