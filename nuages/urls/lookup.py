"""From path to view, at a cost that does not grow with the number of routes.

`Lookup` is made from a resolver's whole tree: whole literal paths in a dict, then a tree by segment in which
parameters are branches too; what is neither (regular expressions, `<path:…>`, translated prefixes) hangs in
that tree where its literal beginning ends, and is tried by itself. The tree only collects candidates; the one
that stands first in the configuration and matches is taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from nuages.urls.match import ResolverMatch
from nuages.urls.pattern import Matched
from nuages.urls.route import Param, Pieces, stays_in_segment

if TYPE_CHECKING:
    from nuages.urls.nodes import URLPattern, URLResolver

    Chain = tuple[Any, ...]


class Entry:
    """A place in the configuration that a path can lead to: the chain of nodes down to it."""

    def __init__(self, chain: Chain, position: int = 0) -> None:
        self.chain = chain
        self.position = position

    def attempt(self, path: str) -> ResolverMatch | None:
        """Match each node of the chain in turn."""
        raise NotImplementedError


class Leaf(Entry):
    """A view that is reached by matching the nodes one by one."""

    def attempt(self, path: str) -> ResolverMatch | None:
        *resolvers, view = self.chain
        reached = _descend(resolvers, path)
        return reached and _inside(view.resolve(reached[0]), reached[1])


class Mount(Entry):
    """A resolver with a table of its own, below a prefix that is matched first."""

    def attempt(self, path: str) -> ResolverMatch | None:
        reached = _descend(self.chain, path)
        return reached and _inside(self.chain[-1].lookup.find(reached[0]), reached[1])


Layers = list[tuple[Any, Matched]]


def _descend(resolvers: Iterable[Any], path: str) -> tuple[str, Layers] | None:
    layers = []
    for resolver in resolvers:
        matched = resolver.pattern.match(path)
        if not matched:
            return None
        layers.append((resolver, matched))
        path = matched[0]
    return path, layers


def _inside(found: ResolverMatch | None, layers: Layers) -> ResolverMatch | None:
    for resolver, matched in reversed(layers):
        if found is None:
            return None
        found = below(found, resolver, matched, join_routes(str(resolver.pattern), found.route or ""))
    return found


def below(found: ResolverMatch, resolver: URLResolver, matched: Matched, route: str | None) -> ResolverMatch:
    """Return a match with what the resolver above it adds."""
    _, args, captured = matched
    kwargs = {**captured, **resolver.defaults, **found.kwargs}
    return ResolverMatch(
        found.func,
        # Unnamed groups count only as long as nothing has a name.
        found.args if kwargs else args + found.args,
        kwargs,
        found.url_name,
        [resolver.app_name, *found.app_names],
        [resolver.namespace, *found.namespaces],
        route,
        captured_kwargs={**captured, **(found.captured_kwargs or {})},
        extra_kwargs={**resolver.defaults, **(found.extra_kwargs or {})},
    )


def join_routes(outer: str, inner: str) -> str:
    """Return the route of a pattern below a prefix."""
    return outer + inner.removeprefix("^") if outer else inner


class Straight(Entry):
    """A view whose whole path is text and parameters that stay within a segment: the tree matches it by itself."""

    def __init__(self, chain: Chain, position: int, params: list[Param]) -> None:
        super().__init__(chain, position)
        view: URLPattern = chain[-1]
        self._params = params
        route = ""
        extra: dict[str, Any] = {}
        for node in chain:
            route = join_routes(route, str(node.pattern))
            extra.update(node.defaults)
        self._extra = extra
        # Copied for each match; with all that stays the same for the same view.
        self._state = dict(
            vars(
                ResolverMatch(
                    view.callback,
                    (),
                    {},
                    view.pattern.name,
                    [node.app_name for node in chain[:-1]],
                    [node.namespace for node in chain[:-1]],
                    route,
                    extra_kwargs=extra,
                )
            )
        )

    def whole(self) -> ResolverMatch:
        """Return the match for a path that has no parameters."""
        found = ResolverMatch.__new__(ResolverMatch)
        state = self._state.copy()
        state["kwargs"], state["captured_kwargs"], state["is_fixed"] = self._extra.copy(), {}, True
        found.__dict__ = state
        return found

    def taken(self, values: tuple[str, ...]) -> ResolverMatch | None:
        """Return the match for the texts of the parameters; None if a converter refuses one."""
        captured: dict[str, Any] = {}
        try:
            for (name, converter), value in zip(self._params, values):
                captured[name] = converter.to_python(value)
        except ValueError:
            return None
        found = ResolverMatch.__new__(ResolverMatch)
        state = self._state.copy()
        state["kwargs"], state["captured_kwargs"] = {**captured, **self._extra}, captured
        found.__dict__ = state
        return found


Test = Callable[[str], Any]


class _Node:
    """A place in the tree: the path up to a slash."""

    __slots__ = ("ends", "literals", "tails", "tests")

    def __init__(self) -> None:
        self.literals: dict[str, _Node] = {}
        #: Segments with parameters: (expression, the test for it, the node behind).
        self.tests: list[tuple[str, Test, _Node]] = []
        self.ends: list[Straight] = []
        self.tails: list[Entry] = []

    def behind(self, expression: str, test: Test) -> _Node:
        for known, _, node in self.tests:
            if known == expression:
                return node
        node = _Node()
        self.tests.append((expression, test, node))
        return node


class Lookup:
    """The table of one resolver."""

    def __init__(self, resolver: URLResolver) -> None:
        self._root = _Node()
        self.literals: dict[str, Straight] = {}
        self._count = 0
        literal_paths: list[str] = []
        self._fold(resolver, (), (), frozenset([id(resolver.urlconf_module)]), literal_paths)
        for path in literal_paths:
            first, values = min(self._candidates(path), key=_position)
            # What stands before it and might match as well has to be asked each time.
            if isinstance(first, Straight) and not values:
                self.literals[path] = first

    def find(self, path: str) -> ResolverMatch | None:
        """Return the match for what is left of a path, or None."""
        straight = self.literals.get(path)
        if straight is not None:
            return straight.whole()
        segments = path.split("/")
        candidates = self._only_way(segments)
        if candidates is None:
            candidates = []
            _collect(self._root, segments, 0, len(segments), (), candidates)
        if len(candidates) > 1:
            candidates.sort(key=_position)
        for entry, values in candidates:
            found = entry.taken(values) if isinstance(entry, Straight) else entry.attempt(path)
            if found is not None:
                return found
        return None

    # -- making it

    def _fold(
        self,
        resolver: URLResolver,
        above: Chain,
        pieces: Pieces,
        active: frozenset[int],
        literal_paths: list[str],
    ) -> None:
        for node in resolver.url_patterns:
            chain = (*above, node)
            own = None if node.pattern.translated else node.pattern.pieces()
            if own is None:
                entry = Mount(chain) if node.is_resolver else Leaf(chain)
                beginning = "" if node.pattern.translated else node.pattern.beginning()
                self._add_tail((*pieces, beginning), entry)
            elif not node.is_resolver:
                self._add_view(chain, (*pieces, *own), literal_paths)
            elif _is_whole(own) and id(node.urlconf_module) not in active:
                self._fold(node, chain, (*pieces, *own), active | {id(node.urlconf_module)}, literal_paths)
            else:
                self._add_tail((*pieces, *own), Mount(chain))

    def _add_view(self, chain: Chain, pieces: Pieces, literal_paths: list[str]) -> None:
        params = [piece for piece in pieces if isinstance(piece, Param)]
        names = {param.name for param in params}
        simple = len(names) == len(params) and names.isdisjoint(
            name for node in chain[:-1] for name in node.defaults
        )
        if not simple or not all(stays_in_segment(param.converter.regex) for param in params):
            self._add_tail(pieces, Leaf(chain))
            return
        node = self._root
        for segment in _segments(pieces):
            node = _step(node, segment)
        node.ends.append(Straight(chain, self._next(), params))
        if not params:
            literal_paths.append("".join(map(str, pieces)))

    def _add_tail(self, pieces: Pieces, entry: Entry) -> None:
        entry.position = self._next()
        node = self._root
        # The last segment may go on; only what has a slash behind it is certain.
        for segment in _segments(pieces)[:-1]:
            if any(isinstance(p, Param) and not stays_in_segment(p.converter.regex) for p in segment):
                break
            node = _step(node, segment)
        node.tails.append(entry)

    def _next(self) -> int:
        self._count += 1
        return self._count

    # -- using it

    def _only_way(self, segments: list[str]) -> list[tuple[Any, tuple[str, ...]]] | None:
        """Walk down without looking left and right; None where there is more than one way."""
        node = self._root
        values: tuple[str, ...] = ()
        for segment in segments:
            if node.tails:
                return None
            below = node.literals.get(segment)
            tests = node.tests
            if tests:
                if below is not None or len(tests) > 1:
                    return None
                _, test, below = tests[0]
                taken = test(segment)
                if not taken:
                    return []
                values += taken
            elif below is None:
                return []
            node = below
        return None if node.tails else [(entry, values) for entry in node.ends]

    def _candidates(self, path: str) -> list[tuple[Any, tuple[str, ...]]]:
        segments = path.split("/")
        found: list[tuple[Any, tuple[str, ...]]] = []
        _collect(self._root, segments, 0, len(segments), (), found)
        return found


def _position(candidate: tuple[Entry, Any]) -> int:
    return candidate[0].position


def _collect(
    node: _Node,
    segments: list[str],
    at: int,
    end: int,
    values: tuple[str, ...],
    found: list[tuple[Any, tuple[str, ...]]],
) -> None:
    for tail in node.tails:
        found.append((tail, ()))
    if at == end:
        for entry in node.ends:
            found.append((entry, values))
        return
    segment = segments[at]
    below = node.literals.get(segment)
    if below is not None:
        _collect(below, segments, at + 1, end, values, found)
    for _, test, behind in node.tests:
        taken = test(segment)
        if taken:
            _collect(behind, segments, at + 1, end, values + taken, found)


def _is_whole(pieces: Pieces) -> bool:
    """Say whether a prefix can be joined with what comes below it.

    Its last segment must be plain text, as a parameter at the end takes as much as it can before the pattern
    below gets its turn; so does one that may hold slashes.
    """
    last = pieces[-1] if pieces else ""
    return (
        (not isinstance(last, Param))
        and all(stays_in_segment(piece.converter.regex) for piece in pieces if isinstance(piece, Param))
        and (all(isinstance(piece, str) for piece in pieces) or "/" in last)
    )


def _segments(pieces: Pieces) -> list[list[str | Param]]:
    segments: list[list[str | Param]] = [[]]
    for piece in pieces:
        if isinstance(piece, Param):
            segments[-1].append(piece)
            continue
        first, *others = piece.split("/")
        segments[-1].append(first)
        segments += [[text] for text in others]
    return segments


def _step(node: _Node, segment: list[str | Param]) -> _Node:
    if all(isinstance(piece, str) for piece in segment):
        return node.literals.setdefault("".join(map(str, segment)), _Node())
    expression = "".join(
        re.escape(piece) if isinstance(piece, str) else f"({piece.converter.regex})" for piece in segment
    )
    return node.behind(expression, _test_for(expression))


def _test_for(expression: str) -> Test:
    if expression == "([^/]+)":
        return lambda segment: (segment,) if segment else ()
    if expression == "([0-9]+)":
        return lambda segment: (segment,) if segment.isascii() and segment.isdigit() else ()
    fullmatch = re.compile(expression).fullmatch

    def test(segment: str) -> tuple[Any, ...]:
        matched = fullmatch(segment)
        return matched.groups() if matched else ()

    return test
