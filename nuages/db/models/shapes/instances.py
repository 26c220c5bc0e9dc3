"""The loader of instances: a generated loop that makes one instance after another from the columns of a row.

Where nothing of the model wants to know about it, values are put on an instance of an empty class that then becomes
the model's. On the model itself each assignment would look at the field's descriptor first; without one the
interpreter stores straight into the place that all instances have for the attribute, which takes less than half the
time, and half the memory of a dictionary for each.
"""

from __future__ import annotations

import inspect
import keyword
import warnings
import weakref
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from nuages.db.models.shapes.clauses.related import Loaded
from nuages.db.models.shapes.loaders import Source
from nuages.db.models.shapes.writing import Layout
from nuages.db.models.signals import post_init, pre_init
from nuages.db.models.state import ModelState, SharedState
from nuages.utils.deprecation import RemovedInDjango2028Warning

__all__ = ["instances", "maker_of", "share_peers"]

#: Instances of a class share the names of so many attributes; beyond that each has a dictionary of its own anyway.
MOST_SHARED_NAMES = 29


def instances(layout: Layout, connection: Any) -> tuple[Any, str]:
    """Rows as model instances, with what was selected beside them."""
    assert layout.root is not None
    body = _Body(layout, connection)
    body.instance(layout.root, "one", [*layout.extras, *layout.annotations], body.lines)
    source = body.source
    source.names |= {"SharedState": SharedState, "share": share_peers}
    lines = [
        "found = []",
        "add = found.append",
        "state = SharedState(False, db, mode)",
        *(f"{group} = []" for group in body.groups),
        *body.before,
        *source.before,
        f"for {source.row(layout)} in rows:",
        *(f"    {line}" for line in body.lines),
        "    add(one)",
        "if mode.track_peers:",
        *(f"    share({group})" for group in ["found", *body.groups]),
        "return found",
    ]
    return source.build("load", "rows, connection, db, mode", lines)


def share_peers(found: Sequence[Any]) -> None:
    """Tell instances of those loaded together with them."""
    if len(found) < 2:
        return
    peers = tuple(map(weakref.ref, found))
    shared = None
    for one in found:
        state = one.__dict__["_state"]
        if type(state) is SharedState:
            if shared is None:
                shared = SharedState(state.adding, state.db, state.fetch_mode, peers)
            one.__dict__["_state"] = shared
        else:
            state.peers = peers


class _Body:
    """The lines of the loop, and what they use."""

    def __init__(self, layout: Layout, connection: Any) -> None:
        self.layout = layout
        self.connection = connection
        self.source = Source()
        #: Lists of the instances of each relation that is loaded beside.
        self.groups: list[str] = []
        #: Lines before the loop.
        self.before: list[str] = []
        self.lines: list[str] = []

    def cell(self, position: int) -> str:
        return self.source.cell(self.layout, self.connection, position)

    def instance(
        self, loaded: Loaded, name: str, beside: Sequence[tuple[str, int]], lines: list[str]
    ) -> None:
        """Make one instance of a row, and those that hang on it."""
        cells = [self.cell(loaded.start + number) for number in range(len(loaded.fields))]
        pairs = list(zip(loaded.attnames, cells))
        assigned = [(attribute, self.cell(position)) for attribute, position in beside]
        make = self.source.use("make", maker_of(loaded.model))
        documented = f"{name} = {make}(db, {tuple(loaded.attnames)!r}, ({''.join(f'{cell}, ' for cell in cells)}), mode)"
        own_state = bool(loaded.children)
        state = f"{name}_state"
        if makes_directly(loaded.model):
            # What nothing of the class wants to know about can be there from the beginning.
            pairs += [pair for pair in assigned if not hasattr(loaded.model, pair[0])]
            later = [pair for pair in assigned if hasattr(loaded.model, pair[0])]
            heard = f"{name}_heard"
            model = self.source.use("Model", loaded.model)
            self.source.names["listening"] = listening
            self.before.append(f"{heard} = listening({model})")
            lines += [f"if {heard}:", f"    {documented}"]
            lines += [
                f"    {name}.__dict__[{attribute!r}] = {cell}"
                for attribute, cell in pairs[len(loaded.attnames) :]
            ]
            if own_state:
                lines.append(f"    {state} = {name}._state")
            lines.append("else:")
            lines += [f"    {line}" for line in self.direct(loaded.model, model, name, pairs, own_state)]
        else:
            later = assigned
            lines.append(documented)
            if own_state:
                lines.append(f"{state} = {name}._state")
        lines += [f"setattr({name}, {attribute!r}, {cell})" for attribute, cell in later]
        cached: list[str] = []
        for child in loaded.children:
            self.child(child, name, cached, lines)
        if cached:
            lines.append(f"{state}._fields_cache = {{{', '.join(cached)}}}")

    def direct(
        self, model: Any, model_name: str, name: str, pairs: Sequence[tuple[str, str]], own_state: bool
    ) -> list[str]:
        """Make an instance without calling anything of its class."""
        lines = []
        state = "state"
        if own_state:
            state = f"{name}_state"
            self.source.names |= {"new": object.__new__, "ModelState": ModelState}
            lines += [
                f"{state} = new(ModelState)",
                f"{state}.adding = False",
                f"{state}.db = db",
                f"{state}.fetch_mode = mode",
                f"{state}.peers = ()",
                f"{state}._fields_cache = None",
            ]
        blank = blank_for(model, tuple(attribute for attribute, _ in pairs))
        if blank is None:
            self.source.names["new"] = object.__new__
            items = "".join(f", {attribute!r}: {cell}" for attribute, cell in pairs)
            return [*lines, f"{name} = new({model_name})", f"{name}.__dict__ = {{'_state': {state}{items}}}"]
        return [
            *lines,
            f"{name} = {self.source.use('Blank', blank)}()",
            f"{name}._state = {state}",
            *(f"{name}.{attribute} = {cell}" for attribute, cell in pairs),
            f"{name}.__class__ = {model_name}",
        ]

    def child(self, child: Loaded, parent: str, cached: list[str], lines: list[str]) -> None:
        """Make what hangs on an instance, None where there is no such row."""
        name = f"{parent}_{len(self.groups)}"
        self.groups.append(f"{name}_all")
        keys = [number for number, one in enumerate(child.fields) if one in child.model._meta.pk_fields]
        missing = " or ".join(f"c{child.start + number} is None" for number in keys) or "False"
        inner: list[str] = []
        self.instance(child, name, (), inner)
        lines += [f"if {missing}:", f"    {name} = None", "else:", *(f"    {line}" for line in inner)]
        lines.append(f"    {name}_all.append({name})")
        link = child.link
        back = None
        if child.filtered:
            lines.append(f"setattr({parent}, {child.name!r}, {name})")
            if link is not None and child.reverse:
                back = link.field
            elif link is not None and link.unique:
                back = link.remote_field
        elif child.reverse:
            cached.append(f"{link.remote_field.cache_name!r}: {name}")
            back = link
        else:
            cached.append(f"{link.cache_name!r}: {name}")
            if link.unique and link.remote_field is not None and not link.remote_field.hidden:
                back = link.remote_field
        if back is not None:
            lines.append(f"if {name} is not None:")
            lines.append(f"    {name}._state.fields_cache[{back.cache_name!r}] = {parent}")


@lru_cache(maxsize=2048)
def blank_for(model: Any, names: tuple[str, ...]) -> type | None:
    """A class without anything whose instances, given these attributes, can become the model's; None for none."""
    if len(names) > MOST_SHARED_NAMES or not all(
        name.isidentifier() and not keyword.iskeyword(name) for name in names
    ):
        return None
    blank = type("Blank", (), {})
    try:
        blank().__class__ = model
    except TypeError:  # the model has slots, or a base that is written in C
        return None
    return blank


def makes_directly(model: Any) -> bool:
    """Whether instances may be made without calling anything of the model."""
    from nuages.db.models.base import Model

    return bool(
        model.__init__ is Model.__init__
        and getattr(model.from_db, "__func__", None) is getattr(Model.from_db, "__func__", None)
        and model.__setattr__ is object.__setattr__
        and model.__new__ is object.__new__
    )


def listening(model: Any) -> bool:
    """Whether anybody wants to hear of new instances of a model."""
    return bool(
        (pre_init.receivers and pre_init.has_listeners(model))
        or (post_init.receivers and post_init.has_listeners(model))
    )


def maker_of(model: Any) -> Callable[[str, Sequence[str], Sequence[Any], Any], Any]:
    """The documented way: `from_db()`."""
    parameters = inspect.signature(model.from_db).parameters.values()
    takes_mode = any(one.name == "fetch_mode" or one.kind is one.VAR_KEYWORD for one in parameters)

    def make(db: str, names: Sequence[str], values: Sequence[Any], mode: Any) -> Any:
        if takes_mode:
            return model.from_db(db, names, values, fetch_mode=mode)
        warnings.warn(
            f"{model.__name__}.from_db() must accept a fetch_mode keyword argument. Support for from_db() methods "
            "that do not accept it is deprecated.",
            RemovedInDjango2028Warning,
            stacklevel=2,
        )
        one = model.from_db(db, names, values)
        one._state.fetch_mode = mode
        return one

    return make
