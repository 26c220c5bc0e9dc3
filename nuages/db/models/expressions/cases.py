"""CASE: one of several expressions, by condition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nuages.core.exceptions import EmptyResultSet, FullResultSet
from nuages.db.models.expressions.base import Expression, Sql, is_expression


class When(Expression):
    """One branch of a Case: a condition and the result where it holds."""

    template = "WHEN %(condition)s THEN %(result)s"
    # A branch has no value of its own to filter by.
    conditional = False  # type: ignore[assignment]

    def __init__(self, condition: Any = None, then: Any = None, **lookups: Any) -> None:
        from nuages.db.models.query_utils import Q

        if reserved := sorted(lookups.keys() & {"_connector", "_negated"}):
            raise TypeError(f"The following kwargs are invalid: {', '.join(map(repr, reserved))}")
        if lookups:
            if condition is None:
                condition = Q(**lookups)
                lookups = {}
            elif getattr(condition, "conditional", False):
                condition, lookups = Q(condition, **lookups), {}
        if condition is None or not getattr(condition, "conditional", False) or lookups:
            raise TypeError("When() supports a Q object, a boolean expression, or lookups as a condition.")
        if isinstance(condition, Q) and not condition:
            raise ValueError("An empty Q() can't be used as a When() condition.")
        super().__init__()
        self.condition = condition
        (self.result,) = self._parse_expressions(then)

    def __str__(self) -> str:
        return f"WHEN {self.condition!r} THEN {self.result!r}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"

    def get_source_expressions(self) -> list[Any]:
        return [self.condition, self.result]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        self.condition, self.result = exprs

    def get_source_fields(self) -> list[Any]:
        # The condition does not make the type.
        return [self.result._output_field_or_none]

    @property
    def allowed_default(self) -> bool:  # type: ignore[override]
        """When condition and result may both be part of a default."""
        return bool(getattr(self.condition, "allowed_default", False) and self.result.allowed_default)

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        resolved = self.copy()
        resolved.is_summary = summarize
        resolved.is_changed = True
        if is_expression(self.condition):
            resolved.condition = self.condition.resolve_expression(
                query, allow_joins, reuse, summarize, False
            )
        resolved.result = self.result.resolve_expression(query, allow_joins, reuse, summarize, for_save)
        resolved.refuse_composites()
        return resolved

    def as_sql(
        self, compiler: Any, connection: Any, template: str | None = None, **extra_context: Any
    ) -> Sql:
        condition, condition_params = compiler.compile(self.condition)
        result, result_params = compiler.compile(self.result)
        context = {**extra_context, "condition": condition, "result": result}
        return (template or self.template) % context, (*condition_params, *result_params)

    def get_group_by_cols(self) -> list[Any]:
        # Grouping by the columns of the branch keeps the whole Case functionally dependent.
        return [column for inner in self.get_source_expressions() for column in inner.get_group_by_cols()]


class Case(Expression):
    """The result of the first branch whose condition holds, else the default."""

    template = "CASE %(cases)s ELSE %(default)s END"
    case_joiner = " "
    structure = ("extra",)

    def __init__(self, *cases: When, default: Any = None, output_field: Any = None, **extra: Any) -> None:
        if not all(isinstance(case, When) for case in cases):
            raise TypeError("Positional arguments must all be When objects.")
        super().__init__(output_field)
        self.cases: list[Any] = list(cases)
        (self.default,) = self._parse_expressions(default)
        self.extra = extra

    def __str__(self) -> str:
        return f"CASE {', '.join(map(str, self.cases))}, ELSE {self.default!r}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"

    def get_source_expressions(self) -> list[Any]:
        return [*self.cases, self.default]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        *self.cases, self.default = exprs

    def copy(self) -> Any:
        clone = super().copy()
        clone.cases = self.cases[:]
        return clone

    def as_sql(
        self,
        compiler: Any,
        connection: Any,
        template: str | None = None,
        case_joiner: str | None = None,
        **extra_context: Any,
    ) -> Sql:
        branches: list[str] = []
        params: list[Any] = []
        otherwise = self.default
        for case in self.cases:
            try:
                sql, case_params = compiler.compile(case)
            except EmptyResultSet:
                continue
            except FullResultSet:
                # Always true: no later branch is reached.
                otherwise = case.result
                break
            branches.append(sql)
            params.extend(case_params)
        default_sql, default_params = compiler.compile(otherwise)
        if not branches:
            sql, params = default_sql, list(default_params)
        else:
            params.extend(default_params)
            data = {**self.extra, **extra_context}
            joiner = case_joiner or self.case_joiner
            data.update(cases=joiner.join(branches), default=default_sql)
            sql = (template or data.get("template", self.template)) % data
        if self._output_field_or_none is not None:
            sql = connection.ops.unification_cast_sql(self.output_field) % sql
        return sql, tuple(params)

    def get_group_by_cols(self) -> list[Any]:
        if not self.cases:
            return self.default.get_group_by_cols()  # type: ignore[no-any-return]
        return super().get_group_by_cols()

    @property
    def allowed_default(self) -> bool:  # type: ignore[override]
        """When every branch may be part of a default."""
        return all(part.allowed_default for part in self.get_source_expressions())
