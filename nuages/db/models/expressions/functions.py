"""Func: a call of a database function."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from nuages.core.exceptions import EmptyResultSet, FullResultSet
from nuages.db.models.expressions.arguments import as_nodes
from nuages.db.models.expressions.base import Expression, Sql


class Func(Expression):
    """A database function applied to expressions; subclasses name it with class attributes."""

    function: str | None = None
    template = "%(function)s(%(expressions)s)"
    arg_joiner = ", "
    arity: int | None = None
    structure: ClassVar[tuple[str, ...]] = ("extra",)

    def __init__(self, *expressions: Any, output_field: Any = None, **extra: Any) -> None:
        if self.arity is not None and len(expressions) != self.arity:
            raise TypeError(
                f"{type(self).__name__!r} takes exactly {self.arity} "
                f"{'argument' if self.arity == 1 else 'arguments'} ({len(expressions)} given)"
            )
        super().__init__(output_field=output_field)
        self.source_expressions = as_nodes(expressions)
        self.extra = extra

    def __repr__(self) -> str:
        inside = self.arg_joiner.join(repr(inner) for inner in self.source_expressions)
        options = {**self.extra, **self._get_repr_options()}
        if options:
            inside += ", " + ", ".join(f"{name}={value}" for name, value in sorted(options.items()))
        return f"{type(self).__name__}({inside})"

    def _get_repr_options(self) -> dict[str, Any]:
        """Further keywords shown in the repr."""
        return {}

    def get_source_expressions(self) -> list[Any]:
        return self.source_expressions

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        self.source_expressions = list(exprs)

    def copy(self) -> Any:
        clone = super().copy()
        clone.source_expressions = self.source_expressions[:]
        clone.extra = self.extra.copy()
        return clone

    def as_sql(
        self,
        compiler: Any,
        connection: Any,
        function: str | None = None,
        template: str | None = None,
        arg_joiner: str | None = None,
        **extra_context: Any,
    ) -> Sql:
        connection.ops.check_expression_support(self)
        parts: list[str] = []
        params: list[Any] = []
        for inner in self.source_expressions:
            sql, inner_params = _argument(compiler, inner)
            parts.append(sql)
            params.extend(inner_params)
        data = {**self.extra, **extra_context}
        # Strongest first: the caller, the node's own keywords, the class.
        data["function"] = function if function is not None else data.get("function", self.function)
        text = template or data.get("template", self.template)
        joiner = arg_joiner or data.get("arg_joiner", self.arg_joiner)
        data["expressions"] = data["field"] = joiner.join(parts)
        return text % data, tuple(params)

    @property
    def allowed_default(self) -> bool:  # type: ignore[override]
        """A call may be a default when all its arguments may."""
        return all(getattr(inner, "allowed_default", False) for inner in self.source_expressions)


def _argument(compiler: Any, node: Any) -> Sql:
    """One argument; what stands for no rows or for all rows becomes the value it has."""
    from nuages.db.models.expressions.values import Value

    try:
        return compiler.compile(node)  # type: ignore[no-any-return]
    except EmptyResultSet:
        instead = getattr(node, "empty_result_set_value", NotImplemented)
        if instead is NotImplemented:
            raise
        return compiler.compile(Value(instead))  # type: ignore[no-any-return]
    except FullResultSet:
        return compiler.compile(Value(True))  # type: ignore[no-any-return]
