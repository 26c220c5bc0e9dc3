"""Working out beforehand what filters make of a literal: `{{ "abc"|upper }}` is the text `ABC`.

Only built-in filters are folded, and of them only those whose result depends on nothing but value and arguments: not
on the language, the settings, the time or chance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from nuages.template.presentation import Switches
from nuages.template.variables import Argument, Filter, filtered
from nuages.utils.functional import Promise
from nuages.utils.safestring import SafeString
from nuages.utils.translation import gettext

F = TypeVar("F", bound=Callable[..., Any])

# Told by identity: a filter of somebody else that wraps one of these has the wrapped one's attributes.
_PURE: set[Callable[..., Any]] = set()

# Values that nobody can change.
_CONSTANT = frozenset({str, SafeString, int, float, bool, type(None)})

# Longer text would lie in memory with the template, and on disk.
_LONGEST = 10_000


def pure(function: F) -> F:
    """Mark a filter that may be worked out when a template is compiled.

    From text and numbers it makes text and numbers, not much more than it was given, and nothing else has a say in it.
    """
    _PURE.add(function)
    return function


def fold(
    value: Any, filters: Sequence[tuple[Filter, list[Argument]]], switches: Switches
) -> tuple[Any, Sequence[tuple[Filter, list[Argument]]]]:
    """A literal after the filters that can be worked out now, and the filters that are left."""
    if type(value) not in _CONSTANT:
        return value, filters
    for position in range(pure_filters(filters)):
        function, arguments = filters[position]
        given = [argument.literal if looked_up else argument for looked_up, argument in arguments]
        try:
            result = filtered(function, value, given, switches.autoescape, switches.use_tz)
        except Exception:
            # An error belongs to the rendering, which may never come here.
            return value, filters[position:]
        if type(result) not in _CONSTANT or (isinstance(result, str) and len(result) > _LONGEST):
            return value, filters[position:]
        value = result
    return value, filters[pure_filters(filters) :]


def pure_filters(filters: Sequence[tuple[Filter, list[Argument]]]) -> int:
    """How many filters there are before the first whose result is not known beforehand."""
    for position, (function, arguments) in enumerate(filters):
        if function not in _PURE or not all(_is_constant(*argument) for argument in arguments):
            return position
    return len(filters)


def _is_constant(looked_up: bool, argument: Any) -> bool:
    if looked_up:
        return argument.lookups is None and not argument.translate and type(argument.literal) in _CONSTANT
    return type(argument) in _CONSTANT


def message_of(literal: Any) -> str | None:
    """The message of `_("...")` as it stands in the template; None for anything else."""
    if not isinstance(literal, Promise):
        return None
    reduced: Any = literal.__reduce__()
    function, args, kwargs, _ = reduced[1]
    return str.__str__(args[0]) if function is gettext and len(args) == 1 and not kwargs else None


def described(filters: Sequence[tuple[Filter, list[Argument]]]) -> tuple[str, ...]:
    """Text that is the same for filters that do the same."""
    return tuple(
        f"{function.__module__}.{function.__qualname__}:"
        + repr([argument.literal if looked_up else argument for looked_up, argument in arguments])
        for function, arguments in filters
    )
