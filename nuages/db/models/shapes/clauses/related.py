"""`select_related()`, `defer()` and `only()`: which instances and which of their columns come with a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nuages.core.exceptions import FieldError
from nuages.db.models.constants import LOOKUP_SEP
from nuages.db.models.shapes import joins, paths, wording

if TYPE_CHECKING:
    from nuages.db.models.shapes.draft import Draft


def extend(draft: Draft, names: Iterable[str]) -> None:
    """Follow these relations too."""
    chosen = draft.select_related if isinstance(draft.select_related, dict) else {}
    for name in names:
        chosen = _with(chosen, name.split(LOOKUP_SEP))
    draft.select_related = chosen


def _with(tree: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    if not names:
        return dict(tree)
    return {**tree, names[0]: _with(tree.get(names[0], {}), names[1:])}


def defer(draft: Draft, names: Iterable[str]) -> None:
    """Leave these columns out."""
    known, deferring = draft.deferred
    names = frozenset(names)
    if deferring:
        draft.deferred = (known | names, True)
        return
    left = known - names
    if left or not (names - known):
        draft.deferred = (left, False) if left else (names & frozenset(), True)
    else:
        # Everything that was asked for has been taken back: only what is deferred counts now.
        draft.deferred = (names - known, True)


def only(draft: Draft, names: Iterable[str]) -> None:
    """Load these columns and no others, except those deferred before."""
    known, deferring = draft.deferred
    opts = draft.get_meta()
    wanted = {opts.pk.name if name == "pk" else name for name in names}
    if deferring:
        draft.deferred = (frozenset(wanted) - known, False)
    else:
        draft.deferred = (frozenset(wanted), False)


@dataclass(slots=True)
class Loaded:
    """An instance in a row: its model, its columns by position, and the instances that hang on it."""

    model: Any
    fields: Sequence[Any]
    nodes: Sequence[Any]
    start: int = 0
    link: Any = None  # the relation that leads here; None for the first
    reverse: bool = False
    filtered: bool = False  # reached over a filtered relation: kept under its name
    name: str = ""
    children: list[Loaded] = field(default_factory=list)

    @property
    def attnames(self) -> list[str]:
        return [one.attname for one in self.fields]


def mask_of(draft: Draft) -> Any:
    """Which columns are loaded: None for all, else `(names, deferring)` as a tree."""
    names, deferring = draft.deferred
    if not names:
        return None
    tree: dict[str, Any] = {}
    for name in names:
        node = tree
        for part in name.split(LOOKUP_SEP):
            node = node.setdefault(part, {})
    _validate(
        draft.get_meta(),
        {name: inner for name, inner in tree.items() if name not in draft.filtered_relations},
    )
    return tree, deferring


def _validate(opts: Any, tree: Mapping[str, Any]) -> None:
    """Refuse names that lead nowhere, also below relations that are not followed here."""
    for one, inner in _known(opts, tree).items():
        if inner:
            _validate(one.related_model._meta, inner)


def loaded_fields(opts: Any, mask: Any) -> Sequence[Any]:
    """The fields of a model that are loaded under a mask."""
    if mask is None:
        return opts.concrete_fields  # type: ignore[no-any-return]
    tree, deferring = mask
    keys = _known(opts, tree, lenient=True)
    pk = set(opts.pk_fields)
    chosen = []
    for one in opts.concrete_fields:
        named = keys.get(one)
        if one in pk:
            chosen.append(one)
        elif deferring:
            if named is None or named:
                chosen.append(one)
        elif named is not None:
            chosen.append(one)
    return chosen


def _known(opts: Any, tree: Mapping[str, Any], *, lenient: bool = False) -> dict[Any, Any]:
    """Fields that a mask names, with what it says of things behind them."""
    from nuages.core.exceptions import FieldDoesNotExist

    found: dict[Any, Any] = {}
    for name, below in tree.items():
        try:
            one = opts.pk if name == "pk" else opts.get_field(name)
        except FieldDoesNotExist as error:
            one = next((known for known in opts.concrete_fields if known.attname == name), None)
            if one is None and lenient:
                # A filtered relation: it is no field of the model.
                continue
            if one is None:
                raise wording.noted(error, name, wording.field_names(opts)) from None
        if below and not one.is_relation:
            raise FieldError(
                f"Field {opts.object_name}.{one.name} is no relation: it has no {', '.join(below)!r}."
            )
        found[one] = below
    return found


def below(opts: Any, mask: Any, relation: Any) -> Any:
    """The mask for what a relation leads to."""
    if mask is None:
        return None
    tree, deferring = mask
    for one, inner in _known(opts, tree, lenient=True).items():
        if one is relation or one == relation:
            return (inner, deferring) if inner else None
    return None


def columns(draft: Draft, opts: Any, alias: str, fields: Iterable[Any]) -> Sequence[Any]:
    """Columns of a model's fields; those of its parents are joined."""
    if fields is opts.concrete_fields and alias == opts.db_table and opts.own_columns is not None:
        return opts.own_columns  # type: ignore[no-any-return]
    nodes = []
    for one in fields:
        owner = one.model._meta.concrete_model
        at = alias
        if owner is not opts.concrete_model:
            at = joins.attach(draft, paths.parent_hops(opts, owner), start=alias)
        nodes.append(one.get_col(at))
    return nodes


def gather(draft: Draft) -> Loaded:
    """The instance a row stands for, with all that is loaded beside it. Joins what is needed."""
    opts = draft.get_meta()
    mask = mask_of(draft)
    alias = draft.base_alias()
    chosen = draft.select_related
    fields = loaded_fields(opts, mask)
    root = Loaded(draft.model, fields, columns(draft, opts, alias, fields))
    if chosen:
        _follow(draft, root, opts, alias, chosen if isinstance(chosen, dict) else None, mask, 1)
    return root


def _follow(
    draft: Draft, parent: Loaded, opts: Any, alias: str, chosen: dict[str, Any] | None, mask: Any, depth: int
) -> None:
    restricted = chosen is not None
    if not restricted and depth > draft.max_depth:
        return
    found: set[str] = set()
    for one in opts.fields:
        if chosen is not None and one.name in chosen:
            found.add(one.name)
            if not one.is_relation:
                choices = _choices(draft, opts)
                raise FieldError(
                    f"Non-relational field given in select_related: '{one.name}'. "
                    f"Choices are: {', '.join(choices) or '(none)'}"
                )
        if not _selectable(one, chosen):
            continue
        if restricted and mask is not None and one not in parent.fields:
            raise FieldError(
                f"Field {opts.object_name}.{one.name} cannot be both deferred and traversed using "
                "select_related at the same time."
            )
        _load(draft, parent, opts, alias, one, one.path_infos, one.name, False, chosen, mask, depth)
    if chosen is None:
        return
    for relation in opts.related_objects:
        if (
            not relation.field.unique
            or relation.many_to_many
            or (not relation.one_to_one and not relation.field.unique)
        ):
            continue
        name = relation.field.related_query_name()
        if name not in chosen:
            continue
        found.add(name)
        _load(
            draft,
            parent,
            opts,
            alias,
            relation.field,
            relation.field.reverse_path_infos,
            name,
            True,
            chosen,
            mask,
            depth,
        )
    for name in list(chosen):
        if name in found or depth > 1 or name not in draft.filtered_relations:
            continue
        path = paths.find(draft, [name], opts)
        found.add(name)
        relation = path.final
        at = joins.attach(draft, path.hops, start=alias)
        target = path.hops[-1].to_opts
        inner_mask = (mask[0][name], mask[1]) if mask is not None and mask[0].get(name) else None
        fields = loaded_fields(target, inner_mask)
        reverse = not path.hops[-1].direct
        nodes = columns(draft, target, at, fields)
        # Over one step, both sides know each other; further away they do not.
        link = relation if len(path.hops) == 1 else None
        child = Loaded(target.model, fields, nodes, link=link, name=name, reverse=reverse, filtered=True)
        parent.children.append(child)
        _follow(draft, child, target, at, chosen[name], None, depth + 1)
    unknown = set(chosen) - found
    if unknown:
        invalid = ", ".join(f"{name}" for name in sorted(unknown))
        choices = _choices(draft, opts)
        error = FieldError(
            f"Invalid field name(s) given in select_related: '{invalid}'. "
            f"Choices are: {', '.join(choices) or '(none)'}"
        )
        raise wording.noted(error, min(unknown), choices)


def _selectable(one: Any, chosen: dict[str, Any] | None) -> bool:
    if not one.remote_field or not one.is_relation or not hasattr(one, "path_infos"):
        return False
    if getattr(one.remote_field, "parent_link", False) and chosen is None:
        return False
    if chosen is not None:
        return one.name in chosen
    return not one.null


def _choices(draft: Draft, opts: Any) -> list[str]:
    forward = [one.name for one in opts.fields if one.is_relation]
    reverse = [
        relation.field.related_query_name()
        for relation in opts.related_objects
        if relation.field.unique and not relation.many_to_many
    ]
    return [*forward, *reverse, *draft.filtered_relations]


def _with_parent(
    draft: Draft, parent: Loaded, opts: Any, alias: str, target: Any, at: str, fields: Sequence[Any]
) -> list[Any]:
    """Columns of a child model beside its parent's row: what is inherited is there already."""
    own = {parent.model._meta.concrete_model, *parent.model._meta.all_parents}
    have = dict(zip(parent.fields, parent.nodes))
    nodes = []
    for one in fields:
        if one in have:
            nodes.append(have[one])
            continue
        inherited = one.model._meta.concrete_model in own
        nodes += columns(draft, opts if inherited else target, alias if inherited else at, [one])
    return nodes


def _load(
    draft: Draft,
    parent: Loaded,
    opts: Any,
    alias: str,
    relation: Any,
    hops: Sequence[Any],
    name: str,
    reverse: bool,
    chosen: dict[str, Any] | None,
    mask: Any,
    depth: int,
) -> None:
    owner = relation.remote_field.model if reverse else relation.model
    start = joins.attach(draft, paths.parent_hops(opts, owner._meta.concrete_model), start=alias)
    at = joins.attach(draft, hops, start=start)
    target = hops[-1].to_opts
    inner_mask = below(opts, mask, relation.remote_field if reverse else relation)
    inner = chosen.get(name, {}) if chosen is not None else None
    fields = loaded_fields(target, inner_mask)
    nodes: Sequence[Any]
    model = relation.model if reverse else relation.remote_field.model
    from_parent = bool(reverse and relation.remote_field.parent_link and issubclass(model, parent.model))
    if from_parent:
        # What was loaded for the parent's row belongs to the child's too.
        fields = [*(one for one in parent.fields if one not in fields), *fields]
        nodes = _with_parent(draft, parent, opts, alias, target, at, fields)
    else:
        nodes = columns(draft, target, at, fields)
    child = Loaded(model, fields, nodes, link=relation, reverse=reverse, name=name)
    parent.children.append(child)
    if inner or chosen is None:
        _follow(draft, child, target, at, inner, inner_mask, depth + 1)
