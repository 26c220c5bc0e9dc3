"""GeneratedField: a column the database computes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Unpack, overload

from nuages.core import checks
from nuages.db.models.fields.base import Field, FieldCheck
from nuages.db.models.fields.checks import databases_for
from nuages.db.models.fields.options import NOT_PROVIDED, FieldOption, FieldOptions
from nuages.db.models.fields.values import In, Null, Out
from nuages.utils.functional import cached_property

if TYPE_CHECKING:
    from nuages.utils.functional import Promise

__all__ = ["GeneratedField"]


def check_supported(field: Any, options: Mapping[str, Any]) -> Iterator[Any]:
    required = field.model._meta.required_db_features
    for connection in databases_for(field, options):
        stored = connection.features.supports_stored_generated_columns
        virtual = connection.features.supports_virtual_generated_columns
        database = connection.display_name
        if not (
            virtual
            or "supports_virtual_generated_columns" in required
            or stored
            or "supports_stored_generated_columns" in required
        ):
            yield checks.Error(f"{database} does not support GeneratedFields.", obj=field, id="fields.E220")
        elif not (field.db_persist or virtual or "supports_virtual_generated_columns" in required):
            yield checks.Error(
                f"{database} does not support non-persisted GeneratedFields.",
                obj=field,
                id="fields.E221",
                hint="Set db_persist=True on the field.",
            )
        elif field.db_persist and not (stored or "supports_stored_generated_columns" in required):
            yield checks.Error(
                f"{database} does not support persisted GeneratedFields.",
                obj=field,
                id="fields.E222",
                hint="Set db_persist=False on the field.",
            )


def check_output_field(field: Any, options: Mapping[str, Any]) -> Iterator[Any]:
    """What is wrong with the output field is wrong with this one."""
    found = field.output_field.check(databases=options.get("databases") or [])
    for level, what, code, kind in (
        (checks.ERROR, "errors", "fields.E223", checks.Error),
        (checks.WARNING, "warnings", "fields.W224", checks.Warning),
    ):
        messages = [
            message
            for message in found
            if (message.level >= checks.ERROR) == (level == checks.ERROR) and message.level >= checks.WARNING
        ]
        if messages:
            said = "\n    ".join(f"{message.msg} ({message.id})" for message in messages)
            yield kind(f"GeneratedField.output_field has {what}:\n    {said}", obj=field, id=code)


#: Options that are decided for a column nobody writes to, and what is said to another value.
FIXED = (
    ("editable", False, "cannot be editable"),
    ("blank", True, "must be blank"),
    ("default", NOT_PROVIDED, "cannot have a default"),
    ("db_default", NOT_PROVIDED, "cannot have a database default"),
)


class GeneratedOptions(FieldOptions, total=False):
    """Keywords of GeneratedField."""

    verbose_name: str | Promise | None
    name: str | None


class GeneratedField(Field[In, Out, Null]):
    """The value of an expression over other columns of the row."""

    options: ClassVar[tuple[FieldOption, ...]] = (
        FieldOption("blank", True, never=True),
        FieldOption("editable", False, never=True),
        FieldOption("db_persist", always=True),
        FieldOption("expression", always=True),
        FieldOption("output_field", always=True),
    )
    checks: ClassVar[tuple[FieldCheck, ...]] = (check_supported, check_output_field)

    generated = True
    db_returning = True

    #: The field that tells what the expression gives.
    output_field: Any = None

    _query: Any = None

    @overload
    def __init__(
        self,
        *,
        expression: Any,
        output_field: Field[In, Out, Any],
        db_persist: bool,
        null: Null = ...,
        **kwargs: Unpack[GeneratedOptions],
    ) -> None: ...
    @overload
    def __init__(
        self,
        *,
        expression: Any,
        output_field: Field[In, Out, Any],
        db_persist: bool,
        null: bool,
        **kwargs: Unpack[GeneratedOptions],
    ) -> None: ...
    def __init__(self, *, expression: Any, output_field: Any, db_persist: bool, **kwargs: Any) -> None:
        for option, only, rule in FIXED:
            if kwargs.setdefault(option, only) is not only:
                raise ValueError(f"GeneratedField {rule}.")
        if db_persist not in (True, False):
            raise ValueError("GeneratedField.db_persist must be True or False.")
        super().__init__(**kwargs)
        self.expression, self.output_field, self.db_persist = expression, output_field, db_persist

    @cached_property
    def cached_col(self) -> Any:
        from nuages.db.models.expressions import Col

        return Col(self.model._meta.db_table, self, self.output_field).keeping_writing()

    def get_col(self, alias: str, output_field: Any = None) -> Any:
        if alias != self.model._meta.db_table and output_field in (None, self):
            output_field = self.output_field
        return super().get_col(alias, output_field)

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        # Lookups are those of what comes out.
        self.output_field.model = cls
        self.output_field.set_attributes_from_name(name)
        for lookup_name, lookup in self.output_field.get_lookups().items():
            self.register_lookup(lookup, lookup_name=lookup_name)

    def generated_sql(self, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """The expression as the column definition has it."""
        from nuages.db.models.sql.query import Query

        query = Query(model=self.model, alias_cols=False)
        compiler = query.get_compiler(connection=connection)
        resolved = self.expression.resolve_expression(query, allow_joins=False)
        sql, params = compiler.compile(resolved)
        # A condition as a value needs brackets on some databases.
        if (
            getattr(self.expression, "conditional", False)
            and not connection.features.supports_boolean_expr_in_select_clause
        ):
            sql = f"CASE WHEN {sql} THEN 1 ELSE 0 END"
        return sql, tuple(params)

    @cached_property
    def referenced_fields(self) -> frozenset[Any]:
        """Fields the expression reads."""
        return frozenset(self.model._meta.get_field(name) for name in self.referenced_names())

    def referenced_names(self) -> set[str]:
        """Names of the fields the expression reads."""
        from nuages.db.models.references import references_of

        return {name for name, *_rest in references_of(self.expression)}

    def get_internal_type(self) -> str:
        return self.output_field.get_internal_type()

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        return self.output_field.db_parameters(connection)

    def db_type_parameters(self, connection: Any) -> Any:
        return self.output_field.db_type_parameters(connection)

    def get_db_converters(self, connection: Any) -> list[Any]:
        return self.output_field.get_db_converters(connection)

    def select_format(self, compiler: Any, sql: str, params: Any) -> tuple[str, Any]:
        return self.output_field.select_format(compiler, sql, params)
