"""The backend of this template language."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import nuages
from nuages.apps import apps
from nuages.compat import spelled
from nuages.conf import settings
from nuages.template.backends.base import BaseEngine
from nuages.template.context import make_context
from nuages.template.engine import Engine
from nuages.template.exceptions import TemplateDoesNotExist
from nuages.template.library import InvalidTemplateLibrary

#: Where nuages's own templates are.
_OURS = str(Path(nuages.__file__).parent) + os.sep


class DjangoTemplates(BaseEngine):
    """A configured engine of this language, with the tag libraries of the installed apps."""

    app_dirname = "templates"

    def __init__(self, params: dict[str, Any]) -> None:
        params = params.copy()
        options = params.pop("OPTIONS").copy()
        options.setdefault("autoescape", True)
        options.setdefault("debug", settings.DEBUG)
        options.setdefault("file_charset", "utf-8")
        options["libraries"] = self.get_templatetag_libraries(options.get("libraries", {}))
        super().__init__(params)
        self.engine = Engine(self.dirs, self.app_dirs, **options)

    def check(self, **kwargs: Any) -> list[Any]:
        """Checks of the options and of the libraries' names."""
        return [
            *self._check_string_if_invalid_is_string(),
            *self._check_for_template_tags_with_the_same_name(),
        ]

    def _check_string_if_invalid_is_string(self) -> list[Any]:
        from nuages.core.checks import Error

        value = self.engine.string_if_invalid
        if isinstance(value, str):
            return []
        return [
            Error(
                f"'string_if_invalid' in TEMPLATES OPTIONS must be a string but got: {value!r} ({type(value)}).",
                obj=self,
                id="templates.E002",
            )
        ]

    def _check_for_template_tags_with_the_same_name(self) -> list[Any]:
        from nuages.core.checks import Warning

        modules: defaultdict[str, list[str]] = defaultdict(list)
        custom = self.engine.libraries
        for name, path in [*get_template_tag_modules(), *custom.items()]:
            if path not in modules[name]:
                modules[name].append(path)
        return [
            Warning(
                f"{name!r} is used for multiple template tag modules: {', '.join(map(repr, paths))}",
                obj=self,
                id="templates.W003",
            )
            for name, paths in modules.items()
            if len(paths) > 1
        ]

    def check_sources(self) -> Iterator[tuple[str, list[Any]]]:
        """Each template of the project with its syntax errors and the names of templates in it that do not exist.

        Those that come with nuages are left to its own tests: the admin alone has more than most projects.
        """
        from nuages.core.checks import Error
        from nuages.template.listing import place
        from nuages.template.survey import survey

        for finding in survey(self.engine, lambda origin: not origin.name.startswith(_OURS)):
            yield (
                finding.path,
                [
                    Error(
                        problem.message,
                        hint=problem.hint,
                        obj=place(finding.path, problem),
                        id="templates.E102" if problem.missing else "templates.E101",
                    )
                    for problem in finding.problems
                ],
            )

    def from_string(self, template_code: str) -> Template:
        """A template of the given text."""
        return Template(self.engine.from_string(template_code), self)

    def get_template(self, template_name: str) -> Template:
        """The template of a name."""
        try:
            return Template(self.engine.get_template(template_name), self)
        except TemplateDoesNotExist as error:
            reraise(error, self)
            raise

    def get_templatetag_libraries(self, custom_libraries: dict[str, str]) -> dict[str, str]:
        """The libraries of installed apps by name, with those of the options on top."""
        return {**get_installed_libraries(), **custom_libraries}


class Template:
    """A template as all backends offer it: rendered with a dictionary and perhaps a request."""

    def __init__(self, template: Any, backend: DjangoTemplates) -> None:
        self.template = template
        self.backend = backend

    @property
    def origin(self) -> Any:
        """Where the template came from."""
        return self.template.origin

    def render(self, context: dict[str, Any] | None = None, request: Any = None) -> str:
        """The output."""
        bound = make_context(context, request, autoescape=self.backend.engine.autoescape)
        try:
            return self.template.render(bound)  # type: ignore[no-any-return]
        except TemplateDoesNotExist as error:
            reraise(error, self.backend)
            raise

    def stream(self, context: dict[str, Any] | None = None, request: Any = None) -> Iterator[str]:
        """The output in pieces as they become ready, for `StreamingHttpResponse(template.stream(context, request))`."""
        bound = make_context(context, request, autoescape=self.backend.engine.autoescape)
        try:
            yield from self.template.stream(bound)
        except TemplateDoesNotExist as error:
            reraise(error, self.backend)
            raise


def copy_exception(exc: TemplateDoesNotExist, backend: Any = None) -> TemplateDoesNotExist:
    """The same error, naming the backend, with the place in the template where it happened."""
    twin = type(exc)(*exc.args, tried=exc.tried, backend=backend or exc.backend, chain=exc.chain)
    if hasattr(exc, "template_debug"):
        twin.template_debug = exc.template_debug  # type: ignore[attr-defined]
    return twin


def reraise(exc: TemplateDoesNotExist, backend: Any) -> None:
    """Raise a missing template again as one of this backend's."""
    raise copy_exception(exc, backend) from exc


def get_template_tag_modules() -> Iterator[tuple[str, str]]:
    """Name and path of each module in the `templatetags` packages of installed apps and our own."""
    packages = ["nuages.templatetags", *(f"{config.name}.templatetags" for config in apps.get_app_configs())]
    for package_name in packages:
        try:
            package = import_module(package_name)
        except ImportError:
            # Most apps have no tags. One that has and cannot be imported shows it when its modules are.
            continue
        if not hasattr(package, "__path__"):
            continue
        for name in get_package_libraries(package):
            shown = spelled(name) if name.startswith("nuages.") else name
            yield name.removeprefix(f"{package.__name__}."), shown


def get_installed_libraries() -> dict[str, str]:
    """The tag libraries of installed apps and our own, by name."""
    return dict(get_template_tag_modules())


def get_package_libraries(pkg: Any) -> Iterator[str]:
    """The modules of a package that have a `register`."""
    for info in walk_packages(pkg.__path__, f"{pkg.__name__}."):
        try:
            module = import_module(info.name)
        except ImportError as error:
            raise InvalidTemplateLibrary(
                f"Invalid template library specified. ImportError raised when trying to load '{info.name}': {error}"
            ) from error
        if hasattr(module, "register"):
            yield info.name
