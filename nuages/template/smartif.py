"""Conditions of the `if` tag: operators with Python's precedence, over whatever operands a caller makes.

A condition is a tree of `Operation`s. `eval(context)` works it out; `write(code)` writes it as Python.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nuages.template.compiler.emitter import Emitter


# Parts of a condition that are written as one expression.
_JOINED_AT_MOST = 16


class Operand:
    """A value in a condition."""

    def __init__(self, value: Any) -> None:
        self.value = value

    #: Whether it is one expression.
    is_plain = True

    def __repr__(self) -> str:
        return f"(literal {self.value!r})"

    def eval(self, context: Any) -> Any:
        """The value in a context."""
        return self.value

    def write(self, code: Emitter) -> ast.expr:
        """Python that gives the value."""
        return code.literal(self.value)

    def _expression(self, code: Emitter) -> ast.expr:
        return self.write(code)


class Operation:
    """An operator and what it stands between."""

    def __init__(self, sign: str, operands: tuple[Any, ...]) -> None:
        self.sign = sign
        self.operands = operands

    def __repr__(self) -> str:
        return f"({self.sign} {' '.join(map(repr, self.operands))})"

    def eval(self, context: Any) -> Any:
        """The truth in a context; what cannot be worked out is false."""
        *outer, innermost = self._chain()
        truth = innermost._worked_out(context, innermost.operands[0].eval)
        for operation in reversed(outer):
            truth = operation._worked_out(context, lambda _, truth=truth: truth)
        return truth

    def _chain(self) -> list[Operation]:
        """This operation, the one that is its first operand, and so on: `a and b and c` is as deep as it is long."""
        chain = [self]
        while isinstance(chain[-1].operands[0], Operation):
            chain.append(chain[-1].operands[0])
        return chain

    def _worked_out(self, context: Any, first: Callable[[Any], Any]) -> Any:
        try:
            if self.sign == "or":
                return first(context) or self.operands[1].eval(context)
            if self.sign == "and":
                return first(context) and self.operands[1].eval(context)
            others = (operand.eval(context) for operand in self.operands[1:])
            return _WORKINGS[self.sign](first(context), *others)
        except Exception:
            return False

    def write(self, code: Emitter) -> ast.expr:
        """Statements that put the truth into a local, whose name is returned; or the truth, where nothing can fail."""
        if self.sign == "not" and isinstance(self.operands[0], Operand):
            value = self.operands[0].write(code)
            return (
                code.negated(value)
                if code.is_sure(value)
                else code.asked(self._write_onto(code, lambda _: value))
            )
        joined = self._joined_parts()
        if joined is not None:
            return code.asked(self._write_guarded(code, [part._expression(code) for part in joined]))
        *outer, innermost = self._chain()
        truth = innermost._write_onto(code, innermost.operands[0].write)
        for operation in reversed(outer):
            truth = operation._write_onto(code, lambda code, known=truth: code.local(known))
        return code.asked(truth)

    def _joined_parts(self) -> list[Any] | None:
        """The parts of `a and b > c and d`, of which one that fails makes the whole false; None for anything else."""
        chain = self._chain()
        if len(chain) > _JOINED_AT_MOST or any(operation.sign != "and" for operation in chain[:-1]):
            return None
        innermost = chain[-1]
        if innermost.sign == "and":
            parts = list(innermost.operands)
            others = chain[:-1]
        else:
            parts = [innermost]
            others = chain[:-1]
        parts += [operation.operands[1] for operation in reversed(others)]
        return parts if all(part.is_plain for part in parts) else None

    @property
    def is_plain(self) -> bool:
        """Whether this is one expression, and false if any part of it fails."""
        return all(isinstance(operand, Operand) for operand in self.operands)

    def _expression(self, code: Emitter) -> ast.expr:
        return _written(code, self.sign, [operand.write(code) for operand in self.operands])

    @staticmethod
    def _write_guarded(code: Emitter, parts: list[ast.expr]) -> str:
        """Write an expression that is false where it fails."""
        truth = code.temporary("test")
        with code.block() as body:
            code.assign_local(truth, parts[0] if len(parts) == 1 else code.all_of(parts))
        with code.block() as handler:
            code.assign_local(truth, code.const(False))
        code.try_except(body, "Exception", handler)
        return truth

    def _write_onto(self, code: Emitter, first: Callable[[Emitter], ast.expr]) -> str:
        """Write this operation, the first operand of which is known or writes itself."""
        truth = code.temporary("test")
        with code.block() as body:
            if self.sign in ("and", "or"):
                self._write_joined(code, truth, first)
            else:
                written = [first(code), *(operand.write(code) for operand in self.operands[1:])]
                code.assign_local(truth, _written(code, self.sign, written))
        with code.block() as handler:
            code.assign_local(truth, code.const(False))
        code.try_except(body, "Exception", handler)
        return truth

    def _write_joined(self, code: Emitter, truth: str, first: Callable[[Emitter], ast.expr]) -> None:
        code.assign_local(truth, first(code))
        with code.block() as further:
            code.assign_local(truth, self.operands[1].write(code))
        found = code.asked(truth)
        if self.sign == "or":
            found = code.negated(found)
        code.if_(found, further)


def _within(item: Any, container: Any) -> bool:
    return item in container


_WORKINGS: dict[str, Callable[..., Any]] = {
    "not": operator.not_,
    "in": _within,
    "not in": lambda item, container: item not in container,
    "is": operator.is_,
    "is not": operator.is_not,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}

_COMPARISONS: dict[str, type[ast.cmpop]] = {
    "in": ast.In,
    "not in": ast.NotIn,
    "is": ast.Is,
    "is not": ast.IsNot,
    "==": ast.Eq,
    "!=": ast.NotEq,
    ">": ast.Gt,
    ">=": ast.GtE,
    "<": ast.Lt,
    "<=": ast.LtE,
}

# How strongly operators bind, weakest first.
_STRENGTHS = {"or": 6, "and": 7, "not": 8, "in": 9, "not in": 9} | dict.fromkeys(
    ("is", "is not", "==", "!=", ">", ">=", "<", "<="), 10
)


def _written(code: Emitter, sign: str, operands: list[ast.expr]) -> ast.expr:
    if sign == "not":
        return code.negated(operands[0])
    if sign == "and":
        return code.all_of(operands)
    if sign == "or":
        return code.any_of(operands)
    return code.compared(operands[0], _COMPARISONS[sign](), operands[1])


class IfParser:
    """Parse the words of a condition: `IfParser(["not", False]).parse().eval({})` is True."""

    error_class: type[Exception] = ValueError

    def __init__(self, tokens: Sequence[Any]) -> None:
        self._words = self._joined(tokens)
        self._position = 0

    @staticmethod
    def _joined(tokens: Sequence[Any]) -> list[Any]:
        """`is not` and `not in` are one operator each."""
        words: list[Any] = []
        for token in tokens:
            last = words[-1] if words else None
            if (
                isinstance(token, str)
                and isinstance(last, str)
                and (last, token) in (("is", "not"), ("not", "in"))
            ):
                words[-1] = f"{last} {token}"
            else:
                words.append(token)
        return words

    def create_var(self, value: Any) -> Any:
        """The operand of a word; what callers override."""
        return Operand(value)

    def parse(self) -> Any:
        """The whole condition."""
        tree = self._expression(0)
        if self._position < len(self._words):
            raise self.error_class(f"Unused '{self._words[self._position]}' at end of if expression.")
        return tree

    def _operator(self) -> str | None:
        """The operator that comes next, if one does."""
        if self._position >= len(self._words):
            return None
        word = self._words[self._position]
        return word if isinstance(word, str) and word in _STRENGTHS else None

    def _expression(self, at_least: int) -> Any:
        left = self._operand()
        while True:
            sign = self._operator()
            if sign is None or _STRENGTHS[sign] <= at_least:
                return left
            if sign == "not":
                raise self.error_class("Not expecting 'not' as infix operator in if tag.")
            self._position += 1
            left = Operation(sign, (left, self._expression(_STRENGTHS[sign])))

    def _operand(self) -> Any:
        if self._position >= len(self._words):
            raise self.error_class("Unexpected end of expression in if tag.")
        sign = self._operator()
        word = self._words[self._position]
        self._position += 1
        if sign is None:
            return self.create_var(word)
        if sign != "not":
            raise self.error_class(f"Not expecting '{sign}' in this position in if tag.")
        count = 1
        while self._operator() == "not":
            count += 1
            self._position += 1
        operand = self._expression(_STRENGTHS["not"])
        for _ in range(count):
            operand = Operation("not", (operand,))
        return operand


__all__ = ["IfParser", "Operand", "Operation"]
