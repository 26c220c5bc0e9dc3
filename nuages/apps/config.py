"""What is known of one application: where it is, what it is called, which models it has."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from nuages.compat import spelled
from nuages.core.exceptions import ImproperlyConfigured
from nuages.utils.functional import cached_property
from nuages.utils.module_loading import home_path, import_string, module_has_submodule

if TYPE_CHECKING:
    from nuages.apps.registry import Apps

APPS_MODULE_NAME = "apps"
MODELS_MODULE_NAME = "models"


class AppConfig:
    """One application; subclass it to name the application, or to act in `ready()`."""

    name: str
    label: str
    verbose_name: Any
    path: str
    default: bool

    def __init__(self, app_name: str, app_module: Any) -> None:
        # Django's name for an application of ours, where the code around says Django.
        self.name = spelled(home_path(app_name)) if app_name.startswith(("django.", "nuages.")) else app_name
        self.module = app_module
        self.apps: Apps | None = None
        self.models_module: ModuleType | None = None
        self.models: dict[str, Any] | None = None
        if "label" not in dir(self):
            self.label = app_name.rpartition(".")[2]
        if not self.label.isidentifier():
            raise ImproperlyConfigured(f"The app label '{self.label}' is not a valid Python identifier.")
        if "verbose_name" not in dir(self):
            self.verbose_name = self.label.title()
        if "path" not in dir(self):
            self.path = self._path_from_module(app_module)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.name}>"

    @cached_property
    def default_auto_field(self) -> str:
        """The type of primary keys that models of this application get; DEFAULT_AUTO_FIELD unless overridden."""
        from nuages.conf import settings

        return settings.DEFAULT_AUTO_FIELD

    @property
    def _is_default_auto_field_overridden(self) -> bool:
        return type(self).default_auto_field is not AppConfig.default_auto_field

    def _path_from_module(self, module: Any) -> str:
        """Return the one directory of the application's module; complain when it has none, or several."""
        # A namespace package may list one directory twice.
        places = list(dict.fromkeys(getattr(module, "__path__", ())))
        if len(places) == 1:
            return places[0]
        file = getattr(module, "__file__", None)
        if file is not None:
            import os.path

            return os.path.dirname(file)
        found = f"has multiple filesystem locations ({places!r})" if places else "has no filesystem location"
        raise ImproperlyConfigured(
            f"The app module {module!r} {found}; you must configure this app with an AppConfig subclass with a "
            "'path' class attribute."
        )

    @classmethod
    def create(cls, entry: str) -> AppConfig:
        """Make the configuration for an entry of INSTALLED_APPS: a package, or a class in one."""
        config_class, module = _find_config(entry)
        if not issubclass(config_class, AppConfig):
            raise ImproperlyConfigured(f"'{entry}' isn't a subclass of AppConfig.")
        name = getattr(config_class, "name", None) if config_class is not AppConfig else entry
        if name is None:
            raise ImproperlyConfigured(f"'{entry}' must supply a name attribute.")
        try:
            module = import_module(home_path(name))
        except ImportError as error:
            raise ImproperlyConfigured(
                f"Cannot import '{name}'. Check that "
                f"'{config_class.__module__}.{config_class.__qualname__}.name' is correct."
            ) from error
        return config_class(name, module)

    def get_model(self, model_name: str, require_ready: bool = True) -> Any:
        """Return the model with this name, in any case; LookupError when there is none."""
        self._registry().check_models_ready() if require_ready else self._registry().check_apps_ready()
        models = self.models or {}
        try:
            return models[model_name.lower()]
        except KeyError:
            error = LookupError(f"App '{self.label}' doesn't have a '{model_name}' model.")
            _suggest(error, model_name, [model.__name__ for model in models.values()])
            raise error from None

    def get_models(self, include_auto_created: bool = False, include_swapped: bool = False) -> Iterator[Any]:
        """Iterate over the application's models; those made for relations, or swapped out, on request only."""
        self._registry().check_models_ready()
        for model in (self.models or {}).values():
            if model._meta.auto_created and not include_auto_created:
                continue
            if model._meta.swapped and not include_swapped:
                continue
            yield model

    def import_models(self) -> None:
        """Take the registry's table of this application's models and import its models module."""
        self.models = self._registry().all_models[self.label]
        if module_has_submodule(self.module, MODELS_MODULE_NAME):
            self.models_module = import_module(f"{home_path(self.name)}.{MODELS_MODULE_NAME}")

    def ready(self) -> None:
        """Do what must be done once all applications and their models are loaded; override it."""

    def _registry(self) -> Apps:
        if self.apps is None:
            raise RuntimeError(f"{self!r} belongs to no registry yet")
        return self.apps


def _suggest(error: Exception, wanted: str, choices: list[str]) -> None:
    from difflib import get_close_matches

    if near := get_close_matches(wanted, choices, n=1, cutoff=0.6):
        error.add_note(f"Did you mean {near[0]!r}?")


def _configs_in(module: ModuleType) -> list[tuple[str, type[AppConfig]]]:
    """Return the configuration classes that can be named in this module, in alphabetical order."""
    return [
        (name, candidate)
        for name, candidate in inspect.getmembers(module, inspect.isclass)
        if issubclass(candidate, AppConfig) and candidate is not AppConfig
    ]


def _find_config(entry: str) -> tuple[type[Any], Any]:
    """Return the configuration class for an entry, and its module where the entry names that."""
    path = home_path(entry)
    try:
        module = import_module(path)
    except ImportError:
        # Perhaps the entry names a class; if it does not look like one, the failed import is what went wrong.
        parent, _, class_name = path.rpartition(".")
        if not (parent and class_name[:1].isupper()):
            raise
        return _named_config(parent, class_name, entry), None
    if module_has_submodule(module, APPS_MODULE_NAME):
        return _default_config(f"{path}.{APPS_MODULE_NAME}", entry), module
    return AppConfig, module


def _default_config(apps_path: str, entry: str) -> type[AppConfig]:
    """Choose among the classes of the application's `apps` module: the only one, or the one that says so."""
    configs = [
        (name, config)
        for name, config in _configs_in(import_module(apps_path))
        if getattr(config, "default", True)
    ]
    if len(configs) == 1:
        return configs[0][1]
    marked = [(name, config) for name, config in configs if getattr(config, "default", False)]
    if len(marked) > 1:
        names = ", ".join(repr(name) for name, _ in marked)
        raise RuntimeError(f"'{entry}.{APPS_MODULE_NAME}' declares more than one default AppConfig: {names}.")
    return marked[0][1] if marked else AppConfig


def _named_config(parent: str, class_name: str, entry: str) -> type[Any]:
    module = import_module(parent)
    try:
        return import_string(f"{parent}.{class_name}")
    except ImportError:
        message = f"Module '{entry.rpartition('.')[0]}' does not contain a '{class_name}' class."
        if choices := [name for name, _ in _configs_in(module)]:
            message += f" Choices are: {', '.join(map(repr, choices))}."
        raise ImportError(message) from None
