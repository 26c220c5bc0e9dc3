"""Passes over models and their options."""

from __future__ import annotations

from typing import Any

from nuages.conf import settings
from nuages.db.migrations import operations
from nuages.db.migrations.autodetector.comparison import (
    Comparison,
    Key,
    apart_from_relations,
    own_relations,
)
from nuages.db.migrations.autodetector.needs import Deed, OperationDependency
from nuages.db.migrations.utils import resolve_relation
from nuages.db.models import Model

Need = OperationDependency

#: Options that can only be given when all fields are there.
LATER_OPTIONS = ("indexes", "constraints", "unique_together", "order_with_respect_to")


def find_renamed(c: Comparison) -> None:
    """Find new models that are old ones under another name, and rename them first of all."""
    for key in sorted(c.new - c.old):
        app, _ = key
        model = c.new_model(key)
        parts = apart_from_relations(model.fields)
        for old_key in sorted(c.old - c.new):
            if old_key[0] != app:
                continue
            old = c.from_state.models[old_key]
            if apart_from_relations(old.fields) != parts or not c.questioner.ask_rename_model(old, model):
                continue
            needs: list[Need] = []
            for _, field in own_relations(model):
                needs += c.relation_needs(key, field)
            # What points here does so under the old name: it must be there before it can follow.
            needs += [
                Need(other_app, other_name, None, Deed.CREATE)
                for other_app, other_name in c.to_state.relations.get(key, {})
            ]
            c.plan(app, operations.RenameModel(old_name=old.name, new_name=model.name), needs)
            c.renamed_models[key] = old_key[1]
            c.renamed_models_rel[f"{app}.{old.name}"] = f"{app}.{model.name}"
            c.renamed_models_rel[f"{app}.{old.name_lower}"] = f"{app}.{model.name_lower}"
            c.old.discard(old_key)
            c.old.add(key)
            break
    c.pair_models()


def _swappable_first(c: Comparison, key: Key) -> tuple[str, str]:
    """Order models so that those a setting may name (and what looks like them) are created first."""
    model = c.new_model(key)
    names = {base if isinstance(base, str) else base.__name__ for base in model.bases}
    is_user = not names.isdisjoint({"AbstractUser", "AbstractBaseUser"})
    is_user = is_user or settings.AUTH_USER_MODEL.lower() == ".".join(key).lower()
    if "swappable" in model.options or is_user:
        return f"___{key[0]}", f"___{key[1]}"
    return key


def _base_needs(c: Comparison, key: Key) -> list[Need]:
    """Return what the bases of a new model need."""
    model = c.new_model(key)
    needs: list[Need] = []
    for base in model.bases:
        if base is Model or not (isinstance(base, str) and "." in base):
            continue
        base_key = resolve_relation(base)
        needs.append(Need(*base_key, None, Deed.CREATE))
        # A field that has moved down from the base must be gone there before.
        old_base, new_base = c.from_state.models.get(base_key), c.to_state.models.get(base_key)
        if old_base is not None and new_base is not None:
            moved = (old_base.fields.keys() - new_base.fields.keys()) & model.fields.keys()
            needs += [Need(*base_key, name, Deed.REMOVE) for name in sorted(moved)]
    return needs


def created(c: Comparison) -> None:
    """Create models, first without relations and options that others have to be there for."""
    there = c.old | c.old_unmanaged
    for added in (c.new - there, c.new_unmanaged - there):
        in_order = sorted(added, key=lambda key: _swappable_first(c, key))
        # Each is put in front of those before it.
        relations = {key: _create(c, key) for key in reversed(in_order)}
        for key in reversed(in_order):
            if c.new_model(key).options.get("managed", True):
                _complete(c, key, relations[key])


def _create(c: Comparison, key: Key) -> dict[str, Any]:
    """Create a model with what needs no other; return its relations, which come later."""
    app, name = key
    model = c.new_model(key)
    relations = {}
    key_relation = None
    for field_name, field in own_relations(model):
        relations[field_name] = field
        if field.primary_key:
            key_relation = field.remote_field.model
    options = dict(model.options)
    for option in LATER_OPTIONS:
        options.pop(option, None)
    # A proxy of that name, or its like, may have to go first.
    needs = [Need(app, name, None, Deed.REMOVE), *_base_needs(c, key)]
    if key_relation is not None:
        needs.append(Need(*resolve_relation(key_relation, *key), None, Deed.CREATE))
    keys = {field_name for field_name, field in relations.items() if field.primary_key}
    operation = operations.CreateModel(
        name=model.name,
        fields=[pair for pair in model.fields.items() if pair[0] not in relations or pair[0] in keys],
        options=options,
        bases=model.bases,
        managers=model.managers,
    )
    for field_name in keys:
        needs += c.relation_needs(key, relations.pop(field_name))
    c.plan(app, operation, needs, beginning=True)
    if not model.options.get("managed", True):
        # Its table is somebody else's, but its relations are part of the state.
        operation.fields = list(model.fields.items())
        c.needs[id(operation)] += [
            need for field in relations.values() for need in c.relation_needs(key, field)
        ]
    return relations


def _complete(c: Comparison, key: Key, relations: dict[str, Any]) -> None:
    """Add relations to a new model, and the options that speak of fields."""
    app, name = key
    later = {option: c.new_model(key).options.get(option) for option in LATER_OPTIONS}
    here = Need(app, name, None, Deed.CREATE)
    for field_name, field in sorted(relations.items()):
        add = operations.AddField(model_name=name, name=field_name, field=field)
        c.plan(app, add, dict.fromkeys([*c.relation_needs(key, field), here]))
    complete = [*(Need(app, name, each, Deed.CREATE) for each in sorted(relations)), here]
    for index in later["indexes"] or ():
        c.plan(app, operations.AddIndex(model_name=name, index=index), complete)
    for constraint in later["constraints"] or ():
        c.plan(app, operations.AddConstraint(model_name=name, constraint=constraint), complete)
    if later["unique_together"]:
        alter = operations.AlterUniqueTogether(name=name, unique_together=later["unique_together"])
        c.plan(app, alter, complete)
    order = later["order_with_respect_to"]
    if order:
        alter_order = operations.AlterOrderWithRespectTo(name=name, order_with_respect_to=order)
        c.plan(app, alter_order, [Need(app, name, order, Deed.CREATE), here])
    if key in c.old_proxies:
        _let_relations_follow(c, key, here)


def _let_relations_follow(c: Comparison, key: Key, here: Need) -> None:
    """Let relations to what was a proxy point to its own table."""
    for (app, name), fields in c.to_state.relations.get(key, {}).items():
        for field_name, field in fields.items():
            alter = operations.AlterField(model_name=name, name=field_name, field=field)
            c.plan(app, alter, [here])


def created_proxies(c: Comparison) -> None:
    """Create proxies."""
    for app, name in sorted(c.new_proxies - c.old_proxies):
        model = c.new_model((app, name))
        needs = [Need(app, name, None, Deed.REMOVE), *_base_needs(c, (app, name))]
        operation = operations.CreateModel(
            name=model.name, fields=[], options=model.options, bases=model.bases, managers=model.managers
        )
        c.plan(app, operation, needs)


def deleted(c: Comparison) -> None:
    """Delete models, after their relations and what points to them."""
    left = c.new | c.new_unmanaged
    for key in [*sorted(c.old - left), *sorted(c.old_unmanaged - left)]:
        if key in c.old_unmanaged:
            state = c.from_state.models[key]
            c.plan(key[0], operations.DeleteModel(name=state.name), _needs_of_deletion(c, key, {}))
        else:
            _delete(c, key)


def _delete(c: Comparison, key: Key) -> None:
    app, name = key
    model = c.from_state.models[key]
    relations = dict(own_relations(model))
    together = model.options.get("unique_together")
    if together:
        c.plan(app, operations.AlterUniqueTogether(name=name, unique_together=None))
    if model.options.get("index_together"):
        c.plan(app, operations.AlterIndexTogether(name=name, index_together=None))
    # With a relation goes its column, which indexes and constraints must not speak of by then.
    for index in model.options.get("indexes", ()):
        if not relations.keys().isdisjoint(index.fields):
            c.plan(app, operations.RemoveIndex(model_name=name, name=index.name))
    for constraint in model.options.get("constraints", ()):
        if not relations.keys().isdisjoint(getattr(constraint, "fields", ())):
            c.plan(app, operations.RemoveConstraint(model_name=name, name=constraint.name))
    for field_name in sorted(relations):
        c.plan(app, operations.RemoveField(model_name=name, name=field_name))
    c.plan(app, operations.DeleteModel(name=model.name), _needs_of_deletion(c, key, relations))


def _needs_of_deletion(c: Comparison, key: Key, relations: dict[str, Any]) -> list[Need]:
    """Return what has to be done before a model can go: what points to it is removed or altered."""
    app, name = key
    needs: list[Need] = []
    for (other_app, other_name), fields in c.from_state.relations.get(key, {}).items():
        for field_name, field in fields.items():
            needs.append(Need(other_app, other_name, field_name, Deed.REMOVE))
            if not field.many_to_many:
                needs.append(Need(other_app, other_name, field_name, Deed.ALTER))
    needs += [Need(app, name, field_name, Deed.REMOVE) for field_name in sorted(relations)]
    user = c.through_users.get(key)
    if user:
        needs.append(Need(*user, Deed.REMOVE))
    return list(dict.fromkeys(needs))


def deleted_proxies(c: Comparison) -> None:
    """Delete proxies."""
    for app, name in sorted(c.old_proxies - c.new_proxies):
        c.plan(app, operations.DeleteModel(name=c.from_state.models[app, name].name))


def altered_options(c: Comparison) -> None:
    """Change options that only the code looks at."""
    stayed = c.kept | c.kept_proxies | c.kept_unmanaged
    # A model that begins or ceases to be managed has stayed, too.
    stayed |= c.old_unmanaged & c.new
    stayed |= c.old & c.new_unmanaged
    watched = operations.AlterModelOptions.ALTER_OPTION_KEYS
    for key in sorted(stayed):
        old, new = (
            {name: value for name, value in model.options.items() if name in watched}
            for model in (c.old_model(key), c.new_model(key))
        )
        if old != new:
            c.plan(key[0], operations.AlterModelOptions(name=key[1], options=new))


def altered_managers(c: Comparison) -> None:
    """Change managers."""
    for key in sorted(c.kept):
        new = c.new_model(key)
        if c.old_model(key).managers != new.managers:
            c.plan(key[0], operations.AlterModelManagers(name=key[1], managers=new.managers))


def _together(c: Comparison, key: Key) -> tuple[set[Any], set[Any]]:
    """Return which fields were unique together and which are to be."""
    old, new = (model.options.get("unique_together") or () for model in (c.old_model(key), c.new_model(key)))
    return set(old), set(new)


def narrowed_together(c: Comparison) -> None:
    """Let go of sets that are no longer unique, before their fields go."""
    for key in sorted(c.kept):
        old, new = _together(c, key)
        left = old & new
        if left != old:
            c.plan(
                key[0],
                operations.AlterUniqueTogether(name=key[1], unique_together=left),
                _together_needs(c, key, left),
            )


def widened_together(c: Comparison) -> None:
    """Make sets unique, when their fields are there."""
    for key in sorted(c.kept):
        old, new = _together(c, key)
        if new != old & new:
            c.plan(
                key[0],
                operations.AlterUniqueTogether(name=key[1], unique_together=new),
                _together_needs(c, key, new),
            )


def _together_needs(c: Comparison, key: Key, sets: set[Any]) -> list[Need]:
    return c.constraint_needs(key, (name for names in sets for name in names))


def altered_order(c: Comparison) -> None:
    """Change what models are ordered with respect to."""
    for key in sorted(c.kept):
        app, name = key
        old = c.old_model(key).options.get("order_with_respect_to")
        new = c.new_model(key).options.get("order_with_respect_to")
        if old == new:
            continue
        needs = [Need(app, name, new, Deed.CREATE)] if new else []
        c.plan(app, operations.AlterOrderWithRespectTo(name=name, order_with_respect_to=new), needs)


def _altered_option(c: Comparison, option: str, make: Any) -> None:
    for key in sorted(c.kept | c.kept_proxies | c.kept_unmanaged):
        old, new = c.old_model(key).options.get(option), c.new_model(key).options.get(option)
        if old != new:
            c.plan(key[0], make(key[1], new))


def altered_table(c: Comparison) -> None:
    """Rename tables."""
    _altered_option(c, "db_table", lambda name, table: operations.AlterModelTable(name=name, table=table))


def altered_table_comment(c: Comparison) -> None:
    """Change comments on tables."""
    _altered_option(
        c,
        "db_table_comment",
        lambda name, comment: operations.AlterModelTableComment(name=name, table_comment=comment),
    )
