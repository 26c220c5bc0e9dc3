"""Saying that something will go away, and the mixin that lets old-style middleware run in both colours."""

from __future__ import annotations

import functools
import inspect
import os
import sys
import warnings
from asyncio import coroutines
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

from nuages.spine import call, is_async, twin


class RemovedInDjango2028Warning(DeprecationWarning):
    """What Django 2028 removes, and nuages with it."""


class RemovedAfterNextVersionWarning(PendingDeprecationWarning):
    """What the version after the next one removes."""


RemovedInNextVersionWarning = RemovedInDjango2028Warning
# Names that code written for other versions of Django asks for.
RemovedInDjango70Warning = RemovedInDjango2028Warning
RemovedInDjango71Warning = RemovedAfterNextVersionWarning


@functools.cache
def django_file_prefixes() -> tuple[str, ...]:
    """Return where the framework's own files lie, for `warnings.warn(skip_file_prefixes=...)`."""
    import nuages

    file = getattr(nuages, "__file__", None)
    return () if file is None else (os.path.dirname(file) + os.path.sep,)


# --- where a warning should point ---


def _own(module: str, internal: tuple[str, ...]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in internal)


def _is_named(frame: FrameType, prefixes: str | tuple[str, ...]) -> bool:
    """Return whether the qualified name of a frame's function, under Django's name or ours, starts so."""
    name = f"{frame.f_globals.get('__name__', '')}.{frame.f_code.co_qualname}"
    return name.startswith(prefixes) or (
        name.startswith("nuages.") and f"django.{name[7:]}".startswith(prefixes)
    )


def warn_about_external_use(
    message: str,
    category: type[Warning],
    *,
    skip_name_prefixes: str | tuple[str, ...] = (),
    skip_frames: int = 0,
    internal_modules: tuple[str, ...] | None = None,
) -> None:
    """Warn that what calls this is deprecated, unless its own caller belongs to the framework.

    Callers whose qualified names start with one of `skip_name_prefixes` are passed over first, then
    `skip_frames` more.
    """
    if internal_modules is None:
        internal_modules = ("nuages", "django")
    if not isinstance(internal_modules, tuple):
        raise TypeError("internal_modules must be a tuple of module names")
    # From here: frame 1 is the deprecated function, frame 2 whoever calls it.
    level = 3
    frame = _outer(sys._getframe(), 2)
    while frame is not None and skip_name_prefixes != () and _is_named(frame, skip_name_prefixes):
        frame = frame.f_back
        level += 1
    frame = _outer(frame, skip_frames)
    level += skip_frames
    if frame is None or not _own(frame.f_globals.get("__name__", ""), internal_modules):
        warnings.warn(message, category, stacklevel=level)


def _outer(frame: FrameType | None, steps: int) -> FrameType | None:
    while frame is not None and steps > 0:
        frame = frame.f_back
        steps -= 1
    return frame


def _definition(target: Any) -> Any:
    """Return the function or class that a target comes down to."""
    if isinstance(target, property):
        target = target.fget
    elif isinstance(target, (classmethod, staticmethod)) or inspect.ismethod(target):
        target = target.__func__
    if not (inspect.isfunction(target) or inspect.isclass(target)):
        raise TypeError(
            "target must be a function, class, bound method, or unbound descriptor (classmethod, staticmethod, "
            "or property)."
        )
    return inspect.unwrap(target)


def warn_about_implementation(message: str, category: type[Warning], target: Any) -> None:
    """Warn at the place where a function, class or method is defined, for those that must change it."""
    definition = _definition(target)
    try:
        file = inspect.getsourcefile(definition)
        line = inspect.getsourcelines(definition)[1]
    except (TypeError, OSError, AttributeError):
        file = None
    module = sys.modules.get(definition.__module__)
    try:
        namespace = vars(module) if module is not None else {}
        registry = namespace.setdefault("__warningregistry__", {})
    except TypeError:
        file = None
    if file is None:
        warnings.warn(message, category, stacklevel=2)
        return
    warnings.warn_explicit(message, category, file, line, definition.__module__, registry)


# --- arguments and methods that change ---


def deprecate_posargs(
    deprecation_warning: type[Warning], remappable_names: Sequence[str]
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let arguments that have become keyword-only be passed by position for a while, with a warning.

    `remappable_names` are the names of those arguments in the order they had.
    """
    names = list(remappable_names)

    def decorate(func: Any) -> Any:
        keep = _positional_room(func, names)

        def remap(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
            extra = args[keep.count :]
            shown = keep.name(args)
            if len(extra) > len(names):
                room = keep.count - keep.bound + len(names)
                given = len(args) - keep.bound
                raise TypeError(
                    f"{shown}() takes at most {room} positional argument(s) (including {len(names)} deprecated) but "
                    f"{given} were given."
                )
            moved = dict(zip(names, extra))
            if twice := moved.keys() & kwargs.keys():
                listed = ", ".join(repr(name) for name in names if name in twice)
                raise TypeError(
                    f"{shown}() got both deprecated positional and keyword argument values for {listed}"
                )
            listed = ", ".join(map(repr, moved))
            warnings.warn(
                f"Passing positional argument(s) {listed} to {shown}() is deprecated. Use keyword arguments "
                "instead.",
                deprecation_warning,
                stacklevel=3,
            )
            return args[: keep.count], {**kwargs, **moved}

        if inspect.iscoroutinefunction(func):

            @functools.wraps(func)
            async def aremapped(*args: Any, **kwargs: Any) -> Any:
                if len(args) > keep.count:
                    args, kwargs = remap(args, kwargs)
                return await func(*args, **kwargs)

            return aremapped

        @functools.wraps(func)
        def remapped(*args: Any, **kwargs: Any) -> Any:
            if len(args) > keep.count:
                args, kwargs = remap(args, kwargs)
            return func(*args, **kwargs)

        return remapped

    return decorate


class _PositionalRoom:
    """How many arguments a function takes by position, and what to call it in messages."""

    def __init__(self, func: Any, parameters: list[inspect.Parameter]) -> None:
        self.func = func
        positional = [
            parameter
            for parameter in parameters
            if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
        ]
        self.count = len(positional)
        # Arguments that Python passes do not count for the person who reads the message.
        self.bound = int(bool(positional) and positional[0].name in ("self", "cls"))

    def name(self, args: tuple[Any, ...]) -> str:
        if self.func.__name__ == "__init__" and self.bound and args:
            return type(args[0]).__name__
        return self.func.__name__


def _positional_room(func: Any, names: list[str]) -> _PositionalRoom:
    """Return what must be known of a function to remap its arguments; TypeError when it cannot be done."""
    if isinstance(func, type):
        raise TypeError("@deprecate_posargs cannot be applied to a class. (Apply it to the __init__ method.)")
    for kind in (classmethod, staticmethod):
        if isinstance(func, kind):
            raise TypeError(f"Apply @{kind.__name__} before @deprecate_posargs.")
    parameters = _parameters(func)
    kinds = {parameter.kind for parameter in parameters}
    if inspect.Parameter.VAR_POSITIONAL in kinds:
        raise TypeError("@deprecate_posargs() cannot be used with variable positional `*args`.")
    if inspect.Parameter.KEYWORD_ONLY not in kinds:
        raise TypeError(
            "@deprecate_posargs() requires at least one keyword-only parameter (after a `*` entry in the "
            "parameters list)."
        )
    keyword_only = {parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY}
    if not keyword_only.issuperset(names):
        raise TypeError("@deprecate_posargs() requires all remappable_names to be keyword-only parameters.")
    return _PositionalRoom(func, parameters)


def _parameters(func: Any) -> list[inspect.Parameter]:
    from nuages.utils.inspect import signature

    return list(signature(func).parameters.values())


class RenameMethodsBase(type):
    """Metaclass that lets a method be renamed: either name works in subclasses, and the old one warns.

    `renamed_methods` lists (old name, new name, warning class).
    """

    renamed_methods: tuple[tuple[str, str, type[Warning]], ...] = ()

    def __new__(cls, name: str, bases: tuple[type, ...], attrs: dict[str, Any]) -> Any:
        made = super().__new__(cls, name, bases, attrs)
        for owner in inspect.getmro(made):
            for old, new, category in cls.renamed_methods:
                _offer_both_names(owner, old, new, category)
        return made


def _offer_both_names(owner: type, old: str, new: str, category: type[Warning]) -> None:
    has_old, has_new = owner.__dict__.get(old), owner.__dict__.get(new)
    if has_old is not None and has_new is None:
        warnings.warn(f"`{owner.__name__}.{old}` method should be renamed `{new}`.", category, stacklevel=3)
        setattr(owner, new, has_old)
        setattr(owner, old, _warning_alias(owner.__name__, old, new, category)(has_old))
    elif has_new is not None and has_old is None:
        setattr(owner, old, _warning_alias(owner.__name__, old, new, category)(has_new))


def _warning_alias(
    owner: str, old: str, new: str, category: type[Warning]
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def decorate(method: Callable[..., Any]) -> Callable[..., Any]:
        def alias(*args: Any, **kwargs: Any) -> Any:
            warnings.warn(f"`{owner}.{old}` is deprecated, use `{new}` instead.", category, stacklevel=2)
            return method(*args, **kwargs)

        return alias

    return decorate


# --- old-style middleware ---


class MiddlewareMixin:
    """Middleware written as `process_request` and `process_response`; runs in either colour of chain.

    The two hooks may be `def` or `async def`, whatever the colour of the chain.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[..., Any]) -> None:
        if get_response is None:
            raise ValueError("get_response must be provided.")
        self.get_response = get_response
        self.async_mode = is_async(get_response)
        if self.async_mode:
            mark_coroutine_function(self)
        super().__init__()

    def __repr__(self) -> str:
        inner = self.get_response
        name = getattr(inner, "__qualname__", type(inner).__name__)
        return f"<{type(self).__qualname__} get_response={name}>"

    def __call__(self, request: Any) -> Any:
        if self.async_mode:
            return self.__acall__(request)
        response = _before(self, request) or self.get_response(request)
        return _after(self, request, response)

    async def __acall__(self, request: Any) -> Any:
        response = await _abefore(self, request) or await self.get_response(request)
        return await _aafter(self, request, response)


def _before(middleware: Any, request: Any) -> Any:
    process = getattr(middleware, "process_request", None)
    return None if process is None else call(process, request)


def _after(middleware: Any, request: Any, response: Any) -> Any:
    process = getattr(middleware, "process_response", None)
    return response if process is None else call(process, request, response)


_abefore = twin(_before)
_aafter = twin(_after)


def mark_coroutine_function(obj: Any) -> Any:
    """Mark a callable as a coroutine function for those who ask `iscoroutinefunction`; return it."""
    if sys.version_info >= (3, 12):
        return inspect.markcoroutinefunction(obj)
    # What asgiref and asyncio look for in Python 3.11.
    obj._is_coroutine = coroutines._is_coroutine  # type: ignore[attr-defined]
    return obj
