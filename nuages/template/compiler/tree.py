"""Building a Python function as a syntax tree.

Every node of the tree carries the place of the template tag it was made for, so that tracebacks and errors
name template lines. Output is gathered: neighbouring texts and values become one f-string.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, TypeVar

N = TypeVar("N", bound=ast.AST)

_LOAD = ast.Load()
_STORE = ast.Store()
_AND = ast.And()
_OR = ast.Or()
_IS = ast.Is()

# The place of what cannot fail: Python then takes it to stand where the neighbouring instruction does, and joins the
# two where it can.
ANYWHERE: dict[str, Any] = {"lineno": -1, "col_offset": -1}
_BEGINNING: dict[str, Any] = {"lineno": 1, "col_offset": 0, "end_lineno": 1, "end_col_offset": 0}

_blank: Callable[[type[Any]], Any] = ast.AST.__new__


def made(kind: type[N], fields: dict[str, Any]) -> N:
    """A node of the syntax tree, with all its fields and its place.

    Calling the class would look at each of them, which takes three times as long.
    """
    node = _blank(kind)
    node.__dict__ = fields
    return node  # type: ignore[no-any-return]


# Values joined in one f-string: each takes a place on the interpreter's stack.
_JOINED_AT_MOST = 100

# A browser that has this much can load styles and scripts already.
_HEAD_END = "</head>"


@lru_cache(maxsize=1024)
def _name(name: str) -> ast.expr:
    """A Python name. It cannot fail and so needs no place, so that one node serves wherever it is read."""
    return made(ast.Name, {"id": name, "ctx": _LOAD, **ANYWHERE})


class TreeBuilder:
    """Makes expressions, and keeps the statements made so far."""

    def __init__(self, *, streaming: bool = False) -> None:
        self.streaming = streaming
        # Objects the function refers to by name.
        self.constants: dict[str, Any] = {}
        self.writer = "w"
        # How many loops and try blocks the current place is in.
        self.nesting = 0
        self._constant_names: dict[int, str] = {}
        self._counter = 0
        self._body: list[ast.stmt] = []
        self._pending: list[str | ast.expr] = []
        self._place = _BEGINNING

    # Expressions

    #: A Python name.
    local = staticmethod(_name)

    def target(self, name: str) -> ast.Name:
        """A Python name that something is assigned to."""
        return made(ast.Name, {"id": name, "ctx": _STORE, **ANYWHERE})

    def asked(self, name: str) -> ast.expr:
        """A Python name whose value is asked for its truth or its items. That may fail, and so has a place."""
        return made(ast.Name, {"id": name, "ctx": _LOAD, **self._place})

    def const(self, value: Any) -> ast.expr:
        """A literal of Python."""
        return made(ast.Constant, {"value": value, **ANYWHERE})

    def attribute(self, holder: ast.expr, name: str) -> ast.expr:
        """`holder.name`."""
        return made(ast.Attribute, {"value": holder, "attr": name, "ctx": _LOAD, **self._place})

    def call(self, function: str | ast.expr, *args: ast.expr) -> ast.expr:
        """A call; a function given by name is a runtime helper or a local."""
        called = _name(function) if type(function) is str else function
        return made(ast.Call, {"func": called, "args": [*args], "keywords": [], **self._place})

    def call_with(self, function: ast.expr, args: Iterable[ast.expr], named: dict[str, ast.expr]) -> ast.expr:
        """A call with keyword arguments."""
        keywords = [
            made(ast.keyword, {"arg": name, "value": value, **self._place}) for name, value in named.items()
        ]
        return made(ast.Call, {"func": function, "args": [*args], "keywords": keywords, **self._place})

    def formatted(self, value: ast.expr) -> ast.expr:
        """`f"{value}"`."""
        return made(ast.JoinedStr, {"values": [self._formatted(value)], **self._place})

    def list_of(self, items: Iterable[ast.expr]) -> ast.expr:
        """A list display."""
        return ast.List(list(items), _LOAD, **self._place)

    def tuple_of(self, items: Iterable[ast.expr]) -> ast.expr:
        """A tuple display."""
        return ast.Tuple(list(items), _LOAD, **self._place)

    def dict_of(self, items: dict[str, ast.expr], base: ast.expr | None = None) -> ast.expr:
        """A dictionary display, perhaps on top of another dictionary."""
        keys: list[ast.expr | None] = [self.const(key) for key in items]
        values = list(items.values())
        if base is not None:
            keys.insert(0, None)
            values.insert(0, base)
        return ast.Dict(keys, values, **self._place)

    def negated(self, value: ast.expr) -> ast.expr:
        """`not value`."""
        return ast.UnaryOp(ast.Not(), value, **self._place)

    def compared(self, left: ast.expr, sign: ast.cmpop, right: ast.expr) -> ast.expr:
        """`left sign right`."""
        return made(ast.Compare, {"left": left, "ops": [sign], "comparators": [right], **self._place})

    def remainder(self, value: ast.expr, divisor: ast.expr) -> ast.expr:
        """`value % divisor`."""
        return ast.BinOp(value, ast.Mod(), divisor, **self._place)

    def all_of(self, values: list[ast.expr]) -> ast.expr:
        """`a and b and c`."""
        return made(ast.BoolOp, {"op": _AND, "values": values, **self._place})

    def any_of(self, values: list[ast.expr]) -> ast.expr:
        """`a or b or c`."""
        return made(ast.BoolOp, {"op": _OR, "values": values, **self._place})

    def is_none(self, value: ast.expr) -> ast.expr:
        """`value is None`."""
        return self.compared(value, _IS, self.const(None))

    def either(self, test: ast.expr, value: ast.expr, otherwise: ast.expr) -> ast.expr:
        """`value if test else otherwise`."""
        return made(ast.IfExp, {"test": test, "body": value, "orelse": otherwise, **self._place})

    def named(self, name: str, value: ast.expr) -> ast.expr:
        """`(name := value)`."""
        return made(ast.NamedExpr, {"target": self.target(name), "value": value, **self._place})

    def chosen(self, number: str, values: list[ast.expr]) -> ast.expr:
        """The value whose turn the local `number` says it is; only that one is worked out."""
        result = values[-1]
        for turn in range(len(values) - 2, -1, -1):
            result = self.either(
                self.compared(self.local(number), ast.Eq(), self.const(turn)), values[turn], result
            )
        return result

    def item(self, holder: str, key: str) -> ast.expr:
        """`holder["key"]`."""
        return ast.Subscript(self.local(holder), self.const(key), _LOAD, **self._place)

    def picked(self, texts: tuple[str, ...], number: ast.expr) -> ast.expr:
        """One of several texts by its number."""
        return ast.Subscript(self.constant(texts, "texts"), number, _LOAD, **self._place)

    def function_of(self, parameter: str, value: ast.expr) -> ast.expr:
        """`lambda parameter: value`."""
        signature = ast.arguments([], [ast.arg(parameter, **self._place)], None, [], [], None, [])
        return ast.Lambda(signature, value, **self._place)

    def constant(self, value: Any, hint: str) -> ast.expr:
        """An object the function refers to by a name of its own."""
        name = self._constant_names.get(id(value))
        if name is None:
            name = f"k{len(self.constants)}_{hint}"
            self._constant_names[id(value)] = name
            self.constants[name] = value
        return self.local(name)

    def temporary(self, hint: str) -> str:
        """A fresh local name."""
        self._counter += 1
        return f"{hint}_{self._counter}"

    # Statements

    def add(self, statement: ast.stmt) -> None:
        """Append a statement, after all output so far."""
        self._flush()
        self._body.append(statement)

    def assignment(self, name: str, value: ast.expr) -> ast.stmt:
        """`name = value`."""
        return made(ast.Assign, {"targets": [self.target(name)], "value": value, **self._place})

    def assign_local(self, name: str, value: ast.expr) -> None:
        """Append `name = value`."""
        self.add(self.assignment(name, value))

    def do(self, expression: ast.expr) -> None:
        """Append an expression for its effect."""
        self.add(made(ast.Expr, {"value": expression, **self._place}))

    def extend(self, statements: list[ast.stmt]) -> None:
        """Append statements."""
        self._flush()
        self._body.extend(statements)

    def unpacking(self, names: list[str], value: ast.expr) -> ast.stmt:
        """`a, b = value`."""
        target = ast.Tuple([self.target(name) for name in names], _STORE, **self._place)
        return ast.Assign([target], value, **self._place)

    def attribute_assignment(self, holder: str, name: str, value: ast.expr) -> ast.stmt:
        """`holder.name = value`."""
        return ast.Assign(
            [ast.Attribute(self.local(holder), name, _STORE, **self._place)], value, **self._place
        )

    def for_(self, target: str, items: ast.expr, body: list[ast.stmt], index: str | None) -> None:
        """Append a loop; with `index` it counts."""
        variable: ast.expr = self.target(target)
        if index is not None:
            variable = ast.Tuple([self.target(index), variable], _STORE, **self._place)
            items = self.call("enumerate", items)
        self.add(
            made(ast.For, {"target": variable, "iter": items, "body": body, "orelse": [], **self._place})
        )

    def block(self, *, nests: bool = False) -> _Block:
        """Gather the statements made within in a list of their own; `nests` says it is a loop's or a try's."""
        return _Block(self, nests)

    def if_(self, test: ast.expr, body: list[ast.stmt], orelse: list[ast.stmt] | None = None) -> None:
        """Append an `if`."""
        self.add(made(ast.If, {"test": test, "body": body, "orelse": orelse or [], **self._place}))

    def try_finally(self, body: list[ast.stmt], final: list[ast.stmt]) -> None:
        """Append a `try ... finally`."""
        self.add(ast.Try(body, [], [], final, **self._place))

    def try_except(self, body: list[ast.stmt], errors: str, handler: list[ast.stmt]) -> None:
        """Append a `try ... except errors`."""
        caught = ast.ExceptHandler(self.local(errors), None, handler, **self._place)
        self.add(ast.Try(body, [caught], [], [], **self._place))

    @contextmanager
    def entered(self, manager: ast.expr) -> Iterator[None]:
        """Write what is within in a `with` statement."""
        with self.block(nests=True) as body:
            yield
        self.add(ast.With([ast.withitem(manager, None)], body, **self._place))

    # Output

    def inline(self, write: Callable[[], None]) -> ast.expr:
        """What `write` puts out as one expression. It must make no statement."""
        outer, self._pending = self._pending, []
        try:
            write()
            return self._joined(self._pending)
        finally:
            self._pending = outer

    def text(self, text: str) -> None:
        """Put out text as it is."""
        if self.streams and _HEAD_END in text:
            head, end, text = text.partition(_HEAD_END)
            self._gather(head + end)
            self.let_go()
        self._gather(text)

    def _gather(self, text: str) -> None:
        if text:
            if self._pending and isinstance(self._pending[-1], str):
                self._pending[-1] += text
            else:
                self._pending.append(text)

    def put(self, value: ast.expr) -> None:
        """Put out an expression that is text already."""
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            self.text(value.value)
            return
        self._pending.append(value)
        if len(self._pending) >= _JOINED_AT_MOST:
            self._flush()

    def _flush(self) -> None:
        pending = self._pending
        if not pending:
            return
        self._pending = []
        value = self._joined(pending)
        if self.streams:
            written: ast.expr = ast.Yield(value, **self._place)
        else:
            written = self.call(self.writer, value)
        self._body.append(made(ast.Expr, {"value": written, **self._place}))

    def _joined(self, pending: list[str | ast.expr]) -> ast.expr:
        if not pending:
            return self.const("")
        if len(pending) == 1:
            only = pending[0]
            return self.const(only) if isinstance(only, str) else only
        parts = [self.const(part) if isinstance(part, str) else self._formatted(part) for part in pending]
        return made(ast.JoinedStr, {"values": parts, **self._place})

    def _formatted(self, value: ast.expr) -> ast.expr:
        return made(ast.FormattedValue, {"value": value, "conversion": -1, **self._place})

    @contextmanager
    def capture(self, hint: str = "part") -> Iterator[ast.expr]:
        """Gather the output made within; gives the expression of the joined text, for use afterwards."""
        parts = self.temporary(hint)
        writer = f"w_{parts}"
        self.assign_local(parts, self.list_of([]))
        self.assign_local(writer, self.attribute(self.local(parts), "append"))
        outer, self.writer = self.writer, writer
        try:
            yield self.call("joined", self.local(parts))
            self._flush()
        finally:
            self.writer = outer

    @property
    def streams(self) -> bool:
        """Whether output goes to the caller piece by piece here, and not into a part that is gathered."""
        return self.streaming and self.writer == "w"

    def let_go(self) -> None:
        """Have the output made so far sent, as what follows may take its time; matters for streams only."""
        if self.streams:
            self._flush()
            self._body.append(ast.Expr(ast.Yield(self.const(""), **self._place), **self._place))

    def hand_over(self, helper: str, *args: ast.expr) -> None:
        """Call a helper that puts out the output of another function."""
        if self.streams:
            self.do(ast.YieldFrom(self.call(f"{helper}_pieces", *args), **self._place))
        else:
            self.do(self.call(helper, *args, self.local(self.writer)))


class _Block:
    """Where statements are gathered for a while, in place of the list that they would go to."""

    __slots__ = ("builder", "nests", "outer")

    def __init__(self, builder: TreeBuilder, nests: bool) -> None:
        self.builder = builder
        self.nests = nests
        self.outer: list[ast.stmt] = []

    def __enter__(self) -> list[ast.stmt]:
        builder = self.builder
        builder._flush()
        self.outer, builder._body = builder._body, []
        builder.nesting += self.nests
        return builder._body

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        builder = self.builder
        if kind is None:
            builder._flush()
            if not builder._body:
                builder._body.append(ast.Pass(**ANYWHERE))
        builder.nesting -= self.nests
        builder._body = self.outer
