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
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from nuages.db.models.shapes.clauses.related import Loaded
from nuages.db.models.shapes.loaders import Source
from nuages.db.models.shapes.writing import Layout
from nuages.db.models.signals import post_init, pre_init
from nuages.db.models.state import SharedState, common_state, fresh_state
from nuages.utils.deprecation import RemovedInDjango2028Warning

__all__ = ["instances", "maker_of", "share_peers"]

#: Instances of a class share the names of so many attributes; beyond that each has a dictionary of its own anyway.
MOST_SHARED_NAMES = 29


def instances(layout: Layout, connection: Any) -> tuple[Any, str]:
    """Rows as model instances, with what was selected beside them."""
    return _Body(layout, connection, quick=True, tracks=False).build()


class _Other:
    """Another loader of the same rows, made when it is needed."""

    def __init__(self, layout: Layout, connection: Any, *, quick: bool, tracks: bool) -> None:
        self.layout, self.connection = layout, connection
        self.quick, self.tracks = quick, tracks

    def __call__(self, rows: Any, connection: Any, db: str, mode: Any) -> list[Any]:
        return self.load(rows, connection, db, mode)  # type: ignore[no-any-return]

    @cached_property
    def load(self) -> Any:
        return _Body(self.layout, self.connection, quick=self.quick, tracks=self.tracks).build()[0]


def share_peers(found: Sequence[Any], state: SharedState | None = None) -> None:
    """Tell instances of those loaded together with them: through the state they share, where they have one."""
    if len(found) < 2:
        return
    peers = tuple(map(weakref.ref, found))
    if state is not None:
        state.peers = peers
        return
    for one in found:
        one._state.peers = peers


class _Body:
    """The lines of the loop, and what they use."""

    def __init__(self, layout: Layout, connection: Any, *, quick: bool, tracks: bool) -> None:
        assert layout.root is not None
        self.layout = layout
        self.connection = connection
        #: Whether instances may be made without calling anything of their class, where that has nothing to say to it.
        self.quick = quick
        #: Whether instances loaded together are to know each other.
        self.tracks = tracks
        self.source = Source()
        #: The models whose instances are made so.
        self.models: list[Any] = []
        #: Lines before the loop.
        self.before: list[str] = []
        #: Lines after it.
        self.sharing: list[str] = []
        self.lines: list[str] = []
        root = _Instance(layout.root, "one", [*layout.extras, *layout.annotations])
        self.instance(root, self.lines)
        self.share("found", root)

    def build(self) -> tuple[Any, str]:
        """Compile it."""
        source = self.source
        source.names |= {"state_of": fresh_state if self.tracks else common_state, "share": share_peers}
        lines = [
            *self.others(),
            *self.before,
            *source.before,
            "found = []",
            "add = found.append",
            f"for {source.row(self.layout)} in rows:",
            *(f"    {line}" for line in self.lines),
            "    add(one)",
            *self.sharing,
            "return found",
        ]
        return source.build("load", "rows, connection, db, mode", lines)

    def others(self) -> list[str]:
        """Lines that leave the rows to another loader: one that makes every instance through its class, for while
        somebody wants to hear of new ones, or one that tells those loaded together of each other."""
        lines = []
        names = self.source.names
        if self.models:
            names |= {
                "pre_init": pre_init,
                "post_init": post_init,
                "heard": _heard,
                "models": tuple(self.models),
                "documented": _Other(self.layout, self.connection, quick=False, tracks=self.tracks),
            }
            lines += [
                "if (pre_init.receivers or post_init.receivers) and heard(models):",
                "    return documented(rows, connection, db, mode)",
            ]
        if not self.tracks:
            names["tracking"] = _Other(self.layout, self.connection, quick=self.quick, tracks=True)
            lines += ["if mode.track_peers:", "    return tracking(rows, connection, db, mode)"]
        return lines

    def share(self, found: str, one: _Instance) -> None:
        """Tell the instances in a list of each other, if they are to know."""
        if self.tracks:
            self.sharing.append(f"share({found}, {one.state or None})")

    def instance(self, one: _Instance, lines: list[str]) -> None:
        """Make one instance of a row, and those that hang on it."""
        loaded, name = one.loaded, one.name
        cells = [
            self.cell(loaded.start + number, lines, filled=not field.null)
            for number, field in enumerate(loaded.fields)
        ]
        assigned = [(attribute, self.cell(position, lines)) for attribute, position in one.beside]
        hanging: list[str] = []
        linking: list[str] = []
        if self.quick and makes_directly(loaded.model):
            one.state = f"{name}_state"
        for child in loaded.children:
            self.child(child, one, hanging, linking)
        if one.state:
            # Nothing of the class sees the order, so what hangs on it can be there from the beginning.
            lines += hanging
            later = self.direct(one, [*zip(loaded.attnames, cells), *assigned], lines)
        else:
            make = self.source.use("make", maker_of(loaded.model))
            values = "".join(f"{cell}, " for cell in cells)
            lines.append(f"{name} = {make}(db, {tuple(loaded.attnames)!r}, ({values}), mode)")
            later = assigned
        lines += [f"setattr({name}, {attribute!r}, {cell})" for attribute, cell in later]
        if not one.state:
            lines += hanging
            if one.related:
                kept = ", ".join(f"{place!r}: {value}" for place, value in one.related.items())
                lines.append(f"{name}._state._fields_cache = {{{kept}}}")
        lines += linking

    def direct(
        self, one: _Instance, pairs: Sequence[tuple[str, str]], lines: list[str]
    ) -> list[tuple[str, str]]:
        """Make an instance without calling anything of its class; gives back the pairs that it has to be asked for."""
        model, name = one.loaded.model, one.name
        self.models.append(model)
        own = len(one.loaded.fields)
        later = [pair for pair in pairs[own:] if hasattr(model, pair[0])]
        pairs = [pair for pair in pairs if pair not in later]
        model_name = self.source.use("Model", model)
        places = [*one.related, *one.owners]
        self.before.append(f"{one.state} = state_of(db, mode, {tuple(places)!r})")
        state = one.states() if one.related and not one.owners else one.state
        blank = blank_for(model, tuple(attribute for attribute, _ in pairs))
        if blank is None:
            self.source.names["new"] = object.__new__
            items = "".join(f", {attribute!r}: {cell}" for attribute, cell in pairs)
            lines += [f"{name} = new({model_name})", f"{name}.__dict__ = {{'_state': {state}{items}}}"]
        else:
            lines += [
                f"{name} = {self.source.use('Blank', blank)}()",
                f"{name}._state = {state}",
                *(f"{name}.{attribute} = {cell}" for attribute, cell in pairs),
                f"{name}.__class__ = {model_name}",
            ]
        return later

    def child(self, child: Loaded, parent: _Instance, lines: list[str], linking: list[str]) -> None:
        """Make what hangs on an instance, None where there is no such row; `linking` is for when both are there."""
        one = _Instance(child, f"{parent.name}_{parent.loaded.children.index(child)}")
        link = child.link
        back = None
        if child.filtered:
            linking.append(f"setattr({parent.name}, {child.name!r}, {one.name})")
            if link is not None and child.reverse:
                back = link.field
            elif link is not None and link.unique:
                back = link.remote_field
        elif child.reverse:
            parent.related[link.remote_field.cache_name] = one.name
            back = link
        else:
            parent.related[link.cache_name] = one.name
            if link.unique and link.remote_field is not None and not link.remote_field.hidden:
                back = link.remote_field
        if back is not None:
            one.owners[back.cache_name] = parent.name
        keys = [number for number, field in enumerate(child.fields) if field in child.model._meta.pk_fields]
        missing = " or ".join(f"c{child.start + number} is None" for number in keys) or "False"
        inner: list[str] = []
        self.instance(one, inner)
        if self.tracks:
            group = f"{one.name}_all"
            self.before.append(f"{group} = []")
            self.share(group, one)
            inner.append(f"{group}.append({one.name})")
        lines += [
            f"if {missing}:",
            f"    {one.name} = None",
            "else:",
            *(f"    {line}" for line in inner),
        ]
        if back is not None:
            linking.append(f"if {one.name} is not None:")
            if one.state:
                linking.append(f"    {one.name}.__dict__['_state'] = {one.states()}")
            else:
                linking.append(f"    {one.name}._state.fields_cache[{back.cache_name!r}] = {parent.name}")

    def cell(self, position: int, lines: list[str], *, filled: bool = False) -> str:
        return self.source.cell(self.layout, self.connection, position, lines, filled=filled)


@dataclass(slots=True)
class _Instance:
    """One instance of a row in the source: what it is called and what it keeps."""

    loaded: Loaded
    name: str
    #: Attributes that are no fields, and where their columns are.
    beside: Sequence[tuple[str, int]] = ()
    #: The name of the state it shares with those of other rows; empty where its class makes it.
    state: str = ""
    #: Instances kept with it, by their place in the cache: those that hang on it, and that on which it hangs.
    related: dict[str, str] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)

    def states(self) -> str:
        """Its state with what is kept."""
        return f"({', '.join([self.state, *self.related.values(), *self.owners.values()])})"


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


def _heard(models: Sequence[Any]) -> bool:
    """Whether anybody wants to hear of new instances of one of these models."""
    return any(signal.has_listeners(model) for model in models for signal in (pre_init, post_init))


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
