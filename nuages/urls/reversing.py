"""From view names back to paths.

`Names` is the table of one resolver: for each name the chains of nodes that lead to it. A chain becomes a
`Possibility` when it is first asked for: the literal parts already quoted, the parameters in order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from nuages.urls.converters import NEVER_QUOTED, WRITTEN_BY_STR, Converter
from nuages.urls.exceptions import NoReverseMatch
from nuages.urls.forms import Form, forms_of
from nuages.urls.route import Param
from nuages.urls.writing import Step, Writer, quoted, writer_for
from nuages.utils.functional import cached_property
from nuages.utils.http import escape_leading_slashes
from nuages.utils.translation import get_language

if TYPE_CHECKING:
    from nuages.urls.nodes import URLResolver

    Chain = tuple[Any, ...]


def _shortest_way(
    converter: Converter,
) -> tuple[Callable[[Any], str] | None, Callable[[str], Any], Callable[[str], str] | None]:
    """Return how a converter's values are written, tested and quoted; those of our own need little of it."""
    kind = type(converter)
    return (
        None if kind in WRITTEN_BY_STR else converter.to_url,
        re.compile(converter.regex).fullmatch,
        None if kind in NEVER_QUOTED else quoted,
    )


# Templates have names; prefixes come with requests.
_MOST_WRITERS = 4096


class Possibility:
    """One chain of nodes and the paths that it can give."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self.defaults: dict[str, Any] = {}
        self.converters: dict[str, Converter] = {}
        for node in chain:
            self.defaults.update(node.defaults)
            self.converters.update(node.pattern.converters)
        pieces = [node.pattern.pieces() for node in chain]
        self.regex = self.regex_of(chain)
        if all(known is not None for known in pieces):
            flat = [piece for known in pieces for piece in known or ()]
            self.forms = [
                Form((True, piece.name) if isinstance(piece, Param) else (False, piece) for piece in flat)
            ]
            self._tests = {
                piece.name: re.compile(piece.converter.regex).fullmatch
                for piece in flat
                if isinstance(piece, Param)
            }
        else:
            self.forms = forms_of(self.regex)
            self._tests = {}
        self.quick_form = self._steps()
        self._by_parts = bool(self._tests) or all(not form.params for form in self.forms)

    @staticmethod
    def regex_of(chain: Chain) -> str:
        """Return the expression of the whole chain, without the caret."""
        return "".join(node.pattern.regex_source().removeprefix("^") for node in chain)

    @cached_property
    def _whole(self) -> Callable[[str], Any]:
        return re.compile(self.regex).match

    def formats(self) -> list[tuple[str, list[str]]]:
        """Return the forms as %-templates with their parameters."""
        return [
            (
                form.written({name: f"%({name})s" for name in form.params}, str),
                form.params,
            )
            for form in self.forms
        ]

    def path(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str | None:
        """Return the quoted path for the arguments, None if they do not fit."""
        if self.quick_form is not None:
            path = self._quickly(args, kwargs)
            if path is not None:
                return path
        for form in self.forms:
            values = self._assigned(form.params, args, kwargs)
            if values is None:
                continue
            texts = self._texts(values)
            if texts is not None and self._fits(form, texts):
                return form.written(texts, quoted)
        return None

    def _quickly(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str | None:
        """Return the path in the usual case: a route, exactly its arguments, each of which fits by itself."""
        assert self.quick_form is not None
        start, steps = self.quick_form
        if len(args or kwargs) != len(steps):
            return None
        path = start
        for place, (name, to_url, fullmatch, quote_if_needed, literal) in enumerate(steps):
            if args:
                value = args[place]
            elif name in kwargs:
                value = kwargs[name]
            else:
                return None
            if to_url is not None or type(value) is not str:
                try:
                    value = str((to_url or str)(value))
                except ValueError:
                    return None
            if fullmatch(value) is None:
                return None
            path += (value if quote_if_needed is None else quote_if_needed(value)) + literal
        return path

    def _steps(self) -> tuple[str, list[Step]] | None:
        if not self._tests or len(self.forms) != 1 or len(self._tests) != len(self.forms[0].holes):
            return None
        form = self.forms[0]
        start, *literals = map(quoted, form.literals)
        return start, [
            (name, *_shortest_way(self.converters[name]), literal)
            for name, literal in zip(form.holes, literals)
        ]

    def _assigned(
        self, params: list[str], args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> Mapping[str, Any] | None:
        if args:
            return dict(zip(params, args)) if len(args) == len(params) else None
        given, wanted = kwargs.keys(), set(params)
        # Defaults need not be given, but what is given has to be what they say.
        if (given ^ wanted) - self.defaults.keys() or wanted - given:
            return None
        for name in given - wanted:
            if kwargs[name] != self.defaults[name]:
                return None
        return kwargs

    def _texts(self, values: Mapping[str, Any]) -> dict[str, str] | None:
        texts = {}
        for name, value in values.items():
            converter = self.converters.get(name)
            if converter is None:
                texts[name] = str(value)
                continue
            try:
                texts[name] = str(converter.to_url(value))
            except ValueError:
                return None
        return texts

    def _fits(self, form: Form, texts: Mapping[str, str]) -> bool:
        """Say whether the path would be matched by the pattern again."""
        if self._by_parts and all(test(texts[name]) for name, test in self._tests.items()):
            return True
        return self._whole(form.written(texts)) is not None


class Names:
    """What can be reversed from a resolver: views by name, resolvers by namespace."""

    def __init__(self, resolver: URLResolver) -> None:
        self.chains: dict[Any, list[Chain]] = {}
        self.namespaces: dict[str, Chain] = {}
        self.apps: dict[str, list[str]] = {}
        self._gather(resolver, (), frozenset([id(resolver.urlconf_module)]))
        #: By language: None where nothing on the way depends on it.
        self._found: dict[Any, list[Possibility]] = {}
        self._plain: dict[Any, str] = {}
        self._translated: dict[Any, bool] = {}
        self._writers: dict[Any, Writer] = {}

    def _gather(self, resolver: URLResolver, above: Chain, active: frozenset[int]) -> None:
        # The last pattern of a name comes first.
        for node in reversed(list(resolver.url_patterns)):
            chain = (*above, node)
            if not node.is_resolver:
                self._name(node.callback, chain)
                if node.name is not None:
                    self._name(node.name, chain)
            elif node.namespace:
                self.apps.setdefault(node.app_name, []).append(node.namespace)
                # An instance that stands nearer to the beginning hides a later one of the same name.
                self.namespaces[node.namespace] = chain
            elif id(node.urlconf_module) not in active:
                self._gather(node, chain, active | {id(node.urlconf_module)})

    def _name(self, key: Any, chain: Chain) -> None:
        try:
            self.chains.setdefault(key, []).append(chain)
        except TypeError:
            # A view object without a hash cannot be asked for either.
            return

    # -- reversing

    def reverse(
        self,
        view: Any,
        prefix: str,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        current_app: str | None = None,
    ) -> str:
        """Return the path for a name (perhaps with namespaces) or a view, below a script prefix."""
        key, possibilities = self._known(view, current_app)
        if not args and not kwargs:
            plain = self._plain.get((key, prefix))
            if plain is not None:
                return plain
        for possibility in possibilities:
            path = possibility.path(args, kwargs)
            if path is not None:
                # "//host/…" would be another site.
                url = path if prefix == "" else prefix + path if prefix == "/" else quoted(prefix) + path
                if url.startswith("//"):
                    url = escape_leading_slashes(url)
                if not args and not kwargs and (key in self._found):
                    self._plain[key, prefix] = url
                return url
        raise _no_match(view, args, kwargs, possibilities)

    def _known(self, view: Any, current_app: str | None) -> tuple[Any, list[Possibility]]:
        """Return the possibilities of a view, and what they are known under."""
        key: Any = (view, current_app)
        possibilities = self._found.get(key)
        if possibilities is None:
            if self._translated.get(key):
                key = (view, current_app, get_language())
                possibilities = self._found.get(key)
            if possibilities is None:
                possibilities = self._possibilities(view, current_app)
        return key, possibilities

    def is_translated(self, view: str, current_app: str | None) -> bool:
        """Say whether the paths of a view depend on the language."""
        self._known(view, current_app)
        return self._translated.get((view, current_app), False)

    def quick_form(
        self, view: str, current_app: str | None, count: int, keywords: set[str]
    ) -> tuple[str, list[Step]] | None:
        """Return the text before the parameters, and these, of the route that takes exactly these arguments.

        None where there is no such route, or something comes before it that might take them in another way.
        """
        for possibility in self._known(view, current_app)[1]:
            form = possibility.quick_form
            if form is None:
                return None
            _, steps = form
            if len(steps) == count and (not keywords or keywords == {name for name, *_ in steps}):
                return form
            if possibility.defaults:
                return None
        return None

    def writer(
        self, view: str, prefix: str, keywords: tuple[str, ...], count: int, current_app: str | None
    ) -> Writer:
        """Return what writes the paths of a view below a script prefix."""
        key = (view, prefix, keywords, count, current_app)
        write = self._writers.get(key)
        if write is None:
            if len(self._writers) > _MOST_WRITERS:
                self._writers.clear()
            write = self._writers[key] = writer_for(self, view, prefix, keywords, count, current_app)
        return write

    def _possibilities(self, view: Any, current_app: str | None) -> list[Possibility]:
        name, above, names = view, (), self
        if isinstance(view, str) and ":" in view:
            *path, name = view.split(":")
            above, names = self._inside(path, current_app.split(":") if current_app else [])
        try:
            chains = names.chains.get(name, ()) if name is not None else ()
        except TypeError:
            chains = ()
        whole = [(*above, *chain) for chain in chains]
        possibilities = [Possibility(chain) for chain in whole]
        key: Any = (view, current_app)
        if whole:
            translated = any(node.pattern.translated for chain in whole for node in chain)
            self._translated[key] = translated
            self._found[(*key, get_language()) if translated else key] = possibilities
        return possibilities

    def _inside(self, path: list[str], current: list[str]) -> tuple[Chain, Names]:
        """Return the chain down to a namespace and the names in it (topics/http/urls, reversing namespaced URLs)."""
        above: Chain = ()
        names = self
        gone: list[str] = []
        for depth, wanted in enumerate(path):
            preferred = current[depth] if depth < len(current) else None
            instances = names.apps.get(wanted, ())
            if preferred in instances and preferred is not None:
                instance = preferred
            elif instances and wanted not in instances:
                instance = instances[0]
            else:
                instance = wanted
            if instance != preferred:
                # The current application is elsewhere; it says nothing about what lies deeper.
                current = []
            chain = names.namespaces.get(instance)
            if chain is None:
                if gone:
                    raise NoReverseMatch(
                        f"{instance!r} is not a registered namespace inside {':'.join(gone)!r}"
                    )
                raise NoReverseMatch(f"{instance!r} is not a registered namespace")
            gone.append(instance)
            above = (*above, *chain)
            names = chain[-1].names
        return above, names


def _no_match(
    view: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], possibilities: list[Possibility]
) -> NoReverseMatch:
    module, name = getattr(view, "__module__", None), getattr(view, "__name__", None)
    shown = f"{module}.{name}" if module is not None and name is not None else view
    if isinstance(shown, str) and ":" in shown:
        shown = shown.rpartition(":")[2]
    if not possibilities:
        return NoReverseMatch(
            f"Reverse for '{shown}' not found. '{shown}' is not a valid view function or pattern name."
        )
    if args:
        given = f"arguments '{args}'"
    elif kwargs:
        given = f"keyword arguments '{kwargs}'"
    else:
        given = "no arguments"
    patterns = [possibility.regex for possibility in possibilities]
    return NoReverseMatch(
        f"Reverse for '{shown}' with {given} not found. {len(patterns)} pattern(s) tried: {patterns}"
    )
