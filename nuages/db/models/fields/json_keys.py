"""Keys and indexes of JSON documents as transforms, and the lookups on documents."""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from typing import Any

from nuages.db.models import lookups
from nuages.db.models.constants import LOOKUP_SEP
from nuages.db.models.expressions import Value
from nuages.db.models.expressions.base import Sql
from nuages.db.models.fields import TextField
from nuages.db.models.fields.json import JSONField, JSONNull
from nuages.db.models.lookups import PostgresOperatorLookup, Transform
from nuages.db.models.shapes.slots import Late, Opaque, Slot
from nuages.db.utils import NotSupportedError
from nuages.utils.deprecation import RemovedInDjango2028Warning

# Paths ------------------------------------------------------------------------------------------------------


def index_of(key: Any) -> int | None:
    """`key` as an index of an array, None where it is a name."""
    try:
        return int(key)
    except ValueError:
        return None


def json_path(keys: Sequence[Any], connection: Any, names_only: Sequence[Any] = ()) -> str:
    """Keys as an SQL/JSON path; those of `names_only` come last and are never indexes."""
    path = ["$"]
    for key in keys:
        index = index_of(key)
        if index is None:
            path.append(f".{json.dumps(key)}")
        elif index >= 0:
            path.append(f"[{index}]")
        elif connection.features.supports_json_negative_indexing:
            path.append(f"[#{index}]")
        else:
            raise NotSupportedError(
                "Using negative JSON array indices is not supported on this database backend."
            )
    path += [f".{json.dumps(str(key))}" for key in names_only]
    return "".join(path)


def compile_json_path(key_transforms: Sequence[Any], include_root: bool = True) -> str:
    """The keys as a path, for third-party backends."""
    from nuages.db import connection

    path = json_path(key_transforms, connection)
    return path if include_root else path[1:]


def _key_as_text(key: Any, connection: Any) -> str:
    return str(key)


#: `bind` step: keys of documents are texts.
KEY_AS_TEXT = _key_as_text


class Extracted:
    """`bind` step: a value as a database without a JSON type takes it out of a document.

    Texts and numbers as they are, true, false and null by name, the rest as JSON without spaces.
    """

    __slots__ = ("encoder", "whole")

    def __init__(self, encoder: Any, whole: bool = False) -> None:
        self.encoder = encoder
        # Whether it is compared with a whole document, which is always JSON.
        self.whole = whole

    def __call__(self, value: Any, connection: Any) -> Any:
        if isinstance(value, Value):
            value = value.value
        plain = json.loads(json.dumps(value, cls=self.encoder))
        if not self.whole and isinstance(plain, (str, int, float)) and not isinstance(plain, bool):
            return plain
        return json.dumps(plain, separators=(",", ":"))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Extracted) and (other.encoder, other.whole) == (self.encoder, self.whole)

    def __hash__(self) -> int:
        return hash((self.encoder, self.whole))


# Transforms -------------------------------------------------------------------------------------------------


class KeyTransform(Transform):
    """The value under a key (or at an index) of a document."""

    postgres_operator = "->"
    postgres_nested_operator = "#>"
    structure = ("key_name", "extra")

    def __init__(self, key_name: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key_name = str(key_name)

    def unwrapped(self) -> tuple[Any, list[str]]:
        """The document and the keys that lead into it, outermost first."""
        keys = [self.key_name]
        document = self.lhs
        while isinstance(document, KeyTransform):
            keys.append(document.key_name)
            document = document.lhs
        return document, keys[::-1]

    def preprocess_lhs(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...], list[str]]:
        """SQL and parameters of the document, and the keys."""
        document, keys = self.unwrapped()
        sql, params = compiler.compile(document)
        return sql, tuple(params), keys

    def as_sql(self, compiler: Any, connection: Any) -> Sql:  # type: ignore[override]
        """By operators; databases that have functions instead write it their own way."""
        sql, params, keys = self.preprocess_lhs(compiler, connection)
        if len(keys) > 1:
            return f"({sql} {self.postgres_nested_operator} %s)", (*params, keys)
        index = index_of(keys[0])
        return f"({sql} {self.postgres_operator} %s)", (*params, keys[0] if index is None else index)


class KeyTextTransform(KeyTransform):
    """The value under a key, as text."""

    postgres_operator = "->>"
    postgres_nested_operator = "#>>"
    output_field = TextField()

    @classmethod
    def from_lookup(cls, lookup: str) -> KeyTextTransform:
        """From `"field__key__0__key"`."""
        transform, *keys = lookup.split(LOOKUP_SEP)
        if not keys:
            raise ValueError("Lookup must contain key or index transforms.")
        node: Any = transform
        for key in keys[:-1]:
            node = KeyTransform(key, node)
        return cls(keys[-1], node)


KT = KeyTextTransform.from_lookup


class KeyTransformFactory:
    """Makes the transform for one key."""

    def __init__(self, key_name: str) -> None:
        self.key_name = key_name

    def __call__(self, *args: Any, **kwargs: Any) -> KeyTransform:
        return KeyTransform(self.key_name, *args, **kwargs)


# Lookups on documents ---------------------------------------------------------------------------------------


def _encoder(lookup: Any) -> Any:
    field = lookup.lhs.output_field
    return getattr(field, "encoder", None)


def _json_param(lookup: Any, value: Any, connection: Any, whole: bool) -> Any:
    """A right side in the form that compares with this database's documents."""
    if connection.features.has_native_json_field:
        encoder = _encoder(lookup)
        if isinstance(value, Slot):
            return value.bound(_Adapted(encoder))
        return connection.ops.adapt_json_value(value, encoder)
    step = Extracted(_encoder(lookup), whole)
    return value.bound(step) if isinstance(value, Slot) else step(value, connection)


class _Adapted:
    """`bind` step: a document as the driver takes it."""

    __slots__ = ("encoder",)

    def __init__(self, encoder: Any) -> None:
        self.encoder = encoder

    def __call__(self, value: Any, connection: Any) -> Any:
        return connection.ops.adapt_json_value(value, self.encoder)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Adapted) and other.encoder is self.encoder

    def __hash__(self) -> int:
        return hash((_Adapted, self.encoder))


class _Prepared:
    """`bind` step: a value of another type, as that type takes it, before it becomes JSON."""

    __slots__ = ("field",)

    def __init__(self, field: Any) -> None:
        self.field = field

    def __call__(self, value: Any, connection: Any) -> Any:
        return self.field.get_prep_value(value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Prepared) and type(other.field) is type(self.field)

    def __hash__(self) -> int:
        return hash((_Prepared, type(self.field)))


class JSONLookup:
    """Right sides are JSON; Value() without a type is taken for a document too."""

    whole = True
    rhs: Any

    def get_db_prep_lookup(self, value: Any, connection: Any) -> Sql:
        """One right side."""
        return "%s", (_json_param(self, value, connection, self.whole),)

    def unwrapped_rhs(self, value: Any) -> Any:
        """What a Value holds, where it means a document."""
        if isinstance(value, JSONNull):
            return None
        if not isinstance(value, Value):
            return value
        plain, field = value.value, value._output_field_or_none
        if isinstance(field, JSONField):
            return plain
        if plain is None:
            # SQL's null: it equals nothing.
            return value
        if field is None:
            return plain
        return plain.bound(_Prepared(field)) if isinstance(plain, Slot) else field.get_prep_value(plain)


def _warned_null(lookup: Any) -> Any:
    def read(connection: Any) -> Any:
        warnings.warn(
            "Using None as the right-hand side of an exact lookup on JSONField to mean "
            "JSON scalar 'null' is deprecated. Use JSONNull() instead (or use the "
            "__isnull lookup if you meant SQL NULL).",
            RemovedInDjango2028Warning,
            stacklevel=2,
        )
        return _json_param(lookup, None, connection, True)

    return read


@JSONField.register_lookup
class JSONExact(JSONLookup, lookups.Exact):
    can_use_none_as_rhs = True

    def process_lhs(self, compiler: Any, connection: Any, lhs: Any = None) -> Sql:
        sql, params = super().process_lhs(compiler, connection, lhs)
        return document_sql(sql, connection), params

    def process_rhs(self, compiler: Any, connection: Any) -> Sql:
        if self.rhs is None:
            # Warned about whenever it is executed, not only when it is planned.
            return "%s", (Late(_warned_null(self)),)
        plain = self.unwrapped_rhs(self.rhs)
        if plain is not self.rhs:
            return self.get_db_prep_lookup(plain, connection)
        sql, params = super().process_rhs(compiler, connection)
        return (sql if self.rhs_is_direct_value() else document_sql(sql, connection)), params

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        # A document that is `true` is no condition.
        lhs, lhs_params = self.process_lhs(compiler, connection)
        rhs, rhs_params = self.process_rhs(compiler, connection)
        return f"{lhs} = {rhs}", (*lhs_params, *rhs_params)


def document_sql(sql: str, connection: Any) -> str:
    """A document so that equal ones are equal as texts, where they are stored as texts."""
    return sql if connection.features.has_native_json_field else f"JSON({sql})"


@JSONField.register_lookup
class JSONIn(JSONLookup, lookups.In):
    def process_lhs(self, compiler: Any, connection: Any, lhs: Any = None) -> Sql:
        sql, params = super().process_lhs(compiler, connection, lhs)
        return document_sql(sql, connection), params

    def get_prep_lookup(self) -> Any:
        prepared = super().get_prep_lookup()
        return list(map(self.unwrapped_rhs, prepared)) if isinstance(prepared, list) else prepared

    def process_rhs(self, compiler: Any, connection: Any) -> Any:
        if not self.rhs_is_direct_value():
            return super().process_rhs(compiler, connection)
        sqls: list[str] = []
        params: list[Any] = []
        for value in self.rhs:
            # None stands for JSON's null in a list of documents.
            if hasattr(value, "as_sql"):
                sql, own = self._expression_sql(compiler, connection, value)
            else:
                sql, own = self.get_db_prep_lookup(value, connection)
            sqls.append(sql)
            params.extend(own)
        if not sqls:
            from nuages.core.exceptions import EmptyResultSet

            raise EmptyResultSet
        return f"({', '.join(sqls)})", tuple(params)

    def _expression_sql(self, compiler: Any, connection: Any, value: Any) -> Sql:
        sql, params = compiler.compile(value)
        if isinstance(value, Value):
            return sql, tuple(params)
        return document_sql(sql, connection), tuple(params)


@JSONField.register_lookup
class DataContains(JSONLookup, lookups.FieldGetDbPrepValueMixin, PostgresOperatorLookup):
    """Whether a document holds another."""

    lookup_name = "contains"
    postgres_operator = "@>"

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        if not connection.features.supports_json_field_contains:
            raise NotSupportedError(f"{self.lookup_name} lookup is not supported on this database backend.")
        return super().as_sql(compiler, connection)


@JSONField.register_lookup
class ContainedBy(DataContains):
    """Whether a document is held by another."""

    lookup_name = "contained_by"
    postgres_operator = "<@"


class HasKeyLookup(PostgresOperatorLookup):
    """Which keys a document has at its top."""

    logical_operator: str | None = None
    prepare_rhs = False

    def wanted(self) -> list[Any]:
        """The keys asked for."""
        if isinstance(self.rhs, (list, tuple)):
            return list(self.rhs)
        return [self.rhs]

    def way_to(self, key: Any) -> tuple[list[Any], Any]:
        """The keys that lead to one that is asked for, from the column at the left, and that one: text or a slot."""
        front = self.lhs.unwrapped()[1] if isinstance(self.lhs, KeyTransform) else []
        if isinstance(key, KeyTransform):
            *inner, last = key.unwrapped()[1]
            return [*front, *inner], last
        return front, key.bound(KEY_AS_TEXT) if isinstance(key, Slot) else str(key)

    def document_sql(self, compiler: Any, connection: Any) -> Sql:
        """SQL of the column at the left, without the keys."""
        document = self.lhs.unwrapped()[0] if isinstance(self.lhs, KeyTransform) else self.lhs
        return self.process_lhs(compiler, connection, document)

    def by_operator(self) -> HasKeyLookup:
        """The lookup with a path at the right moved to the left, all but its last key."""
        if not isinstance(self.rhs, KeyTransform):
            return self
        *inner, last = self.rhs.unwrapped()[1]
        moved = self.copy()
        for key in inner:
            moved.lhs = KeyTransform(key, moved.lhs)
        moved.rhs = last
        return moved


@JSONField.register_lookup
class HasKey(HasKeyLookup):
    lookup_name = "has_key"
    postgres_operator = "?"


@JSONField.register_lookup
class HasKeys(HasKeyLookup):
    lookup_name = "has_keys"
    postgres_operator = "?&"
    logical_operator = " AND "

    def get_prep_lookup(self) -> Any:
        return self.rhs if isinstance(self.rhs, Slot) else [str(key) for key in self.rhs]

    def wanted(self) -> list[Any]:
        if isinstance(self.rhs, Slot):
            # How many keys there are is not known.
            raise Opaque
        return list(self.rhs)


@JSONField.register_lookup
class HasAnyKeys(HasKeys):
    lookup_name = "has_any_keys"
    postgres_operator = "?|"
    logical_operator = " OR "


# Lookups on keys --------------------------------------------------------------------------------------------


@KeyTransform.register_lookup
class KeyTransformExact(JSONLookup, lookups.Exact):
    """None means JSON's null here: a missing key is another thing."""

    whole = False
    can_use_none_as_rhs = True

    def process_rhs(self, compiler: Any, connection: Any) -> Sql:
        plain = self.unwrapped_rhs(self.rhs)
        if plain is None or plain is not self.rhs:
            return self.get_db_prep_lookup(plain, connection)
        return super().process_rhs(compiler, connection)

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        lhs, lhs_params = self.process_lhs(compiler, connection)
        rhs, rhs_params = self.process_rhs(compiler, connection)
        return f"{lhs} = {rhs}", (*lhs_params, *rhs_params)


@KeyTransform.register_lookup
class KeyTransformIn(JSONIn):
    whole = False

    def process_lhs(self, compiler: Any, connection: Any, lhs: Any = None) -> Sql:
        return lookups.In.process_lhs(self, compiler, connection, lhs)

    def _expression_sql(self, compiler: Any, connection: Any, value: Any) -> Sql:
        return compiler.compile(value)  # type: ignore[no-any-return]


@KeyTransform.register_lookup
class KeyTransformIsNull(lookups.IsNull):
    """Whether the key is missing."""


class KeyTransformTextLookupMixin:
    """A text lookup on a key looks at the key's text, not at its JSON."""

    def __init__(self, key_transform: Any, *args: Any, **kwargs: Any) -> None:
        if not isinstance(key_transform, KeyTransform):
            raise TypeError("Transform should be an instance of KeyTransform in order to use this lookup.")
        text = KeyTextTransform(
            key_transform.key_name, *key_transform.source_expressions, **key_transform.extra
        )
        super().__init__(text, *args, **kwargs)  # type: ignore[call-arg]


@KeyTransform.register_lookup
class KeyTransformIExact(KeyTransformTextLookupMixin, lookups.IExact):
    can_use_none_as_rhs = True

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        if self.rhs is not None:
            return super().as_sql(compiler, connection)
        # JSON's null, which has no upper or lower case.
        key = KeyTransform(self.lhs.key_name, self.lhs.lhs)
        return compiler.compile(KeyTransformExact(key, None))  # type: ignore[no-any-return]


@KeyTransform.register_lookup
class KeyTransformIContains(KeyTransformTextLookupMixin, lookups.IContains):
    pass


@KeyTransform.register_lookup
class KeyTransformStartsWith(KeyTransformTextLookupMixin, lookups.StartsWith):
    pass


@KeyTransform.register_lookup
class KeyTransformIStartsWith(KeyTransformTextLookupMixin, lookups.IStartsWith):
    pass


@KeyTransform.register_lookup
class KeyTransformEndsWith(KeyTransformTextLookupMixin, lookups.EndsWith):
    pass


@KeyTransform.register_lookup
class KeyTransformIEndsWith(KeyTransformTextLookupMixin, lookups.IEndsWith):
    pass


@KeyTransform.register_lookup
class KeyTransformRegex(KeyTransformTextLookupMixin, lookups.Regex):
    pass


@KeyTransform.register_lookup
class KeyTransformIRegex(KeyTransformTextLookupMixin, lookups.IRegex):
    pass


class KeyTransformNumericLookupMixin(JSONLookup):
    """Order among the values under a key."""

    whole = False


@KeyTransform.register_lookup
class KeyTransformLt(KeyTransformNumericLookupMixin, lookups.LessThan):
    pass


@KeyTransform.register_lookup
class KeyTransformLte(KeyTransformNumericLookupMixin, lookups.LessThanOrEqual):
    pass


@KeyTransform.register_lookup
class KeyTransformGt(KeyTransformNumericLookupMixin, lookups.GreaterThan):
    pass


@KeyTransform.register_lookup
class KeyTransformGte(KeyTransformNumericLookupMixin, lookups.GreaterThanOrEqual):
    pass
