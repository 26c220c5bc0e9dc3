"""Switching the templates' announcement of what they render on and off."""

from __future__ import annotations

from typing import Any


def instrument_templates(on: bool) -> None:
    """While on, each rendering of a template sends `template_rendered`."""
    from nuages.template import instrumentation

    instrumentation.announce = _announce if on else None


def _announce(template: Any, context: Any) -> None:
    from nuages.test.signals import template_rendered

    template_rendered.send(sender=template, template=template, context=context)
