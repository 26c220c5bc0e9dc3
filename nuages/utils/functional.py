"""Values that are computed later: cached properties, lazy results and lazy objects.

`lazy` makes a function whose answer is worked out each time it is used (translations follow the active
language); a `LazyObject` works its answer out once and then stands in for it.
"""

from __future__ import annotations

import copy
import operator
from collections.abc import Callable, Iterable
from functools import cache, wraps
from typing import Any, ClassVar, Generic, TypeVar, overload

T = TypeVar("T")
S = TypeVar("S")


class cached_property(Generic[T]):
    """A property that is computed on first access and then kept in the instance's `__dict__`."""

    name: str | None = None

    def __init__(self, func: Callable[[Any], T]) -> None:
        self.func = func
        self.__doc__ = getattr(func, "__doc__", None)

    def __set_name__(self, owner: type, name: str) -> None:
        if self.name is not None and self.name != name:
            raise TypeError(
                f"Cannot assign the same cached_property to two different names ({self.name!r} and {name!r})."
            )
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> cached_property[T]: ...
    @overload
    def __get__(self, instance: object, owner: type | None = None) -> T: ...
    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        if self.name is None:
            raise TypeError("Cannot use cached_property instance without calling __set_name__() on it.")
        # The instance's own entry wins over this descriptor from now on: it defines no __set__.
        value = instance.__dict__[self.name] = self.func(instance)
        return value


class classproperty(Generic[T]):
    """A property of the class itself: `@classproperty def name(cls): ...`, read as `Class.name`."""

    def __init__(self, method: Callable[[Any], T] | None = None) -> None:
        self.fget = method

    def __get__(self, instance: object, owner: type) -> T:
        assert self.fget is not None
        return self.fget(owner)

    def getter(self, method: Callable[[Any], T]) -> classproperty[T]:
        """Replace the function that computes the value."""
        self.fget = method
        return self


# --- lazy results -----------------------------------------------------------------------------------------


class Promise:
    """Base class of everything that `lazy` functions return; use it to recognise a lazy value."""

    __slots__ = ()


def _settle(value: Any) -> Any:
    """Return the present answer of a lazy value, or the value itself."""
    return value._answer() if isinstance(value, _Deferred) else value


class _Deferred(Promise):
    """A call that is made anew each time its result is needed."""

    __slots__ = ("__weakref__", "_args", "_func", "_kwargs")
    _resultclasses: ClassVar[tuple[type, ...]] = ()

    def __init__(self, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._func = func
        self._args = args
        self._kwargs = kwargs

    def _answer(self) -> Any:
        return self._func(*self._args, **self._kwargs)

    def __reduce__(self) -> tuple[Any, ...]:
        return _revive, (self._func, self._args, self._kwargs, self._resultclasses)

    def __deepcopy__(self, memo: dict[int, Any]) -> _Deferred:
        # The call holds no state of its own, and what it was given is not ours to copy.
        memo[id(self)] = self
        return self

    def __str__(self) -> str:
        return str(self._answer())

    def __repr__(self) -> str:
        return repr(self._answer())

    def __format__(self, spec: str) -> str:
        return format(self._answer(), spec)

    def __hash__(self) -> int:
        return hash(self._answer())

    def __eq__(self, other: object) -> bool:
        return self._answer() == _settle(other)

    def __ne__(self, other: object) -> bool:
        return self._answer() != _settle(other)

    def __lt__(self, other: Any) -> bool:
        return self._answer() < _settle(other)

    def __le__(self, other: Any) -> bool:
        return self._answer() <= _settle(other)

    def __gt__(self, other: Any) -> bool:
        return self._answer() > _settle(other)

    def __ge__(self, other: Any) -> bool:
        return self._answer() >= _settle(other)

    # Strings and lists add without having __radd__, so these two cannot be left to the result classes.
    def __add__(self, other: Any) -> Any:
        return self._answer() + _settle(other)

    def __radd__(self, other: Any) -> Any:
        return other + self._answer()


_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    f"__{name}__": getattr(operator, spelling)
    for name, spelling in {
        "sub": "sub", "mul": "mul", "mod": "mod", "truediv": "truediv", "floordiv": "floordiv",
        "pow": "pow", "and": "and_", "or": "or_", "xor": "xor", "lshift": "lshift", "rshift": "rshift",
        "matmul": "matmul",
    }.items()
}  # fmt: skip


def _forwarder(name: str) -> Callable[..., Any]:
    """Make the method `name` of a lazy class: the same method of the answer."""
    if apply := _ARITHMETIC.get(name):

        def forward(self: _Deferred, other: Any) -> Any:
            return apply(self._answer(), _settle(other))

    elif reflected := _ARITHMETIC.get(name.replace("__r", "__", 1)):

        def forward(self: _Deferred, other: Any) -> Any:
            return reflected(other, self._answer())

    else:

        def forward(self: _Deferred, *args: Any, **kwargs: Any) -> Any:
            return getattr(self._answer(), name)(*args, **kwargs)

    forward.__name__ = name
    return forward


@cache
def _deferred_class(resultclasses: tuple[type, ...]) -> type[_Deferred]:
    """Build the lazy class that has the methods of all these classes."""
    taken = set(dir(_Deferred)) | {"__getnewargs__", "__getstate__", "__dict__", "__slots__", "__module__"}
    names = {
        name
        for resultclass in resultclasses
        for name in dir(resultclass)
        if name not in taken and callable(getattr(resultclass, name, None))
    }
    body: dict[str, Any] = {name: _forwarder(name) for name in names}
    body["__slots__"] = ()
    body["_resultclasses"] = resultclasses
    return type("__proxy__", (_Deferred,), body)


def _revive(
    func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], resultclasses: tuple[type, ...]
) -> _Deferred:
    return _deferred_class(resultclasses)(func, args, kwargs)


def lazy(func: Callable[..., Any], *resultclasses: type) -> Callable[..., Any]:
    """Return a function that puts off calling `func` until its result, of one of these classes, is used."""
    deferred = _deferred_class(resultclasses)

    @wraps(func)
    def put_off(*args: Any, **kwargs: Any) -> Any:
        return deferred(func, args, kwargs)

    return put_off


def _same(text: Any) -> Any:
    return text


def lazystr(text: Any) -> Any:
    """Return `text` as a lazy string."""
    return _deferred_class((str,))(str, (text,), {}) if not isinstance(text, str) else _lazy_same(text)


_lazy_same = lazy(_same, str)


def keep_lazy(*resultclasses: type) -> Callable[[Callable[..., T]], Callable[..., T]]:
    """Make a function put off its work when any of its arguments is lazy.

    `resultclasses` are the classes its result may have.
    """
    if not resultclasses:
        raise TypeError("You must pass at least one argument to keep_lazy().")

    def decorate(func: Callable[..., T]) -> Callable[..., T]:
        put_off = lazy(func, *resultclasses)

        @wraps(func)
        def now_or_later(*args: Any, **kwargs: Any) -> Any:
            for value in args:
                if isinstance(value, Promise):
                    return put_off(*args, **kwargs)
            for value in kwargs.values():
                if isinstance(value, Promise):
                    return put_off(*args, **kwargs)
            return func(*args, **kwargs)

        return now_or_later

    return decorate


def keep_lazy_text(func: Callable[..., str]) -> Callable[..., str]:
    """Make a function that returns text put off its work when any of its arguments is lazy."""
    return keep_lazy(str)(func)


# --- lazy objects -----------------------------------------------------------------------------------------


class _Empty:
    def __repr__(self) -> str:
        return "<empty>"

    def __reduce__(self) -> str:
        return "empty"


empty: Any = _Empty()


class _Lacks(AttributeError, TypeError):
    """What stands behind a lazy object has no such special method: AttributeError to hasattr(), TypeError to len()."""


class _Borrowed:
    """A special method that a lazy object has only when the object it stands for has it."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: LazyObject | None, owner: type) -> Any:
        if instance is None:
            return self
        wrapped = _filled(instance)
        try:
            return getattr(wrapped, self.name)
        except AttributeError:
            raise _Lacks(f"{type(wrapped).__name__!r} object has no attribute {self.name!r}") from None


def _filled(lazy_object: LazyObject) -> Any:
    """Return what the lazy object stands for, working it out if that has not happened yet."""
    wrapped = lazy_object._wrapped
    if wrapped is empty:
        lazy_object._setup()
        wrapped = lazy_object._wrapped
    return wrapped


def unpickle_lazyobject(wrapped: T) -> T:
    """Return the argument; a pickled lazy object comes back as what it stood for."""
    return wrapped


class LazyObject:
    """Stands in for another object that is made on first use, by `_setup()` in a subclass."""

    # None, not `empty`, until __init__ has run: a debugger may look at a half-made instance.
    _wrapped: Any = None

    def __init__(self) -> None:
        self.__dict__["_wrapped"] = empty

    def _setup(self) -> None:
        """Make the object and assign it to `self._wrapped`."""
        raise NotImplementedError("subclasses of LazyObject must provide a _setup() method")

    def __getattr__(self, name: str) -> Any:
        return getattr(_filled(self), name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "_wrapped":
            self.__dict__[name] = value
        else:
            setattr(_filled(self), name, value)

    def __delattr__(self, name: str) -> None:
        if name == "_wrapped":
            raise TypeError("can't delete _wrapped.")
        delattr(_filled(self), name)

    # `isinstance(lazy, X)` asks for __class__, so a lazy object passes for what it holds.
    @property  # type: ignore[misc]
    def __class__(self) -> type:
        return _filled(self).__class__

    def __reduce__(self) -> tuple[Any, ...]:
        return unpickle_lazyobject, (_filled(self),)

    def __copy__(self) -> Any:
        return self._unfilled() if self._wrapped is empty else copy.copy(self._wrapped)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if self._wrapped is not empty:
            return copy.deepcopy(self._wrapped, memo)
        twin = memo[id(self)] = self._unfilled()
        return twin

    def _unfilled(self) -> LazyObject:
        """Return another lazy object that will make the same thing."""
        return type(self)()

    def __bytes__(self) -> bytes:
        return bytes(_filled(self))

    def __str__(self) -> str:
        return str(_filled(self))

    def __bool__(self) -> bool:
        return bool(_filled(self))

    def __hash__(self) -> int:
        return hash(_filled(self))

    def __dir__(self) -> Iterable[str]:
        return dir(_filled(self))

    def __eq__(self, other: object) -> bool:
        return _filled(self) == other

    def __ne__(self, other: object) -> bool:
        return _filled(self) != other

    def __lt__(self, other: Any) -> bool:
        return _filled(self) < other

    def __gt__(self, other: Any) -> bool:
        return _filled(self) > other

    __getitem__ = _Borrowed()
    __setitem__ = _Borrowed()
    __delitem__ = _Borrowed()
    __iter__ = _Borrowed()
    __len__ = _Borrowed()
    __contains__ = _Borrowed()


def new_method_proxy(func: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method for a LazyObject subclass that applies `func` to what it stands for."""

    def method(self: LazyObject, *args: Any) -> Any:
        return func(_filled(self), *args)

    return method


class SimpleLazyObject(LazyObject):
    """Stands in for what `func()` returns; `func` is called on first use and not again."""

    def __init__(self, func: Callable[[], Any]) -> None:
        state = self.__dict__
        state["_setupfunc"] = func
        state["_wrapped"] = empty

    def _setup(self) -> None:
        self._wrapped = self._setupfunc()

    def _unfilled(self) -> LazyObject:
        return SimpleLazyObject(self._setupfunc)

    def __repr__(self) -> str:
        shown = self._wrapped
        if shown is empty:
            shown = self._setupfunc
            # The repr of a bound method holds the repr of its object: us again, without end.
            if getattr(shown, "__self__", None) is self:
                shown = f"<bound method {shown.__name__}>"
        return f"<{type(self).__name__}: {shown!r}>"

    def __add__(self, other: Any) -> Any:
        return _filled(self) + other

    def __radd__(self, other: Any) -> Any:
        return other + _filled(self)


def partition(predicate: Callable[[S], Any], values: Iterable[S]) -> tuple[list[S], list[S]]:
    """Split values into those that fail and those that pass: `partition(odd, range(4)) == ([0, 2], [1, 3])`."""
    failed: list[S] = []
    passed: list[S] = []
    for value in values:
        (passed if predicate(value) else failed).append(value)
    return failed, passed
