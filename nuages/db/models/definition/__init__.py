"""How a model class comes to be: named passes over a draft, in this order.

1. `start`      the bare class, its `Meta` split off
2. `options`    `_meta`, the app it belongs to, its exceptions
3. `fields`     what its own body declares
4. `parents`    proxies, links to concrete parents, fields of abstract ones
5. `finish`     primary key, managers, order accessors, indexes; then the registry learns it
"""

from __future__ import annotations

from typing import Any

from nuages.db.models.definition.draft import Draft
from nuages.db.models.definition.finish import finish_abstract, prepare, register
from nuages.db.models.definition.meta import attach_exceptions, attach_options, inherit_ordering
from nuages.db.models.definition.parents import inherit
from nuages.db.models.definition.proxies import settle_proxy

__all__ = ["define", "prepare"]


def define(
    metaclass: type, name: str, bases: tuple[type, ...], namespace: dict[str, Any], options: dict[str, Any]
) -> Any:
    """The model class for one `class` statement."""
    draft = Draft.start(metaclass, name, bases, namespace, options)
    attach_options(draft)
    attach_exceptions(draft)
    inherit_ordering(draft)
    for attribute, value in draft.contributable.items():
        draft.cls.add_to_class(attribute, value)
    settle_proxy(draft)
    inherit(draft)
    if draft.abstract:
        return finish_abstract(draft)
    draft.cls._prepare()
    return register(draft)
