"""From `author__country__name` to the hops, the column and what is left over (transforms, a lookup)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from nuages.core.exceptions import FieldDoesNotExist, FieldError
from nuages.db.models.constants import LOOKUP_SEP
from nuages.db.models.options import found_paths
from nuages.db.models.query_utils import PathInfo
from nuages.db.models.shapes import wording

if TYPE_CHECKING:
    from nuages.db.models.shapes.draft import Draft

#: So many paths are remembered.
MOST_PATHS = 4096


class Path(NamedTuple):
    """Where a chain of names leads."""

    hops: tuple[PathInfo, ...]
    final: Any  # the field the last consumed name stands for
    targets: tuple[Any, ...]  # the column or columns that hold it
    rest: tuple[str, ...]  # names that were not consumed

    @property
    def first_many(self) -> int | None:
        """Position of the first hop that can find many rows."""
        for position, hop in enumerate(self.hops):
            if hop.m2m:
                return position
        return None

    def trimmed(self, keep: int = 0) -> Path:
        """The same path without the last tables, where a foreign key already holds what is wanted of them."""
        hops, targets = self.hops, self.targets
        if len(hops) <= keep:
            return self
        while len(hops) > keep:
            hop = hops[-1]
            if not hop.direct or hop.filtered_relation is not None:
                break
            near = [_held_for(hop.join_field, target) for target in targets]
            if None in near:
                break
            targets = tuple(near)
            hops = hops[:-1]
        return self if hops is self.hops else Path(hops, self.final, targets, self.rest)


def _held_for(relation: Any, target: Any) -> Any:
    """The field on the near side of a relation that holds what the far one holds, if there is one."""
    for local, foreign in zip(relation.local_related_fields, relation.foreign_related_fields):
        if foreign.column == target.column:
            return local
    return None


def find(
    draft: Draft,
    names: Sequence[str],
    opts: Any,
    *,
    whole: bool = False,
    filtered: bool = True,
) -> Path:
    """Follow `names` from the model of `opts`. With `whole`, a name that leads nowhere is an error."""
    if opts is None or names[0] in draft.annotations or names[0] in draft.filtered_relations:
        return _followed(draft, names, opts, whole, filtered)
    field = opts._forward_fields_map.get(names[0])
    if (
        field is not None
        and not field.is_relation
        and field.model._meta.concrete_model is opts.concrete_model
        and not (whole and len(names) > 1)
    ):
        # Most names are a column of the model itself: found quicker than remembered.
        return Path((), field, (field,), tuple(names[1:]))
    key = (opts, whole, *names)
    found: Path | None = found_paths.get(key)
    if found is None:
        found = _followed(draft, names, opts, whole, filtered)
        # What users write may get into names: any text can be taken for a lookup here.
        if len(found_paths) >= MOST_PATHS:
            found_paths.clear()
        found_paths[key] = found
    return found


def _followed(draft: Draft, names: Sequence[str], opts: Any, whole: bool, filtered: bool) -> Path:
    hops: list[PathInfo] = []
    final: Any = None
    targets: tuple[Any, ...] = ()
    taken = 0
    for position, name in enumerate(names):
        field = _field(draft, opts, name, first=position == 0)
        chosen = None
        if field is None and position == 0 and filtered and name in draft.filtered_relations:
            chosen = draft.filtered_relations[name]
            before = chosen.relation_name.split(LOOKUP_SEP)
            if len(before) > 1:
                lead = find(draft, before[:-1], opts)
                hops += lead.hops
                opts = lead.hops[-1].to_opts
            field = opts.get_field(before[-1])
        if field is None:
            if position == 0 or whole:
                # Something was found before, but it has no such field and nothing may be left over.
                raise wording.unknown_keyword(draft, name, opts, related=position > 0)
            break
        if getattr(field, "is_relation", False) and not field.related_model:
            raise FieldError(
                f"Field {name!r} does not generate an automatic reverse relation and therefore cannot be used for "
                "reverse querying. If it is a GenericForeignKey, consider adding a GenericRelation."
            )
        model = getattr(field, "model", None)
        if model is not None and opts is not None:
            for hop in parent_hops(opts, model._meta.concrete_model):
                hops.append(hop)
                opts = hop.to_opts
        if hasattr(field, "path_infos"):
            infos = field.get_path_info(chosen) if chosen is not None else field.path_infos
            hops += infos
            last = infos[-1]
            final, opts, targets = last.join_field, last.to_opts, last.target_fields
            taken = position + 1
            continue
        final, targets = field, (field,)
        taken = position + 1
        if whole and taken != len(names):
            raise FieldError(
                f"Cannot resolve keyword {names[taken]!r} into field. Join on {name!r} not permitted."
            )
        break
    return Path(tuple(hops), final, targets, tuple(names[taken:]))


def _field(draft: Draft, opts: Any, name: str, first: bool) -> Any:
    if opts is not None:
        if name == "pk" and opts.pk is not None:
            return opts.pk
        try:
            return opts.get_field(name)
        except FieldDoesNotExist:
            pass
    if first and name in draft.annotations:
        return draft.annotations[name].output_field
    return None


def parent_hops(opts: Any, model: Any) -> list[PathInfo]:
    """Hops over parent links from a model up to the ancestor that holds a field."""
    hops: list[PathInfo] = []
    if opts.model is None or opts.concrete_model is model or model not in opts.all_parents:
        return hops
    for link in links_up(opts, model):
        hops += link.path_infos
    return hops


def links_up(opts: Any, ancestor: Any) -> list[Any]:
    """The parent links that lead from a model to one of its ancestors, nearest first."""
    chain = []
    while opts.concrete_model is not ancestor:
        for parent, link in opts.parents.items():
            concrete = parent._meta.concrete_model
            if concrete is ancestor or ancestor in parent._meta.all_parents:
                if link is not None:
                    chain.append(link)
                opts = parent._meta
                break
        else:
            return chain
    return chain
