"""Q: conditions that can be combined, turned round, stored and checked by hand."""

from __future__ import annotations

import copy
import logging
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from nuages.compat import spelled
from nuages.db.models.constants import LOOKUP_SEP
from nuages.utils.hashable import make_hashable

if TYPE_CHECKING:
    from nuages.db.models.expressions import BaseExpression

logger = logging.getLogger("django.db.models")


def _kept(rhs: Any) -> Any:
    """A one-shot iterator as a list, so that the condition can be read more than once."""
    return list(rhs) if hasattr(rhs, "__next__") else rhs


class Q:
    """A condition on rows: keyword lookups and boolean expressions, joined by AND, OR or XOR."""

    AND = "AND"
    OR = "OR"
    XOR = "XOR"
    default: ClassVar[str] = AND
    conditional: ClassVar[bool] = True
    connectors: ClassVar[tuple[str | None, ...]] = (None, AND, OR, XOR)

    def __init__(
        self, *args: Any, _connector: str | None = None, _negated: bool = False, **kwargs: Any
    ) -> None:
        if _connector not in self.connectors:
            named = ", ".join(repr(known) for known in self.connectors if known)
            raise ValueError(f"_connector must be one of {named}, or None.")
        pairs = [(name, _kept(kwargs[name])) for name in sorted(kwargs)]
        plain = [
            (child[0], _kept(child[1])) if type(child) is tuple and len(child) == 2 else child
            for child in args
        ]
        self.children: list[Any] = [*plain, *pairs]
        self.connector: str = _connector or self.default
        self.negated = _negated

    @classmethod
    def create(
        cls, children: Iterable[Any] | None = None, connector: str | None = None, negated: bool = False
    ) -> Q:
        """A condition from ready children, whatever a subclass's constructor looks like."""
        made = Q(_connector=connector, _negated=negated)
        made.children = list(children or ())
        made.__class__ = cls
        return made

    # Tree

    def __bool__(self) -> bool:
        return bool(self.children)

    def __len__(self) -> int:
        return len(self.children)

    def __contains__(self, child: Any) -> bool:
        return child in self.children

    def __copy__(self) -> Q:
        return self.create(self.children, self.connector, self.negated)

    copy = __copy__

    def __deepcopy__(self, memo: dict[int, Any]) -> Q:
        return self.create(copy.deepcopy(self.children, memo), self.connector, self.negated)

    def __str__(self) -> str:
        shape = "(NOT (%s: %s))" if self.negated else "(%s: %s)"
        return shape % (self.connector, ", ".join(map(str, self.children)))

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"

    def add(self, child: Any, connector: str) -> Any:
        """Join `child` in; a child that reads the same without its own brackets loses them."""
        if self.connector != connector:
            whole = self.copy()
            self.connector = connector
            self.children = [whole, child]
        elif isinstance(child, Q) and not child.negated and (child.connector == connector or len(child) == 1):
            self.children = [*self.children, *child.children]
        else:
            self.children = [*self.children, child]
        self.__dict__.pop("identity", None)
        self.__dict__.pop("referenced_base_fields", None)
        return child

    def negate(self) -> None:
        """Turn the condition round, in place."""
        self.negated = not self.negated
        self.__dict__.pop("identity", None)

    # Operators

    def _combine(self, other: Any, connector: str) -> Any:
        if not getattr(other, "conditional", False):
            raise TypeError(other)
        if not self:
            return other.copy()
        if not other and isinstance(other, Q):
            return self.copy()
        joined = self.create(connector=connector)
        joined.add(self, connector)
        joined.add(other, connector)
        return joined

    def __or__(self, other: Any) -> Any:
        return self._combine(other, self.OR)

    def __and__(self, other: Any) -> Any:
        return self._combine(other, self.AND)

    def __xor__(self, other: Any) -> Any:
        return self._combine(other, self.XOR)

    def __invert__(self) -> Q:
        turned = self.copy()
        turned.negate()
        return turned

    # Identity

    @cached_property
    def identity(self) -> tuple[Any, ...]:
        """What makes two conditions the same."""
        path, args, kwargs = self.deconstruct()
        return (path, *make_hashable(kwargs), make_hashable(args))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Q):
            return NotImplemented
        return other.identity == self.identity

    def __hash__(self) -> int:
        return hash(self.identity)

    def __getstate__(self) -> dict[str, Any]:
        return {"children": self.children, "connector": self.connector, "negated": self.negated}

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        """Path, arguments and keywords that make this condition again."""
        cls = type(self)
        path = f"{cls.__module__}.{cls.__qualname__}"
        kwargs: dict[str, Any] = {}
        if self.connector != self.default:
            kwargs["_connector"] = self.connector
        if self.negated:
            kwargs["_negated"] = True
        return spelled("nuages.db.models.Q" if cls is Q else path), tuple(self.children), kwargs

    # Reading

    def flatten(self) -> Iterator[Any]:
        """This condition and everything in it, outermost first; of a keyword lookup its right side."""
        yield self
        for child in self.children:
            inner = child[1] if isinstance(child, tuple) else child
            if isinstance(inner, _flattening()):
                yield from inner.flatten()
            else:
                yield inner

    @cached_property
    def referenced_base_fields(self) -> set[str]:
        """Names of the model's own fields that the condition reads, in lookups and in F()."""
        from nuages.db.models.expressions import F

        names: set[str] = set()
        for part in self.flatten():
            if isinstance(part, Q):
                names.update(child[0] for child in part.children if isinstance(child, tuple))
            elif isinstance(part, F):
                names.add(part.name)
        return {name.partition(LOOKUP_SEP)[0] for name in names}

    # Resolving

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        """The condition with its names looked up in `query`."""
        return query.build_condition(
            self, allow_joins=allow_joins, reuse=reuse, summarize=summarize, for_save=for_save
        )

    def replace_expressions(self, replacements: Mapping[Any, Any]) -> Q:
        """The condition with names (and expressions) replaced where `replacements` has them."""
        if not replacements:
            return self
        replaced = [
            self._replace_lookup(child, replacements)
            if isinstance(child, tuple)
            else child.replace_expressions(replacements)
            if isinstance(child, _flattening())
            else child
            for child in self.children
        ]
        return self.create(replaced, self.connector, self.negated)

    @staticmethod
    def _replace_lookup(pair: tuple[str, Any], replacements: Mapping[Any, Any]) -> Any:
        from nuages.core.exceptions import FieldError
        from nuages.db.models.expressions import F, Value

        name, *rest = pair[0].split(LOOKUP_SEP)
        found = replacements.get(F(name))
        if found is None or (isinstance(found, Value) and found.value is None):
            return pair
        try:
            field = found.output_field
        except FieldError:
            return pair
        return _lookup_on(found, field, rest, pair[1]) or pair

    def check(self, against: Mapping[str, Any], using: str | None = None) -> bool:
        """Whether the condition holds when names have the values in `against`; asks the database."""
        from nuages.db import DEFAULT_DB_ALIAS, DatabaseError, connections, transaction
        from nuages.db.models.expressions import BaseExpression, Value
        from nuages.db.models.fields import BooleanField
        from nuages.db.models.functions import Coalesce
        from nuages.db.models.sql import Query
        from nuages.db.models.sql.constants import SINGLE

        alias = using or DEFAULT_DB_ALIAS
        query = Query(None)
        for name, value in against.items():
            node = value if isinstance(value, BaseExpression) else Value(value)
            query.add_annotation(node, name, select=False)
        query.add_annotation(Value(1), "_check")
        # Unknown counts as holding, as it does in a constraint.
        query.add_q(Q(Coalesce(self, True, output_field=BooleanField())))
        compiler = query.get_compiler(using=alias)
        connection = connections[alias]
        try:
            with transaction.atomic(using=alias) if connection.in_atomic_block else _no_block():
                return compiler.execute_sql(SINGLE) is not None
        except DatabaseError as error:
            logger.warning("Got a database error calling check() on %r: %s", self, error)
            return True


def _lookup_on(value: BaseExpression, field: Any, names: list[str], rhs: Any) -> BaseExpression | None:
    """`names` (transforms, then maybe a lookup) applied to `value`; None where one is unknown."""
    node: Any = value
    found: Any = None
    for position, name in enumerate(names):
        last = position == len(names) - 1
        if last and (found := node.get_lookup(name)) is not None:
            break
        transform = node.get_transform(name)
        if transform is None:
            return None
        node = transform(node)
    if found is None:
        found = node.get_lookup("exact")
    if rhs is None and found.lookup_name in ("exact", "iexact"):
        return node.get_lookup("isnull")(node, True)  # type: ignore[no-any-return]
    return found(node, rhs)  # type: ignore[no-any-return]


def _flattening() -> tuple[Any, ...]:
    from nuages.db.models.expressions import BaseExpression, F

    return Q, BaseExpression, F


def _no_block() -> Any:
    from contextlib import nullcontext

    return nullcontext()
