"""`Meta.constraints`: what the database enforces and `validate_constraints()` asks beforehand."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from enum import Enum
from types import NoneType
from typing import Any, Self

from nuages.core import checks
from nuages.core.exceptions import FieldDoesNotExist, FieldError, ValidationError
from nuages.db import DEFAULT_DB_ALIAS, connections
from nuages.db.models import plain_conditions
from nuages.db.models.constants import LOOKUP_SEP
from nuages.db.models.expressions import Case, Exists, ExpressionList, F, RawSQL, Value, When
from nuages.db.models.fields import BooleanField
from nuages.db.models.indexes import IndexExpression, _condition_sql, _path_of
from nuages.db.models.lookups import Exact, IsNull
from nuages.db.models.query_utils import Q
from nuages.db.models.references import references_of
from nuages.utils.translation import gettext_lazy as _

__all__ = ["BaseConstraint", "CheckConstraint", "Deferrable", "UniqueConstraint"]


class BaseConstraint:
    """Base of all constraints: a name, and what is said when it is violated."""

    default_violation_error_message = _("Constraint “%(name)s” is violated.")
    violation_error_code: str | None = None
    violation_error_message: Any = None

    #: Names of other databases' columns it does without.
    non_db_attrs = ("violation_error_code", "violation_error_message")

    def __init__(
        self, *, name: str, violation_error_code: str | None = None, violation_error_message: Any = None
    ) -> None:
        self.name = name
        if violation_error_code is not None:
            self.violation_error_code = violation_error_code
        self.violation_error_message = violation_error_message or self.default_violation_error_message

    @property
    def contains_expressions(self) -> bool:
        return False

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        """The clause inside CREATE TABLE."""
        raise NotImplementedError("This method must be implemented by a subclass.")

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        """The statement that adds it."""
        raise NotImplementedError("This method must be implemented by a subclass.")

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        """The statement that takes it away."""
        raise NotImplementedError("This method must be implemented by a subclass.")

    def validate(
        self, model: Any, instance: Any, exclude: Collection[str] | None = None, using: str = DEFAULT_DB_ALIAS
    ) -> None:
        """Raise ValidationError where `instance` would violate it."""
        raise NotImplementedError("This method must be implemented by a subclass.")

    def validate_without_query(self, model: Any, instance: Any, exclude: Collection[str]) -> None:
        """What of validate() needs no look at the database: nothing, unless a kind of constraint knows better."""

    def get_violation_error_message(self) -> Any:
        return self.violation_error_message % {"name": self.name}

    def violation(self, message: Any = None, code: str | None = None) -> ValidationError:
        """The error to raise."""
        return ValidationError(
            message or self.get_violation_error_message(), code=code or self.violation_error_code
        )

    def check(self, model: Any, connection: Any) -> list[Any]:
        """Messages about it on one connection."""
        return []

    def _check_references(self, model: Any, references: set[tuple[str, ...]]) -> list[Any]:
        """What a condition or expression refers to has to be in the model's own table, and no join."""
        fields: set[str] = set()
        messages: list[Any] = []
        for field_name, *lookups in references:
            # "pk" is another name of a local field, or of several: then it is refused.
            if field_name != "pk" or model._meta.is_composite_pk:
                fields.add(field_name)
            if not lookups:
                continue
            if field_name == "pk":
                field = model._meta.pk
            else:
                try:
                    field = model._meta.get_field(field_name)
                except FieldDoesNotExist:
                    continue
            if not field.is_relation or field.many_to_many or field.one_to_many:
                continue
            first = lookups[0]
            # A key followed by a transform or lookup stays here; by a field's name, it leads away.
            if first == "pk" or (field.get_transform(first) is None and field.get_lookup(first) is None):
                joined = LOOKUP_SEP.join([field_name, *lookups])
                messages.append(
                    checks.Error(
                        f"'constraints' refers to the joined field '{joined}'.", obj=model, id="models.E041"
                    )
                )
        from nuages.db.models.checks.options import check_local_fields

        messages += check_local_fields(model, fields, "constraints")
        return messages

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        return _path_of(self), (), {"name": self.name, **self._own_words()}

    def _own_words(self) -> dict[str, Any]:
        """Code and message of violations, where they are this constraint's own."""
        words: dict[str, Any] = {}
        if self.violation_error_code is not None:
            words["violation_error_code"] = self.violation_error_code
        if self.violation_error_message not in (None, self.default_violation_error_message):
            words["violation_error_message"] = self.violation_error_message
        return words

    def clone(self) -> Self:
        """A copy without anything taken from a model."""
        _path, args, kwargs = self.deconstruct()
        return self.__class__(*args, **kwargs)

    def _said_last(self) -> list[str]:
        """The part of repr() about violations."""
        return [f"{name}={value!r}" for name, value in self._own_words().items()]

    def __repr__(self) -> str:
        return f"<{self.__class__.__qualname__}: name={self.name!r}>"


def _feature(connection: Any, model: Any, name: str) -> bool:
    return getattr(connection.features, name) or name in model._meta.required_db_features


class CheckConstraint(BaseConstraint):
    """Every row has to meet a condition."""

    def __init__(
        self,
        *,
        condition: Any,
        name: str,
        violation_error_code: str | None = None,
        violation_error_message: Any = None,
    ) -> None:
        if not getattr(condition, "conditional", False):
            raise TypeError("CheckConstraint.condition must be a Q instance or boolean expression.")
        self.condition = condition
        super().__init__(
            name=name,
            violation_error_code=violation_error_code,
            violation_error_message=violation_error_message,
        )

    def check(self, model: Any, connection: Any) -> list[Any]:
        messages: list[Any] = []
        if not _feature(connection, model, "supports_table_check_constraints"):
            messages.append(
                checks.Warning(
                    f"{connection.display_name} does not support check constraints.",
                    hint="A constraint won't be created. Silence this warning if you don't care about it.",
                    obj=model,
                    id="models.W027",
                )
            )
        else:
            # An expression given as it is may have been resolved against something else.
            references = set(references_of(self.condition)) if isinstance(self.condition, Q) else set()
            if any(isinstance(expression, RawSQL) for expression in self.condition.flatten()):
                messages.append(
                    checks.Warning(
                        f"Check constraint {self.name!r} contains RawSQL() expression and won't be validated during the "
                        "model full_clean().",
                        hint="Silence this warning if you don't care about it.",
                        obj=model,
                        id="models.W045",
                    )
                )
            messages += self._check_references(model, references)
        return messages

    def _sql(self, model: Any, schema_editor: Any) -> Any:
        # What always holds is said all the same: a constraint of that name can be removed again.
        return _condition_sql(self.condition, model, schema_editor) or "1 = 1"

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        return schema_editor._check_sql(self.name, self._sql(model, schema_editor))

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        return schema_editor._create_check_sql(model, self.name, self._sql(model, schema_editor))

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return schema_editor._delete_check_sql(model, self.name)

    def validate(
        self, model: Any, instance: Any, exclude: Collection[str] | None = None, using: str = DEFAULT_DB_ALIAS
    ) -> None:
        against = instance._get_field_expression_map(meta=model._meta, exclude=exclude)
        try:
            # The database does the arithmetic: it is the one that enforces it.
            if not Q(self.condition).check(against, using=using):
                raise self.violation()
        except FieldError:
            # It speaks of a field that is not asked about.
            pass

    def validate_without_query(self, model: Any, instance: Any, exclude: Collection[str]) -> None:
        # What Python cannot tell for sure the database will.
        if plain_conditions.holds(self.condition, instance) is False:
            raise self.violation()

    def __repr__(self) -> str:
        said = [f"condition={self.condition}", f"name={self.name!r}", *self._said_last()]
        return f"<{self.__class__.__qualname__}: {' '.join(said)}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CheckConstraint):
            return NotImplemented
        return (
            self.name == other.name
            and self.condition == other.condition
            and self.violation_error_code == other.violation_error_code
            and self.violation_error_message == other.violation_error_message
        )

    __hash__ = None  # type: ignore[assignment]

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "condition": self.condition}


class Deferrable(Enum):
    """When a deferrable unique constraint is checked."""

    DEFERRED = "deferred"
    IMMEDIATE = "immediate"

    def __repr__(self) -> str:
        return f"{self.__class__.__qualname__}.{self._name_}"


class UniqueConstraint(BaseConstraint):
    """No two rows (of those that meet a condition) have the same values."""

    def __init__(
        self,
        *expressions: Any,
        fields: Sequence[str] = (),
        name: str | None = None,
        condition: Q | None = None,
        deferrable: Deferrable | None = None,
        include: Sequence[str] | None = None,
        opclasses: Sequence[str] = (),
        nulls_distinct: bool | None = None,
        violation_error_code: str | None = None,
        violation_error_message: Any = None,
    ) -> None:
        for complaint in self._complaints(
            expressions, fields, name, condition, deferrable, include, opclasses, nulls_distinct
        ):
            raise complaint
        # What has to be unique, among which rows, and how the database is to go about it.
        self.expressions = tuple(F(each) if isinstance(each, str) else each for each in expressions)
        self.fields, self.condition = tuple(fields), condition
        self.deferrable, self.nulls_distinct = deferrable, nulls_distinct
        self.opclasses, self.include = opclasses, tuple(include or ())
        super().__init__(
            name=name,  # type: ignore[arg-type]
            violation_error_code=violation_error_code,
            violation_error_message=violation_error_message,
        )

    @staticmethod
    def _complaints(
        expressions: Any,
        fields: Any,
        name: Any,
        condition: Any,
        deferrable: Any,
        include: Any,
        opclasses: Any,
        nulls_distinct: Any,
    ) -> Iterator[Exception]:
        """What is wrong with the arguments."""
        if not name:
            yield ValueError("A unique constraint must be named.")
        if bool(expressions) == bool(fields):
            yield ValueError(
                "UniqueConstraint.fields and expressions are mutually exclusive."
                if fields
                else "At least one field or expression is required to define a unique constraint."
            )
        if condition is not None and not isinstance(condition, Q):
            yield ValueError("UniqueConstraint.condition must be a Q instance.")
        # Only plain constraints can be deferred, as those alone are constraints to the database: others are indexes.
        for given, what in (
            (condition, "conditions"),
            (include, "include fields"),
            (opclasses, "opclasses"),
            (expressions, "expressions"),
        ):
            if given and deferrable:
                yield ValueError(f"UniqueConstraint with {what} cannot be deferred.")
        if expressions and opclasses:
            yield ValueError(
                "UniqueConstraint.opclasses cannot be used with expressions. Use "
                "django.contrib.postgres.indexes.OpClass() instead."
            )
        for attribute, value, kinds, said in (
            ("deferrable", deferrable, (Deferrable, NoneType), "a Deferrable instance"),
            ("include", include, (list, tuple, NoneType), "a list or tuple"),
            ("opclasses", opclasses, (list, tuple), "a list or tuple"),
            ("nulls_distinct", nulls_distinct, (bool, NoneType), "a bool"),
        ):
            if not isinstance(value, kinds):
                yield TypeError(f"UniqueConstraint.{attribute} must be {said}.")
        if opclasses and len(opclasses) != len(fields):
            yield ValueError(
                "UniqueConstraint.fields and UniqueConstraint.opclasses must have the same number of elements."
            )

    @property
    def contains_expressions(self) -> bool:
        return bool(self.expressions)

    def check(self, model: Any, connection: Any) -> list[Any]:
        from nuages.db.models.checks.options import check_local_fields

        messages = check_local_fields(model, {*self.fields, *self.include}, "constraints")
        database = connection.display_name
        for used, feature, what, code in (
            (
                self.condition is not None,
                "supports_partial_indexes",
                "unique constraints with conditions",
                "W036",
            ),
            (
                self.deferrable is not None,
                "supports_deferrable_unique_constraints",
                "deferrable unique constraints",
                "W038",
            ),
            (
                bool(self.include),
                "supports_covering_indexes",
                "unique constraints with non-key columns",
                "W039",
            ),
            (
                self.contains_expressions,
                "supports_expression_indexes",
                "unique constraints on expressions",
                "W044",
            ),
            (
                self.nulls_distinct is not None,
                "supports_nulls_distinct_unique_constraints",
                "UniqueConstraint.nulls_distinct",
                "W047",
            ),
        ):
            if used and not _feature(connection, model, feature):
                messages.append(
                    checks.Warning(
                        f"{database} does not support {what}.",
                        hint="A constraint won't be created. Silence this warning if you don't care about it.",
                        obj=model,
                        id=f"models.{code}",
                    )
                )
        references: set[tuple[str, ...]] = set()
        if self.condition is not None and _feature(connection, model, "supports_partial_indexes"):
            references.update(references_of(self.condition))
        if self.contains_expressions and _feature(connection, model, "supports_expression_indexes"):
            for expression in self.expressions:
                references.update(references_of(expression))
        messages += self._check_references(model, references)
        return messages

    # --- SQL --------------------------------------------------------------------------------------------------

    def _resolved_expressions(self, model: Any, schema_editor: Any) -> Any:
        if not self.expressions:
            return None
        from nuages.db.models.sql.query import Query

        wrapped = []
        for each in self.expressions:
            expression = IndexExpression(each)
            expression.set_wrapper_classes(schema_editor.connection)
            wrapped.append(expression)
        return ExpressionList(*wrapped).resolve_expression(Query(model, alias_cols=False))

    def _arguments(self, model: Any, schema_editor: Any) -> dict[str, Any]:
        return {
            "condition": _condition_sql(self.condition, model, schema_editor),
            "deferrable": self.deferrable,
            "include": [model._meta.get_field(name).column for name in self.include],
            "opclasses": self.opclasses,
            "expressions": self._resolved_expressions(model, schema_editor),
            "nulls_distinct": self.nulls_distinct,
        }

    def _columns_fields(self, model: Any) -> list[Any]:
        return [model._meta.get_field(name) for name in self.fields]

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        return schema_editor._unique_sql(
            model, self._columns_fields(model), self.name, **self._arguments(model, schema_editor)
        )

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        return schema_editor._create_unique_sql(
            model, self._columns_fields(model), self.name, **self._arguments(model, schema_editor)
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return schema_editor._delete_unique_sql(model, self.name, **self._arguments(model, schema_editor))

    # --- validation -------------------------------------------------------------------------------------------

    def validate(
        self, model: Any, instance: Any, exclude: Collection[str] | None = None, using: str = DEFAULT_DB_ALIAS
    ) -> None:
        others = self._possible_clashes(model, instance, exclude or (), using)
        if others is None:
            return
        # Of a child's own table the parent's row may be the same one.
        key = instance._get_pk_val(model._meta)
        if not instance._state.adding and instance._is_pk_set(model._meta):
            others = others.exclude(pk=key)
        if self.condition is None:
            if others.exists():
                self._refuse(model, instance)
            return
        # With a field of the condition left out, it cannot be told whether it counts.
        if exclude and self._depends_on(model, self.condition, exclude):
            return
        against = instance._get_field_expression_map(meta=model._meta, exclude=exclude)
        # A condition that is unknown does not count, while check() takes it as met.
        counts = Case(
            When(self.condition, then=Value(True)), default=Value(False), output_field=BooleanField()
        )
        if (Q(counts) & Exists(others.filter(self.condition))).check(against, using=using):
            raise self.violation()

    def _refuse(self, model: Any, instance: Any) -> None:
        # Fields have a message of their own, unless this constraint brings one.
        if self.fields and not self._own_words():
            raise ValidationError(instance.unique_error_message(model, self.fields))
        raise self.violation()

    def _possible_clashes(self, model: Any, instance: Any, exclude: Collection[str], using: str) -> Any:
        """Rows with the same values; None where there can be none, or fields are not asked about."""
        queryset = model._default_manager.using(using)
        if self.fields:
            return self._same_fields(model, instance, exclude, using, queryset)
        return self._same_expressions(model, instance, exclude, queryset)

    def _same_fields(
        self, model: Any, instance: Any, exclude: Collection[str], using: str, queryset: Any
    ) -> Any:
        lookup: dict[str, Any] = {}
        generated: list[str] = []
        as_null = connections[using].features.interprets_empty_strings_as_nulls
        for name in self.fields:
            if name in exclude:
                return None
            field = model._meta.get_field(name)
            if field.generated:
                if exclude and self._depends_on(model, field.expression, exclude):
                    return None
                generated.append(name)
                continue
            value = getattr(instance, field.attname)
            empty = value is None or (value == "" and as_null)
            if empty:
                # NULL is like nothing, not even like NULL, unless said otherwise.
                if self.nulls_distinct is not False:
                    return None
                lookup[f"{name}__isnull"] = True
            else:
                lookup[name] = value
        conditions = [Q(**lookup)] if lookup else []
        against = instance._get_field_expression_map(meta=model._meta, exclude=exclude)
        for name in generated:
            value = model._meta.get_field(name).expression.replace_expressions(
                {F(other): expression for other, expression in against.items()}
            )
            same: Any = Exact(F(name), value)
            if self.nulls_distinct is False:
                same = Q(same) | (Q((f"{name}__isnull", True)) & Q(IsNull(value, True)))
            conditions.append(Q(same))
        for condition in conditions:
            queryset = queryset.filter(condition)
        return queryset

    def _depends_on(self, model: Any, expression: Any, exclude: Collection[str]) -> bool:
        """Whether any of these fields has a part in the expression, if by a generated column."""
        options = model._meta
        generated = {field.name: field for field in options.local_fields if field.generated}
        for name, *_rest in references_of(expression):
            if name in exclude or (name == "pk" and options.pk.name in exclude):
                return True
            if name in generated and self._depends_on(model, generated[name].expression, exclude):
                return True
        return False

    def _same_expressions(self, model: Any, instance: Any, exclude: Collection[str], queryset: Any) -> Any:
        if exclude and any(self._depends_on(model, expression, exclude) for expression in self.expressions):
            return None
        against = {
            F(name): value
            for name, value in instance._get_field_expression_map(meta=model._meta, exclude=exclude).items()
        }
        for expression in self.expressions:
            # An order or operator class is the index's, not the comparison's.
            bare = _without_wrappers(expression)
            value = bare.replace_expressions(against)
            condition: Any = Q(Exact(bare, value))
            if self.nulls_distinct is False:
                condition |= Q(IsNull(bare, True)) & Q(IsNull(value, True))
            queryset = queryset.filter(condition)
        return queryset

    # --- identity ---------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        said = {
            "fields": repr(self.fields) if self.fields else "",
            "expressions": repr(self.expressions) if self.expressions else "",
            "name": repr(self.name),
            "condition": str(self.condition) if self.condition is not None else "",
            "deferrable": str(self.deferrable) if self.deferrable is not None else "",
            "include": repr(self.include) if self.include else "",
            "opclasses": repr(self.opclasses) if self.opclasses else "",
            "nulls_distinct": repr(self.nulls_distinct) if self.nulls_distinct is not None else "",
        }
        parts = [*(f"{name}={value}" for name, value in said.items() if value), *self._said_last()]
        return f"<{self.__class__.__qualname__}: {' '.join(parts)}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, UniqueConstraint):
            return NotImplemented
        return self._identity() == other._identity()

    __hash__ = None  # type: ignore[assignment]

    def _identity(self) -> tuple[Any, ...]:
        return (
            self.name,
            self.fields,
            self.condition,
            self.deferrable,
            self.include,
            self.opclasses,
            self.expressions,
            self.nulls_distinct,
            self.violation_error_code,
            self.violation_error_message,
        )

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        path, _args, kwargs = super().deconstruct()
        for name in ("fields", "deferrable", "include", "opclasses"):
            if getattr(self, name):
                kwargs[name] = getattr(self, name)
        for name in ("condition", "nulls_distinct"):
            if getattr(self, name) is not None:
                kwargs[name] = getattr(self, name)
        return path, self.expressions, kwargs


def _without_wrappers(expression: Any) -> Any:
    from nuages.db.models.expressions import OrderBy

    while isinstance(expression, OrderBy) or not getattr(
        expression, "constraint_validation_compatible", True
    ):
        expression = expression.get_source_expressions()[0]
    return expression
