"""Responses that are rendered late, so that middleware can still change template and context (ref/template-response)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from nuages.http import HttpRequest, HttpResponse
from nuages.template.loader import get_template, select_template


class ContentNotRenderedError(Exception):
    """The content was wanted before it was rendered."""


class SimpleTemplateResponse(HttpResponse):
    """A template and a context, rendered when `render()` is called, once."""

    #: What goes when the rendered response is pickled: it need not be possible to pickle a context.
    rendering_attrs = ["template_name", "context_data", "_post_render_callbacks"]
    non_picklable_attrs = rendering_attrs

    def __init__(
        self,
        template: Any,
        context: dict[str, Any] | None = None,
        content_type: str | None = None,
        status: int | None = None,
        charset: str | None = None,
        using: str | None = None,
        headers: Any = None,
    ) -> None:
        self.template_name = template
        self.context_data = context
        self.using = using
        self._post_render_callbacks: list[Callable[[Any], Any]] = []
        self._request: HttpRequest | None = None
        # Nothing may look at the content until it is there, and giving it to the parent would be rendering it.
        self._is_rendered = True
        super().__init__("", content_type, status, charset=charset, headers=headers)
        self._is_rendered = False

    def __getstate__(self) -> dict[str, Any]:
        if not self._is_rendered:
            raise ContentNotRenderedError("The response content must be rendered before it can be pickled.")
        state = super().__getstate__()
        for name in self.non_picklable_attrs:
            state.pop(name, None)
        return state

    def resolve_template(self, template: Any) -> Any:
        """Return the template for a name, several names or a template."""
        if isinstance(template, list | tuple):
            return select_template(template, using=self.using)
        return get_template(template, using=self.using) if isinstance(template, str) else template

    def resolve_context(self, context: dict[str, Any] | None) -> dict[str, Any] | None:
        """Return the context to render with; override it to change that."""
        return context

    @property
    def rendered_content(self) -> str:
        """The template rendered with the context, now."""
        template = self.resolve_template(self.template_name)
        return template.render(self.resolve_context(self.context_data), self._request)

    def add_post_render_callback(self, callback: Callable[[Any], Any]) -> None:
        """Have `callback(response)` called once the content is there: now, if it is."""
        if self._is_rendered:
            callback(self)
        else:
            self._post_render_callbacks.append(callback)

    def render(self) -> Any:
        """Render, unless that is done, and return the response (or what a callback put in its place)."""
        response: Any = self
        if not self._is_rendered:
            self.content = self.rendered_content
            for callback in self._post_render_callbacks:
                replaced = callback(response)
                if replaced is not None:
                    response = replaced
        return response

    @property
    def is_rendered(self) -> bool:
        """Whether the content is there."""
        return self._is_rendered

    def __iter__(self) -> Iterator[bytes]:
        if not self._is_rendered:
            raise ContentNotRenderedError(
                "The response content must be rendered before it can be iterated over."
            )
        return super().__iter__()

    @property
    def content(self) -> bytes:
        """The content, once it is rendered; setting it counts as rendering."""
        if not self._is_rendered:
            raise ContentNotRenderedError("The response content must be rendered before it can be accessed.")
        return HttpResponse.content.fget(self)  # type: ignore[attr-defined]

    @content.setter
    def content(self, value: Any) -> None:
        HttpResponse.content.fset(self, value)  # type: ignore[attr-defined]
        self._is_rendered = True


class TemplateResponse(SimpleTemplateResponse):
    """A template response that knows its request, and so has the context processors."""

    rendering_attrs = [*SimpleTemplateResponse.rendering_attrs, "_request"]
    non_picklable_attrs = rendering_attrs

    def __init__(
        self,
        request: HttpRequest,
        template: Any,
        context: dict[str, Any] | None = None,
        content_type: str | None = None,
        status: int | None = None,
        charset: str | None = None,
        using: str | None = None,
        headers: Any = None,
    ) -> None:
        super().__init__(template, context, content_type, status, charset, using, headers)
        self._request = request
