"""Python's operators on everything that has a value in a query."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from nuages.db.models.expressions.combining import CombinedExpression


@cache
def _nodes() -> tuple[Any, Any]:
    # They are expressions themselves, and expressions have these operators.
    from nuages.db.models.expressions.combining import CombinedExpression
    from nuages.db.models.expressions.values import Value

    return CombinedExpression, Value


_ONLY_BITWISE = "Use .bitand(), .bitor(), and .bitxor() for bitwise logical operations."


class Combinable:
    """Gives Python's operators to everything that has a value in a query."""

    ADD, SUB, MUL, DIV, POW = "+", "-", "*", "/", "^"
    # Doubled because the SQL is interpolated with its parameters.
    MOD = "%%"
    BITAND, BITOR, BITXOR = "&", "|", "#"
    BITLEFTSHIFT, BITRIGHTSHIFT = "<<", ">>"

    def _combine(self, other: Any, connector: str, swapped: bool = False) -> CombinedExpression:
        combined, value = _nodes()
        operand = other if hasattr(other, "resolve_expression") else value(other)
        pair = (operand, self) if swapped else (self, operand)
        return combined(pair[0], connector, pair[1])  # type: ignore[no-any-return]

    def __neg__(self) -> CombinedExpression:
        return self._combine(-1, self.MUL)

    def __add__(self, other: Any) -> CombinedExpression:
        return self._combine(other, self.ADD)

    def __radd__(self, other: Any) -> CombinedExpression:
        return self._combine(other, self.ADD, swapped=True)

    def __sub__(self, other: Any) -> CombinedExpression:
        return self._combine(other, self.SUB)

    def __rsub__(self, other: Any) -> CombinedExpression:
        return self._combine(other, self.SUB, swapped=True)

    def __mul__(self, other: Any) -> CombinedExpression:
        return self._combine(other, self.MUL)

    def __rmul__(self, other: Any) -> CombinedExpression:
        return self._combine(other, self.MUL, swapped=True)

    def __truediv__(self, other: Any) -> CombinedExpression:
        return self._combine(other, self.DIV)

    def __rtruediv__(self, other: Any) -> CombinedExpression:
        return self._combine(other, self.DIV, swapped=True)

    def __mod__(self, other: Any) -> CombinedExpression:
        return self._combine(other, self.MOD)

    def __rmod__(self, other: Any) -> CombinedExpression:
        return self._combine(other, self.MOD, swapped=True)

    def __pow__(self, other: Any) -> CombinedExpression:
        return self._combine(other, self.POW)

    def __rpow__(self, other: Any) -> CombinedExpression:
        return self._combine(other, self.POW, swapped=True)

    def bitand(self, other: Any) -> CombinedExpression:
        """Bitwise and."""
        return self._combine(other, self.BITAND)

    def bitor(self, other: Any) -> CombinedExpression:
        """Bitwise or."""
        return self._combine(other, self.BITOR)

    def bitxor(self, other: Any) -> CombinedExpression:
        """Bitwise exclusive or."""
        return self._combine(other, self.BITXOR)

    def bitleftshift(self, other: Any) -> CombinedExpression:
        """Bits moved up."""
        return self._combine(other, self.BITLEFTSHIFT)

    def bitrightshift(self, other: Any) -> CombinedExpression:
        """Bits moved down."""
        return self._combine(other, self.BITRIGHTSHIFT)

    def _both_conditions(self, other: Any) -> tuple[Any, Any] | None:
        from nuages.db.models.query_utils import Q

        if getattr(self, "conditional", False) and getattr(other, "conditional", False):
            return Q(self), Q(other)
        return None

    def __and__(self, other: Any) -> Any:
        if pair := self._both_conditions(other):
            return pair[0] & pair[1]
        raise NotImplementedError(_ONLY_BITWISE)

    def __or__(self, other: Any) -> Any:
        if pair := self._both_conditions(other):
            return pair[0] | pair[1]
        raise NotImplementedError(_ONLY_BITWISE)

    def __xor__(self, other: Any) -> Any:
        if pair := self._both_conditions(other):
            return pair[0] ^ pair[1]
        raise NotImplementedError(_ONLY_BITWISE)

    def _refuse(self, other: Any) -> NoReturn:
        raise NotImplementedError(_ONLY_BITWISE)

    __rand__ = __ror__ = __rxor__ = _refuse

    def __invert__(self) -> Any:
        from nuages.db.models.expressions.wrapping import NegatedExpression

        return NegatedExpression(self)
