"""Exclusion: no two rows for which all of some operators hold."""

from __future__ import annotations

from types import NoneType
from typing import Any

from nuages.compat import spelled
from nuages.contrib.postgres.indexes import OpClass
from nuages.contrib.postgres.utils import check_installed
from nuages.core.exceptions import ValidationError
from nuages.db import DEFAULT_DB_ALIAS
from nuages.db.backends.ddl_references import Expressions, Statement, Table
from nuages.db.models import BaseConstraint, Deferrable, Exists, F, Q
from nuages.db.models.expressions import ExpressionList
from nuages.db.models.indexes import IndexExpression
from nuages.db.models.lookups import PostgresOperatorLookup
from nuages.db.models.references import references_of
from nuages.db.models.sql import Query

__all__ = ["ExclusionConstraint"]


class ExclusionConstraintExpression(IndexExpression):
    """An expression and the operator that it is excluded by."""

    template = "%(expressions)s WITH %(operator)s"


class _Excluded(PostgresOperatorLookup):
    """The operator of one expression; another one for each, so that nothing may be kept of it."""

    shape_safe = False


class ExclusionConstraint(BaseConstraint):
    """For any two rows, at least one of the comparisons is false or null."""

    template = (
        "CONSTRAINT %(name)s EXCLUDE USING %(index_type)s (%(expressions)s)%(include)s%(where)s%(deferrable)s"
    )

    def __init__(
        self,
        *,
        name: str,
        expressions: Any,
        index_type: str | None = None,
        condition: Q | None = None,
        deferrable: Deferrable | None = None,
        include: Any = None,
        violation_error_code: str | None = None,
        violation_error_message: Any = None,
    ) -> None:
        if index_type and index_type.lower() not in {"gist", "spgist", "hash"}:
            raise ValueError("Exclusion constraints only support GiST, Hash, or SP-GiST indexes.")
        if not expressions:
            raise ValueError("At least one expression is required to define an exclusion constraint.")
        if not all(isinstance(pair, (list, tuple)) and len(pair) == 2 for pair in expressions):
            raise ValueError("The expressions must be a list of 2-tuples.")
        if not isinstance(condition, (NoneType, Q)):
            raise ValueError("ExclusionConstraint.condition must be a Q instance.")
        if not isinstance(deferrable, (NoneType, Deferrable)):
            raise ValueError("ExclusionConstraint.deferrable must be a Deferrable instance.")
        if not isinstance(include, (NoneType, list, tuple)):
            raise ValueError("ExclusionConstraint.include must be a list or tuple.")
        self.index_type = index_type or "GIST"
        if self.index_type.lower() == "hash":
            if include:
                raise ValueError("Covering exclusion constraints using Hash indexes are not supported.")
            if len(expressions) > 1:
                raise ValueError("Composite exclusion constraints using Hash indexes are not supported.")
            if expressions[0][1] != "=":
                raise ValueError("Exclusion constraints using Hash indexes only support the EQUAL operator.")
        super().__init__(
            name=name,
            violation_error_message=violation_error_message,
            violation_error_code=violation_error_code,
        )
        self.include = tuple(include or ())
        self.expressions, self.condition, self.deferrable = expressions, condition, deferrable

    def check(self, model: Any, connection: Any) -> list[Any]:
        """System checks."""
        references = {
            name
            for expression, _operator in self.expressions
            for name in references_of(F(expression) if isinstance(expression, str) else expression)
        }
        return [
            *super().check(model, connection),
            *check_installed(model, type(self).__name__, {"databases": True}),
            *self._check_references(model, references),
        ]

    # SQL

    def _resolved(self, schema_editor: Any, query: Any) -> Any:
        parts = []
        for expression, operator in self.expressions:
            node = F(expression) if isinstance(expression, str) else expression
            part = ExclusionConstraintExpression(node, operator=operator)
            part.set_wrapper_classes(schema_editor.connection)
            parts.append(part)
        return ExpressionList(*parts).resolve_expression(query)

    def _condition(self, compiler: Any, schema_editor: Any, query: Any) -> str | None:
        if self.condition is None:
            return None
        where = query.build_where(self.condition)
        sql, params = where.as_sql(compiler, schema_editor.connection)
        return sql % tuple(map(schema_editor.quote_value, params))  # type: ignore[no-any-return]

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        """The constraint as part of CREATE TABLE or ALTER TABLE."""
        query = Query(model, alias_cols=False)
        compiler = query.get_compiler(connection=schema_editor.connection)
        condition = self._condition(compiler, schema_editor, query)
        include = [model._meta.get_field(name).column for name in self.include]
        made = Statement(
            self.template,
            table=Table(model._meta.db_table, schema_editor.quote_name),
            name=schema_editor.quote_name(self.name),
            index_type=self.index_type,
            expressions=Expressions(
                model._meta.db_table,
                self._resolved(schema_editor, query),
                compiler,
                schema_editor.quote_value,
            ),
            where=f" WHERE ({condition})" if condition else "",
            include=schema_editor._including(model, include),
            deferrable=schema_editor._deferring(self.deferrable),
        )
        return str(made)

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        """ALTER TABLE ... ADD."""
        return Statement(
            "ALTER TABLE %(table)s ADD %(constraint)s",
            table=Table(model._meta.db_table, schema_editor.quote_name),
            constraint=self.constraint_sql(model, schema_editor),
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        """ALTER TABLE ... DROP CONSTRAINT."""
        return schema_editor._delete_constraint_sql(
            schema_editor.sql_delete_check, model, schema_editor.quote_name(self.name)
        )

    # Storing and comparing

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        said = {
            "expressions": True,
            "condition": self.condition is not None,
            "index_type": self.index_type.lower() != "gist",
            "deferrable": bool(self.deferrable),
            "include": bool(self.include),
        }
        kwargs.update({name: getattr(self, name) for name, wanted in said.items() if wanted})
        return spelled(path), args, kwargs

    def _identity(self) -> tuple[Any, ...]:
        return (
            self.name,
            self.index_type.lower(),
            self.expressions,
            self.condition,
            self.deferrable,
            self.include,
            self.violation_error_code,
            self.violation_error_message,
        )

    def __eq__(self, other: object) -> bool:
        if isinstance(other, type(self)):
            return self._identity() == other._identity()
        return super().__eq__(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        options = (
            ("condition", "" if self.condition is None else str(self.condition)),
            ("deferrable", "" if self.deferrable is None else repr(self.deferrable)),
            ("include", repr(self.include) if self.include else ""),
            (
                "violation_error_code",
                "" if self.violation_error_code is None else repr(self.violation_error_code),
            ),
        )
        message = self.violation_error_message
        said = (
            f" violation_error_message={message!r}"
            if message is not None and message != self.default_violation_error_message
            else ""
        )
        shown = "".join(f" {name}={text}" for name, text in options if text)
        return (
            f"<{type(self).__qualname__}: index_type={self.index_type!r} expressions={self.expressions!r} "
            f"name={self.name!r}{shown}{said}>"
        )

    # Validation

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: str = DEFAULT_DB_ALIAS) -> None:
        """Raise ValidationError where another row clashes with `instance`."""
        queryset = model._default_manager.using(using)
        values = instance._get_field_expression_map(meta=model._meta, exclude=exclude)
        replacements = {F(name): value for name, value in values.items()}
        clashes = []
        for expression, operator in self.expressions:
            node = F(expression) if isinstance(expression, str) else expression
            if exclude and self._reads(model, node, exclude):
                return
            if isinstance(node, OpClass):
                node = node.get_expression_for_validation()
            lookup = _Excluded(lhs=node, rhs=node.replace_expressions(replacements))
            lookup.postgres_operator = operator
            clashes.append(lookup)
        queryset = queryset.filter(*clashes)
        key = instance._get_pk_val(model._meta)
        if not instance._state.adding and instance._is_pk_set(model._meta):
            queryset = queryset.exclude(pk=key)
        if self.condition is None:
            if queryset.exists():
                raise self._violated()
            return
        if exclude and self.condition.referenced_base_fields & set(exclude):
            return
        if (self.condition & Exists(queryset.filter(self.condition))).check(
            replacements and values, using=using
        ):
            raise self._violated()

    def _violated(self) -> ValidationError:
        return ValidationError(self.get_violation_error_message(), code=self.violation_error_code)

    @staticmethod
    def _reads(model: Any, node: Any, exclude: Any) -> bool:
        """Whether a node reads a field that is not validated."""
        for inner in node.flatten():
            if not isinstance(inner, F):
                continue
            name = inner.name.partition("__")[0]
            if name in exclude:
                return True
            field = model._meta.get_field(name)
            if getattr(field, "generated", False) and any(
                read in exclude for read, *_rest in getattr(field, "_resolved_expression_names", lambda: ())()
            ):
                return True
        return False
