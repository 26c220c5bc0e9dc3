"""What generated code calls. Its globals are the constants of the one function; its builtins are `HELPERS`."""

from __future__ import annotations

import builtins
import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from nuages.spine import wait
from nuages.template.context import BaseContext, Context, visible
from nuages.template.lookup import NOTHING, Missing, VariableDoesNotExist, plain_types, settle
from nuages.template.presentation import log_failure, plain_numbers
from nuages.utils.functional import Promise
from nuages.utils.safestring import SafeData, SafeString, mark_safe
from nuages.utils.timezone import template_localtime
from nuages.utils.translation import remembered

if TYPE_CHECKING:
    from nuages.template.nodes import Node

joined = "".join


def place_of(node: Node) -> dict[str, int] | None:
    """Where a node's tag stands, in the terms of a Python syntax tree."""
    token = getattr(node, "token", None)
    if token is None or token.lineno is None:
        return None
    width = 0 if token.start is None or token.end is None else token.end - token.start
    return {
        "lineno": token.lineno,
        "col_offset": token.column,
        "end_lineno": token.lineno,
        "end_col_offset": token.column + width,
    }


# Looking up


def fetch(dicts: list[dict[str, Any]], name: str) -> Any:
    """A variable of a live context."""
    for layer in reversed(dicts):
        if name in layer:
            return layer[name]
    return NOTHING


def is_missing(value: Any) -> bool:
    """Whether a look-up found nothing."""
    if type(value) is Missing:
        log_failure(value, None)
        return True
    return False


def or_empty(value: Any) -> Any:
    """The value, or an empty string for a missing one."""
    return "" if type(value) is Missing and is_missing(value) else value


def or_none(value: Any) -> Any:
    """The value; None for a missing one, an empty string for one that may not be seen."""
    if type(value) is Missing and is_missing(value):
        return "" if value.silent else None
    return value


def settled_or_empty(value: Any) -> Any:
    """`or_empty(settle(value))`, in one call for most values."""
    kind = type(value)
    return value if kind in plain_types and kind is not Missing else or_empty(settle(value))


def settled_or_none(value: Any) -> Any:
    """`or_none(settle(value))`, in one call for most values."""
    kind = type(value)
    return value if kind in plain_types and kind is not Missing else or_none(settle(value))


def or_none_or(value: Any, invalid: str) -> Any:
    """As `or_none`, with the engine's mark for what may not be seen."""
    if type(value) is Missing and is_missing(value):
        return invalid if value.silent else None
    return value


def or_else(value: Any, invalid: str) -> Any:
    """The value, or the engine's mark for a missing one."""
    return invalid if type(value) is Missing and is_missing(value) else value


def required(value: Any, name: str, context: Any) -> Any:
    """The value; an error for a missing one."""
    if type(value) is not Missing:
        return value
    log_failure(value, getattr(context, "template_name", None))
    if value.silent:
        return getattr(getattr(context.template, "engine", None), "string_if_invalid", "")
    if value is NOTHING:
        raise VariableDoesNotExist("Failed lookup for key [%s] in %r", (name.split(".")[0], context))
    raise VariableDoesNotExist("Failed lookup for key [%s] in %r", (value.bit, value.container))


def in_language(key: tuple[str, ...], work: Callable[[None], Any]) -> Any:
    """What `work` makes of messages in the current language, made once for each."""
    return remembered(key, work, None)


def text_in_language(key: tuple[str, ...], message: Promise) -> str:
    """The translation of a text that stands in the template, which is safe, so that it is shown as it is."""
    return remembered(key, _exact_text, message)


def _exact_text(message: Promise) -> str:
    return str.__str__(str(message))


# Filters


@lru_cache(maxsize=4096)
def keeping_safe(function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter registered as `is_safe`: a safe string stays safe."""

    def filtered(value: Any, *args: Any, **kwargs: Any) -> Any:
        if type(value) is str:
            return function(value, *args, **kwargs)
        result = function(value, *args, **kwargs)
        return mark_safe(result) if isinstance(value, SafeData) else result

    filtered.__name__ = getattr(function, "__name__", "filtered")
    filtered.made_from = ("keeping", "keeping_safe", function)  # type: ignore[attr-defined]
    return filtered


@lru_cache(maxsize=4096)
def keeping_safe_alone(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same for a filter used without an argument, as most are."""

    def filtered(value: Any) -> Any:
        if isinstance(value, SafeData):
            return mark_safe(function(value))
        return function(value)

    filtered.made_from = ("keeping", "keeping_safe_alone", function)  # type: ignore[attr-defined]
    return filtered


@lru_cache(maxsize=4096)
def keeping_safe_with_argument(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same for a filter used with an argument."""

    def filtered(value: Any, argument: Any) -> Any:
        if isinstance(value, SafeData):
            return mark_safe(function(value, argument))
        return function(value, argument)

    filtered.made_from = ("keeping", "keeping_safe_with_argument", function)  # type: ignore[attr-defined]
    return filtered


def localtime(value: Any, use_tz: bool | None) -> Any:
    """A date with time zone in the current zone, for filters that expect it."""
    if not isinstance(value, datetime.datetime) or value.tzinfo is None:
        return value
    return template_localtime(value, use_tz=use_tz)


def awaited(result: Any) -> Any:
    """What a tag's function gave, waited for where it is awaitable."""
    return wait(result) if getattr(type(result), "__await__", None) is not None else result


# Layers


def push(context: Context, values: dict[str, Any]) -> None:
    """Put a layer on a live context."""
    context.dicts.append(values)


def set_top(context: Context, name: str, value: Any) -> None:
    """Set a variable in the top layer of a live context."""
    context.dicts[-1][name] = value


def widened(names: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    """Names with one more, if that is set."""
    if value is not NOTHING:
        names[name] = value
    return names


# Loops


class ForLoop(Mapping[str, Any]):
    """`forloop` for those who look at it as an object. The loop keeps `index` up."""

    __slots__ = ("changes", "index", "outer", "size")

    KEYS = ("parentloop", "length", "counter0", "counter", "revcounter", "revcounter0", "first", "last")

    def __init__(self, size: int, outer: Any) -> None:
        self.index = 0
        self.size = size
        self.outer = {} if type(outer) is Missing else outer
        # What `{% ifchanged %}` in included templates remembers for this loop.
        self.changes: dict[Any, Any] = {}

    def __getitem__(self, key: Any) -> Any:
        match key:
            case "counter":
                return self.index + 1
            case "counter0":
                return self.index
            case "first":
                return self.index == 0
            case "last":
                return self.index == self.size - 1
            case "revcounter":
                return self.size - self.index
            case "revcounter0":
                return self.size - self.index - 1
            case "length":
                return self.size
            case "parentloop":
                return self.outer
        return self.changes[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        self.changes[key] = value

    def __iter__(self) -> Iterator[Any]:
        yield from self.KEYS
        yield from self.changes

    def __len__(self) -> int:
        return len(self.KEYS) + len(self.changes)

    def __repr__(self) -> str:
        return repr(dict(self))


def loop_values(values: Any) -> Sequence[Any]:
    """What a `for` tag runs over, with a length."""
    kind = type(values)
    if kind is list or kind is tuple:
        return values  # type: ignore[no-any-return]
    if values is None or kind is Missing:
        return ()
    if hasattr(values, "__len__"):
        # A query set asked for its length first would ask again for its rows, did it not keep them.
        len(values)
        return values  # type: ignore[no-any-return]
    if hasattr(values, "__aiter__"):
        return wait(_gathered(values))  # type: ignore[no-any-return]
    return list(values)


def loop_items(values: Any) -> Iterable[Any]:
    """As `loop_values`, for a stream whose loop needs no length: an iterator is not gathered first."""
    if hasattr(values, "__len__") or values is None or type(values) is Missing:
        return loop_values(values)
    return _one_by_one(values) if hasattr(values, "__aiter__") else iter(values)


def _one_by_one(values: Any) -> Iterator[Any]:
    items = aiter(values)
    while True:
        try:
            item = wait(anext(items))
        except StopAsyncIteration:
            return
        yield item


async def _gathered(values: Any) -> list[Any]:
    return [value async for value in values]


def backwards(values: Sequence[Any]) -> Iterator[Any]:
    """The values of a reversed `for` tag."""
    return reversed(values)


def unpacked(item: Any, count: int) -> Any:
    """The parts of an item for the loop's several variables."""
    if type(item) is tuple and len(item) == count:
        return item
    try:
        size = len(item)
    except TypeError:
        size = 1
    if size != count:
        raise ValueError(f"Need {count} values to unpack in for loop; got {size}. ")
    return item


#: One dictionary for all functions, Python's own builtins among them.
HELPERS: dict[str, Any] = {
    **vars(builtins),
    "NOTHING": NOTHING,
    "ForLoop": ForLoop,
    "VariableDoesNotExist": VariableDoesNotExist,
    "awaited": awaited,
    "backwards": backwards,
    "fetch": fetch,
    "in_language": in_language,
    "is_missing": is_missing,
    "joined": joined,
    "localtime": localtime,
    "loop_items": loop_items,
    "loop_values": loop_values,
    "plain_numbers": plain_numbers,
    "or_else": or_else,
    "or_empty": or_empty,
    "or_none": or_none,
    "or_none_or": or_none_or,
    "push": push,
    "required": required,
    "safe": SafeString,
    "set_top": set_top,
    "settle": settle,
    "settled_or_empty": settled_or_empty,
    "settled_or_none": settled_or_none,
    "text_in_language": text_in_language,
    "unpacked": unpacked,
    "visible": visible,
    "widened": widened,
}


def helper(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function callable by name from generated code."""
    HELPERS[function.__name__] = function
    return function


__all__ = ["HELPERS", "BaseContext", "ForLoop", "helper"]
