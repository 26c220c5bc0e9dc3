"""`ResolverMatch`: which view a path leads to, and with which arguments."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from nuages.utils.functional import cached_property

if TYPE_CHECKING:
    from nuages.urls.nodes import URLPattern, URLResolver


class Tried(Sequence[Any]):
    """The patterns that were tried for a path, worked out when somebody looks: pages that show errors do."""

    def __init__(self, resolver: URLResolver, path: str) -> None:
        self._resolver, self._path = resolver, path

    @cached_property
    def _found(self) -> list[list[URLPattern | URLResolver]]:
        return tried_in_order(self._resolver, self._path)[0]

    def __getitem__(self, index: Any) -> Any:
        return self._found[index]

    def __len__(self) -> int:
        return len(self._found)

    def __repr__(self) -> str:
        return repr(self._found)


def tried_in_order(resolver: URLResolver, path: str) -> tuple[list[list[URLPattern | URLResolver]], bool]:
    """Go through the patterns one by one; return the chains tried and whether the last of them matched."""
    tried: list[list[URLPattern | URLResolver]] = []
    for node in resolver.url_patterns:
        matched = node.pattern.match(path)
        if not node.is_resolver or not matched:
            tried.append([node])
            if matched:
                return tried, True
            continue
        below, hit = tried_in_order(node, matched[0])
        tried += [[node, *chain] for chain in below] or [[node]]
        if hit:
            return tried, True
    return tried, False


class ResolverMatch:
    """The view for a path. Unpacks as `func, args, kwargs`."""

    #: Whether the path leads here in every language, and nothing had to be asked of patterns and converters.
    is_fixed = False

    def __init__(
        self,
        func: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        url_name: str | None = None,
        app_names: Iterable[str | None] | None = None,
        namespaces: Iterable[str | None] | None = None,
        route: str | None = None,
        tried: Sequence[Any] | None = None,
        captured_kwargs: dict[str, Any] | None = None,
        extra_kwargs: dict[str, Any] | None = None,
    ) -> None:
        self.func, self.args, self.kwargs = func, args, kwargs
        self.captured_kwargs, self.extra_kwargs = captured_kwargs, extra_kwargs
        self.url_name, self.route = url_name, route
        self._tried = tried
        #: Where `tried` can be worked out from: the resolver, and the path below it.
        self._source: tuple[URLResolver, str] | None = None
        self.app_names = [name for name in app_names or () if name]
        self.app_name = ":".join(self.app_names)
        self.namespaces = [name for name in namespaces or () if name]
        self.namespace = ":".join(self.namespaces)
        self._func_path = path_of(func)
        self.view_name = ":".join([*self.namespaces, url_name or self._func_path])

    @property
    def tried(self) -> Sequence[Any] | None:
        """The patterns that were tried, up to the one that matched."""
        if self._tried is None and self._source is not None:
            self._tried = Tried(*self._source)
        return self._tried

    def __getitem__(self, index: int) -> Any:
        return (self.func, self.args, self.kwargs)[index]

    def __iter__(self) -> Iterator[Any]:
        return iter((self.func, self.args, self.kwargs))

    def __repr__(self) -> str:
        func = repr(self.func) if isinstance(self.func, functools.partial) else self._func_path
        shown = (
            f"func={func}, args={self.args!r}, kwargs={self.kwargs!r}, url_name={self.url_name!r}, "
            f"app_names={self.app_names!r}, namespaces={self.namespaces!r}, route={self.route!r}"
        )
        if self.captured_kwargs:
            shown += f", captured_kwargs={self.captured_kwargs!r}"
        if self.extra_kwargs:
            shown += f", extra_kwargs={self.extra_kwargs!r}"
        return f"ResolverMatch({shown})"

    def __reduce_ex__(self, protocol: Any) -> Any:
        from pickle import PicklingError  # Nobody else here needs pickle.

        raise PicklingError(f"Cannot pickle {type(self).__qualname__}.")


def path_of(func: Any) -> str:
    """Return the dotted path of a view: of the class, for a class-based one or an instance."""
    if isinstance(func, functools.partial):
        return path_of(func.func)
    view_class = getattr(func, "view_class", None)
    if view_class is not None:
        return f"{view_class.__module__}.{view_class.__name__}"
    name = getattr(func, "__name__", None)
    if name is None:
        return f"{type(func).__module__}.{type(func).__name__}"
    return f"{func.__module__}.{name}"
