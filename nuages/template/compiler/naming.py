"""The variables of a template in the Python function made of it: locals, names given, or a live context."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from nuages.template.compiler.scope import Bound, Layer, Loop, bound_in, identifier
from nuages.template.compiler.tree import TreeBuilder

_STORE = ast.Store()
_CONSTANTS = {"True": True, "False": False, "None": None}


class Variables(TreeBuilder):
    """Reads and sets variables.

    A live function works on the real Context, as code that we do not know may look at it.
    """

    def __init__(self, *, live: bool, streaming: bool = False) -> None:
        super().__init__(streaming=streaming)
        self.live = live
        self.layers: list[Layer] = []
        # Names read from outside the function.
        self.reads: set[str] = set()
        self._free: dict[str, str] = {}
        self._free_locals: set[str] = set()
        self._root_names: set[str] = set()
        self._hands_on = False

    def may_read(self, name: str) -> bool:
        """Whether the function, or one it calls, may read a variable from outside."""
        return name in self._free or self._hands_on

    @property
    def root_names(self) -> frozenset[str]:
        """Names the function sets at its outermost level."""
        return frozenset(self._root_names)

    @contextmanager
    def layer(
        self, values: dict[str, ast.expr], nodes: Sequence[Any], loop: Loop | None = None
    ) -> Iterator[None]:
        """Write what is within in a layer of its own that starts with `values`.

        `nodes` are the nodes to be written in it: what their tags set is known beforehand.
        """
        if self.live:
            with self._live_layer(values):
                yield
            return
        layer = Layer(loop=loop)
        for name, value in values.items():
            local = self.temporary(f"v_{identifier(name)}")
            self.assign_local(local, value)
            layer.names[name] = Bound(local)
        self.expect(layer, nodes)
        self.layers.append(layer)
        try:
            yield
            self._flush()
        finally:
            self.layers.pop()

    @contextmanager
    def within(self, layer: Layer) -> Iterator[None]:
        """Write expressions with a layer's variables visible."""
        self.layers.append(layer)
        try:
            yield
        finally:
            self.layers.pop()

    def expect(self, layer: Layer, nodes: Sequence[Any]) -> None:
        """Prepare a layer for the variables that tags in `nodes` may set."""
        for name in sorted(set(bound_in(nodes)) - set(layer.names)):
            local = self.temporary(f"v_{identifier(name)}")
            self.assign_local(local, self.local("NOTHING"))
            layer.names[name] = Bound(local, certain=False)

    @contextmanager
    def _live_layer(self, values: dict[str, ast.expr]) -> Iterator[None]:
        self.do(self.call("push", self.local("context"), self.dict_of(values)))
        with self.block(nests=True) as body:
            yield
        with self.block() as final:
            self.do(self.call(self.attribute(self.attribute(self.local("context"), "dicts"), "pop")))
        self.try_finally(body, final)

    def read(self, name: str) -> ast.expr:
        """The raw value of a variable, `NOTHING` where it has none."""
        if name == "forloop":
            loop = self.loop()
            if loop is not None:
                return self.local(loop.take_view())
        if self.live:
            if name in _CONSTANTS:
                return self.const(_CONSTANTS[name])
            self.reads.add(name)
            return self.call("fetch", self.attribute(self.local("context"), "dicts"), self.const(name))
        return self._read_from(name, len(self.layers))

    def _read_from(self, name: str, depth: int) -> ast.expr:
        for position in range(depth - 1, -1, -1):
            layer = self.layers[position]
            bound = layer.names.get(name)
            if bound is None:
                if name == "forloop" and layer.loop is not None:
                    return self.local(layer.loop.take_view())
                continue
            found = self.local(bound.local)
            if bound.certain:
                return found
            test = ast.Compare(found, [ast.IsNot()], [self.local("NOTHING")], **self._place)
            return ast.IfExp(test, self.local(bound.local), self._read_from(name, position), **self._place)
        if name in _CONSTANTS and name not in self._root_names:
            return self.const(_CONSTANTS[name])
        self.reads.add(name)
        local = self._free.get(name)
        if local is None:
            local = f"n_{identifier(name)}"
            if local in self._free_locals:
                local = self.temporary(local)
            self._free_locals.add(local)
            self._free[name] = local
        return self.local(local)

    def loop(self) -> Loop | None:
        """The loop whose `forloop` is meant here, if it is one of this function's."""
        if self.live:
            return None
        for layer in reversed(self.layers):
            if "forloop" in layer.names:
                return None
            if layer.loop is not None:
                return layer.loop
        return None

    def set(self, name: str, value: ast.expr) -> None:
        """Set a variable in the current layer."""
        if self.live:
            self.do(self.call("set_top", self.local("context"), self.const(name), value))
            return
        if self.layers:
            bound = self.layers[-1].names.get(name)
            if bound is None:
                raise LookupError(f"{name!r} is set by a tag that does not list it in `binds`")
            self.assign_local(bound.local, value)
            return
        self._set_root(name, value)

    def _set_root(self, name: str, value: ast.expr) -> None:
        self._root_names.add(name)
        local = self._read_from(name, 0)
        target = ast.Subscript(self.local("names"), self.const(name), _STORE, **self._place)
        assert isinstance(local, ast.Name)
        self.add(ast.Assign([self.target(local.id), target], value, **self._place))

    def set_upward(self, name: str, value: ast.expr) -> None:
        """Set a variable in the nearest layer that has it, else in the current one."""
        if self.live:
            self.do(self.call(self.attribute(self.local("context"), "set_upward"), self.const(name), value))
            return
        holders = [layer.names[name] for layer in reversed(self.layers) if name in layer.names]
        if not holders:
            self._set_root(name, value)
            return
        new = self.temporary("new")
        self.assign_local(new, value)
        self._set_first(name, new, holders)

    def _set_first(self, name: str, new: str, holders: list[Bound]) -> None:
        """Set the first holder that is set; none being set, the current layer's (or the outermost's) variable."""
        if not holders:
            with self.block() as known:
                self._set_root(name, self.local(new))
            own = self.layers[-1].names.get(name)
            if own is None:
                self._body.extend(known)
                return
            with self.block() as unknown:
                self.assign_local(own.local, self.local(new))
            is_set = ast.Compare(
                self._read_from(name, 0), [ast.IsNot()], [self.local("NOTHING")], **self._place
            )
            self.if_(is_set, known, unknown)
            return
        first, *rest = holders
        if first.certain:
            self.assign_local(first.local, self.local(new))
            return
        with self.block() as found:
            self.assign_local(first.local, self.local(new))
        with self.block() as other:
            self._set_first(name, new, rest)
        is_set = ast.Compare(self.local(first.local), [ast.IsNot()], [self.local("NOTHING")], **self._place)
        self.if_(is_set, found, other)

    def everything(self) -> ast.expr:
        """All variables visible here as one dictionary, for a template or block that is called."""
        self._hands_on = True
        if self.live:
            return self.call("visible", self.local("context"))
        certain: dict[str, ast.expr] = {}
        uncertain: dict[str, str] = {}
        for layer in self.layers:
            if layer.loop is not None:
                certain["forloop"] = self.local(layer.loop.take_view())
            for name, bound in layer.names.items():
                if bound.certain:
                    certain[name] = self.local(bound.local)
                    uncertain.pop(name, None)
                else:
                    uncertain[name] = bound.local
        if not certain and not uncertain:
            return self.local("names")
        whole = self.dict_of(certain, base=self.local("names"))
        for name, local in uncertain.items():
            whole = self.call("widened", whole, self.const(name), self.local(local))
        return whole
