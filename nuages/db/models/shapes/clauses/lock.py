"""`select_for_update()`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nuages.core.exceptions import FieldError
from nuages.db import NotSupportedError
from nuages.db.models.constants import LOOKUP_SEP
from nuages.db.models.sql.datastructures import Join
from nuages.db.transaction import TransactionManagementError

if TYPE_CHECKING:
    from nuages.db.models.shapes.clauses.related import Loaded
    from nuages.db.models.shapes.draft import Draft


@dataclass(frozen=True, slots=True)
class Lock:
    """How the selected rows are locked."""

    nowait: bool = False
    skip_locked: bool = False
    of: tuple[str, ...] = ()
    no_key: bool = False


def check(connection: Any) -> None:
    """Refuse to lock rows where the lock would end with the statement."""
    if connection.get_autocommit():
        raise TransactionManagementError("select_for_update cannot be used outside of a transaction.")


def write(draft: Draft, connection: Any, root: Loaded | None, compiler: Any) -> str:
    """FOR UPDATE with its options, or nothing where the database has no row locks."""
    lock: Lock = draft.lock
    features = connection.features
    if not features.has_select_for_update:
        return ""
    check(connection)
    if draft.is_sliced and not features.supports_select_for_update_with_limit:
        raise NotSupportedError(
            "LIMIT/OFFSET is not supported with select_for_update on this database backend."
        )
    if lock.nowait and not features.has_select_for_update_nowait:
        raise NotSupportedError("NOWAIT is not supported on this database backend.")
    if lock.skip_locked and not features.has_select_for_update_skip_locked:
        raise NotSupportedError("SKIP LOCKED is not supported on this database backend.")
    if lock.of and not features.has_select_for_update_of:
        raise NotSupportedError("FOR UPDATE OF is not supported on this database backend.")
    if lock.no_key and not features.has_select_for_no_key_update:
        raise NotSupportedError("FOR NO KEY UPDATE is not supported on this database backend.")
    of = _tables(draft, root, compiler, features)
    if lock.of and not of:
        # The query reads none of the tables that are to be locked.
        return ""
    return connection.ops.for_update_sql(
        nowait=lock.nowait, skip_locked=lock.skip_locked, of=of, no_key=lock.no_key
    )


def _tables(draft: Draft, root: Loaded | None, compiler: Any, features: Any) -> list[str]:
    names = draft.lock.of
    if root is None:
        # Values are selected, or it is only asked whether there are rows: no instance hangs on another.
        aliases = (draft.base_alias() if name == "self" else _joined(draft, name) for name in names)
        return [compiler.quote_name(alias) for alias in aliases if alias is not None]
    tables: list[str] = []
    invalid: list[str] = []
    for name in names:
        found = _own(root, root.model) if name == "self" else _find(root, name.split(LOOKUP_SEP))
        if found is None:
            invalid.append(name)
        elif features.select_for_update_of_column:
            tables.append(compiler.compile(found)[0])
        else:
            tables.append(compiler.quote_name(found.alias))
    if invalid:
        choices = ["self", *_choices(root, "")]
        raise FieldError(
            f"Invalid field name(s) given in select_for_update(of=(...)): {', '.join(invalid)}. Only relational "
            f"fields followed in the query are allowed. Choices are: {', '.join(choices)}."
        )
    return tables


def _joined(draft: Draft, name: str) -> str | None:
    """Alias of the table that a relation leads to; None if the query does not read it."""
    path = draft.path(name.split(LOOKUP_SEP), whole=True)
    if not path.final.is_relation:
        raise FieldError(
            f"Invalid field name given in select_for_update(of=(...)): {name} is not a relation."
        )
    alias: str | None = draft.base_alias()
    for hop in path.hops:
        alias = next(
            (
                one.table_alias
                for one in draft.joins.values()
                if isinstance(one, Join)
                and alias is not None
                and one.same_step(hop.to_opts.db_table, alias, hop.join_field, hop.filtered_relation)
            ),
            None,
        )
    return alias


def _own(loaded: Loaded, model: Any) -> Any:
    """A column of the table of `model`, which is the one that is loaded or a parent of it."""
    concrete = model._meta.concrete_model
    for one, node in zip(loaded.fields, loaded.nodes):
        if one.model._meta.concrete_model is concrete:
            return node
    return None


def _find(loaded: Loaded, names: list[str]) -> Any:
    for child in loaded.children:
        if child.name == names[0]:
            return _own(child, child.model) if len(names) == 1 else _find(child, names[1:])
    model = loaded.model
    for name in names:
        model = _parents(model).get(name)
        if model is None:
            return None
    return _own(loaded, model)


def _parents(model: Any) -> dict[str, Any]:
    """Parents with tables of their own, by the relations that lead to them."""
    parents = model._meta.concrete_model._meta.parents
    return {link.name: parent for parent, link in parents.items() if link is not None}


def _choices(loaded: Loaded, prefix: str) -> list[str]:
    found = list(_lineage(loaded.model, prefix))
    for child in loaded.children:
        found.append(f"{prefix}{child.name}")
        found += _choices(child, f"{prefix}{child.name}{LOOKUP_SEP}")
    return list(dict.fromkeys(found))


def _lineage(model: Any, prefix: str) -> Iterator[str]:
    for name, parent in _parents(model).items():
        yield f"{prefix}{name}"
        yield from _lineage(parent, f"{prefix}{name}{LOOKUP_SEP}")
