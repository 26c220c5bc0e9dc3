"""The registry: which applications are installed, and which models there are.

Loading has three stages (applications imported, models imported, `ready()` called); asking for something
before its stage raises AppRegistryNotReady.
"""

from __future__ import annotations

import sys
import threading
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from nuages.apps.config import AppConfig, _suggest
from nuages.core.exceptions import AppRegistryNotReady, ImproperlyConfigured
from nuages.utils.module_loading import home_path, named_by

ModelKey = tuple[str, str]


class Apps:
    """Applications and models. One is the project's own; migrations and tests make others."""

    def __init__(self, installed_apps: Iterable[Any] | None = ()) -> None:
        """Make a registry with these applications; `None` is for the project's, which is filled later."""
        if installed_apps is None and "apps" in vars(sys.modules[__name__]):
            raise RuntimeError("You must supply an installed_apps argument.")
        # Models register as their class is built, before or without their application being installed.
        self.all_models: dict[str, dict[str, Any]] = defaultdict(dict)
        self.app_configs: dict[str, AppConfig] = {}
        self.stored_app_configs: list[dict[str, AppConfig]] = []
        self.apps_ready = self.models_ready = self.ready = False
        self.ready_event = threading.Event()
        self.loading = False
        self._lock = threading.RLock()
        self._pending_operations: dict[ModelKey, list[Callable[[Any], None]]] = defaultdict(list)
        # Models by their label as it was asked for, once all are loaded.
        self._by_label: dict[str, Any] = {}
        # Caches of bound methods, so that each registry has its own.
        self.get_models = lru_cache(maxsize=None)(self._get_models)
        self.get_swappable_settings_name = lru_cache(maxsize=None)(self._get_swappable_settings_name)
        if installed_apps is not None:
            self.populate(installed_apps)

    def populate(self, installed_apps: Iterable[Any] | None = None) -> None:
        """Load applications and models; does nothing the second time, and waits for another thread's first."""
        if self.ready:
            return
        # Whoever comes second waits here, and then finds everything done.
        with self._lock:
            if not self.ready:
                self._load(installed_apps or ())

    def _load(self, entries: Iterable[Any]) -> None:
        if self.loading:
            # Only this very thread can be here: the lock keeps others out.
            raise RuntimeError("populate() isn't reentrant")
        self.loading = True
        for entry in entries:
            self._add(entry)
        _refuse_repeated("names", (config.name for config in self.app_configs.values()))
        self.apps_ready = True
        for config in self.app_configs.values():
            config.import_models()
        self.clear_cache()
        self.models_ready = True
        for config in self.get_app_configs():
            config.ready()
        self.ready = True
        self.ready_event.set()

    def _add(self, entry: Any) -> None:
        if isinstance(entry, AppConfig):
            config = entry
        else:
            with named_by("INSTALLED_APPS", entry):
                config = AppConfig.create(entry)
        if config.label in self.app_configs:
            raise ImproperlyConfigured(f"Application labels aren't unique, duplicates: {config.label}")
        self.app_configs[config.label] = config
        config.apps = self

    def check_apps_ready(self) -> None:
        """Raise unless all applications have been imported."""
        if not self.apps_ready:
            from nuages.conf import settings

            # Where the settings are what is missing, their own error tells more.
            settings.INSTALLED_APPS  # noqa: B018
            raise AppRegistryNotReady("Apps aren't loaded yet.")

    def check_models_ready(self) -> None:
        """Raise unless all models have been imported."""
        if not self.models_ready:
            raise AppRegistryNotReady("Models aren't loaded yet.")

    def get_app_configs(self) -> Iterable[AppConfig]:
        """Return the configurations of the installed applications."""
        self.check_apps_ready()
        return self.app_configs.values()

    def get_app_config(self, app_label: str) -> AppConfig:
        """Return the configuration with this label; LookupError when there is none."""
        self.check_apps_ready()
        try:
            return self.app_configs[app_label]
        except KeyError:
            message = f"No installed app with label '{app_label}'."
            named = [config for config in self.app_configs.values() if config.name == app_label]
            if named:
                message += f" Did you mean '{named[0].label}'?"
            error = LookupError(message)
            if not named:
                _suggest(error, app_label, list(self.app_configs))
            raise error from None

    def _get_models(self, include_auto_created: bool = False, include_swapped: bool = False) -> list[Any]:
        """Return the models of all installed applications."""
        self.check_models_ready()
        return [
            model
            for config in self.app_configs.values()
            for model in config.get_models(include_auto_created, include_swapped)
        ]

    def get_model(self, app_label: str, model_name: str | None = None, require_ready: bool = True) -> Any:
        """Return a model: `get_model("auth", "User")` or `get_model("auth.User")`."""
        if model_name is None:
            model = self._by_label.get(app_label)
            if model is None:
                label, name = app_label.split(".")
                model = self.get_model(label, name, require_ready)
                if self.models_ready:
                    self._by_label[app_label] = model
            return model
        self.check_models_ready() if require_ready else self.check_apps_ready()
        config = self.get_app_config(app_label)
        if not require_ready and config.models is None:
            config.import_models()
        return config.get_model(model_name, require_ready=require_ready)

    def register_model(self, app_label: str, model: Any) -> None:
        """Enter a model that has just been built, and do what waited for it."""
        key = model._meta.model_name
        models = self.all_models[app_label]
        if key in models:
            known = models[key]
            if (model.__name__, model.__module__) != (known.__name__, known.__module__):
                raise RuntimeError(
                    f"Conflicting '{key}' models in application '{app_label}': {known} and {model}."
                )
            warnings.warn(
                f"Model '{app_label}.{key}' was already registered. Reloading models is not advised as it can "
                "lead to inconsistencies, most notably with related models.",
                RuntimeWarning,
                stacklevel=2,
            )
        models[key] = model
        self.do_pending_operations(model)
        self.clear_cache()

    def is_installed(self, app_name: str) -> bool:
        """Return whether an application with this full name is installed."""
        self.check_apps_ready()
        wanted = home_path(app_name)
        return any(home_path(config.name) == wanted for config in self.app_configs.values())

    def get_containing_app_config(self, object_name: str) -> AppConfig | None:
        """Return the innermost application that contains the object with this dotted path."""
        self.check_apps_ready()
        path = home_path(object_name) + "."
        containing = [
            config for config in self.app_configs.values() if path.startswith(home_path(config.name) + ".")
        ]
        return max(containing, key=lambda config: len(config.name), default=None)

    def get_registered_model(self, app_label: str, model_name: str) -> Any:
        """Return a model that has been built, whether or not its application has been loaded yet."""
        model = self.all_models[app_label].get(model_name.lower())
        if model is None:
            raise LookupError(f"Model '{app_label}.{model_name}' not registered.")
        return model

    def _get_swappable_settings_name(self, to_string: str) -> str | None:
        """Return the setting by which the model "app.Model" can be swapped, if there is one."""
        wanted = to_string.lower()
        for model in self.get_models(include_swapped=True):
            setting = model._meta.swappable
            if not setting:
                continue
            if wanted in (model._meta.label_lower, (model._meta.swapped or "").lower()):
                return setting
        return None

    # --- other sets of applications, for tests ---

    def set_available_apps(self, available: Iterable[str]) -> None:
        """Leave only these of the installed applications until `unset_available_apps()`."""
        wanted = {home_path(name) for name in available}
        installed = {home_path(config.name) for config in self.get_app_configs()}
        if not wanted <= installed:
            missing = ", ".join(sorted(wanted - installed))
            raise ValueError(f"Available apps isn't a subset of installed apps, extra apps: {missing}")
        self.stored_app_configs.append(self.app_configs)
        self.app_configs = {
            label: config for label, config in self.app_configs.items() if home_path(config.name) in wanted
        }
        self.clear_cache()

    def unset_available_apps(self) -> None:
        """Undo `set_available_apps()`."""
        self.app_configs = self.stored_app_configs.pop()
        self.clear_cache()

    def set_installed_apps(self, installed: Iterable[str]) -> None:
        """Install these applications instead of the present ones until `unset_installed_apps()`.

        To be followed by `unset_installed_apps()` even when it raises.
        """
        if not self.ready:
            raise AppRegistryNotReady("App registry isn't ready yet.")
        self.stored_app_configs.append(self.app_configs)
        self._go_to_stage(ready=False)
        self.loading = False
        self.app_configs = {}
        self.clear_cache()
        self.populate(installed)

    def _go_to_stage(self, ready: bool) -> None:
        self.apps_ready = self.models_ready = self.ready = ready

    def unset_installed_apps(self) -> None:
        """Undo `set_installed_apps()`."""
        self._go_to_stage(ready=True)
        self.app_configs = self.stored_app_configs.pop()
        self.clear_cache()

    def clear_cache(self) -> None:
        """Forget what was worked out from the set of models, here and in their options."""
        self._by_label.clear()
        self.get_swappable_settings_name.cache_clear()
        self.get_models.cache_clear()
        if self.ready:
            for model in self._get_models(include_auto_created=True):
                model._meta._expire_cache()

    # --- waiting for models that do not exist yet ---

    def lazy_model_operation(self, function: Callable[..., Any], *model_keys: ModelKey) -> None:
        """Call `function` with the models of these (label, name) keys, as soon as all of them exist."""
        found: list[Any] = []

        def go_on(model: Any = None) -> None:
            if model is not None:
                found.append(model)
            while len(found) < len(model_keys):
                label, name = model_keys[len(found)]
                known = self.all_models[label].get(name.lower())
                if known is None:
                    self._pending_operations[label, name].append(go_on)
                    return
                found.append(known)
            function(*found)

        # Named in messages about references that never come true.
        go_on.func = function  # type: ignore[attr-defined]
        go_on()

    def do_pending_operations(self, model: Any) -> None:
        """Go on with what waited for this model."""
        key = model._meta.app_label, model._meta.model_name
        for go_on in self._pending_operations.pop(key, []):
            go_on(model)


def _refuse_repeated(what: str, values: Iterable[str]) -> None:
    repeated = [value for value, count in Counter(values).items() if count > 1]
    if repeated:
        raise ImproperlyConfigured(f"Application {what} aren't unique, duplicates: {', '.join(repeated)}")


apps = Apps(installed_apps=None)
