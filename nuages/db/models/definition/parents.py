"""Pass 4: what a model takes from its base classes.

Fields of an abstract base are copied in; a concrete base keeps its fields in its own table and is reached by a
link, declared or made here. The nearest class in the MRO wins a name, and a plain attribute (even None) on the
way hides a field of an abstract base.
"""

from __future__ import annotations

import copy
from typing import Any

from nuages.core.exceptions import FieldError
from nuages.db.models.definition.draft import Draft
from nuages.db.models.utils import make_model_tuple

__all__ = ["inherit"]


def inherit(draft: Draft) -> None:
    """Go through the MRO, nearest first."""
    Inheritance(draft).run()


class Inheritance:
    """One walk over the bases of a model, and the names met on the way."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.cls = draft.cls
        self.options = draft.cls._meta
        # Names of fields in this model's own body; they clash with those of concrete parents.
        self.own_names = {
            field.name
            for field in (
                *self.options.local_fields,
                *self.options.local_many_to_many,
                *self.options.private_fields,
            )
        }
        self.hidden_names: set[str] = set()
        self.links = self.declared_links()

    def run(self) -> None:
        for base in self.cls.__mro__:
            if base is self.cls:
                continue
            if base not in self.draft.parents or "_meta" not in base.__dict__:
                # A mixin, Model, or a model further up: what it defines hides fields of bases behind it.
                self.hidden_names.update(base.__dict__)
            elif base._meta.abstract:
                self.take_from_abstract(base)
            else:
                self.link_to_concrete(base)

    def declared_links(self) -> dict[tuple[str, str], Any]:
        """Parent links written out in this body or in an abstract base, by the model they lead to."""
        from nuages.db.models.fields.related import OneToOneField, resolve_relation

        links = {}
        for base in reversed([self.cls, *self.draft.parents]):
            if "_meta" not in base.__dict__ or (base is not self.cls and not base._meta.abstract):
                continue
            for field in base._meta.local_fields:
                if isinstance(field, OneToOneField) and field.remote_field.parent_link:
                    target = resolve_relation(self.cls, field.remote_field.model)
                    links[make_model_tuple(target)] = field
        return links

    def take_from_abstract(self, base: Any) -> None:
        inherited_links = dict(base._meta.parents)
        for field in (*base._meta.local_fields, *base._meta.local_many_to_many):
            if not self.is_free(field.name):
                continue
            mine = copy.deepcopy(field)
            self.cls.add_to_class(field.name, mine)
            for parent, link in inherited_links.items():
                if field.one_to_one and link == field:
                    inherited_links[parent] = mine
        self.options.parents.update(inherited_links)
        self.take_private(base)

    def is_free(self, name: str) -> bool:
        return name not in self.own_names and name not in self.cls.__dict__ and name not in self.hidden_names

    def link_to_concrete(self, base: Any) -> None:
        for field in (*base._meta.local_fields, *base._meta.local_many_to_many):
            if field.name in self.own_names:
                self.refuse(field, base)
            self.hidden_names.add(field.name)
        concrete = base._meta.concrete_model
        self.options.parents[concrete] = self.link_field(concrete)
        self.take_private(base)

    def link_field(self, concrete: Any) -> Any:
        from nuages.db.models.deletion import CASCADE
        from nuages.db.models.fields.related import OneToOneField

        declared = self.links.get(make_model_tuple(concrete))
        if declared is not None:
            # One from an abstract base stands here as the copy of it, where it was taken in already.
            return next((f for f in self.options.local_fields if f.name == declared.name), declared)
        if self.options.proxy:
            return None
        name = f"{concrete._meta.model_name}_ptr"
        if name in self.own_names:
            raise FieldError(
                f"Auto-generated field '{name}' in class {self.draft.name!r} for parent_link to base class "
                f"{concrete.__name__!r} clashes with declared field of the same name."
            )
        link = OneToOneField(concrete, on_delete=CASCADE, name=name, auto_created=True, parent_link=True)
        # A class attribute of that name comes from a base that has this link already.
        if not hasattr(self.cls, name):
            self.cls.add_to_class(name, link)
        return link

    def take_private(self, base: Any) -> None:
        for field in base._meta.private_fields:
            if field.name in self.own_names:
                if not base._meta.abstract:
                    self.refuse(field, base)
            elif field.name not in self.cls.__dict__ and field.name not in self.hidden_names:
                self.cls.add_to_class(field.name, copy.deepcopy(field))

    def refuse(self, field: Any, base: Any) -> None:
        raise FieldError(
            f"Local field {field.name!r} in class {self.draft.name!r} clashes with field of the same name from base "
            f"class {base.__name__!r}."
        )
