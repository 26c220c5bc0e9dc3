"""Filters on lists."""

from __future__ import annotations

import random as random_module
from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from nuages.template.compiler.folding import pure
from nuages.template.filters import register, spelled_out_for
from nuages.template.presentation import Switches
from nuages.template.tokens import VARIABLE_ATTRIBUTE_SEPARATOR
from nuages.utils.html import conditional_escape
from nuages.utils.html.escaping import escape_text
from nuages.utils.safestring import SafeData, SafeString, mark_safe


def _property_resolver(arg: Any) -> Callable[[Any], Any]:
    """The function that gets what `arg` names from an object: a number an item, text a path of names.

    Unlike a variable of a template it calls nothing and takes no index out of text, as the name may come from
    a visitor.
    """
    try:
        float(arg)
    except ValueError:
        names = arg.split(VARIABLE_ATTRIBUTE_SEPARATOR)
        if any(name.startswith("_") for name in names):
            raise AttributeError("Access to private variables is forbidden.") from None
        return lambda value: _followed(value, names)
    return itemgetter(arg)


def _followed(value: Any, names: list[str]) -> Any:
    for name in names:
        try:
            value = value[name]
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            value = getattr(value, name)
    return value


@register.filter(is_safe=False)
def dictsort(value: Any, arg: Any) -> Any:
    """A list sorted by a property of its items."""
    try:
        return sorted(value, key=_property_resolver(arg))
    except (AttributeError, TypeError):
        return ""


@register.filter(is_safe=False)
def dictsortreversed(value: Any, arg: Any) -> Any:
    """A list sorted by a property of its items, backwards."""
    try:
        return sorted(value, key=_property_resolver(arg), reverse=True)
    except (AttributeError, TypeError):
        return ""


@register.filter(is_safe=False)
@pure
def first(value: Sequence[Any]) -> Any:
    """The first item."""
    try:
        return value[0]
    except IndexError:
        return ""


@register.filter(is_safe=True)
@pure
def last(value: Sequence[Any]) -> Any:
    """The last item."""
    try:
        return value[-1]
    except IndexError:
        return ""


_TEXTS = {str}


@register.filter(is_safe=True, needs_autoescape=True)
@pure
def join(value: Any, arg: Any, autoescape: bool = True) -> Any:
    """The items as one text, with `arg` between them."""
    try:
        if not autoescape:
            return mark_safe(arg.join(value))
        return mark_safe(
            conditional_escape(arg).join(
                [escape_text(item) if type(item) is str else conditional_escape(item) for item in value]
            )
        )
    except TypeError:
        return value


@spelled_out_for(join)
def _join_spelled_out(arg: str | int | None, switches: Switches) -> Callable[[Any], Any] | None:
    """The same with a text between the items that stands in the template, which is safe."""
    if not isinstance(arg, str) or not switches.autoescape:
        return None
    harmless = arg == escape_text(arg)

    def joined(value: Any) -> Any:
        kind = type(value)
        if harmless and (kind is list or kind is tuple) and {*map(type, value)} == _TEXTS:
            # Escaped at once: there is nothing in between that escaping would change.
            return SafeString(escape_text(arg.join(value)))
        return join(value, SafeString(arg))

    return joined


@register.filter(is_safe=False)
@pure
def length(value: Any) -> int:
    """How many items there are."""
    try:
        return len(value)
    except (ValueError, TypeError):
        return 0


@register.filter(is_safe=True)
def random(value: Sequence[Any]) -> Any:
    """An item by chance."""
    try:
        return random_module.choice(value)
    except IndexError:
        return ""


@register.filter("slice", is_safe=False)
@pure
def slice_filter(value: Any, arg: Any) -> Any:
    """A part of a list, in Python's notation. A part of safe text is safe as long as its order stays."""
    try:
        bounds = _slice_of(str(arg))
        part = value[bounds]
    except (ValueError, TypeError, KeyError):
        return value
    # Backwards, or with signs left out, the text after a tag may become a part of that tag.
    return mark_safe(part) if isinstance(value, SafeData) and bounds.step in (None, 1) else part


@lru_cache(maxsize=256)
def _slice_of(text: str) -> slice:
    return slice(*[int(bound) if bound else None for bound in text.split(":")])
