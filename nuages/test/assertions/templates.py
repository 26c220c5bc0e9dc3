"""Which templates were rendered."""

from __future__ import annotations

import copy
import unittest
from typing import Any, Self

from nuages.template.template import PartialTemplate
from nuages.test.contexts import ContextList
from nuages.test.signals import template_rendered

__unittest = True


class TemplateAssertions(unittest.TestCase):
    """`assertTemplateUsed`, `assertTemplateNotUsed`."""

    def assertTemplateUsed(
        self,
        response: Any = None,
        template_name: str | None = None,
        msg_prefix: str = "",
        count: int | None = None,
    ) -> Any:
        """Check that the response (or the `with` block) rendered the template (`count` times, if given)."""
        return self._templates(
            _TemplateUsed, "assertTemplateUsed", response, template_name, msg_prefix, count
        )

    def assertTemplateNotUsed(
        self, response: Any = None, template_name: str | None = None, msg_prefix: str = ""
    ) -> Any:
        """Check that the response (or the `with` block) did not render the template."""
        return self._templates(
            _TemplateNotUsed, "assertTemplateNotUsed", response, template_name, msg_prefix, None
        )

    def _templates(
        self,
        kind: type[_TemplateWatch],
        method: str,
        response: Any,
        template_name: str | None,
        msg_prefix: str,
        count: int | None,
    ) -> Any:
        if response is None and template_name is None:
            raise TypeError("response and/or template_name argument must be provided")
        # `with self.assertTemplateUsed("name.html")`: the one argument is the name.
        block = template_name is None or response is None
        watch = kind(self, response if template_name is None else template_name, msg_prefix, count)
        if block:
            return watch
        if not hasattr(response, "templates"):
            raise ValueError(f"{method}() is only usable on responses fetched using the Django test Client.")
        watch.names = [template.name for template in response.templates if template.name is not None]
        watch.check()
        return None


class _TemplateWatch:
    """Collects the names of the templates rendered in a `with` block, then checks them."""

    def __init__(
        self, case: unittest.TestCase, template_name: str, msg_prefix: str, count: int | None
    ) -> None:
        self.case = case
        self.template_name = template_name
        self.prefix = f"{msg_prefix}: " if msg_prefix else ""
        self.count = count
        self.names: list[str] = []
        self.rendered_templates: list[Any] = []
        self.context = ContextList()

    def collect(self, sender: Any, signal: Any, template: Any, context: Any, **_: Any) -> None:
        self.rendered_templates.append(template)
        self.context.append(copy.copy(context))
        if isinstance(template, PartialTemplate):
            # As `include` and the loaders name it, where its own name says which part of the file it is.
            self.names.append(f"{template.origin.template_name!s}#{template.name}")
        elif template.name is not None:
            self.names.append(template.name)

    def __enter__(self) -> Self:
        template_rendered.connect(self.collect)
        return self

    def __exit__(self, exc_type: type[BaseException] | None, *_: object) -> None:
        template_rendered.disconnect(self.collect)
        if exc_type is None:
            self.check()

    def check(self) -> None:
        raise NotImplementedError


class _TemplateUsed(_TemplateWatch):
    def check(self) -> None:
        if not self.names:
            self.case.fail(f"{self.prefix}No templates used to render the response")
        self.case.assertTrue(
            self.template_name in self.names,
            f"{self.prefix}Template '{self.template_name}' was not a template used to render the response. "
            f"Actual template(s) used: {', '.join(self.names)}",
        )
        if self.count is not None:
            times = self.names.count(self.template_name)
            self.case.assertEqual(
                times,
                self.count,
                f"{self.prefix}Template '{self.template_name}' was expected to be rendered {self.count} time(s) "
                f"but was actually rendered {times} time(s).",
            )


class _TemplateNotUsed(_TemplateWatch):
    def check(self) -> None:
        self.case.assertFalse(
            self.template_name in self.names,
            f"{self.prefix}Template '{self.template_name}' was used unexpectedly in rendering the response",
        )
