"""The steps of a query set that carry values: structure becomes the key, literals become values.

Each function gives the next shape and the values for it. On a warm shape that is one look-up; on a cold one
the names are resolved, which is where wrong ones are refused.
"""

from __future__ import annotations

import datetime
import decimal
import uuid
from collections.abc import Callable, Mapping, Sequence
from operator import is_
from typing import Any

from nuages.db.models.query_utils import Q
from nuages.db.models.shapes.clauses import where as where_clause
from nuages.db.models.shapes.keys import Opaque, key_of, key_of_pair, lift, lift_pair
from nuages.db.models.shapes.shape import Shape
from nuages.db.models.shapes.steps import Way, grow, grow_once, prepared

Taken = tuple[Shape, tuple[Any, ...]]


def filtered(
    shape: Shape,
    values: tuple[Any, ...],
    verb: str,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    sticky: bool = False,
    reuse_all: bool = False,
) -> Taken:
    """`filter()` or `exclude()`."""
    raw: list[Any] = []
    known_by: Any = None
    try:
        if kwargs and not args:
            known_by = (verb, sticky, reuse_all, *kwargs, *map(type, kwargs.values()))
            way = shape.next.get(known_by)
            if way is not None:
                return way.shape, way.taken(values, kwargs.values())
        if args:
            key: Any = (
                verb,
                sticky,
                reuse_all,
                *[
                    key_of_pair(arg[0], arg[1], raw) if type(arg) is tuple else key_of(arg, raw)
                    for arg in args
                ],
                "&",
                *[key_of_pair(name, value, raw) for name, value in kwargs.items()],
            )
        elif len(kwargs) == 1:
            ((name, value),) = kwargs.items()
            key = (verb, sticky, reuse_all, key_of_pair(name, value, raw))
        else:
            key = (
                verb,
                sticky,
                reuse_all,
                *[key_of_pair(name, value, raw) for name, value in kwargs.items()],
            )
        child = shape.next.get(key)
        if child is None:
            child = _grown(shape, key, verb, args, kwargs, sticky, reuse_all)
        elif known_by is not None and len(raw) == len(kwargs):
            # Not for the first time: it may come again.
            kinds = tuple(map(type, raw))
            if _PLAIN.issuperset(kinds) and all(map(is_, raw, kwargs.values())):
                shape.keep(known_by, Way(child, kinds))
        return child, prepared(child, values, raw)
    except Opaque:
        return _grown_once(shape, verb, args, kwargs, sticky, reuse_all), values


# Types that are no structure by themselves: of a step whose values are such, each one as it was given, names and types
# say where it leads.
_PLAIN = frozenset(
    {str, int, float, bytes, datetime.date, datetime.datetime, datetime.time, decimal.Decimal, uuid.UUID}
)


def _grown(
    shape: Shape,
    key: Any,
    verb: str,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    sticky: bool,
    reuse_all: bool,
) -> Shape:
    def extend(draft: Any, counter: Any) -> None:
        lifted = [
            (arg[0], lift_pair(arg[0], arg[1], counter)) if type(arg) is tuple else lift(arg, counter)
            for arg in args
        ]
        lifted += [(name, lift_pair(name, value, counter)) for name, value in kwargs.items()]
        where_clause.extend(draft, lifted, negate=verb == "exclude", sticky=sticky, reuse_all=reuse_all)

    return grow(shape, key, _words(verb, args, kwargs), extend)


def _grown_once(
    shape: Shape, verb: str, args: Sequence[Any], kwargs: Mapping[str, Any], sticky: bool, reuse_all: bool
) -> Shape:
    def extend(draft: Any, counter: Any) -> None:
        conditions = _real(args, kwargs)
        where_clause.extend(draft, conditions, negate=verb == "exclude", sticky=sticky, reuse_all=reuse_all)

    return grow_once(shape, _words(verb, args, kwargs), extend)


def _real(args: Sequence[Any], kwargs: Mapping[str, Any]) -> list[Any]:
    return [
        *args,
        *((name, list(value) if hasattr(value, "__next__") else value) for name, value in kwargs.items()),
    ]


def _words(verb: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
    parts = [f"{arg[0]}=?" if type(arg) is tuple else _form(arg) for arg in args]
    parts += [f"{name}={'?' if _is_plain(value) else _form(value)}" for name, value in kwargs.items()]
    return f"{verb}({', '.join(parts)})"


def _is_plain(value: Any) -> bool:
    return value is not None and not isinstance(value, bool) and not hasattr(value, "resolve_expression")


def _form(node: Any) -> str:
    """A node without its literals."""
    if isinstance(node, Q):
        inside = [
            f"{child[0]}={'?' if _is_plain(child[1]) else _form(child[1])}"
            if isinstance(child, tuple)
            else _form(child)
            for child in node.children
        ]
        text = f" {node.connector} ".join(inside)
        return f"{'NOT ' if node.negated else ''}({text})" if len(inside) > 1 or node.negated else text
    if node is None or isinstance(node, bool):
        return repr(node)
    if hasattr(node, "query"):
        return (
            f"{type(node).__name__}({node.query.shape!r})"
            if not hasattr(node, "_result_cache")
            else repr(node.query.shape)
        )
    if hasattr(node, "get_source_expressions"):
        inside = [_form(part) for part in node.get_source_expressions() if part is not None]
        return f"{type(node).__name__}({', '.join(inside) or '?' if hasattr(node, 'value') else ', '.join(inside)})"
    return repr(node)


def with_nodes(
    shape: Shape,
    values: tuple[Any, ...],
    verb: str,
    structure: tuple[Any, ...],
    nodes: Sequence[Any],
    extend: Callable[[Any, list[Any]], None],
    words: str,
) -> Taken:
    """Any step made of a structure and nodes that may hold literals; `extend(draft, nodes)` does it."""
    raw: list[Any] = []
    try:
        key = (verb, *structure, *[key_of(node, raw) for node in nodes])
        child = shape.next.get(key)
        if child is None:
            child = grow(
                shape,
                key,
                words,
                lambda draft, counter: extend(draft, [lift(node, counter) for node in nodes]),
            )
        return child, prepared(child, values, raw)
    except Opaque:
        return grow_once(shape, words, lambda draft, counter: extend(draft, list(nodes))), values


def with_numbers(
    shape: Shape,
    values: tuple[Any, ...],
    key: Any,
    numbers: Sequence[Any],
    extend: Callable[[Any, list[Any]], None],
    words: str,
) -> Taken:
    """A step whose values are plain numbers, such as a slice."""
    child = shape.next.get(key)
    if child is None:
        child = grow(
            shape, key, words, lambda draft, counter: extend(draft, [counter.take() for _ in numbers])
        )
    return child, (*values, *numbers)


def with_literals(
    shape: Shape,
    values: tuple[Any, ...],
    verb: str,
    structure: tuple[Any, ...],
    items: Sequence[Any],
    extend: Callable[[Any, list[Any]], None],
    words: str,
) -> Taken:
    """A step of a structure and of things that are either expressions or values, such as those of `update()`."""
    raw: list[Any] = []
    try:
        parts: list[Any] = []
        for item in items:
            if item is None:
                parts.append(None)
            elif hasattr(item, "resolve_expression"):
                parts.append(key_of(item, raw))
            else:
                parts.append("?")
                raw.append(item)
        key = (verb, *structure, *parts)
        child = shape.next.get(key)
        if child is None:

            def grown(draft: Any, counter: Any) -> None:
                extend(
                    draft,
                    [
                        None
                        if item is None
                        else lift(item, counter)
                        if hasattr(item, "resolve_expression")
                        else counter.take()
                        for item in items
                    ],
                )

            child = grow(shape, key, words, grown)
        return child, prepared(child, values, raw)
    except Opaque:
        return grow_once(shape, words, lambda draft, counter: extend(draft, list(items))), values
