"""The engine: loaders, libraries and options that templates are made with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from nuages.compat import spelled
from nuages.core.exceptions import ImproperlyConfigured
from nuages.template.context import Context, make_context
from nuages.template.exceptions import TemplateDoesNotExist
from nuages.template.library import Library, import_library
from nuages.template.template import Template
from nuages.utils.functional import Promise, cached_property
from nuages.utils.memo import worked_out_from
from nuages.utils.module_loading import import_string

_BUILTIN_LIBRARIES = ("defaulttags", "defaultfilters", "loader_tags")


class Engine:
    """One configuration of the template language.

    `Engine(dirs=["templates"]).render_to_string("index.html", {"user": user})`
    """

    default_builtins = tuple(f"nuages.template.{name}" for name in _BUILTIN_LIBRARIES)

    def __init__(
        self,
        dirs: Sequence[Any] | None = None,
        app_dirs: bool = False,
        context_processors: Sequence[str] | None = None,
        debug: bool = False,
        loaders: Sequence[Any] | None = None,
        string_if_invalid: str = "",
        file_charset: str = "utf-8",
        libraries: dict[str, str] | None = None,
        builtins: Sequence[str] | None = None,
        autoescape: bool = True,
    ) -> None:
        if loaders is not None and app_dirs:
            raise ImproperlyConfigured("app_dirs must not be set when loaders is defined.")
        self.dirs = [] if dirs is None else dirs
        self.app_dirs = app_dirs
        self.autoescape = autoescape
        self.context_processors = [] if context_processors is None else context_processors
        self.debug = debug
        self.loaders = self._default_loaders(app_dirs) if loaders is None else loaders
        self.string_if_invalid = string_if_invalid
        self.file_charset = file_charset
        self.libraries = libraries or {}
        self.builtins = [*map(spelled, self.default_builtins), *(builtins or ())]
        self.template_libraries = self.get_template_libraries(self.libraries)
        self.template_builtins = self.get_template_builtins(self.builtins)
        # Rises when cached templates are thrown away.
        self.resets = 0
        # What stored templates refer to, as it was made for the first that did: see `storing`.
        self.remade: dict[bytes, Any] = {}

    @staticmethod
    def _default_loaders(app_dirs: bool) -> list[Any]:
        inner = [spelled("nuages.template.loaders.filesystem.Loader")]
        if app_dirs:
            inner.append(spelled("nuages.template.loaders.app_directories.Loader"))
        return [(spelled("nuages.template.loaders.cached.Loader"), inner)]

    def __repr__(self) -> str:
        shown = [
            ("dirs", self.dirs),
            ("app_dirs", self.app_dirs),
            ("context_processors", self.context_processors),
            ("debug", self.debug),
            ("loaders", self.loaders),
            ("string_if_invalid", self.string_if_invalid),
            ("file_charset", self.file_charset),
            ("libraries", self.libraries),
            ("builtins", self.builtins),
            ("autoescape", self.autoescape),
        ]
        empty_is_left_out = {"dirs", "context_processors", "libraries"}
        words = [f"{name}={value!r}" for name, value in shown if value or name not in empty_is_left_out]
        return f"<{type(self).__qualname__}: {' '.join(words)}>"

    @staticmethod
    @worked_out_from("TEMPLATES", "INSTALLED_APPS", "DEBUG")
    def get_default() -> Engine:
        """The engine of the first configured backend for this language."""
        # Backends are made of engines, so they cannot be imported first.
        from nuages.template import engines
        from nuages.template.backends.django import DjangoTemplates

        for backend in engines.all():
            if isinstance(backend, DjangoTemplates):
                return backend.engine
        raise ImproperlyConfigured("No DjangoTemplates backend is configured.")

    @cached_property
    def template_context_processors(self) -> tuple[Any, ...]:
        """The context processors, imported; the one for the CSRF token always comes first."""
        paths = ("nuages.template.context_processors.csrf", *self.context_processors)
        return tuple(import_string(path) for path in paths)

    def get_template_builtins(self, builtins: Iterable[str]) -> list[Library]:
        """The libraries that need no `{% load %}`."""
        return [import_library(path) for path in builtins]

    def get_template_libraries(self, libraries: dict[str, str]) -> dict[str, Library]:
        """The libraries that can be loaded, by name."""
        return {name: import_library(path) for name, path in libraries.items()}

    # Loading

    @cached_property
    def template_loaders(self) -> list[Any]:
        """The loaders, made."""
        return self.get_template_loaders(self.loaders)

    def get_template_loaders(self, template_loaders: Iterable[Any]) -> list[Any]:
        """Loaders for a list of their paths (or of paths with arguments)."""
        return [self.find_template_loader(loader) for loader in template_loaders]

    def find_template_loader(self, loader: Any) -> Any:
        """The loader for a path, or for a path with arguments."""
        arguments: list[Any] = []
        if isinstance(loader, tuple | list):
            loader, *arguments = loader
        if not isinstance(loader, str):
            raise ImproperlyConfigured(f"Invalid value in template loaders configuration: {loader!r}")
        return import_string(loader)(self, *arguments)

    @cached_property
    def code_identity(self) -> str:
        """A digest of the options and libraries that templates are compiled with."""
        from nuages.template.storing import identity_of

        return identity_of(self)

    @property
    def generation(self) -> int | None:
        """A number that stays while loaded templates stay valid; None when loaders do not keep them."""
        return self.resets if self._keeps_templates else None

    @cached_property
    def _keeps_templates(self) -> bool:
        from nuages.template.loaders.cached import Loader

        # Subclasses may know several by one name, as where each tenant of a site has templates of its own.
        if type(self).find_template is not Engine.find_template:
            return False
        loaders = self.template_loaders
        return bool(loaders) and all(
            isinstance(loader, Loader)
            and type(loader).get_template is Loader.get_template
            and loader.keeps_by_name
            for loader in loaders
        )

    def forget(self) -> None:
        """Have everything that remembers loaded templates look again."""
        self.resets += 1

    def find_template(
        self, name: str, dirs: Any = None, skip: Sequence[Any] | None = None
    ) -> tuple[Any, Any]:
        """The template of a name and its origin; `skip` lists origins to pass over."""
        tried: list[Any] = []
        for loader in self.template_loaders:
            try:
                template = loader.get_template(name, skip=skip)
            except TemplateDoesNotExist as error:
                tried.extend(error.tried)
            else:
                return template, template.origin
        raise TemplateDoesNotExist(name, tried=tried)

    def from_string(self, template_code: Any) -> Template:
        """A template of the given text."""
        return Template(template_code, engine=self)

    def get_template(self, template_name: Any) -> Any:
        """The template of a name; `page.html#part` is a partial of one."""
        if type(template_name) is not str and not isinstance(template_name, str | Promise):
            raise TemplateDoesNotExist(template_name)
        file_name, _, partial_name = str(template_name).partition("#")
        if not file_name:
            raise TemplateDoesNotExist(template_name)
        template, origin = self.find_template(file_name)
        if not hasattr(template, "render"):
            # Custom loaders may give plain text.
            template = Template(template, origin, file_name, engine=self)
        return self._partial(template, partial_name, file_name) if partial_name else template

    def _partial(self, template: Any, name: str, file_name: str) -> Any:
        try:
            partial = template.extra_data["partials"][name]
        except (AttributeError, KeyError, TypeError):
            raise TemplateDoesNotExist(name, tried=[(file_name, "has no such partial")]) from None
        partial.engine = self
        return partial

    def render_to_string(self, template_name: Any, context: Any = None) -> str:
        """Render the template of a name, or the first that exists of several."""
        if isinstance(template_name, list | tuple):
            template = self.select_template(template_name)
        else:
            template = self.get_template(template_name)
        if isinstance(context, Context):
            return template.render(context)  # type: ignore[no-any-return]
        return template.render(Context(context, autoescape=self.autoescape))  # type: ignore[no-any-return]

    def select_template(self, template_name_list: Sequence[Any]) -> Any:
        """The first template that exists."""
        if not template_name_list:
            raise TemplateDoesNotExist("No template names provided")
        missing: list[str] = []
        for name in template_name_list:
            try:
                return self.get_template(name)
            except TemplateDoesNotExist as error:
                if error.args[0] not in missing:
                    missing.append(error.args[0])
        raise TemplateDoesNotExist(", ".join(map(str, missing)))


__all__ = ["Engine", "make_context"]
