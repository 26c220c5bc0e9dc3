"""The values a template is rendered with: a stack of dictionaries, looked through from the top."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from copy import copy
from types import TracebackType
from typing import Any

BUILTINS: dict[str, Any] = {"True": True, "False": False, "None": None}

_absent = object()


class ContextPopException(Exception):
    """pop() was called more often than push()."""


class ContextDict(dict[str, Any]):
    """A layer that takes itself off the stack when used as a context manager."""

    def __init__(self, context: BaseContext, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        context.dicts.append(self)
        self.context = context

    def __enter__(self) -> ContextDict:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.context.pop()


def _layers(args: tuple[Any, ...]) -> list[Any]:
    """Plain dictionaries of what was pushed; a context is taken apart into its layers."""
    layers: list[Any] = []
    for arg in args:
        layers.extend(arg.dicts[1:] if isinstance(arg, BaseContext) else [arg])
    return layers


class BaseContext:
    """The stack itself, without what rendering needs."""

    dicts: list[dict[str, Any]]

    def __init__(self, dict_: Any = None) -> None:
        # Each page makes two, of which one or both begin with nothing.
        if dict_ is None:
            self.dicts = [BUILTINS.copy()]
        else:
            self._reset_dicts(dict_)

    def _reset_dicts(self, value: Any = None) -> None:
        self.dicts = [BUILTINS.copy()]
        if isinstance(value, BaseContext):
            self.dicts += value.dicts[1:]
        elif value is not None:
            self.dicts.append(value)

    def __copy__(self) -> Any:
        twin = type(self).__new__(type(self))
        twin.__dict__.update(self.__dict__)
        twin.dicts = self.dicts[:]
        return twin

    def __repr__(self) -> str:
        return repr(self.dicts)

    def __iter__(self) -> Iterator[Any]:
        return reversed(self.dicts)

    def push(self, *args: Any, **kwargs: Any) -> ContextDict:
        """Put a layer on top; as a context manager it goes away at the end of the block."""
        layers = _layers(args)
        for layer in layers[:-1]:
            self.dicts.append(layer)
        return ContextDict(self, *layers[-1:], **kwargs)

    def pop(self) -> dict[str, Any]:
        """Take the top layer off and return it."""
        if len(self.dicts) == 1:
            raise ContextPopException
        return self.dicts.pop()

    def __setitem__(self, key: str, value: Any) -> None:
        self.dicts[-1][key] = value

    def set_upward(self, key: str, value: Any) -> None:
        """Set a variable in the nearest layer that has it, else in the top one."""
        for layer in reversed(self.dicts):
            if key in layer:
                layer[key] = value
                return
        self.dicts[-1][key] = value

    def __getitem__(self, key: str) -> Any:
        for layer in reversed(self.dicts):
            if key in layer:
                return layer[key]
        raise KeyError(key)

    def __delitem__(self, key: str) -> None:
        del self.dicts[-1][key]

    def __contains__(self, key: object) -> bool:
        return any(key in layer for layer in self.dicts)

    def get(self, key: str, otherwise: Any = None) -> Any:
        """The variable's value, or `otherwise`."""
        for layer in reversed(self.dicts):
            if key in layer:
                return layer[key]
        return otherwise

    def setdefault(self, key: str, default: Any = None) -> Any:
        """The variable's value; if it has none, it gets `default` in the top layer."""
        value = self.get(key, _absent)
        if value is _absent:
            value = self[key] = default
        return value

    def new(self, values: Any = None) -> Any:
        """A context of the same kind and settings that holds `values` only."""
        fresh = copy(self)
        fresh._reset_dicts(values)
        return fresh

    def flatten(self) -> dict[str, Any]:
        """One dictionary of everything visible."""
        flat: dict[str, Any] = {}
        for layer in self.dicts:
            flat |= layer
        return flat

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, BaseContext):
            return NotImplemented
        return self.flatten() == other.flatten()

    __hash__ = None  # type: ignore[assignment]


class Context(BaseContext):
    """The variables and settings of one rendering."""

    # The layer for what context processors add; None where there are none.
    _processors_index: int | None = None

    def __init__(
        self,
        dict_: Any = None,
        autoescape: bool = True,
        use_l10n: bool | None = None,
        use_tz: bool | None = None,
    ) -> None:
        self.autoescape = autoescape
        self.use_l10n = use_l10n
        self.use_tz = use_tz
        self.template_name: str | None = "unknown"
        self.render_context = RenderContext()
        # Set while a template renders, so that tags find their engine.
        self.template: Any = None
        super().__init__(dict_)

    def __copy__(self) -> Any:
        twin = super().__copy__()
        twin.render_context = copy(self.render_context)
        return twin

    def bind_template(self, template: Any) -> AbstractContextManager[None]:
        """Make `template` the one being rendered, for the length of a with block."""
        return _Bound((self, template))

    def _added(self, template: Any) -> dict[str, Any]:
        """What context processors add."""
        return {}

    def update(self, other_dict: Any) -> ContextDict:
        """Put another dictionary's (or context's) variables on top, to stay there."""
        if not hasattr(other_dict, "__getitem__"):
            raise TypeError("other_dict must be a mapping (dictionary-like) object.")
        layers = _layers((other_dict,))
        for layer in layers[:-1]:
            self.dicts.append(layer)
        return ContextDict(self, *layers[-1:])


class RenderContext(BaseContext):
    """What tags remember during one rendering. Only the top layer is seen: an included template starts anew."""

    template: Any = None

    def __iter__(self) -> Iterator[Any]:
        yield from self.dicts[-1]

    def __contains__(self, key: object) -> bool:
        return key in self.dicts[-1]

    def get(self, key: Any, otherwise: Any = None) -> Any:
        """The value in the top layer, or `otherwise`."""
        return self.dicts[-1].get(key, otherwise)

    def __getitem__(self, key: Any) -> Any:
        return self.dicts[-1][key]

    @contextmanager
    def push_state(self, template: Any, isolated_context: bool = True) -> Iterator[None]:
        """Render `template` within: it becomes the current one and, unless told otherwise, remembers apart."""
        outer = self.template
        self.template = template
        if isolated_context:
            self.push()
        try:
            yield
        finally:
            self.template = outer
            if isolated_context:
                self.pop()


class RequestContext(Context):
    """A context that knows its request and adds what the engine's context processors return."""

    def __init__(
        self,
        request: Any,
        dict_: Any = None,
        processors: Any = None,
        use_l10n: bool | None = None,
        use_tz: bool | None = None,
        autoescape: bool = True,
    ) -> None:
        super().__init__(dict_, autoescape, use_l10n, use_tz)
        self.request = request
        self._processors = () if processors is None else tuple(processors)
        # A layer for the processors' variables, below one for what is set during rendering.
        self._processors_index = len(self.dicts)
        self.dicts += ({}, {})

    def _added(self, template: Any) -> dict[str, Any]:
        request = self.request
        added: dict[str, Any] = {}
        for processor in (*template.engine.template_context_processors, *self._processors):
            values = processor(request)
            try:
                added |= values
            except TypeError as error:
                name = getattr(processor, "__qualname__", repr(processor))
                raise TypeError(f"Context processor {name} didn't return a dictionary.") from error
        return added

    def new(self, values: Any = None) -> Any:
        """A context with the same request and none of the processors' variables."""
        fresh = super().new(values)
        fresh._processors_index = None
        return fresh


class _Bound(tuple[Context, Any]):
    """A context while it is bound to a template. A class by itself, as every page enters it."""

    __slots__ = ()

    def __enter__(self) -> None:
        context, template = self
        if context.template is not None:
            raise RuntimeError("Context is already bound to a template")
        context.template = template
        layer = context._processors_index
        if layer is not None:
            try:
                context.dicts[layer] = context._added(template)
            except BaseException:
                context.template = None
                raise

    def __exit__(self, *_: object) -> None:
        context, _ = self
        context.template = None
        layer = context._processors_index
        if layer is not None:
            context.dicts[layer] = {}


def make_context(
    context: Any,
    request: Any = None,
    autoescape: bool = True,
    use_l10n: bool | None = None,
    use_tz: bool | None = None,
) -> Context:
    """A context for a plain dictionary, with the request where there is one."""
    if context is not None and not isinstance(context, dict):
        raise TypeError(f"context must be a dict rather than {type(context).__name__}.")
    if request is None:
        return Context(context, autoescape, use_l10n, use_tz)
    # The given variables go on top of the processors', so that they win.
    bound = RequestContext(request, None, None, use_l10n, use_tz, autoescape)
    if context:
        # A plain layer, which does not refer back to the context: so its values are free as soon as the page is done.
        bound.dicts.append(dict(context))
    return bound


def visible(context: Mapping[str, Any] | BaseContext) -> dict[str, Any]:
    """Everything a template may read, as one new dictionary."""
    return context.flatten() if isinstance(context, BaseContext) else dict(context)
