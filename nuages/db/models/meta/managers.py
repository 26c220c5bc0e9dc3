"""Which managers a model has, and which of them stands for it."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from nuages.db.models.meta.fields import make_immutable_fields_list

if TYPE_CHECKING:
    from nuages.db.models.options import Options


def managers_of(options: Options) -> Any:
    """Managers, own ones first; the nearest of each name."""
    found: dict[str, tuple[int, Any]] = {}
    line = [base for base in options.model.__mro__ if "_meta" in base.__dict__]
    for depth, base in enumerate(line):
        for manager in base._meta.local_managers:
            found.setdefault(manager.name, (depth, manager))
    copies = []
    for _depth, manager in sorted(found.values(), key=lambda pair: (pair[0], pair[1].creation_counter)):
        mine = copy.copy(manager)
        mine.model = options.model
        copies.append(mine)
    return make_immutable_fields_list("managers", copies)


def _parent_options(options: Options) -> Options | None:
    """Options of the nearest base class that is a model."""
    return next((base._meta for base in options.model.__mro__[1:] if "_meta" in base.__dict__), None)


def base_manager_of(options: Options) -> Any:
    """The manager related objects are fetched through."""
    from nuages.db.models.manager import Manager

    nearest: Options | None = options
    while nearest is not None and not nearest.base_manager_name:
        nearest = _parent_options(nearest)
    if nearest is not None:
        name = nearest.base_manager_name
        try:
            return options.managers_map[name]  # type: ignore[index]
        except KeyError:
            raise ValueError(f"{options.object_name} has no manager named {name!r}") from None
    manager = Manager()
    manager.name = "_base_manager"
    manager.model = options.model
    manager.auto_created = True
    return manager


def default_manager_of(options: Options) -> Any:
    """The manager admin, forms and reverse relations start from: the first, or the one named."""
    nearest: Options | None = options
    while nearest is not None and not nearest.default_manager_name and not nearest.local_managers:
        nearest = _parent_options(nearest)
    name = nearest.default_manager_name if nearest is not None else None
    if name:
        try:
            return options.managers_map[name]
        except KeyError:
            raise ValueError(f"{options.object_name} has no manager named {name!r}") from None
    return options.managers[0] if options.managers else None
