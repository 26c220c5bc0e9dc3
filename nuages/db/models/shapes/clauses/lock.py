"""`select_for_update()`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nuages.core.exceptions import FieldError
from nuages.db import NotSupportedError
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
    return connection.ops.for_update_sql(
        nowait=lock.nowait,
        skip_locked=lock.skip_locked,
        of=_tables(lock.of, root, compiler, features) if lock.of else (),
        no_key=lock.no_key,
    )


def _tables(names: tuple[str, ...], root: Loaded | None, compiler: Any, features: Any) -> list[str]:
    tables: list[str] = []
    invalid: list[str] = []
    for name in names:
        found = None
        if root is not None:
            found = _own(root) if name == "self" else _find(root, name.split("__"))
        if found is None:
            invalid.append(name)
        elif features.select_for_update_of_column:
            tables.append(compiler.compile(found)[0])
        else:
            tables.append(compiler.quote_name(found.alias))
    if invalid:
        choices = ["self", *_choices(root, "")] if root is not None else []
        raise FieldError(
            f"Invalid field name(s) given in select_for_update(of=(...)): {', '.join(invalid)}. Only relational "
            f"fields followed in the query are allowed. Choices are: {', '.join(choices)}."
        )
    return tables


def _own(loaded: Loaded) -> Any:
    """A column of the model's own table, not of a parent's."""
    concrete = loaded.model._meta.concrete_model
    for one, node in zip(loaded.fields, loaded.nodes):
        if one.model._meta.concrete_model is concrete:
            return node
    return None


def _find(loaded: Loaded, names: list[str]) -> Any:
    concrete = loaded.model._meta.concrete_model
    for child in loaded.children:
        if child.name == names[0]:
            return _own(child) if len(names) == 1 else _find(child, names[1:])
    for parent, link in concrete._meta.parents.items():
        if link is not None and link.name == names[0] and len(names) == 1:
            for one, node in zip(loaded.fields, loaded.nodes):
                if one.model._meta.concrete_model is parent._meta.concrete_model:
                    return node
    return None


def _choices(loaded: Loaded, prefix: str) -> list[str]:
    found = [
        f"{prefix}{link.name}"
        for link in loaded.model._meta.concrete_model._meta.parents.values()
        if link is not None
    ]
    for child in loaded.children:
        found.append(f"{prefix}{child.name}")
        found += _choices(child, f"{prefix}{child.name}__")
    return list(dict.fromkeys(found))
