"""Making decorators for views: for methods, from middleware; specified in ref/utils."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import WRAPPER_ASSIGNMENTS, partial, update_wrapper, wraps
from inspect import iscoroutinefunction
from typing import Any, TypeVar

from nuages.spine import call, is_async, twin
from nuages.utils.deprecation import mark_coroutine_function

Decorator = Callable[[Any], Any]
Decorated = TypeVar("Decorated", bound=Callable[..., Any])


class classonlymethod(classmethod):  # type: ignore[type-arg]
    """A class method that instances do not have."""

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is not None:
            raise AttributeError("This method is available only on the class, not on instances.")
        return super().__get__(instance, owner)


def method_decorator(
    decorator: Decorator | Sequence[Decorator], name: str = ""
) -> Callable[[Decorated], Decorated]:
    """Make a decorator of functions fit for methods; on a class, `name` says which method.

    Several decorators may be given, the outermost first.
    """
    several = isinstance(decorator, Iterable) and not callable(decorator)
    # A slice refuses what has no order, as a set.
    decorators: list[Decorator] = list(decorator[:]) if several else [decorator]  # type: ignore[index, list-item]

    def decorate(obj: Any) -> Any:
        if not isinstance(obj, type):
            return _decorated_method(decorators, obj)
        if not (name and hasattr(obj, name)):
            raise ValueError(
                "The keyword argument `name` must be the name of a method of the decorated class: "
                f"{obj}. Got '{name}' instead."
            )
        method = getattr(obj, name)
        if not callable(method):
            raise TypeError(f"Cannot decorate '{name}' as it isn't a callable attribute of {obj} ({method}).")
        setattr(obj, name, _decorated_method(decorators, method))
        return obj

    # A decorator should look like one; several are named by the last.
    if not several:
        update_wrapper(
            decorate, decorators[0], assigned=[a for a in WRAPPER_ASSIGNMENTS if hasattr(decorator, a)]
        )
    shown = decorator if hasattr(decorator, "__name__") else type(decorator)
    decorate.__name__ = f"method_decorator({shown.__name__})"
    return decorate


def _decorated_method(decorators: list[Decorator], method: Any) -> Any:
    def decorated(self: Any, *args: Any, **kwargs: Any) -> Any:
        # What the decorators see takes no `self`; a new one each time, as the method is bound anew.
        bound = wraps(method)(partial(method.__get__(self, type(self))))
        for decorator in reversed(decorators):
            bound = decorator(bound)
        return bound(*args, **kwargs)

    # The decorators may set attributes, which the result must have before it is ever called.
    for decorator in reversed(decorators):
        _copy_attributes_of(decorator, decorated)
    update_wrapper(decorated, method)
    if iscoroutinefunction(method):
        mark_coroutine_function(decorated)
    return decorated


def _copy_attributes_of(decorator: Decorator, target: Any) -> None:
    @decorator
    def dummy(*args: Any, **kwargs: Any) -> None:
        pass

    update_wrapper(target, dummy)


def decorator_from_middleware_with_args(middleware_class: type) -> Callable[..., Decorator]:
    """Return a maker of view decorators from a middleware class; it takes what the middleware takes."""
    return make_middleware_decorator(middleware_class)


def decorator_from_middleware(middleware_class: type) -> Decorator:
    """Return a view decorator that runs a middleware around one view."""
    return make_middleware_decorator(middleware_class)()


def make_middleware_decorator(middleware_class: type) -> Callable[..., Decorator]:
    """Return a function that takes the middleware's arguments and returns the decorator."""

    def with_arguments(*m_args: Any, **m_kwargs: Any) -> Decorator:
        def decorate(view_func: Any) -> Any:
            around = _Around(middleware_class(view_func, *m_args, **m_kwargs))
            if is_async(view_func):

                async def aview(request: Any, *args: Any, **kwargs: Any) -> Any:
                    response = await abefore(around, request, view_func, args, kwargs)
                    if response is None:
                        try:
                            response = await view_func(request, *args, **kwargs)
                        except Exception as error:
                            response = await afailed(around, request, error)
                    return await aafter(around, request, response)

                return wraps(view_func)(aview)

            def view(request: Any, *args: Any, **kwargs: Any) -> Any:
                response = before(around, request, view_func, args, kwargs)
                if response is None:
                    try:
                        response = call(view_func, request, *args, **kwargs)
                    except Exception as error:
                        response = failed(around, request, error)
                return after(around, request, response)

            # A view may be an object without a name.
            assigned = [name for name in WRAPPER_ASSIGNMENTS if hasattr(view_func, name)]
            return update_wrapper(view, view_func, assigned=assigned)

        return decorate

    return with_arguments


class _Around:
    """The hooks of one middleware, looked up once."""

    def __init__(self, middleware: Any) -> None:
        self.process_request = getattr(middleware, "process_request", None)
        self.process_view = getattr(middleware, "process_view", None)
        self.process_exception = getattr(middleware, "process_exception", None)
        self.process_template_response = getattr(middleware, "process_template_response", None)
        self.process_response = getattr(middleware, "process_response", None)


def before(
    around: _Around, request: Any, view_func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Run the hooks that come before the view; what one returns is the response."""
    response = call(around.process_request, request) if around.process_request else None
    if response is None and around.process_view:
        response = call(around.process_view, request, view_func, args, kwargs)
    return response


def failed(around: _Around, request: Any, error: Exception) -> Any:
    """Let the middleware answer for a view that raised; raise again where it does not."""
    response = call(around.process_exception, request, error) if around.process_exception else None
    if response is None:
        raise error
    return response


def after(around: _Around, request: Any, response: Any) -> Any:
    """Run the hooks that come after the view; on a template response, when it has been rendered."""
    if callable(getattr(response, "render", None)):
        if around.process_template_response:
            response = call(around.process_template_response, request, response)
        if around.process_response:
            response.add_post_render_callback(partial(call, around.process_response, request))
    elif around.process_response:
        return call(around.process_response, request, response)
    return response


abefore, afailed, aafter = twin(before), twin(failed), twin(after)


def sync_and_async_middleware(func: Any) -> Any:
    """Mark a middleware as one that runs in chains of either colour."""
    func.sync_capable = func.async_capable = True
    return func


def sync_only_middleware(func: Any) -> Any:
    """Mark a middleware as one for plain chains."""
    func.sync_capable, func.async_capable = True, False
    return func


def async_only_middleware(func: Any) -> Any:
    """Mark a middleware as one for async chains."""
    func.sync_capable, func.async_capable = False, True
    return func
