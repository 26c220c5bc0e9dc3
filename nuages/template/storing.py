"""Compiled templates on disk, so that a cold start neither parses nor compiles.

A stored template is the code of its functions and, for each object that the code refers to, a recipe to make it
again: functions of filters and tags by their names, which are looked up when the template is loaded. What has no recipe
(a node of somebody else) keeps a template out of the store: it is parsed and compiled as ever. The nodes of a stored
template are made when somebody asks for them.

The file is found by a digest of the engine's options, its libraries and the versions of Python and of this package, a
template in it by one of its text and where that came from, so that nothing stored ever has to be declared out of date.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import sys
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

import nuages
from nuages.compat import resolved
from nuages.conf import settings
from nuages.core.exceptions import ImproperlyConfigured
from nuages.template.compiler import runtime
from nuages.template.compiler.store import CodeStore, Pack, users_folder
from nuages.template.compiler.unit import Unit, putting, text_of
from nuages.template.library import InclusionNode
from nuages.template.loader_tags import BlockNode, ExtendsNode, IncludeNode
from nuages.template.loaders.base import Loader
from nuages.template.lookup import FINISHES, step
from nuages.template.nodes import NodeList
from nuages.template.presentation import Switches, interned, presenter_for
from nuages.template.tags.remembering import CycleNode, IfChangedNode
from nuages.template.tags.values import url_writer
from nuages.template.template import PartialTemplate
from nuages.template.variables import FilterExpression, Variable
from nuages.utils.functional import Promise, cached_property
from nuages.utils.memo import worked_out_from
from nuages.utils.safestring import SafeString
from nuages.utils.translation import gettext, gettext_lazy

Recipe = tuple[Any, ...]

# Says which objects are one and the same, so that names and places are not read anew for each function.
_MARSHAL = 4
# The last that does not.
_WITHOUT_REFERENCES = 2


@worked_out_from("TEMPLATE_CODE_CACHE")
def code_store() -> CodeStore | None:
    """Where compiled templates are kept, as the TEMPLATE_CODE_CACHE setting says; None for nowhere."""
    if os.name != "posix":
        # Whose a file is cannot be told there in this way.
        return None
    try:
        wanted = settings.TEMPLATE_CODE_CACHE
    except ImproperlyConfigured:
        return None
    folder = users_folder() if wanted is True else Path(wanted) if wanted else None
    return None if folder is None else CodeStore(folder)


def pack_for(template: Any) -> Pack | None:
    """The file that a template is kept in; None for one whose loader does not keep any."""
    loader = template.origin.loader
    if not (isinstance(loader, Loader) and loader.keeps_code):
        return None
    store = code_store()
    return None if store is None else store.pack(template.engine.code_identity)


# Which file, and where in it


def key_of(template: Any) -> bytes:
    """What a template is found by: the same for what compiles to the same."""
    origin = template.origin
    about = (origin.name, str(origin.template_name), template.source)
    return hashlib.sha256("\0".join(about).encode("utf-8", "surrogatepass")).digest()


def identity_of(engine: Any) -> str:
    """A digest of all that templates are compiled with."""
    modules = [sys.modules[resolved(path)] for path in (*engine.builtins, *engine.libraries.values())]
    about = (
        nuages.__version__, sys.version, MAGIC_NUMBER, sys.flags.optimize,
        engine.autoescape, engine.string_if_invalid, engine.debug,
        engine.builtins, sorted(engine.libraries.items()),
        _own_files(), _marks(module.__file__ for module in modules if module.__file__),
    )  # fmt: skip
    return hashlib.sha256(repr(about).encode("utf-8", "surrogatepass")).hexdigest()


@cache
def _own_files() -> list[tuple[str, int, int]]:
    room = os.path.dirname(__file__)
    folders = [room, os.path.join(os.path.dirname(room), "templatetags")]
    folders += [entry.path for entry in os.scandir(room) if entry.is_dir()]
    return _marks(
        sorted(entry.path for each in folders for entry in os.scandir(each) if entry.name.endswith(".py"))
    )


def _marks(paths: Iterable[str]) -> list[tuple[str, int, int]]:
    """What tells a file from the one that it was before it was changed."""
    return [(path, about.st_mtime_ns, about.st_size) for path in paths for about in [os.stat(path)]]


# Writing


class StoredUnit(NamedTuple):
    """One function: its code and what its constants are made of."""

    name: str
    outermost: bool
    # Or the text, of a unit that is nothing else.
    code: CodeType | str
    # The names of the constants, and the recipe of each.
    names: tuple[str, ...]
    recipes: tuple[bytes, ...]
    sets: tuple[str, ...]
    uses_block: bool
    live: bool


class NoRecipe(Exception):
    """A template refers to an object that cannot be made again from a description."""


def keep(template: Any, pack: Pack) -> bool:
    """Compile a template now and store it; say whether that could be done."""
    if template.knows_strangers or ".." in template.source:
        return False
    partials: dict[str, PartialTemplate] = template.extra_data.get("partials", {})
    units = [template.root, *(block.unit for block in template.blocks.values())]
    units += [partial.root for partial in partials.values()]
    switches = interned((template.engine.autoescape, None, None))
    describing = Describing(template)
    try:
        stored = [_stored(unit, switches, template.engine.string_if_invalid, describing) for unit in units]
        parent = describing.parent()
    except NoRecipe:
        return False
    places = tuple((name, partial._source_start, partial._source_end) for name, partial in partials.items())
    whole = parent, tuple(template.blocks), places, tuple(map(tuple, stored))
    return pack.write(key_of(template), _written(whole))


def _written(value: Any) -> bytes:
    """The bytes of a value, the same in all processes.

    Which of its objects are used elsewhere in this process would show in them. Those read back are used nowhere else.
    """
    return marshal.dumps(marshal.loads(marshal.dumps(value, _WITHOUT_REFERENCES)), _MARSHAL)


def _stored(unit: Unit, switches: Switches, invalid: str, describing: Describing) -> StoredUnit:
    text = text_of(unit.nodes)
    if text is not None:
        return StoredUnit(unit.name, unit.outermost, text, (), (), (), False, unit.live)
    compiled, code = unit.compiled(switches, invalid)
    unit.adopt(switches, invalid, compiled, code.constants, code.root_names, code.may_read("block"))
    needed = _names_in(compiled)
    constants = {name: value for name, value in code.constants.items() if name in needed}
    return StoredUnit(
        unit.name,
        unit.outermost,
        compiled,
        tuple(constants),
        # Apart from one another, since most are known by the time they are read.
        tuple(
            marshal.dumps(describing.recipe(value, unit), _WITHOUT_REFERENCES) for value in constants.values()
        ),
        tuple(sorted(code.root_names)),
        unit.uses_block,
        unit.live,
    )


def _names_in(code: CodeType) -> set[str]:
    """The names that code uses, in the functions within it too."""
    inner = [part for part in code.co_consts if isinstance(part, CodeType)]
    return {*code.co_names}.union(*map(_names_in, inner))


class Describing:
    """Finds recipes for what a template's code refers to."""

    def __init__(self, template: Any) -> None:
        self.template = template
        self.numbers: dict[int, int] = {}

    def parent(self) -> tuple[str, str | None] | None:
        """How the parent is named, for a template that has one."""
        if not self.template.extends:
            return None
        node = next(node for node in self.template.nodelist if isinstance(node, ExtendsNode))
        return node.parent_name.token, str.__str__(node.parent_name.var) if node.literal else None

    def recipe(self, value: Any, unit: Unit) -> Recipe:
        """What `Restoring.value` makes the same from."""
        kind = type(value)
        if kind in (str, int, float, bool, type(None)) or (
            kind is tuple and all(type(one) is str for one in value)
        ):
            return ("plain", value)
        if kind is SafeString:
            return ("safe", str.__str__(value))
        if kind is Switches:
            return ("switches", tuple(value))
        if kind is Variable:
            return ("message", value.var, value.message_context)
        if isinstance(value, Promise):
            return _of_message(value)
        if kind is PartialTemplate:
            return ("partial", value.name)
        if kind in (BlockNode, ExtendsNode, IncludeNode, InclusionNode, CycleNode, IfChangedNode):
            return self._of_node(value, unit)
        return _of_function(value)

    def _of_node(self, node: Any, unit: Unit) -> Recipe:
        if type(node) is BlockNode:
            return ("block", node.name)
        if type(node) is ExtendsNode:
            return ("extends",)
        number = self.numbers.setdefault(id(node), len(self.numbers))
        if type(node) is InclusionNode:
            names = node.filename
            if type(names) is not str and not (
                type(names) in (list, tuple) and all(type(name) is str for name in names)
            ):
                raise NoRecipe
            return ("inclusion", number, names if type(names) is str else tuple(names))
        if type(node) is not IncludeNode:
            # Code that works on names only remembers things under these nodes; other code may ask them.
            if unit.live:
                raise NoRecipe
            return ("memory", number, type(node) is CycleNode)
        wanted = node.template
        literal = None if wanted.is_var or wanted.filters else str.__str__(wanted.var)
        return ("include", number, wanted.token, literal, node.isolated_context)


def _of_message(value: Any) -> Recipe:
    """The recipe of `_("message")`, which is translated when it is shown."""
    _, (function, args, kwargs, _) = value.__reduce__()
    if function is not gettext or kwargs or len(args) != 1:
        raise NoRecipe
    return ("lazy", str.__str__(args[0]), isinstance(args[0], SafeString))


def _of_function(value: Any) -> Recipe:
    made_from: Recipe | None = getattr(value, "made_from", None)
    if made_from is not None:
        kind, *rest = made_from
        if kind == "keeping":
            return ("keeping", rest[0], _of_function(rest[1]))
        if kind == "spelled_out":
            function, argument, switches = rest
            return (kind, _of_function(function), argument, tuple(switches))
        if kind == "show_filtered":
            switches, invalid, bit, on_str, function, first = rest
            return (kind, switches, invalid, bit, _of_function(on_str), _of_function(function), first)
        return made_from
    module, path = getattr(value, "__module__", None), getattr(value, "__qualname__", "")
    if module is None:
        name = path.rpartition(".")[2]
        if path == f"str.{name}" and vars(str).get(name) is value:
            return ("str", name)
        raise NoRecipe
    found = _found(module, path)
    if found is value:
        return ("named", module, path)
    if found is not None and getattr(found, "on_str", None) is value:
        return ("on_str", module, path)
    raise NoRecipe


def _found(module: str, path: str) -> Any:
    found: Any = sys.modules.get(module) or import_module(module)
    if "." not in path:
        return getattr(found, path, None)
    for name in path.split("."):
        found = getattr(found, name, None)
    return found


# Reading


def restored(template: Any, pack: Pack) -> bool:
    """Give a template the functions stored for it; say whether there were any."""
    data = pack.read(key_of(template))
    if data is None:
        return False
    try:
        parent, blocks, partials, units = marshal.loads(data)
        Restoring(template, parent, blocks, partials, units).take_over()
    except (EOFError, ValueError, TypeError, KeyError):
        # Whole, but not what we write: it is written anew.
        return False
    return True


class Restoring:
    """Makes the functions of a template from what was stored."""

    def __init__(
        self,
        template: Any,
        parent: tuple[str, str | None] | None,
        names: tuple[str, ...],
        partials: tuple[tuple[str, int | None, int | None], ...],
        units: list[StoredUnit],
    ) -> None:
        self.template = template
        self.origin = template.origin
        self.blocks = {name: self._placed(BlockNode(name, NodeList())) for name in names}
        self.extends: Any = None
        if parent is not None:
            self.extends = self._placed(ExtendsNode(NodeList(), _expression(*parent)))
            self.extends.blocks = self.blocks
        self.nodes: dict[int, Any] = {}
        root, *others = units
        self.root = RestoredUnit(self, root)
        self.partials = {name: RestoredPartial(self, name, *place) for name, *place in partials}
        for block, stored in zip(self.blocks.values(), others):
            block.unit = RestoredUnit(self, stored)
        for partial, stored in zip(self.partials.values(), others[len(names) :], strict=True):
            partial.root = RestoredUnit(self, stored)

    def take_over(self) -> None:
        """Give the template what was restored, in place of what it would work out from its nodes."""
        self.template.root = self.root
        self.template.blocks = self.blocks
        self.template.extends = self.extends is not None
        if self.partials:
            self.template.extra_data["partials"] = self.partials

    def _placed(self, node: Any) -> Any:
        node.origin = self.origin
        return node

    def value(self, recipe: Recipe) -> Any:
        """The object of a recipe."""
        return _MAKERS[recipe[0]](self, *recipe[1:])

    def constants(self, names: tuple[str, ...], recipes: tuple[bytes, ...]) -> dict[str, Any]:
        """What a function refers to, by name."""
        known = self.template.engine.remade
        made = {}
        for name, written in zip(names, recipes, strict=True):
            value = known.get(written)
            if value is None:
                recipe = marshal.loads(written)
                value = self.value(recipe)
                if recipe[0] in _LASTING:
                    if len(known) > _REMADE_AT_MOST:
                        known.clear()
                    known[written] = value
            made[name] = value
        return made

    def plain(self, value: Any) -> Any:
        return value

    def safe(self, text: str) -> SafeString:
        return SafeString(text)

    def switches(self, values: tuple[bool, bool | None, bool | None]) -> Switches:
        return interned(values)

    def message(self, var: str, context: str | None) -> Variable:
        made = Variable(var)
        made.message_context = context
        return made

    def lazy(self, message: str, safe: bool) -> Any:
        return gettext_lazy(SafeString(message) if safe else message)

    def block(self, name: str) -> BlockNode:
        return self.blocks[name]  # type: ignore[no-any-return]

    def parent(self) -> ExtendsNode:
        return self.extends  # type: ignore[no-any-return]

    def partial(self, name: str) -> PartialTemplate:
        return self.partials[name]

    def memory(self, number: int, cycles: bool) -> Any:
        node = self.nodes.get(number)
        if node is None:
            made = CycleNode([]) if cycles else IfChangedNode(NodeList(), NodeList())
            node = self.nodes[number] = made
        return node

    def include(self, number: int, token: str, literal: str | None, isolated: bool) -> IncludeNode:
        node = self.nodes.get(number)
        if node is None:
            made = IncludeNode(_expression(token, literal), isolated_context=isolated)
            node = self.nodes[number] = self._placed(made)
        return node  # type: ignore[no-any-return]

    def inclusion(self, number: int, names: str | tuple[str, ...]) -> InclusionNode:
        node = self.nodes.get(number)
        if node is None:
            node = self.nodes[number] = self._placed(InclusionNode(dict, None, [], {}, names))
        return node  # type: ignore[no-any-return]

    def step(self, bit: str, first: bool, finish: str) -> Any:
        return step(bit, first=first, finish=FINISHES[finish])

    def show_step(self, switches: Any, invalid: str, bit: str, first: bool) -> Any:
        return presenter_for(interned(switches), invalid).show_step(bit, first=first)

    def show_pair(self, switches: Any, invalid: str, bit: str, last: str, first: bool) -> Any:
        return presenter_for(interned(switches), invalid).show_pair(bit, last, first=first)

    def show_filtered(
        self, switches: Any, invalid: str, bit: str, on_str: Recipe, function: Recipe, first: bool
    ) -> Any:
        presenter = presenter_for(interned(switches), invalid)
        return presenter.show_filtered(bit, self.value(on_str), self.value(function), first=first)

    def show(self, switches: Any, invalid: str, which: str) -> Any:
        return getattr(presenter_for(interned(switches), invalid), which)

    def keeping(self, wrapper: str, function: Recipe) -> Any:
        return getattr(runtime, wrapper)(self.value(function))

    def spelled_out(self, function: Recipe, argument: str | int | None, switches: Any) -> Any:
        return self.value(function).spelled_out(argument, interned(switches))

    def url(self, view: str, keywords: tuple[str, ...], count: int, quietly: bool, escaped: bool) -> Any:
        return url_writer(view, keywords, count, quietly=quietly, escaped=escaped)

    def named(self, module: str, path: str) -> Any:
        found = _found(module, path)
        if found is None:
            raise KeyError(path)
        return found

    def on_str(self, module: str, path: str) -> Any:
        return self.named(module, path).on_str

    def str_method(self, name: str) -> Any:
        return getattr(str, name)


# Many templates ask for the same look-ups and functions; no template has a say in what these are.
_LASTING = frozenset(
    {
        "step", "show_step", "show_pair", "show_filtered", "show", "switches", "url",
        "keeping", "spelled_out", "named", "on_str", "str",
    }
)  # fmt: skip
_REMADE_AT_MOST = 32768

_MAKERS: dict[str, Any] = {
    "plain": Restoring.plain,
    "safe": Restoring.safe,
    "switches": Restoring.switches,
    "message": Restoring.message,
    "lazy": Restoring.lazy,
    "block": Restoring.block,
    "extends": Restoring.parent,
    "partial": Restoring.partial,
    "memory": Restoring.memory,
    "include": Restoring.include,
    "inclusion": Restoring.inclusion,
    "step": Restoring.step,
    "show_step": Restoring.show_step,
    "show_pair": Restoring.show_pair,
    "show": Restoring.show,
    "show_filtered": Restoring.show_filtered,
    "keeping": Restoring.keeping,
    "spelled_out": Restoring.spelled_out,
    "url": Restoring.url,
    "named": Restoring.named,
    "on_str": Restoring.on_str,
    "str": Restoring.str_method,
}


def _expression(token: str, literal: str | None) -> FilterExpression:
    """An expression without filters, of which only its literal is known."""
    made = FilterExpression.__new__(FilterExpression)
    made.token = token
    made.filters = []
    made.is_var = literal is None
    made.var = None if literal is None else SafeString(literal)
    return made


class RestoredPartial(PartialTemplate):
    """A partial whose function was stored."""

    def __init__(self, restoring: Restoring, name: str, start: int | None, end: int | None) -> None:
        super().__init__(NodeList(), restoring.origin, name, start, end)
        del self.nodelist
        self.engine = restoring.template.engine

    @cached_property
    def nodelist(self) -> Any:  # type: ignore[override]
        """The nodes, which are parsed when they are asked for."""
        return self.root.nodes


class RestoredUnit(Unit):
    """A unit whose function was stored. Its nodes are parsed when they are asked for."""

    def __init__(self, restoring: Restoring, stored: StoredUnit) -> None:
        name, outermost, code, names, recipes, sets, uses_block, live = stored
        super().__init__((), name=name, outermost=outermost)
        self.origin = restoring.origin
        self.live = live
        self._restoring = restoring
        # Gone once the function is made: the recipes are many, and of no further use.
        self._stored: Any = code, names, recipes, sets, uses_block

    @property
    def nodes(self) -> Any:
        """The nodes, for other ways to compile them: as a generator, under other switches, to be looked at."""
        template = self._restoring.template
        # Parsed by now, if it was not before.
        nodes = template.nodelist
        if self.outermost:
            return nodes
        kind, _, name = self.name.partition(" ")
        if kind == "partial":
            return template.extra_data["partials"][name].nodelist
        return next(block.nodelist for block in nodes.get_nodes_by_type(BlockNode) if block.name == name)

    def _made(self, switches: Switches, string_if_invalid: str, *, streaming: bool) -> Any:
        engine = self._restoring.template.engine
        usual = (engine.autoescape, None, None), engine.string_if_invalid
        if streaming or (tuple(switches), string_if_invalid) != usual:
            return super()._made(switches, string_if_invalid, streaming=streaming)
        stored = self._stored
        if stored is None:
            # Another thread has made it in the meantime.
            return self._functions[switches, string_if_invalid]
        code, names, recipes, sets, uses_block = stored
        if isinstance(code, str):
            return putting(code)
        try:
            constants = self._restoring.constants(names, recipes)
        except (AttributeError, ImportError, KeyError):
            # A function has gone from a module that is no library itself, so that nobody saw it change.
            return super()._made(switches, string_if_invalid, streaming=False)
        function = self.adopt(switches, string_if_invalid, code, constants, frozenset(sets), uses_block)
        self._stored = None
        return function

    def _made_for_rows(self, function: Any, switches: Switches, string_if_invalid: str) -> Any:
        # Nodes parsed now know nothing of what these remember of a rendering that has begun.
        if any(isinstance(value, CycleNode | IfChangedNode) for value in function.__globals__.values()):
            return function
        return super()._made_for_rows(function, switches, string_if_invalid)
