"""Telling structure from values in what callers pass to queries.

`key_of` walks a condition or expression without copying it, puts its literals into a list and returns a
hashable description of the rest; `lift` walks it in the same order and returns a copy with slots for
the literals. Two things that give equal keys therefore give equal lifted copies, and one plan serves both.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from numbers import Number
from typing import Any

from nuages.db.models.constants import LOOKUP_SEP
from nuages.db.models.shapes.slots import Opaque, Slot, SlotCounter

__all__ = ["LITERAL", "Opaque", "key_of", "key_of_pair", "lift", "lift_pair"]

# The key of one literal, whatever its value.
LITERAL = "?"

# Lists up to this length have their own shape; longer ones share one with the next power of two.
_EXACT_LENGTH = 16

_PLAIN = frozenset({str, int, float, bytes})

# Ends of lookups for which a plain value is more than a literal.
_IS_NULL, _TELLING = "__isnull", ("__isnull", "__in", "__range")


def _padded(length: int) -> int:
    return length if length <= _EXACT_LENGTH else 1 << (length - 1).bit_length()


def _is_node(value: Any) -> bool:
    return hasattr(value, "resolve_expression")


# Keyword lookups -------------------------------------------------------------------------------------------


def key_of_pair(name: str, value: Any, values: list[Any]) -> Hashable:
    """The key of one `name=value`; its literals are appended to `values`."""
    if type(value) in _PLAIN:
        if name.endswith(_TELLING):
            # A text is a list of its letters, unless a column is called so; and 1 is no truth value, though it is True.
            raise Opaque
        values.append(value)
        return name
    if value is None or value is True or value is False:
        return name, value
    if _is_node(value):
        return name, key_of(value, values)
    return name, _key_of_literal(_listing(name), value, values)


def lift_pair(name: str, value: Any, slots: SlotCounter) -> Any:
    """The right side of one `name=value`, with slots; walks as `key_of_pair` does."""
    if value is None or value is True or value is False or name.endswith(_IS_NULL):
        return value
    if _is_node(value):
        return lift(value, slots)
    return _lift_literal(_listing(name), value, slots)


def _listing(name: str) -> str:
    """How the lookup takes several values: as a set ("in"), in order ("range"), or not at all ("")."""
    _, is_lookup, last = name.rpartition(LOOKUP_SEP)
    return last if is_lookup and last in ("in", "range") else ""


def _items(value: Any) -> list[Any]:
    """The members of a list of values."""
    if isinstance(value, (list, tuple, set, frozenset)):
        return list(value)
    if isinstance(value, (str, bytes, dict)) or not hasattr(value, "__iter__") or hasattr(value, "__next__"):
        # Not what lists are made of, not a list at all, or one that can be read only once and has to be read twice.
        raise Opaque
    return list(value)


def _distinct(items: list[Any]) -> list[Any]:
    try:
        return list(dict.fromkeys(items))
    except TypeError:
        return items


def _parts(listing: str, value: Any) -> tuple[list[Any], bool] | None:
    """The members of a right side that is taken apart, and whether all are plain values; else None."""
    if not listing:
        # What no lookup takes apart is one literal, as for an array or a JSON document.
        if not isinstance(value, (list, tuple)) or not any(map(_is_node, value)):
            return None
        return list(value), False
    items = _items(value)
    if listing == "in":
        items = _distinct(items)
    if _PLAIN.issuperset(map(type, items)):
        return items, True
    return items, not any(item is None or _is_node(item) for item in items)


def _key_of_literal(listing: str, value: Any, values: list[Any]) -> Hashable:
    parts = _parts(listing, value)
    if parts is None:
        values.append(value)
        return LITERAL
    items, plain = parts
    if plain:
        length = _padded(len(items))
        values.extend(items)
        values.extend(items[-1:] * (length - len(items)))
        # Not the bare length: 1 and True are equal.
        return LITERAL, length
    return tuple(
        None if item is None else key_of(item, values) if _is_node(item) else _taken(item, values)
        for item in items
    )


def _taken(item: Any, values: list[Any]) -> Hashable:
    values.append(item)
    return LITERAL


def _lift_literal(listing: str, value: Any, slots: SlotCounter) -> Any:
    parts = _parts(listing, value)
    if parts is None:
        return slots.take()
    items, plain = parts
    if plain:
        return [slots.take() for _ in range(_padded(len(items)))]
    lifted = [
        None if item is None else lift(item, slots) if _is_node(item) else slots.take() for item in items
    ]
    return tuple(lifted) if isinstance(value, tuple) else lifted


# Nodes -----------------------------------------------------------------------------------------------------

_Key = Callable[[Any, list[Any]], Hashable]
_Lift = Callable[[Any, SlotCounter], Any]
_handlers: dict[type, tuple[_Key, _Lift]] = {}


def key_of(node: Any, values: list[Any]) -> Hashable:
    """The structure of `node`; its literals are appended to `values`. Raises Opaque where they cannot be told apart."""
    return (_handlers.get(type(node)) or _handlers_for(type(node)))[0](node, values)


def lift(node: Any, slots: SlotCounter) -> Any:
    """A copy of `node` with slots for its literals."""
    return (_handlers.get(type(node)) or _handlers_for(type(node)))[1](node, slots)


def _handlers_for(cls: type) -> tuple[_Key, _Lift]:
    """The pair of functions for a class, found by its bases and remembered."""
    from nuages.db.models import expressions
    from nuages.db.models.fields.tuple_lookups import TupleLookup
    from nuages.db.models.lookups import Lookup
    from nuages.db.models.query_utils import Q

    pairs: tuple[tuple[type, tuple[_Key, _Lift]], ...] = (
        (Q, (_key_of_q, _lift_q)),
        (expressions.Sliced, (_key_of_sliced, _same)),
        (expressions.F, (_key_of_f, _lift_f)),
        (expressions.Subquery, (_key_of_subquery, _lift_subquery)),
        (expressions.Value, (_key_of_value, _lift_value)),
        (expressions.WindowFrame, (_key_of_frame, _same)),
        # Rows made by hand may hold anything.
        (TupleLookup, (_refuse, _refuse)),
        (Lookup, (_key_of_lookup, _lift_lookup)),
        (expressions.BaseExpression, (_key_of_expression, _lift_expression)),
    )
    found: tuple[_Key, _Lift] = (_key_of_other, _lift_other)
    for base, pair in pairs:
        if issubclass(cls, base):
            found = pair
            break
    if found[0] is not _key_of_other and (
        not getattr(cls, "shape_safe", True) or _changed_outside(cls, (expressions.F, Q))
    ):
        found = (_refuse, _refuse)
    _handlers[cls] = found
    return found


def _changed_outside(cls: type, kinds: tuple[type, ...]) -> bool:
    """Whether a subclass of F or Q from outside of the framework could do something with its values."""
    return issubclass(cls, kinds) and not cls.__module__.startswith("nuages.")


def _refuse(node: Any, values: Any) -> Any:
    raise Opaque


def _same(node: Any, slots: SlotCounter) -> Any:
    return node


def _key_of_q(q: Any, values: list[Any]) -> Hashable:
    parts = [
        key_of_pair(child[0], child[1], values) if type(child) is tuple else key_of(child, values)
        for child in q.children
    ]
    return (type(q), q.connector, q.negated, *parts)


def _lift_q(q: Any, slots: SlotCounter) -> Any:
    return q.create(
        [
            (child[0], lift_pair(child[0], child[1], slots)) if type(child) is tuple else lift(child, slots)
            for child in q.children
        ],
        q.connector,
        q.negated,
    )


def _key_of_f(f: Any, values: list[Any]) -> Hashable:
    name = f.name
    return (type(f), name if isinstance(name, str) else key_of(name, values))


def _lift_f(f: Any, slots: SlotCounter) -> Any:
    return f


def _key_of_sliced(sliced: Any, values: list[Any]) -> Hashable:
    # The bounds stay in the SQL's structure: they are small and few.
    return (type(sliced), key_of(sliced.obj, values), sliced.start, sliced.length)


def _key_of_value(value: Any, values: list[Any]) -> Hashable:
    literal = value.value
    field = value.__dict__.get("output_field")
    typed = type(literal) if field is None else _key_of_field(field)
    if literal is None or literal is True or literal is False:
        return (type(value), literal, typed, value.for_save)
    values.append(literal)
    return (type(value), typed, value.for_save)


def _lift_value(value: Any, slots: SlotCounter) -> Any:
    literal = value.value
    if literal is None or literal is True or literal is False:
        return value
    lifted = value.copy()
    # The type has to be known before the literal is gone.
    lifted.output_field = value._output_field_or_none
    if lifted.output_field is None:
        del lifted.output_field
        lifted.untyped = True
    lifted.value = slots.take()
    lifted._made_from = None
    return lifted


def _key_of_frame(frame: Any, values: list[Any]) -> Hashable:
    return (type(frame), frame.frame_type, frame.start.value, frame.end.value, frame.exclusion)


def _key_of_lookup(lookup: Any, values: list[Any]) -> Hashable:
    lhs, rhs = key_of(lookup.lhs, values), lookup.rhs
    if rhs is None or rhs is True or rhs is False:
        return (type(lookup), lhs, rhs)
    if _is_node(rhs):
        return (type(lookup), lhs, key_of(rhs, values))
    if isinstance(rhs, Slot):
        raise Opaque
    return (type(lookup), lhs, _key_of_literal(_takes_several(lookup), rhs, values))


def _lift_lookup(lookup: Any, slots: SlotCounter) -> Any:
    lifted = lookup.copy()
    lifted.lhs = lift(lookup.lhs, slots)
    rhs = lookup.rhs
    if not (rhs is None or rhs is True or rhs is False):
        lifted.rhs = lift(rhs, slots) if _is_node(rhs) else _lift_literal(_takes_several(lookup), rhs, slots)
    lifted._made_from = None
    return lifted


def _takes_several(lookup: Any) -> str:
    if not getattr(lookup, "get_db_prep_lookup_value_is_iterable", False):
        return ""
    # Of a range, both ends count even where they are equal.
    return "in" if lookup.lookup_name == "in" else "range"


def _key_of_expression(node: Any, values: list[Any]) -> Hashable:
    field = node.__dict__.get("output_field")
    parts: list[Any] = [type(node), None if field is None else _key_of_field(field)]
    for name in node.structure:
        parts.append(_frozen(getattr(node, name)))
    for inner in _inner(node):
        parts.append(None if inner is None else key_of(inner, values))
    return tuple(parts)


def _inner(node: Any) -> list[Any]:
    """All expressions in a node, those beside its sources last."""
    if not node.beside_sources:
        return node.get_source_expressions()  # type: ignore[no-any-return]
    return [*node.get_source_expressions(), *(getattr(node, name) for name in node.beside_sources)]


def _lift_expression(node: Any, slots: SlotCounter) -> Any:
    sources = node.get_source_expressions()
    lifted = node.copy()
    lifted._made_from = None
    if sources:
        lifted.set_source_expressions([None if inner is None else lift(inner, slots) for inner in sources])
        lifted.is_changed = True
    for name in node.beside_sources:
        inner = getattr(node, name)
        setattr(lifted, name, None if inner is None else lift(inner, slots))
    return lifted


def _key_of_subquery(node: Any, values: list[Any]) -> Hashable:
    field = node.__dict__.get("output_field")
    return (
        type(node),
        None if field is None else _key_of_field(field),
        node.template,
        _frozen(node.extra),
        _key_of_other(node.query, values),
    )


def _lift_subquery(node: Any, slots: SlotCounter) -> Any:
    lifted = node.copy()
    lifted.query = _lift_other(node.query, slots)
    return lifted


def _key_of_other(node: Any, values: list[Any]) -> Hashable:
    """Querysets and queries: their shape is structure, their values are spliced in."""
    query = getattr(node, "query", node)
    shape = getattr(query, "shape", None)
    if shape is None or not shape.interned:
        raise Opaque
    values.extend(query.values)
    return (type(query), shape, getattr(query, "subquery", False), getattr(query, "_db", None))


def _lift_other(node: Any, slots: SlotCounter) -> Any:
    query = getattr(node, "query", node)
    return query.lifted(slots)


def _frozen(value: Any) -> Hashable:
    """A structural attribute as something hashable."""
    if isinstance(value, dict):
        return tuple((name, _frozen(value[name])) for name in sorted(value)) if value else ()
    if isinstance(value, (list, tuple)):
        return tuple(map(_frozen, value))
    if _is_node(value):
        raise Opaque
    if isinstance(value, Number):
        # 1, 1.0 and True are equal, yet each is written in its own way.
        return type(value), repr(value)
    try:
        hash(value)
    except TypeError:
        raise Opaque from None
    return value  # type: ignore[no-any-return]


def _key_of_field(field: Any) -> Hashable:
    """A model's field by identity, a loose one by what it was made from."""
    if getattr(field, "model", None) is not None:
        return field  # type: ignore[no-any-return]
    kept = field.__dict__.get("_structure")
    if kept is None:
        _, path, args, kwargs = field.deconstruct()
        kept = (type(field), path, _frozen(args), _frozen(kwargs))
        field.__dict__["_structure"] = kept
    return kept  # type: ignore[no-any-return]
