"""Parts of texts and regular expressions."""

from __future__ import annotations

from typing import Any

from nuages.db.models.expressions import Value
from nuages.db.models.expressions.base import Sql
from nuages.db.models.fields import Field, UUIDField
from nuages.db.models.lookups.base import BuiltinLookup, compiles
from nuages.db.models.lookups.binding import Pattern
from nuages.db.models.lookups.comparison import IExact
from nuages.db.models.shapes.slots import Slot


class PatternLookup(BuiltinLookup):
    """Finds a text within another; the text is meant literally, whatever wildcards it holds."""

    param_pattern = "%%%s%%"
    prepare_rhs = False

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        if not self.rhs_is_direct_value() or self.bilateral_transforms:
            # The text is only known to the database, which has to escape it itself.
            return connection.pattern_ops[self.lookup_name].format(  # type: ignore[no-any-return]
                connection.pattern_esc.format(rhs)
            )
        return super().get_rhs_op(connection, rhs)

    def process_rhs(self, compiler: Any, connection: Any) -> Sql:
        sql, params = super().process_rhs(compiler, connection)
        if self.rhs_is_direct_value() and params and not self.bilateral_transforms:
            frame = Pattern(self.param_pattern)
            first = params[0]
            params = (
                first.bound(frame) if isinstance(first, Slot) else frame(first, connection),
                *params[1:],
            )
        return sql, params


@Field.register_lookup
class EndsWith(PatternLookup):
    lookup_name = "endswith"
    param_pattern = "%%%s"


@Field.register_lookup
class IEndsWith(EndsWith):
    lookup_name = "iendswith"


@Field.register_lookup
class StartsWith(PatternLookup):
    lookup_name = "startswith"
    param_pattern = "%s%%"


@Field.register_lookup
class IStartsWith(StartsWith):
    lookup_name = "istartswith"


@Field.register_lookup
class Contains(PatternLookup):
    lookup_name = "contains"


@Field.register_lookup
class IContains(Contains):
    lookup_name = "icontains"


@Field.register_lookup
class Regex(BuiltinLookup):
    lookup_name = "regex"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        if self.lookup_name in connection.operators:
            return super().as_sql(compiler, connection)
        lhs, lhs_params = self.process_lhs(compiler, connection)
        rhs, rhs_params = self.process_rhs(compiler, connection)
        template = connection.ops.regex_lookup(self.lookup_name)
        return template % (lhs, rhs), (*lhs_params, *rhs_params)


@Field.register_lookup
class IRegex(Regex):
    lookup_name = "iregex"


def _undashed(value: Any, connection: Any) -> str:
    return str(value).replace("-", "")


class UUIDTextMixin:
    """Where UUIDs are stored as 32 digits, dashes in what is looked for do not count."""

    rhs: Any

    def process_rhs(self, compiler: Any, connection: Any) -> Sql:
        """The right side without dashes."""
        if connection.features.has_native_uuid_field:
            return super().process_rhs(compiler, connection)  # type: ignore[misc, no-any-return]
        plain = self.copy()  # type: ignore[attr-defined]
        if isinstance(self.rhs, Slot):
            plain.rhs = self.rhs.bound(_undashed)
        elif not compiles(self.rhs):
            plain.rhs = _undashed(self.rhs, connection)
        else:
            from nuages.db.models.fields import CharField
            from nuages.db.models.functions import Replace

            plain.rhs = Replace(self.rhs, Value("-"), Value(""), output_field=CharField())
        return super(UUIDTextMixin, plain).process_rhs(compiler, connection)  # type: ignore[misc, no-any-return]


@UUIDField.register_lookup
class UUIDIEndsWith(UUIDTextMixin, IEndsWith):
    """On the digits."""


@UUIDField.register_lookup
class UUIDEndsWith(UUIDTextMixin, EndsWith):
    """On the digits."""


@UUIDField.register_lookup
class UUIDIStartsWith(UUIDTextMixin, IStartsWith):
    """On the digits."""


@UUIDField.register_lookup
class UUIDStartsWith(UUIDTextMixin, StartsWith):
    """On the digits."""


@UUIDField.register_lookup
class UUIDIContains(UUIDTextMixin, IContains):
    """On the digits."""


@UUIDField.register_lookup
class UUIDContains(UUIDTextMixin, Contains):
    """On the digits."""


@UUIDField.register_lookup
class UUIDIExact(UUIDTextMixin, IExact):
    """On the digits."""
