"""The smallest backend: `string.Template`, for those who want no more, and for tests."""

from __future__ import annotations

import string
from typing import Any

from nuages.core.exceptions import ImproperlyConfigured
from nuages.template.backends.base import BaseEngine
from nuages.template.backends.utils import csrf_input_lazy, csrf_token_lazy
from nuages.template.exceptions import TemplateDoesNotExist
from nuages.template.origin import Origin
from nuages.utils.html import conditional_escape


class TemplateStrings(BaseEngine):
    """Templates with `$name` in them."""

    app_dirname = "template_strings"

    def __init__(self, params: dict[str, Any]) -> None:
        params = params.copy()
        options = params.pop("OPTIONS").copy()
        if options:
            raise ImproperlyConfigured(f"Unknown options: {', '.join(options)}")
        super().__init__(params)

    def from_string(self, template_code: str) -> Template:
        """A template of the given text."""
        return Template(template_code)

    def get_template(self, template_name: str) -> Template:
        """The first file of that name."""
        tried: list[tuple[Any, str]] = []
        for path in self.iter_template_filenames(template_name):
            try:
                with open(path, encoding="utf-8") as file:
                    return Template(file.read())
            except FileNotFoundError:
                origin = Origin(name=str(path), template_name=template_name)
                tried.append((origin, "Source does not exist"))
        raise TemplateDoesNotExist(template_name, tried=tried, backend=self)


class Template(string.Template):
    """A text with `$name` in it."""

    def render(self, context: dict[str, Any] | None = None, request: Any = None) -> str:
        """The text with escaped values."""
        values = {name: conditional_escape(value) for name, value in (context or {}).items()}
        if request is not None:
            values["csrf_input"] = csrf_input_lazy(request)
            values["csrf_token"] = csrf_token_lazy(request)
        return self.safe_substitute(values)
