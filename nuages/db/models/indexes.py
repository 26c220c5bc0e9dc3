"""`Meta.indexes`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Self

from nuages.compat import spelled
from nuages.core import checks
from nuages.core.exceptions import FullResultSet
from nuages.db.backends.utils import names_digest, split_identifier
from nuages.db.models.expressions import Col, ExpressionList, F, Func, OrderBy
from nuages.db.models.functions import Collate
from nuages.db.models.query_utils import Q
from nuages.db.models.references import references_of
from nuages.utils.functional import partition

__all__ = ["Index", "IndexExpression"]


class Index:
    """An index over fields or expressions."""

    suffix = "idx"
    #: What every database leaves room for.
    max_name_length = 30

    def __init__(
        self,
        *expressions: Any,
        fields: Sequence[str] = (),
        name: str | None = None,
        db_tablespace: str | None = None,
        opclasses: Sequence[str] = (),
        condition: Q | None = None,
        include: Sequence[str] | None = None,
    ) -> None:
        for complaint in self._complaints(expressions, fields, name, opclasses, condition, include):
            raise ValueError(complaint)
        self.fields = list(fields)
        # (name, "DESC" or "") pairs.
        self.fields_orders = [
            (field[1:], "DESC") if field.startswith("-") else (field, "") for field in self.fields
        ]
        self.name = name or ""
        self.db_tablespace = db_tablespace
        self.opclasses = opclasses
        self.condition = condition
        self.include = tuple(include) if include else ()
        self.expressions = tuple(F(each) if isinstance(each, str) else each for each in expressions)

    @staticmethod
    def _complaints(
        expressions: Any, fields: Any, name: Any, opclasses: Any, condition: Any, include: Any
    ) -> Iterator[str]:
        """What is wrong with the arguments."""
        for given, what in ((opclasses, "opclasses"), (condition, "condition")):
            if given and not name:
                yield f"An index must be named to use {what}."
        if condition is not None and not isinstance(condition, Q):
            yield "Index.condition must be a Q instance."
        for value, what in ((fields, "fields"), (opclasses, "opclasses")):
            if not isinstance(value, (list, tuple)):
                yield f"Index.{what} must be a list or tuple."
        if bool(expressions) == bool(fields):
            yield (
                "Index.fields and expressions are mutually exclusive."
                if fields
                else "At least one field or expression is required to define an index."
            )
        if expressions and not name:
            yield "An index must be named to use expressions."
        if expressions and opclasses:
            yield (
                "Index.opclasses cannot be used with expressions. Use "
                "django.contrib.postgres.indexes.OpClass() instead."
            )
        if opclasses and len(opclasses) != len(fields):
            yield "Index.fields and Index.opclasses must have the same number of elements."
        if any(not isinstance(field, str) for field in fields):
            yield "Index.fields must contain only strings with field names."
        if include and not name:
            yield "A covering index must be named."
        if include is not None and not isinstance(include, (list, tuple)):
            yield "Index.include must be a list or tuple."

    @property
    def contains_expressions(self) -> bool:
        return bool(self.expressions)

    def check(self, model: Any, connection: Any) -> list[Any]:
        """Messages about this index on one connection."""
        messages: list[Any] = []
        if not self.name:
            return messages
        # Some databases do not take such names.
        if self.name[0] == "_" or self.name[0].isdigit():
            messages.append(
                checks.Error(
                    f"The index name '{self.name}' cannot start with an underscore or a number.",
                    obj=model,
                    id="models.E033",
                )
            )
        if len(self.name) > self.max_name_length:
            messages.append(
                checks.Error(
                    f"The index name '{self.name}' cannot be longer than {self.max_name_length} characters.",
                    obj=model,
                    id="models.E034",
                )
            )
        messages += self._check_features(model, connection)
        from nuages.db.models.checks.options import check_local_fields

        references: set[Any] = set()
        if self.contains_expressions:
            for expression in self.expressions:
                references.update(
                    name
                    for name, *_rest in references_of(expression)
                    if name != "pk" or model._meta.is_composite_pk
                )
        names = {name for name, _order in self.fields_orders}
        messages += check_local_fields(model, {*names, *self.include, *references}, "indexes")
        return messages

    def _check_features(self, model: Any, connection: Any) -> list[Any]:
        required = model._meta.required_db_features
        database = connection.display_name
        found: list[Any] = []
        for used, feature, what, result, code in (
            (
                self.condition is not None,
                "supports_partial_indexes",
                "indexes with conditions",
                "Conditions will be ignored.",
                "W037",
            ),
            (
                bool(self.include),
                "supports_covering_indexes",
                "indexes with non-key columns",
                "Non-key columns will be ignored.",
                "W040",
            ),
            (
                self.contains_expressions,
                "supports_expression_indexes",
                "indexes on expressions",
                "An index won't be created.",
                "W043",
            ),
        ):
            if used and not (getattr(connection.features, feature) or feature in required):
                found.append(
                    checks.Warning(
                        f"{database} does not support {what}.",
                        hint=f"{result} Silence this warning if you don't care about it.",
                        obj=model,
                        id=f"models.{code}",
                    )
                )
        return found

    def _condition_sql(self, model: Any, schema_editor: Any) -> str | None:
        return _condition_sql(self.condition, model, schema_editor)

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        """The CREATE INDEX statement."""
        from nuages.db.models.sql.query import Query

        options = model._meta
        parts: dict[str, Any] = {
            "condition": self._condition_sql(model, schema_editor),
            "include": [options.get_field(name).column for name in self.include],
            "db_tablespace": self.db_tablespace,
            "opclasses": self.opclasses,
            "fields": None,
            "col_suffixes": None,
            "expressions": None,
        }
        if self.expressions:
            wrapped = [IndexExpression(each) for each in self.expressions]
            for expression in wrapped:
                expression.set_wrapper_classes(schema_editor.connection)
            parts["expressions"] = ExpressionList(*wrapped).resolve_expression(Query(model, alias_cols=False))
        else:
            ordered = schema_editor.connection.features.supports_index_column_ordering
            parts["fields"] = [options.get_field(name) for name, _order in self.fields_orders]
            parts["col_suffixes"] = tuple(order if ordered else "" for _name, order in self.fields_orders)
        return schema_editor._create_index_sql(model, name=self.name, using=using, **parts, **kwargs)

    def remove_sql(self, model: Any, schema_editor: Any, **kwargs: Any) -> Any:
        """The DROP INDEX statement."""
        return schema_editor._delete_index_sql(model, self.name, **kwargs)

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        kwargs: dict[str, Any] = {"name": self.name}
        for name in ("fields", "db_tablespace", "opclasses", "condition", "include"):
            value = getattr(self, name)
            if value is not None and (
                name == "condition" or value or (name == "db_tablespace" and value is not None)
            ):
                kwargs[name] = value
        if self.expressions:
            kwargs.pop("fields", None)
        return _path_of(self), self.expressions, kwargs

    def clone(self) -> Self:
        """A copy without anything taken from a model."""
        _path, args, kwargs = self.deconstruct()
        return self.__class__(*args, **kwargs)

    def set_name_with_model(self, model: Any) -> None:
        """A name from table, columns and a digest of both, within 30 characters."""
        _schema, table = split_identifier(model._meta.db_table)
        columns = [model._meta.get_field(name).column for name, _order in self.fields_orders]
        with_orders = [
            f"-{column}" if order else column for column, (_name, order) in zip(columns, self.fields_orders)
        ]
        digest = names_digest(table, *with_orders, self.suffix, length=6)
        self.name = f"{table[:11]}_{columns[0][:7]}_{digest}_{self.suffix}"
        if len(self.name) > self.max_name_length:
            raise ValueError(
                "Index too long for multiple database support. Is self.suffix longer than 3 characters?"
            )
        # Where the table starts with what a name may not start with.
        if self.name[0] == "_" or self.name[0].isdigit():
            self.name = f"D{self.name[1:]}"

    def __repr__(self) -> str:
        said = {
            "fields": repr(self.fields) if self.fields else "",
            "expressions": repr(self.expressions) if self.expressions else "",
            "name": repr(self.name) if self.name else "",
            "db_tablespace": repr(self.db_tablespace) if self.db_tablespace is not None else "",
            "condition": str(self.condition) if self.condition is not None else "",
            "include": repr(self.include) if self.include else "",
            "opclasses": repr(self.opclasses) if self.opclasses else "",
        }
        return f"<{self.__class__.__qualname__}: {' '.join(f'{name}={value}' for name, value in said.items() if value)}>"

    def __eq__(self, other: object) -> bool:
        return (
            self.deconstruct() == other.deconstruct()
            if isinstance(other, Index) and other.__class__ is self.__class__
            else NotImplemented
        )

    def __hash__(self) -> int:
        return hash((self.__class__, self.name))


def _path_of(item: Any) -> str:
    """The dotted path migrations write: the documented one for what is exported from models."""
    from nuages.db import models

    cls: type = item.__class__
    name = cls.__name__
    return spelled(
        f"nuages.db.models.{name}" if vars(models).get(name) is cls else f"{cls.__module__}.{name}"
    )


def _condition_sql(condition: Any, model: Any, schema_editor: Any) -> str | None:
    """A condition written out, its values quoted into it: DDL takes no parameters."""
    if condition is None:
        return None
    from nuages.db.models.sql.query import Query

    query: Any = Query(model=model, alias_cols=False)
    where = query.build_where(condition)
    compiler = query.get_compiler(connection=schema_editor.connection)
    try:
        sql, params = where.as_sql(compiler, schema_editor.connection)
    except FullResultSet:
        return None  # An empty condition leaves nothing out.
    return sql % tuple(schema_editor.quote_value(param) for param in params)


class IndexExpression(Func):
    """An expression as an index takes it: column, collation, operator class, order, in this order of nesting."""

    template = "%(expressions)s"
    wrapper_classes: ClassVar[tuple[type, ...]] = (OrderBy, Collate)

    def set_wrapper_classes(self, connection: Any = None) -> None:
        # Some databases take the collation inside brackets, as part of the expression.
        if connection and connection.features.collate_as_index_expression:
            self.wrapper_classes = tuple(cls for cls in self.wrapper_classes if cls is not Collate)  # type: ignore[misc]

    @classmethod
    def register_wrappers(cls, *wrapper_classes: type) -> None:
        """Have more kinds of wrappers kept outside of the brackets."""
        cls.wrapper_classes = wrapper_classes

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        parts = list(self.flatten())
        wrappers, inner = partition(lambda part: not isinstance(part, self.wrapper_classes), parts)
        kinds = [type(part) for part in wrappers]
        if len(set(kinds)) != len(kinds):
            raise ValueError(
                "Multiple references to {} can't be used in an indexed expression.".format(
                    ", ".join(cls.__qualname__ for cls in self.wrapper_classes)
                )
            )
        if parts[1 : len(wrappers) + 1] != wrappers:
            raise ValueError(
                "{} must be topmost expressions in an indexed expression.".format(
                    ", ".join(cls.__qualname__ for cls in self.wrapper_classes)
                )
            )
        root = inner[1]
        resolved = root.resolve_expression(query, allow_joins, reuse, summarize, for_save)
        if not isinstance(resolved, Col):
            root = Func(root, template="(%(expressions)s)")
        # Nested as wrapper_classes says, which is how they have to be written; copies, as the index keeps its own.
        inside = root
        for wrapper in sorted(wrappers, key=self._place_of, reverse=True):
            copied = wrapper.copy()
            copied.set_source_expressions([inside, *wrapper.get_source_expressions()[1:]])
            inside = copied
        self.set_source_expressions([inside])
        return super().resolve_expression(query, allow_joins, reuse, summarize, for_save)

    def _place_of(self, wrapper: Any) -> int:
        return next(place for place, kind in enumerate(self.wrapper_classes) if isinstance(wrapper, kind))

    def as_sqlite(self, compiler: Any, connection: Any, **extra_context: Any) -> Any:
        # Casting to numeric has no place in an index.
        return self.as_sql(compiler, connection, **extra_context)
