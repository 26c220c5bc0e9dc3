"""Passes over indexes and constraints."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from nuages.db.migrations import operations
from nuages.db.migrations.autodetector.comparison import Comparison, Key, own_relations, taken_apart
from nuages.db.migrations.autodetector.needs import Deed, OperationDependency

Need = OperationDependency


@dataclass
class IndexChanges:
    """What happens to the indexes of one model."""

    added: list[Any] = field(default_factory=list)
    removed: list[Any] = field(default_factory=list)
    #: (old name, new name), or (None, new name) with fields of an index that had no name.
    renamed: list[tuple[str | None, str, Any]] = field(default_factory=list)


@dataclass
class ConstraintChanges:
    """What happens to the constraints of one model."""

    added: list[Any] = field(default_factory=list)
    removed: list[Any] = field(default_factory=list)
    altered: list[Any] = field(default_factory=list)


def compare_indexes(c: Comparison) -> None:
    """Find which indexes come, go, and only change their name."""
    for key in sorted(c.kept):
        old, new = c.old_model(key), c.new_model(key)
        changes = IndexChanges(
            added=_but_for(new.options.get("indexes", ()), old.options.get("indexes", ())),
            removed=_but_for(old.options.get("indexes", ()), new.options.get("indexes", ())),
        )
        unnamed = {tuple(names) for names in old.options.get("index_together") or ()}
        unnamed -= {tuple(names) for names in new.options.get("index_together") or ()}
        for index in list(changes.added):
            if _only_fields(index) and tuple(index.fields) in unnamed:
                changes.renamed.append((None, index.name, tuple(index.fields)))
                changes.added.remove(index)
                continue
            for other in changes.removed:
                if _without_name(index) == _without_name(other):
                    changes.renamed.append((other.name, index.name, None))
                    changes.added.remove(index)
                    changes.removed.remove(other)
                    break
        c.altered_indexes[key] = changes


def _only_fields(index: Any) -> bool:
    """Say whether an index is no more than its fields."""
    _, args, kwargs = index.deconstruct()
    return not args and kwargs.keys() == {"fields", "name"}


def _without_name(index: Any) -> Any:
    path, args, kwargs = index.deconstruct()
    return (
        path,
        taken_apart(args),
        {name: taken_apart(value) for name, value in kwargs.items() if name != "name"},
    )


def removed_indexes(c: Comparison) -> None:
    for (app, name), changes in c.altered_indexes.items():
        for index in changes.removed:
            c.plan(app, operations.RemoveIndex(model_name=name, name=index.name))


def renamed_indexes(c: Comparison) -> None:
    for (app, name), changes in c.altered_indexes.items():
        for old, new, fields in changes.renamed:
            old_name = {"old_fields": fields} if old is None else {"old_name": old}
            c.plan(app, operations.RenameIndex(model_name=name, new_name=new, **old_name))


def added_indexes(c: Comparison) -> None:
    for key, changes in c.altered_indexes.items():
        for index in changes.added:
            needs = _needs(c, key, index)
            c.plan(key[0], operations.AddIndex(model_name=key[1], index=index), needs)


def compare_constraints(c: Comparison) -> None:
    """Find which constraints come, go, and change in what the database does not notice."""
    for key in sorted(c.kept):
        old, new = (model.options.get("constraints", ()) for model in (c.old_model(key), c.new_model(key)))
        changes = ConstraintChanges(added=_but_for(new, old), removed=_but_for(old, new))
        renamed = _renamed_in_name_only(c, key)
        for constraint in list(changes.added):
            for other in changes.removed:
                if constraint.name == other.name and _to_the_database(constraint, {}) == _to_the_database(
                    other, renamed
                ):
                    changes.altered.append(constraint)
                    changes.added.remove(constraint)
                    changes.removed.remove(other)
                    break
        c.altered_constraints[key] = changes


def _but_for(these: Any, those: Any) -> list[Any]:
    return [each for each in these if each not in those]


def _renamed_in_name_only(c: Comparison, key: Key) -> dict[str, str]:
    """Return the new names, by the old ones, of fields that keep their column."""
    return {
        old: new
        for (app, model, new), old in c.renamed_fields.items()
        if (app, model) == key
        and c.old_model(key).fields[old].db_column == c.new_model(key).fields[new].db_column is not None
    }


def _to_the_database(constraint: Any, renamed: dict[str, str]) -> Any:
    """Return a constraint taken apart, without what only the code looks at."""
    path, args, kwargs = constraint.deconstruct()
    unseen = set(constraint.non_db_attrs)
    if renamed and "fields" in kwargs:
        kwargs = {
            **kwargs,
            "fields": type(kwargs["fields"])(renamed.get(name, name) for name in kwargs["fields"]),
        }
    return (
        path,
        taken_apart(args),
        {name: taken_apart(value) for name, value in kwargs.items() if name not in unseen},
    )


def removed_constraints(c: Comparison) -> None:
    for (app, name), changes in c.altered_constraints.items():
        for constraint in changes.removed:
            c.plan(app, operations.RemoveConstraint(model_name=name, name=constraint.name))


def added_constraints(c: Comparison) -> None:
    for key, changes in c.altered_constraints.items():
        for constraint in changes.added:
            add = operations.AddConstraint(model_name=key[1], constraint=constraint)
            c.plan(key[0], add, _needs(c, key, constraint))


def altered_constraints(c: Comparison) -> None:
    for (app, name), changes in c.altered_constraints.items():
        for constraint in changes.altered:
            alter = operations.AlterConstraint(model_name=name, name=constraint.name, constraint=constraint)
            c.plan(app, alter, _needs(c, (app, name), constraint))


def _needs(c: Comparison, key: Key, part: Any) -> list[Need]:
    """Return what a new index or constraint needs: one of the same name to be gone, and its relations' targets."""
    relations = [name for name, _ in own_relations(c.new_model(key))]
    return [Need(*key, part.name, Deed.REMOVE_INDEX_OR_CONSTRAINT), *c.constraint_needs(key, relations)]
