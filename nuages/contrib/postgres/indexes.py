"""Indexes of the kinds that only PostgreSQL has."""

from __future__ import annotations

from typing import Any

from nuages.contrib.postgres.utils import check_installed
from nuages.db.models import Func, Index
from nuages.utils.functional import cached_property

__all__ = [
    "BTreeIndex",
    "BloomIndex",
    "BrinIndex",
    "GinIndex",
    "GistIndex",
    "HashIndex",
    "OpClass",
    "PostgresIndex",
    "SpGistIndex",
]


class PostgresIndex(Index):
    """An index with storage parameters."""

    # Names of the parameters, in the order in which they are written.
    storage: tuple[str, ...] = ()

    @cached_property
    def max_name_length(self) -> int:  # type: ignore[override]
        """The suffix may be longer than that of a plain index."""
        return Index.max_name_length - len(Index.suffix) + len(self.suffix)

    def check(self, model: Any, connection: Any, **kwargs: Any) -> list[Any]:
        """System checks."""
        found = super().check(model, connection)
        return [*found, *check_installed(model, type(self).__name__, {"databases": True})]

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        """The statement that makes the index."""
        statement = super().create_sql(model, schema_editor, using=f" USING {using or self.suffix}", **kwargs)
        parameters = self.get_with_params()
        if parameters:
            statement.parts["extra"] = f" WITH ({', '.join(parameters)}){statement.parts['extra']}"
        return statement

    def get_with_params(self) -> list[str]:
        """The storage parameters that were given, as SQL."""
        return [
            f"{name} = {_setting(value)}"
            for name in self.storage
            if (value := getattr(self, name)) is not None
        ]

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        kwargs.update({name: value for name in self.storage if (value := getattr(self, name)) is not None})
        return path, args, kwargs


def _setting(value: Any) -> Any:
    return ("on" if value else "off") if isinstance(value, bool) else value


class BloomIndex(PostgresIndex):
    suffix = "bloom"

    def __init__(
        self, *expressions: Any, length: int | None = None, columns: Any = (), **kwargs: Any
    ) -> None:
        super().__init__(*expressions, **kwargs)
        self.length, self.columns = length, columns
        wrong = self._mistake()
        if wrong:
            raise ValueError(wrong)

    def _mistake(self) -> str | None:
        """What is wrong with the arguments."""
        columns, count = self.columns, len(self.fields)
        if count > 32:
            return "Bloom indexes support a maximum of 32 fields."
        if not isinstance(columns, (list, tuple)):
            return "BloomIndex.columns must be a list or tuple."
        if len(columns) > count:
            return "BloomIndex.columns cannot have more values than fields."
        if any(bits not in range(1, 4096) for bits in columns):
            return "BloomIndex.columns must contain integers from 1 to 4095."
        if self.length is not None and self.length not in range(1, 4097):
            return "BloomIndex.length must be None or an integer from 1 to 4096."
        return None

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        length = {} if self.length is None else {"length": self.length}
        columns = {"columns": self.columns} if self.columns else {}
        return path, args, {**kwargs, **length, **columns}

    def get_with_params(self) -> list[str]:
        length = [] if self.length is None else [f"length = {self.length}"]
        return [*length, *(f"col{number} = {bits}" for number, bits in enumerate(self.columns, start=1))]


class BrinIndex(PostgresIndex):
    suffix = "brin"
    storage = ("autosummarize", "pages_per_range")

    def __init__(
        self,
        *expressions: Any,
        autosummarize: bool | None = None,
        pages_per_range: int | None = None,
        **kwargs: Any,
    ) -> None:
        if pages_per_range is not None and pages_per_range <= 0:
            raise ValueError("pages_per_range must be None or a positive integer")
        self.autosummarize = autosummarize
        self.pages_per_range = pages_per_range
        super().__init__(*expressions, **kwargs)


class BTreeIndex(PostgresIndex):
    suffix = "btree"
    storage = ("fillfactor", "deduplicate_items")

    def __init__(
        self,
        *expressions: Any,
        fillfactor: int | None = None,
        deduplicate_items: bool | None = None,
        **kwargs: Any,
    ) -> None:
        self.fillfactor = fillfactor
        self.deduplicate_items = deduplicate_items
        super().__init__(*expressions, **kwargs)


class GinIndex(PostgresIndex):
    suffix = "gin"
    storage = ("gin_pending_list_limit", "fastupdate")

    def __init__(
        self,
        *expressions: Any,
        fastupdate: bool | None = None,
        gin_pending_list_limit: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.fastupdate = fastupdate
        self.gin_pending_list_limit = gin_pending_list_limit
        super().__init__(*expressions, **kwargs)


class GistIndex(PostgresIndex):
    suffix = "gist"
    storage = ("buffering", "fillfactor")

    def __init__(
        self, *expressions: Any, buffering: bool | None = None, fillfactor: int | None = None, **kwargs: Any
    ) -> None:
        self.buffering = buffering
        self.fillfactor = fillfactor
        super().__init__(*expressions, **kwargs)


class HashIndex(PostgresIndex):
    suffix = "hash"
    storage = ("fillfactor",)

    def __init__(self, *expressions: Any, fillfactor: int | None = None, **kwargs: Any) -> None:
        self.fillfactor = fillfactor
        super().__init__(*expressions, **kwargs)


class SpGistIndex(PostgresIndex):
    suffix = "spgist"
    storage = ("fillfactor",)

    def __init__(self, *expressions: Any, fillfactor: int | None = None, **kwargs: Any) -> None:
        self.fillfactor = fillfactor
        super().__init__(*expressions, **kwargs)


class OpClass(Func):
    """An expression with the operator class that an index uses for it."""

    template = "%(expressions)s %(name)s"
    constraint_validation_compatible = False

    def __init__(self, expression: Any, name: str) -> None:
        super().__init__(expression, name=name)
