"""Renderers: where the templates of forms, fields and widgets come from.

The default one has an engine of its own, which looks first among the built-in templates and then in the installed
apps, whatever TEMPLATES says; `TemplatesSetting` uses the project's engines instead.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from nuages.conf import settings
from nuages.utils.functional import cached_property
from nuages.utils.memo import worked_out_from
from nuages.utils.module_loading import import_string

from .markup import BUILT_IN

_HERE = Path(__file__).parent


class Renderer(Protocol):
    """What a form needs of its renderer; anything with this method will do."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str: ...


class BaseRenderer:
    """Base of the built-in renderers: renders what `get_template()` finds."""

    form_template_name = "django/forms/div.html"
    formset_template_name = "django/forms/formsets/div.html"
    field_template_name = "django/forms/field.html"

    #: The class of bound fields for the whole project; None means `BoundField`.
    bound_field_class: type | None = None

    def get_template(self, template_name: str) -> Any:
        """The template of that name, or `TemplateDoesNotExist`."""
        raise NotImplementedError("subclasses must implement get_template()")

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        return self.get_template(template_name).render(context, request=request).strip()


class EngineMixin(BaseRenderer):
    """A renderer with a template engine of its own; `backend` says of which kind."""

    backend: Any

    @cached_property
    def engine(self) -> Any:
        return self.backend(
            {
                "NAME": "djangoforms",
                "DIRS": [_HERE / self.backend.app_dirname],
                "APP_DIRS": True,
                "OPTIONS": {},
            }
        )

    @cached_property
    def _built_in(self) -> dict[str, Any]:
        # Only our own templates are kept: nothing can take their place here and they never change.
        return {}

    def get_template(self, template_name: str) -> Any:
        template = self._built_in.get(template_name)
        if template is None:
            template = self.engine.get_template(template_name)
            if template_name.startswith("django/forms/"):
                self._built_in[template_name] = template
        return template


class DjangoTemplates(EngineMixin):
    """Built-in and app templates in the framework's own template language (the default)."""

    @cached_property
    def backend(self) -> Any:
        from nuages.template.backends.django import DjangoTemplates as Backend

        return Backend

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        # A subclass that finds templates elsewhere has its own idea of what these names mean.
        writer = BUILT_IN.get(template_name) if self._finds_built_in else None
        if writer is None:
            return super().render(template_name, context, request)
        return writer(context, self._include).strip()

    def _include(self, template_name: str, context: dict[str, Any]) -> str:
        writer = BUILT_IN.get(template_name)
        if writer is None:
            return self.get_template(template_name).render(context)
        return writer(context, self._include)

    _finds_built_in = True

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        changed = vars(cls).keys() & {"get_template", "engine", "backend"}
        cls._finds_built_in = cls._finds_built_in and not changed


class Jinja2(EngineMixin):
    """Built-in and app templates in Jinja2; every widget used must have one."""

    @cached_property
    def backend(self) -> Any:
        from nuages.template.backends.jinja2 import Jinja2 as Backend

        return Backend


class TemplatesSetting(BaseRenderer):
    """Templates from the engines in the TEMPLATES setting, so that a project can replace any of them."""

    def get_template(self, template_name: str) -> Any:
        from nuages.template.loader import get_template

        return get_template(template_name)


@worked_out_from("FORM_RENDERER", "INSTALLED_APPS", "TEMPLATES")
def get_default_renderer() -> Any:
    """The renderer that the FORM_RENDERER setting names, made once."""
    return import_string(settings.FORM_RENDERER)()
