"""The backend for Jinja2."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jinja2

from nuages.conf import settings
from nuages.template.backends.base import BaseEngine
from nuages.template.backends.utils import csrf_input_lazy, csrf_token_lazy
from nuages.template.exceptions import TemplateDoesNotExist, TemplateSyntaxError
from nuages.template.loaders.filesystem import TEMPLATE_SUFFIXES
from nuages.utils.functional import cached_property
from nuages.utils.module_loading import import_string

_SUFFIXES = TEMPLATE_SUFFIXES | {".jinja", ".jinja2", ".j2"}

# Lines shown before and after the marked one.
_AROUND = 10


class Jinja2(BaseEngine):
    """A configured Jinja2 environment."""

    app_dirname = "jinja2"

    def __init__(self, params: dict[str, Any]) -> None:
        params = params.copy()
        options = params.pop("OPTIONS").copy()
        super().__init__(params)
        self.context_processors = options.pop("context_processors", [])
        environment = import_string(options.pop("environment", "jinja2.Environment"))
        options.setdefault("loader", jinja2.FileSystemLoader(self.template_dirs))
        options.setdefault("autoescape", True)
        options.setdefault("auto_reload", settings.DEBUG)
        options.setdefault("undefined", jinja2.DebugUndefined if settings.DEBUG else jinja2.Undefined)
        self.env = environment(**options)

    def check_sources(self) -> Iterator[tuple[str, list[Any]]]:
        """Each template that the environment's loader lists, with its syntax error."""
        from nuages.core.checks import Error

        loader = self.env.loader
        try:
            names = [] if loader is None else loader.list_templates()
        except TypeError:
            # Some loaders cannot tell.
            return
        for name in names:
            if Path(name).suffix not in _SUFFIXES:
                continue
            path = name
            try:
                source, filename, _ = loader.get_source(self.env, name)
                path = filename or name
                self.env.compile(source, name, filename)
            except jinja2.TemplateSyntaxError as error:
                message = Error(error.message or "", obj=f"{path}:{error.lineno}", id="templates.E101")
                yield path, [message]
            else:
                yield path, []

    def from_string(self, template_code: str) -> Template:
        """A template of the given text."""
        return Template(self.env.from_string(template_code), self)

    def get_template(self, template_name: str) -> Template:
        """The template of a name."""
        try:
            return Template(self.env.get_template(template_name), self)
        except jinja2.TemplateNotFound as error:
            raise TemplateDoesNotExist(error.name, backend=self) from error
        except jinja2.TemplateSyntaxError as error:
            raise _syntax_error(error) from error

    @cached_property
    def template_context_processors(self) -> list[Any]:
        """The context processors, imported."""
        return [import_string(path) for path in self.context_processors]


class Origin:
    """Where a template came from, for the debug page."""

    def __init__(self, name: str | None, template_name: str | None) -> None:
        self.name = name
        self.template_name = template_name


class Template:
    """A Jinja2 template as all backends offer it."""

    def __init__(self, template: Any, backend: Jinja2) -> None:
        self.template = template
        self.backend = backend
        self.origin = Origin(name=template.filename, template_name=template.name)

    def render(self, context: dict[str, Any] | None = None, request: Any = None) -> str:
        """The output."""
        try:
            return self.template.render(self._values(context, request))  # type: ignore[no-any-return]
        except jinja2.TemplateSyntaxError as error:
            raise _syntax_error(error) from error

    def stream(self, context: dict[str, Any] | None = None, request: Any = None) -> Iterator[str]:
        """The output in pieces as they become ready, for a streaming response."""
        try:
            yield from self.template.generate(self._values(context, request))
        except jinja2.TemplateSyntaxError as error:
            raise _syntax_error(error) from error

    def _values(self, context: dict[str, Any] | None, request: Any) -> dict[str, Any]:
        """The context with what every template is given."""
        values = dict(context or {})
        if request is not None:
            values["request"] = request
            values["csrf_input"] = csrf_input_lazy(request)
            values["csrf_token"] = csrf_token_lazy(request)
            for processor in self.backend.template_context_processors:
                values.update(processor(request))
        return values


def _syntax_error(error: jinja2.TemplateSyntaxError) -> TemplateSyntaxError:
    """Our error for one of Jinja2's, marked for the debug page."""
    translated = TemplateSyntaxError(error.args)
    translated.template_debug = get_exception_info(error)  # type: ignore[attr-defined]
    return translated


def get_exception_info(exception: jinja2.TemplateSyntaxError) -> dict[str, Any]:
    """The documented dictionary about a place in a template; Jinja2 tells the line only."""
    lineno = exception.lineno
    source = exception.source
    if source is None and exception.filename is not None:
        path = Path(exception.filename)
        source = path.read_text() if path.exists() else None
    lines = [] if source is None else list(enumerate(source.rstrip().split("\n"), start=1))
    top = max(0, lineno - _AROUND - 1) if lines else 0
    bottom = min(len(lines), lineno + _AROUND)
    marked = lines[lineno - 1][1] if 0 < lineno <= len(lines) else ""
    shown = {"top": top, "bottom": bottom, "total": len(lines), "source_lines": lines[top:bottom]}
    return {
        **shown,
        "name": exception.filename,
        "message": exception.message,
        "line": lineno,
        # Jinja2 does not say which part of the line it is.
        "before": "",
        "during": marked,
        "after": "",
    }
