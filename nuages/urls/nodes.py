"""The nodes of a URL configuration: `URLPattern` leads to a view, `URLResolver` to more nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any, ClassVar

from nuages.core.exceptions import ImproperlyConfigured
from nuages.urls.checks import (
    check_included_patterns,
    check_pattern_name,
    check_view,
    no_dollar_before_include,
)
from nuages.urls.exceptions import Resolver404
from nuages.urls.lookup import Lookup, Straight, below
from nuages.urls.match import ResolverMatch, Tried, path_of
from nuages.urls.pattern import Pattern
from nuages.urls.reversing import Names, Possibility
from nuages.urls.utils import get_callable
from nuages.utils.datastructures import MultiValueDict
from nuages.utils.functional import cached_property


class URLPattern:
    """A pattern and the view it leads to."""

    is_resolver: ClassVar[bool] = False

    def __init__(
        self,
        pattern: Pattern,
        callback: Callable[..., Any],
        default_args: dict[str, Any] | None = None,
        name: str | None = None,
    ) -> None:
        self.pattern = pattern
        self.callback = callback
        self.default_args = default_args or {}
        self.name = name

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.pattern.describe()}>"

    @property
    def defaults(self) -> dict[str, Any]:
        """The extra arguments that are passed whatever was captured."""
        return self.default_args

    @cached_property
    def lookup_str(self) -> str:
        """The dotted path of the view."""
        return path_of(self.callback)

    def resolve(self, path: str) -> ResolverMatch | None:
        """Return the match for a path, None if the pattern does not match."""
        matched = self.pattern.match(path)
        if not matched:
            return None
        _, args, captured = matched
        return ResolverMatch(
            self.callback,
            args,
            {**captured, **self.default_args},
            self.pattern.name,
            route=str(self.pattern),
            captured_kwargs=captured,
            extra_kwargs=self.default_args,
        )

    def check(self) -> list[Any]:
        """Return what the system check framework should say about this pattern."""
        return [*check_pattern_name(self), *self.pattern.check(), *check_view(self)]


class URLResolver:
    """A pattern for a prefix and the URL configuration below it.

    Matching and reversing work on tables that are made from the whole tree on first use (`Lookup`, `Names`).
    """

    is_resolver: ClassVar[bool] = True
    callback = None

    def __init__(
        self,
        pattern: Pattern,
        urlconf_name: Any,
        default_kwargs: dict[str, Any] | None = None,
        app_name: str | None = None,
        namespace: str | None = None,
    ) -> None:
        self.pattern = pattern
        self.urlconf_name = urlconf_name
        self.default_kwargs = default_kwargs or {}
        self.app_name = app_name
        self.namespace = namespace

    def __repr__(self) -> str:
        if isinstance(self.urlconf_name, list) and self.urlconf_name:
            below = f"<{type(self.urlconf_name[0]).__name__} list>"
        else:
            below = repr(self.urlconf_name)
        return f"<{type(self).__name__} {below} ({self.app_name}:{self.namespace}) {self.pattern.describe()}>"

    @property
    def defaults(self) -> dict[str, Any]:
        """The extra arguments that every view below gets."""
        return self.default_kwargs

    @cached_property
    def urlconf_module(self) -> Any:
        """The module (or list) that holds the patterns."""
        return import_module(self.urlconf_name) if isinstance(self.urlconf_name, str) else self.urlconf_name

    @cached_property
    def url_patterns(self) -> Any:
        """The nodes below."""
        patterns = getattr(self.urlconf_module, "urlpatterns", self.urlconf_module)
        try:
            iter(patterns)
        except TypeError as error:
            raise ImproperlyConfigured(
                f"The included URLconf '{self.urlconf_name}' does not appear to have any patterns in it. "
                "If you see the 'urlpatterns' variable with valid patterns in the file then the issue is "
                "probably caused by a circular import."
            ) from error
        return patterns

    # -- from path to view

    @cached_property
    def lookup(self) -> Lookup:
        """The table that paths below this prefix are looked up in."""
        return Lookup(self)

    @cached_property
    def _adds(self) -> bool:
        return bool(self.default_kwargs or self.app_name or self.namespace)

    @cached_property
    def _whole_paths(self) -> dict[str, tuple[Straight, tuple[URLResolver, str]]]:
        """The views behind paths without parameters, prefix and all, where the prefix is text and adds nothing."""
        pieces = None if self._adds or self.pattern.translated else self.pattern.pieces()
        if pieces is None or not all(isinstance(piece, str) for piece in pieces):
            return {}
        prefix = "".join(map(str, pieces))
        return {f"{prefix}{rest}": (view, (self, rest)) for rest, view in self.lookup.literals.items()}

    def is_whole_path(self, path: str) -> bool:
        """Say whether a view is known to be behind a path that has no parameters.

        That asks neither converters nor the module of the patterns: there is no table before one has been resolved.
        """
        known = self.__dict__.get("_whole_paths")
        return known is not None and path in known

    def resolve(self, path: Any) -> ResolverMatch:
        """Return the match for a path or raise `Resolver404`."""
        path = str(path)
        known = self._whole_paths.get(path)
        if known is not None:
            view, source = known
            match = view.whole()
            match._source = source
            return match
        matched = self.pattern.match(path)
        if not matched:
            raise Resolver404({"path": path})
        rest, args, captured = matched
        found = self.lookup.find(rest)
        if found is None:
            raise Resolver404({"tried": Tried(self, rest), "path": rest})
        if args or captured or self._adds:
            found = below(found, self, matched, found.route)
        found._source = (self, rest)
        return found

    def resolve_error_handler(self, view_type: int) -> Callable[..., Any]:
        """Return the view for an error status: the configuration's `handler404` or the default."""
        handler = getattr(self.urlconf_module, f"handler{view_type}", None)
        if not handler:
            from nuages.conf import urls

            handler = getattr(urls, f"handler{view_type}")
        return get_callable(handler)

    # -- from name to path

    @cached_property
    def names(self) -> Names:
        """The table that names are reversed with."""
        return Names(self)

    @property
    def namespace_dict(self) -> dict[str, tuple[str, URLResolver]]:
        """(prefix, resolver) of each instance namespace below."""
        return {
            namespace: (Possibility.regex_of(chain), chain[-1])
            for namespace, chain in self.names.namespaces.items()
        }

    @property
    def app_dict(self) -> dict[str, list[str]]:
        """The instance namespaces of each application namespace below."""
        return self.names.apps

    @property
    def reverse_dict(self) -> MultiValueDict:
        """What can be reversed: (possibilities, pattern, defaults, converters) by name and by view."""
        table: MultiValueDict = MultiValueDict()
        for key, chains in self.names.chains.items():
            for chain in chains:
                possibility = Possibility(chain)
                table.appendlist(
                    key,
                    (possibility.formats(), possibility.regex, possibility.defaults, possibility.converters),
                )
        return table

    def reverse(self, lookup_view: Any, *args: Any, **kwargs: Any) -> str:
        """Return the path for a name or view, without a prefix."""
        return self.names.reverse(lookup_view, "", args, kwargs)

    def _is_callback(self, name: str) -> bool:
        return any(
            _is_view(node, name) if not node.is_resolver else node._is_callback(name)
            for node in self.url_patterns
        )

    # -- system checks

    def check(self) -> list[Any]:
        """Return what the system check framework should say about this resolver and those below."""
        return [*no_dollar_before_include(self), *check_included_patterns(self), *self.pattern.check()]

    def walk(self) -> Iterator[tuple[Any, ...]]:
        """Yield the chain of nodes down to every view."""
        for node in self.url_patterns:
            if node.is_resolver:
                for chain in node.walk():
                    yield (node, *chain)
            else:
                yield (node,)


def _is_view(node: URLPattern, name: str) -> bool:
    callback = node.callback
    qualified = f"{callback.__module__}.{getattr(callback, '__qualname__', '')}"
    return name in (node.lookup_str, qualified)
