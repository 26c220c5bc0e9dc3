"""The built-in tags, by what they do. `nuages.template.defaulttags` is their documented place."""

from __future__ import annotations

from nuages.template.library import Library

register = Library()
