"""How `a.b` finds its value: key, attribute, index, and a call of what was found.

The rules are Django's. What is ours is that each name keeps, per type it was asked of, the way that won, so
that a second look-up on the same type goes straight there.
"""

from __future__ import annotations

import datetime
import inspect
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any, TypeVar

from nuages.spine import wait
from nuages.utils.functional import SimpleLazyObject, empty
from nuages.utils.safestring import SafeString

NOT_A_KEY = (TypeError, AttributeError, KeyError, ValueError, IndexError)

# More types than this means they are made on the fly; forgetting them all is cheaper than keeping them.
MANY_TYPES = 1024


class Missing:
    """The result of a look-up that found nothing; looking further into it gives it back.

    `silent` ones stand for something that was there but may not be shown (`alters_data`, an error with
    `silent_variable_failure`, a callable that wants arguments).
    """

    __slots__ = ("bit", "container", "error", "silent")

    def __init__(
        self,
        bit: str = "",
        container: Any = None,
        *,
        silent: bool = False,
        error: BaseException | None = None,
    ) -> None:
        self.bit = bit
        self.container = container
        self.silent = silent
        self.error = error


class VariableDoesNotExist(Exception):
    """A variable is not in the context, or an object has no such part."""

    # One that comes out of a call (of `block.super`, say) leaves the variable that was called without a value.
    silent_variable_failure = True

    def __init__(self, msg: str, params: tuple[Any, ...] = ()) -> None:
        self.msg = msg
        self.params = params
        super().__init__(msg, params)

    def __str__(self) -> str:
        return self.msg % self.params


def not_found(missing: Missing) -> VariableDoesNotExist:
    """The error that tells of a failed look-up."""
    return VariableDoesNotExist("Failed lookup for key [%s] in %r", (missing.bit, missing.container))


NOTHING = Missing()
WITHHELD = Missing(silent=True)

# Types whose values are not called, so need no asking. Grows as types are seen.
plain_types: set[type] = {
    str,
    int,
    float,
    bool,
    type(None),
    dict,
    list,
    tuple,
    set,
    frozenset,
    bytes,
    Decimal,
    SafeString,
    Missing,
    datetime.date,
    datetime.datetime,
    datetime.time,
    datetime.timedelta,
}


def settle(value: Any) -> Any:
    """Call a value that was looked up, if it is to be called; wait for it if it is awaitable."""
    kind = type(value)
    if kind in plain_types:
        return value
    if not callable(value):
        if _awaitable(kind):
            return wait(value)
        if len(plain_types) > MANY_TYPES:
            plain_types.clear()
            plain_types.add(Missing)
        plain_types.add(kind)
        return value
    try:
        return _called(value)
    except Exception as error:
        if getattr(error, "silent_variable_failure", False):
            return Missing(silent=True, error=error)
        raise


def _awaitable(kind: type) -> bool:
    return getattr(kind, "__await__", None) is not None


def _called(value: Any) -> Any:
    if getattr(value, "do_not_call_in_templates", False):
        return value
    if getattr(value, "alters_data", False):
        return WITHHELD
    try:
        result = value()
    except TypeError:
        if _wants_arguments(value):
            return WITHHELD
        raise
    return wait(result) if _awaitable(type(result)) else result


def _wants_arguments(value: Any) -> bool:
    try:
        signature = inspect.signature(value)
    except ValueError:
        # Some built-in functions do not tell; they are taken to want some.
        return True
    try:
        signature.bind()
    except TypeError:
        return True
    return False


Step = Callable[[Any], Any]
F = TypeVar("F", bound=Callable[..., Any])
Finish = Callable[[Any], Any]


def _as_it_is(found: Any) -> Any:
    return found


def none_if_missing(found: Any) -> Any:
    """None for what was not found; an empty string for what may not be seen."""
    if type(found) is Missing:
        return "" if found.silent else None
    return found


def empty_if_missing(found: Any) -> Any:
    """An empty string for what was not found."""
    return "" if type(found) is Missing else found


#: What `step` may be told to do with what it finds, by name.
FINISHES: dict[str, Finish] = {
    finish.__name__: finish for finish in (_as_it_is, none_if_missing, empty_if_missing)
}


@lru_cache(maxsize=32768)
def step(bit: str, *, first: bool = False, finish: Finish = _as_it_is) -> Step:
    """The function that looks `bit` up on whatever object it is given.

    A `first` step is given a variable's raw value, which may have to be called. What was not found, and what a
    call gave, goes through `finish`.
    """
    if bit.isdecimal() and bit.isascii():
        return _indexing(bit, first, finish)
    made = reading(_by_name, bit)(bit, first, finish)
    made.made_from = ("step", bit, first, finish.__name__)  # type: ignore[attr-defined]
    return made


def _by_name(bit: str, first: bool, finish: Finish) -> Step:
    by_attribute = attribute_types(bit)

    def look_up(holder: Any) -> Any:
        kind = type(holder)
        if kind in by_attribute:
            try:
                value = holder.bit
            except Exception as error:
                return finish(stumbled(holder, bit, error))
        elif kind is dict:
            try:
                value = holder[bit]
            except KeyError:
                return finish(by_rules(holder, bit))
        else:
            return finish(slowly(holder, bit, first))
        return value if type(value) in plain_types else finish(settle(value))

    return look_up


def _indexing(bit: str, first: bool, finish: Finish) -> Step:
    """`step` for a whole number: the index of a list before all."""
    index = int(bit)

    def look_up(holder: Any) -> Any:
        kind = type(holder)
        if kind is list or kind is tuple:
            try:
                value = holder[index]
            except IndexError:
                return finish(Missing(bit, holder))
            return value if type(value) in plain_types else finish(settle(value))
        return finish(slowly(holder, bit, first))

    look_up.made_from = ("step", bit, first, finish.__name__)  # type: ignore[attr-defined]
    return look_up


def reading(make: F, bit: str, last: str = "last") -> F:
    """The maker of a function that reads the attributes `bit` and `last` where its text reads `.bit` and `.last`.

    Python keeps what it learns about an attribute with the instruction that reads it; `getattr` would look
    everything up anew, which takes about as long as the rest of a look-up. It is the maker that is made anew, as Python
    calls functions quickly that a `def` makes, and no others.
    """
    read = {"bit": bit, "last": last}

    def renamed(code: CodeType) -> CodeType:
        names = tuple(read.get(name, name) for name in code.co_names)
        return code.replace(co_names=names, co_name=f"look_up_{bit}")

    code = make.__code__  # type: ignore[attr-defined]
    parts = tuple(renamed(part) if type(part) is CodeType else part for part in code.co_consts)
    return FunctionType(code.replace(co_consts=parts), make.__globals__)  # type: ignore[attr-defined,return-value]


@lru_cache(maxsize=16384)
def attribute_types(bit: str) -> set[type]:
    """The types seen so far whose attribute wins under this name, and whose objects are not called."""
    return set()


@lru_cache(maxsize=16384)
def _other_types(bit: str) -> set[type]:
    return set()


def slowly(holder: Any, bit: str, first: bool) -> Any:
    """Look up on an object of a type not met before, or of one that has no short way."""
    if first:
        holder = settle(holder)
    kind = type(holder)
    if kind is SimpleLazyObject:
        # `request.user` and the like: what they stand for may well have a short way.
        if holder._wrapped is empty:
            holder._setup()
        return step(bit)(holder._wrapped)
    if kind is Missing:
        return holder
    others = _other_types(bit)
    if kind not in others:
        wins = _attribute_wins(kind, bit) and not callable(holder) and not _awaitable(kind)
        seen = attribute_types(bit) if wins else others
        if len(seen) > MANY_TYPES:
            seen.clear()
        seen.add(kind)
    return by_rules(holder, bit)


def _attribute_wins(kind: type, bit: str) -> bool:
    """Say whether neither a key nor an index can come before the attribute on objects of this type."""
    if issubclass(kind, type):
        return False
    getitem = getattr(kind, "__getitem__", None)
    if getitem is None:
        return True
    by_index_only = getitem in (list.__getitem__, tuple.__getitem__, str.__getitem__)
    return by_index_only and not bit.lstrip("-").isdigit()


def by_rules(holder: Any, bit: str) -> Any:
    """Key, attribute, index, and a call of what was found."""
    try:
        value = _find(holder, bit)
        return value if type(value) in plain_types else settle(value)
    except Exception as error:
        if getattr(error, "silent_variable_failure", False):
            return Missing(bit, holder, silent=True, error=error)
        raise


def _find(holder: Any, bit: str) -> Any:
    try:
        # A class that can be subscripted (`list[int]`) has no keys, unless its metaclass says so.
        if isinstance(holder, type) and not hasattr(type(holder), "__getitem__"):
            raise TypeError
        return holder[bit]
    except NOT_A_KEY:
        pass
    try:
        return getattr(holder, bit)
    except (TypeError, AttributeError):
        if bit in dir(holder):
            # It has the attribute, so the error is the property's own.
            raise
    try:
        return holder[int(bit)]
    except NOT_A_KEY:
        return Missing(bit, holder)


def stumbled(holder: Any, bit: str, error: Exception) -> Any:
    """What an error while reading an attribute means."""
    if isinstance(error, TypeError | AttributeError) and bit not in dir(holder):
        return Missing(bit, holder)
    if getattr(error, "silent_variable_failure", False):
        return Missing(bit, holder, silent=True, error=error)
    raise error
