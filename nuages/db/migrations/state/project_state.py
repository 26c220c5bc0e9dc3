"""`ProjectState`: all models, and how each kind of operation changes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Self

from nuages.core.exceptions import FieldDoesNotExist
from nuages.db.migrations.state.model_state import ModelState
from nuages.db.migrations.state.rendering import StateApps
from nuages.db.migrations.utils import field_is_referenced, get_references, resolve_relation
from nuages.db.models import NOT_PROVIDED

Key = tuple[str, str]
#: Target -> {model: {field name: field}}.
Relations = dict[Key, dict[Key, dict[str, Any]]]


class ProjectState:
    """The models of the whole project at one point of its history.

    Changing it changes data only; `apps` makes classes of it when it is asked for.
    """

    def __init__(
        self, models: dict[Key, ModelState] | None = None, real_apps: set[str] | None = None
    ) -> None:
        self.models = models or {}
        if real_apps is None:
            real_apps = set()
        elif not isinstance(real_apps, set):
            raise AssertionError(f"real_apps must be a set of app labels, got {real_apps!r}")
        # Apps without migrations, whose models are taken as they are now.
        self.real_apps = real_apps
        # Worked out when first asked for, and followed up from then on.
        self._relations: Relations | None = None
        # Models that have changed since `apps` was rendered, so that all that are connected with them in any way change,
        # too; those of which only the neighbours do; and those whose neighbours' neighbours still show former classes.
        self._dirty: set[Key] = set()
        self._touched: set[Key] = set()
        self._left_behind: set[Key] = set()

    # Looking

    @property
    def relations(self) -> Relations:
        """Who points to whom. Relations to a proxy are relations to what it stands for."""
        if self._relations is None:
            self._relations = {}
            for key, state in self.models.items():
                for name, field in state.fields.items():
                    self._link(key, name, field)
        return self._relations

    def get_concrete_model_key(self, model: Any) -> Key:
        """Return the key of the model that has the table: for a proxy, the one that it stands for."""
        key = resolve_relation(model)
        while key in self.models and self.models[key].options.get("proxy"):
            key = next(resolve_relation(base) for base in self.models[key].bases if isinstance(base, str))
        return key

    def _targets(self, key: Key, field: Any) -> Iterator[Key]:
        remote = field.remote_field
        if remote is not None:
            for end in (remote.model, getattr(remote, "through", None)):
                if end:
                    yield self.get_concrete_model_key(".".join(resolve_relation(end, *key)))

    def _link(self, key: Key, name: str, field: Any) -> None:
        if self._relations is not None:
            for target in self._targets(key, field):
                self._relations.setdefault(target, {}).setdefault(key, {})[name] = field

    def _unlink(self, key: Key, name: str, field: Any) -> None:
        if self._relations is not None:
            for target in self._targets(key, field):
                fields = self._relations.get(target, {}).get(key, {})
                fields.pop(name, None)
                if not fields:
                    self._relations.get(target, {}).pop(key, None)

    @property
    def apps(self) -> StateApps:
        """The models as classes."""
        rendered = self.__dict__.get("apps")
        if rendered is None:
            rendered = self.__dict__["apps"] = StateApps(self.real_apps, self.models)
            self._forget()
        elif self._dirty or self._touched:
            self._left_behind |= self._touched
            self._left_behind -= rendered.replace(self._dirty, self._touched, self.models)
            self._dirty, self._touched = set(), set()
        return rendered

    def _forget(self) -> None:
        for keys in (self._dirty, self._touched, self._left_behind):
            keys.clear()

    @property
    def is_delayed(self) -> bool:
        """Whether some classes show former ones of models that have changed since: enough for changing tables."""
        return bool(self._touched or self._left_behind)

    def clear_delayed_apps_cache(self) -> None:
        """Have what was put off made good, for somebody who works with the classes."""
        self._dirty |= self._touched | self._left_behind
        self._touched, self._left_behind = set(), set()

    def settle_with(self, other: Self) -> None:
        """Put nothing off where the step from this state to the other reaches further than a model and its neighbours."""
        if self._dirty or other._dirty:
            self.clear_delayed_apps_cache()
            other.clear_delayed_apps_cache()

    @classmethod
    def from_apps(cls, apps: Any) -> Self:
        """Describe a registry's models."""
        states = [ModelState.from_model(model) for model in apps.get_models(include_swapped=True)]
        return cls({state.key: state for state in states})

    def clone(self) -> Self:
        """Return a copy that goes its own way from here."""
        copied = type(self)(
            {key: state.clone() for key, state in self.models.items()}, real_apps=self.real_apps
        )
        rendered = self.__dict__.get("apps")
        if rendered is not None:
            copied.__dict__["apps"] = rendered.clone()
            copied._dirty = set(self._dirty)
            copied._touched = set(self._touched)
            copied._left_behind = set(self._left_behind)
        return copied

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ProjectState):
            return NotImplemented
        return (
            self.models.keys() == other.models.keys()
            and self.real_apps == other.real_apps
            and all(state == other.models[key] for key, state in self.models.items())
        )

    __hash__ = None  # type: ignore[assignment]

    # Changing

    def _changed(self, *keys: Key, delay: bool = True) -> None:
        if "apps" in self.__dict__:
            (self._touched if delay else self._dirty).update(keys)

    def reload_model(self, app_label: str, model_name: str, delay: bool = False) -> None:
        """Take note that a model has been changed by hand."""
        self._changed((app_label, model_name.lower()), delay=False)

    def reload_models(self, models: Iterable[Key], delay: bool = True) -> None:
        """Take note that models have been changed by hand."""
        self._changed(*models, delay=False)

    def add_model(self, model_state: ModelState) -> None:
        self.models[model_state.key] = model_state
        for name, field in model_state.fields.items():
            self._link(model_state.key, name, field)
        self._changed(model_state.key)

    def remove_model(self, app_label: str, model_name: str) -> None:
        key = app_label, model_name.lower()
        if self._relations is not None:
            self._relations.pop(key, None)
            for target, pointing in list(self._relations.items()):
                pointing.pop(key, None)
                if not pointing:
                    del self._relations[target]
        del self.models[key]
        self._changed(key)

    def rename_model(self, app_label: str, old_name: str, new_name: str) -> None:
        """Rename a model, and what names it: relations and bases."""
        old, new = (app_label, old_name.lower()), (app_label, new_name.lower())
        state = self.models[old].clone()
        state.name = new_name
        self.models[new] = state
        label = f"{app_label}.{new_name}"
        changed = {old, new}
        for owner, name, field, reference in list(get_references(self, old)):
            # Fields are shared with older states: the change is made on a copy.
            changed_field = field.clone()
            if reference.to:
                changed_field.remote_field.model = label
            if reference.through:
                changed_field.remote_field.through = label
            owner.fields[name] = changed_field
            changed.add(owner.key)
        for owner in self.models.values():
            old_label = ".".join(old)
            if old_label in owner.bases:
                owner.bases = tuple(".".join(new) if base == old_label else base for base in owner.bases)
                changed.add(owner.key)
        if old != new:
            del self.models[old]
        if self._relations is not None:
            for pointing in self._relations.values():
                if old in pointing:
                    pointing[new] = pointing.pop(old)
            if old in self._relations:
                self._relations[new] = self._relations.pop(old)
        self._changed(*changed, delay=False)

    # Options

    def _state(self, app_label: str, model_name: str) -> ModelState:
        return self.models[app_label, model_name.lower()]

    def alter_model_options(
        self,
        app_label: str,
        model_name: str,
        options: dict[str, Any],
        option_keys: Iterable[str] | None = None,
    ) -> None:
        """Set options; those of `option_keys` that are not given go."""
        state = self._state(app_label, model_name)
        gone = set(option_keys or ()) - options.keys()
        state.options = {
            name: value for name, value in {**state.options, **options}.items() if name not in gone
        }
        # Tables between two models have names made of theirs.
        self._changed(state.key, delay="db_table" not in options)

    def remove_model_options(
        self, app_label: str, model_name: str, option_name: str, value_to_remove: Any
    ) -> None:
        """Take one value out of an option that is a collection."""
        state = self._state(app_label, model_name)
        values = state.options.get(option_name)
        if values:
            kind = type(values)
            state.options[option_name] = kind(
                value for value in values if tuple(value) != tuple(value_to_remove)
            )
        self._changed(state.key)

    def alter_model_managers(self, app_label: str, model_name: str, managers: Any) -> None:
        state = self._state(app_label, model_name)
        state.managers = list(managers)
        self._changed(state.key)

    def _alter_list(
        self, app_label: str, model_name: str, option: str, change: Callable[[list[Any]], list[Any]]
    ) -> None:
        state = self._state(app_label, model_name)
        state.options[option] = change(list(state.options[option]))
        self._changed(state.key)

    def add_index(self, app_label: str, model_name: str, index: Any) -> None:
        self._alter_list(app_label, model_name, "indexes", lambda all_: [*all_, index])

    def remove_index(self, app_label: str, model_name: str, index_name: str) -> None:
        self._alter_list(
            app_label, model_name, "indexes", lambda all_: [i for i in all_ if i.name != index_name]
        )

    def rename_index(self, app_label: str, model_name: str, old_index_name: str, new_index_name: str) -> None:
        def renamed(indexes: list[Any]) -> list[Any]:
            return [_with_name(i, new_index_name) if i.name == old_index_name else i for i in indexes]

        self._alter_list(app_label, model_name, "indexes", renamed)

    def add_constraint(self, app_label: str, model_name: str, constraint: Any) -> None:
        self._alter_list(app_label, model_name, "constraints", lambda all_: [*all_, constraint])

    def remove_constraint(self, app_label: str, model_name: str, constraint_name: str) -> None:
        self._alter_list(
            app_label, model_name, "constraints", lambda all_: [c for c in all_ if c.name != constraint_name]
        )

    def alter_constraint(
        self, app_label: str, model_name: str, constraint_name: str, constraint: Any
    ) -> None:
        def altered(constraints: list[Any]) -> list[Any]:
            return [constraint if each.name == constraint_name else each for each in constraints]

        self._alter_list(app_label, model_name, "constraints", altered)

    # Fields

    def add_field(
        self, app_label: str, model_name: str, name: str, field: Any, preserve_default: bool
    ) -> None:
        state = self._state(app_label, model_name)
        state.fields[name] = field if preserve_default else _without_default(field)
        self._link(state.key, name, state.fields[name])
        self._changed(state.key)

    def remove_field(self, app_label: str, model_name: str, name: str) -> None:
        state = self._state(app_label, model_name)
        self._unlink(state.key, name, state.fields.pop(name))
        self._changed(state.key)

    def alter_field(
        self, app_label: str, model_name: str, name: str, field: Any, preserve_default: bool
    ) -> None:
        state = self._state(app_label, model_name)
        before = state.fields[name]
        self._unlink(state.key, name, before)
        state.fields[name] = field if preserve_default else _without_default(field)
        self._link(state.key, name, state.fields[name])
        # The columns of whoever points to it change with it, and those of whoever points to these.
        is_own = not field.is_relation and not field_is_referenced(self, state.key, (name, before))
        self._changed(state.key, delay=is_own)

    def rename_field(self, app_label: str, model_name: str, old_name: str, new_name: str) -> None:
        """Rename a field, and what names it: options of its model and relations to it."""
        state = self._state(app_label, model_name)
        if old_name not in state.fields:
            raise FieldDoesNotExist(f"{app_label}.{model_name} has no field named '{old_name}'")
        field = state.fields[old_name]
        for fields in (pointing.get(state.key, {}) for pointing in (self._relations or {}).values()):
            if old_name in fields:
                fields[new_name] = fields.pop(old_name)
        state.fields = {new_name if name == old_name else name: each for name, each in state.fields.items()}
        for sibling_name, sibling in state.fields.items():
            parts = getattr(sibling, "field_names", None)
            if parts and old_name in parts:  # a primary key of several fields
                sibling = _copied(sibling)
                sibling.field_names = tuple(new_name if name == old_name else name for name in parts)
                state.fields[sibling_name] = sibling
            from_fields = getattr(sibling, "from_fields", None)
            if from_fields and old_name in from_fields:
                sibling = _copied(sibling)
                sibling.from_fields = tuple(new_name if name == old_name else name for name in from_fields)
                state.fields[sibling_name] = sibling
        for option in ("index_together", "unique_together"):
            if option in state.options:
                state.options[option] = {
                    tuple(new_name if name == old_name else name for name in names)
                    for names in state.options[option]
                }
        changed = {state.key}
        for owner, name, pointing, reference in list(get_references(self, state.key, (old_name, field))):
            pointing = _copied(pointing)
            if reference.to:
                remote, to_fields = reference.to
                if getattr(remote, "field_name", None) == old_name:
                    pointing.remote_field.field_name = new_name
                if to_fields:
                    pointing.to_fields = tuple(new_name if to == old_name else to for to in to_fields)
            if reference.through:
                _, through_fields = reference.through
                if through_fields:
                    pointing.remote_field.through_fields = tuple(
                        new_name if each == old_name else each for each in through_fields
                    )
            owner.fields[name] = pointing
            changed.add(owner.key)
        self._changed(*changed, delay=len(changed) == 1)

    def is_field_referenced(self, app_label: str, model_name: str, name: str) -> bool:
        """Say whether another field points to this one."""
        field = self._state(app_label, model_name).fields[name]
        return field_is_referenced(self, (app_label, model_name.lower()), (name, field))


def _without_default(field: Any) -> Any:
    field = field.clone()
    field.default = NOT_PROVIDED
    return field


def _copied(field: Any) -> Any:
    import copy

    return copy.deepcopy(field)


def _with_name(index: Any, name: str) -> Any:
    index = index.clone()
    index.name = name
    return index


__all__ = ["ProjectState", "resolve_relation"]
