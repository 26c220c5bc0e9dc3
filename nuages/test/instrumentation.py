"""Switching the templates' announcement of what they render on and off."""

from __future__ import annotations

from typing import Any

from nuages.template import Template, instrumentation
from nuages.utils.safestring import SafeString

_render = Template._render


def instrument_templates(on: bool) -> None:
    """While on, each rendering of a template sends `template_rendered`."""
    instrumentation.announce = _announce if on else None


def _announce(template: Any, context: Any) -> None:
    from nuages.test.signals import template_rendered

    template_rendered.send(sender=template, template=template, context=context)


def instrumented_test_render(template: Template, context: Any) -> SafeString:
    """Render with announcements on. Debug toolbars put this in the place of `Template._render`."""
    instrument_templates(True)
    return _render(template, context)
