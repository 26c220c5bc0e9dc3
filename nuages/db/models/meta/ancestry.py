"""Models above a model, and the links that lead there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nuages.db.models.meta.declared import Declared
from nuages.utils.datastructures import OrderedSet
from nuages.utils.functional import cached_property

if TYPE_CHECKING:
    from nuages.db.models.options import Options


class Ancestry(Declared):
    """Parents in multi-table inheritance."""

    @cached_property
    def all_parents(self) -> tuple[Any, ...]:
        """Every model above this one, nearest first."""
        found = OrderedSet(self.parents)
        for parent in self.parents:
            for ancestor in parent._meta.all_parents:
                found.add(ancestor)
        return tuple(found)

    def get_parent_list(self) -> list[Any]:
        return list(self.all_parents)

    def get_base_chain(self, model: Any) -> list[Any]:
        """Models from this one's parent up to `model`; empty where `model` is no ancestor."""
        if not self.parents:
            return []
        if model in self.parents:
            return [model]
        for parent in self.parents:
            chain = parent._meta.get_base_chain(model)
            if chain:
                return [parent, *chain]
        return []

    def get_ancestor_link(self, ancestor: Any) -> Any:
        """The field of this model or its parents that leads to `ancestor`; None where none does."""
        if ancestor in self.parents:
            return self.parents[ancestor]
        for parent, link in self.parents.items():
            further = parent._meta.get_ancestor_link(ancestor)
            if further:
                # A proxy parent has no link of its own: the one found is this model's.
                return link or further
        return None

    def _links_to_parent(self, parent: Any) -> list[tuple[Options, Any]]:
        """(options, link field) pairs from this model up to `parent`, proxies skipped."""
        links = []
        here = self.concrete_model
        target = parent._meta.concrete_model
        for ancestor in self.get_base_chain(parent):
            if ancestor._meta.concrete_model is here:
                continue
            link = here._meta.get_ancestor_link(ancestor)
            links.append((here._meta, link))
            here = ancestor._meta.concrete_model
            if here is target:
                break
        return links

    def get_path_to_parent(self, parent: Any) -> list[Any]:
        """PathInfos that join from this model to `parent`."""
        from nuages.db.models.query_utils import PathInfo

        if self.concrete_model is parent._meta.concrete_model:
            return []
        return [
            PathInfo(
                from_opts=options,
                to_opts=link.remote_field.model._meta,
                target_fields=tuple(link.foreign_related_fields),
                join_field=link,
                m2m=False,
                direct=True,
                filtered_relation=None,
            )
            for options, link in self._links_to_parent(parent)
        ]

    def get_path_from_parent(self, parent: Any) -> list[Any]:
        """PathInfos that join from `parent` down to this model."""
        if self.concrete_model is parent._meta.concrete_model:
            return []
        path: list[Any] = []
        for _options, link in reversed(self._links_to_parent(parent)):
            path.extend(link.reverse_path_infos)
        return path
