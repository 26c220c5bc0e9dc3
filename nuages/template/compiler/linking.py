"""Calls from one unit to another: blocks and their parents, `extends`, `include`, partials."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

from nuages.template import instrumentation
from nuages.template.compiler.runtime import helper
from nuages.template.compiler.unit import BLOCKS_KEY, Unit, lively
from nuages.template.context import BUILTINS, Context
from nuages.template.exceptions import TemplateSyntaxError
from nuages.template.lookup import Missing, VariableDoesNotExist, settle, step
from nuages.template.presentation import Switches, log_failure
from nuages.utils.safestring import SafeString

if TYPE_CHECKING:
    from nuages.template.loader_tags import BlockNode, ExtendsNode, IncludeNode

Writer = Callable[[str], Any]
# Engine and its resets, parent, blocks of both: as long as the loaders keep their templates.
Linked: TypeAlias = "tuple[Any, int, Any, BlockContext]"


class BlockContext:
    """The blocks of a chain of templates that extend one another: per name, the outermost child's first."""

    def __init__(self) -> None:
        self.blocks: defaultdict[str, list[BlockNode]] = defaultdict(list)
        self.history: list[Any] = []
        self.extended: dict[ExtendsNode, Linked] = {}

    def __repr__(self) -> str:
        return f"<{type(self).__qualname__}: blocks={self.blocks!r}>"

    def add_blocks(self, blocks: dict[str, BlockNode]) -> None:
        """Put a parent's blocks behind those known."""
        for name, block in blocks.items():
            self.blocks[name].append(block)

    def get_block(self, name: str) -> BlockNode | None:
        """The block that is rendered under a name."""
        chain = self.blocks.get(name)
        return chain[0] if chain else None

    def after(self, block: BlockNode) -> BlockNode | None:
        """The block that `block` overrides."""
        following = iter(self.blocks.get(block.name, ()))
        # Looking for it goes on to behind it.
        return next(following, None) if block in following else None

    def copy(self) -> BlockContext:
        """An equal table, to be extended."""
        twin = BlockContext()
        for name, chain in self.blocks.items():
            twin.blocks[name] = chain[:]
        twin.history = self.history[:]
        return twin


class BlockView:
    """The variable `block` inside a block. `names` is None for one that works on the context."""

    def __init__(
        self,
        node: BlockNode,
        context: Context,
        blocks: BlockContext | None,
        switches: Switches,
        invalid: str,
        names: dict[str, Any] | None,
    ) -> None:
        self.node = node
        self.name = node.name
        self._call = context, blocks, switches, invalid
        self._names = names

    def super(self) -> SafeString:
        """What the overridden block gives."""
        context = self._call[0]
        return self.overridden(context.flatten() if self._names is None else self._names)

    def overridden(self, names: dict[str, Any]) -> SafeString:
        """The overridden block's output with these variables."""
        context, blocks, switches, invalid = self._call
        if blocks is None:
            raise TemplateSyntaxError(
                "'BlockNode' object has no attribute 'context'. Did you use {{ block.super }} in a base template?"
            )
        overridden = blocks.after(self.node)
        if overridden is None:
            return SafeString()
        parts: list[str] = []
        _run_block(overridden, context, names, blocks, parts.append, switches, invalid)
        return SafeString("".join(parts))


@helper
def super_block(block: Any, names: dict[str, Any]) -> Any:
    """`{{ block.super }}` seen where the tag stands, with the variables set so far."""
    if type(block) is not BlockView:
        return step("super")(settle(block))
    try:
        return block.overridden(names)
    except VariableDoesNotExist as error:
        # As for any variable: a filter in there lacks its argument.
        log_failure(Missing("super", block, silent=True, error=error), None)
        return SafeString()


@helper
def call_block(
    context: Context,
    names: dict[str, Any],
    blocks: BlockContext | None,
    node: BlockNode,
    switches: Switches,
    invalid: str,
    write: Writer,
) -> None:
    """Put out the block that overrides `node`, or itself."""
    # What `get_block` gives: pages have many blocks.
    chain = None if blocks is None else blocks.blocks.get(node.name)
    target = chain[0] if chain else node
    its_switches, its_invalid, function, is_plain = target.unit.last
    if is_plain and its_switches is switches and its_invalid is invalid:
        function(context, names, blocks, write)
    else:
        _run_block(target, context, names, blocks, write, switches, invalid)


@helper
def call_block_pieces(
    context: Context,
    names: dict[str, Any],
    blocks: BlockContext | None,
    node: BlockNode,
    switches: Switches,
    invalid: str,
) -> Iterator[str]:
    """As `call_block`, piece by piece. The empty piece before it says that what comes may take its time."""
    yield ""
    target = node if blocks is None else blocks.get_block(node.name) or node
    view = BlockView(target, context, blocks, switches, invalid, None if target.unit.live else names)
    yield from target.unit.pieces(context, {**names, "block": view}, blocks, switches, invalid)


def _run_block(
    node: BlockNode,
    context: Context,
    names: dict[str, Any],
    blocks: BlockContext | None,
    write: Writer,
    switches: Switches,
    invalid: str,
) -> None:
    unit = node.unit
    function = unit.function(switches, invalid)
    if unit.live:
        view = BlockView(node, context, blocks, switches, invalid, None)
        unit.call(context, {**names, "block": view}, blocks, write, switches, invalid)
    elif unit.uses_block:
        view = BlockView(node, context, blocks, switches, invalid, names)
        function(context, {**names, "block": view}, blocks, write)
    else:
        function(context, dict(names) if unit.sets else names, blocks, write)


@helper
def call_block_live(
    context: Context,
    blocks: BlockContext | None,
    node: BlockNode,
    switches: Switches,
    invalid: str,
    write: Writer,
) -> None:
    """As `call_block`, from a function that works on the context."""
    target = node if blocks is None else blocks.get_block(node.name) or node
    if not target.unit.live:
        _run_block(target, context, context.flatten(), blocks, write, switches, invalid)
        return
    with _block_layer(context, BlockView(target, context, blocks, switches, invalid, None)):
        target.unit.function(switches, invalid)(context, {}, blocks, write)


@helper
def call_block_live_pieces(
    context: Context, blocks: BlockContext | None, node: BlockNode, switches: Switches, invalid: str
) -> Iterator[str]:
    """As `call_block_live`, piece by piece."""
    target = node if blocks is None else blocks.get_block(node.name) or node
    if not target.unit.live:
        yield from call_block_pieces(context, context.flatten(), blocks, node, switches, invalid)
        return
    yield ""
    with _block_layer(context, BlockView(target, context, blocks, switches, invalid, None)):
        yield from target.unit.generator(switches, invalid)(context, {}, blocks, None)


@contextmanager
def _block_layer(context: Context, view: BlockView) -> Iterator[None]:
    depth = len(context.dicts)
    context.dicts.append({"block": view})
    try:
        yield
    finally:
        del context.dicts[depth:]


# extends


@helper
def extend(
    context: Context,
    names: dict[str, Any] | None,
    blocks: BlockContext | None,
    node: ExtendsNode,
    parent_name: Any,
    switches: Switches,
    invalid: str,
    write: Writer,
) -> None:
    """Render the parent template with the blocks of this one. `names` is None in a live function."""
    _, _, parent, table = _linked(context, blocks, node, parent_name)
    unit: Unit = parent.root
    # What `_Parent` does, without the cost of a context manager: most pages have a parent.
    state = context.render_context
    memory = state.dicts[-1]
    outer, outer_blocks = state.template, memory.get(BLOCKS_KEY)
    state.template, memory[BLOCKS_KEY] = parent, table
    try:
        if instrumentation.announce is not None:
            instrumentation.notify(parent, context, None if names is None else dict(names))
        if not unit.live:
            visible = context.flatten() if names is None else dict(names) if unit.sets else names
            unit.function(switches, invalid)(context, visible, table, write)
        elif names is None:
            unit.function(switches, invalid)(context, {}, table, write)
        else:
            unit.call(context, names, table, write, switches, invalid)
    finally:
        state.template, memory[BLOCKS_KEY] = outer, outer_blocks


@helper
def extend_pieces(
    context: Context,
    names: dict[str, Any] | None,
    blocks: BlockContext | None,
    node: ExtendsNode,
    parent_name: Any,
    switches: Switches,
    invalid: str,
) -> Iterator[str]:
    """As `extend`, piece by piece."""
    _, _, parent, table = _linked(context, blocks, node, parent_name)
    unit: Unit = parent.root
    with _Parent(context, parent, table):
        if instrumentation.announce is not None:
            instrumentation.notify(parent, context, None if names is None else dict(names))
        if unit.live and names is None:
            yield from unit.generator(switches, invalid)(context, {}, table, None)
        else:
            visible = context.flatten() if names is None else names
            yield from unit.pieces(context, visible, table, switches, invalid)


class _Parent:
    """A parent as the template that is being rendered, with the blocks of its children."""

    __slots__ = ("blocks", "memory", "outer", "state")

    def __init__(self, context: Context, parent: Any, table: BlockContext) -> None:
        self.state = context.render_context
        self.outer, self.memory = self.state.template, self.state.dicts[-1]
        self.blocks = self.memory.get(BLOCKS_KEY)
        self.state.template = parent
        self.memory[BLOCKS_KEY] = table

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        self.state.template = self.outer
        self.memory[BLOCKS_KEY] = self.blocks


def _linked(context: Context, blocks: BlockContext | None, node: ExtendsNode, parent_name: Any) -> Linked:
    """The parent, and the blocks of all templates down to it; known from now on, if it stays so."""
    engine = context.template.engine
    known = node.linked if blocks is None else blocks.extended
    made = known.get(node)
    if made is not None and made[0] is engine and made[1] == engine.resets:
        return made
    resets = engine.resets
    table = BlockContext() if blocks is None else blocks.copy()
    table.add_blocks(node.blocks)
    history = table.history or [node.origin]
    parent = node.find_parent(parent_name, context, history)
    table.history = [*history, parent.origin]
    if not parent.extends:
        table.add_blocks(parent.blocks)
    made = engine, resets, parent, table
    if node.literal and engine.generation is not None:
        known[node] = made
    return made


# include


@helper
def include(
    context: Context,
    names: dict[str, Any] | None,
    node: IncludeNode,
    wanted: Any,
    extra: dict[str, Any] | None,
    switches: Switches,
    write: Writer,
) -> None:
    """Render another template here. `names` is None in a live function, `extra` what `with` sets."""
    known = node.known
    engine = context.template.engine
    if known is not None and known[0] is engine and known[1] == engine.resets and known[2] is wanted:
        template = known[3]
    else:
        template = node.find_template(wanted, context)
    root = getattr(template, "root", None)
    if node.isolated_context:
        inner = context.new(dict(extra or {}))
        inner.autoescape, inner.use_l10n, inner.use_tz = switches
        if root is None or root.live:
            write(template.render(inner))
        else:
            run_template(template, inner, {**BUILTINS, **(extra or {})}, write, switches)
    elif root is None or root.live:
        before = context.autoescape, context.use_l10n, context.use_tz
        context.autoescape, context.use_l10n, context.use_tz = switches
        depth = len(context.dicts)
        context.dicts.append({**(names or {}), **(extra or {})})
        try:
            write(template.render(context))
        finally:
            del context.dicts[depth:]
            context.autoescape, context.use_l10n, context.use_tz = before
    else:
        visible = context.flatten() if names is None else names
        run_template(template, context, {**visible, **extra} if extra else visible, write, switches)


@helper
def include_pieces(
    context: Context,
    names: dict[str, Any] | None,
    node: IncludeNode,
    wanted: Any,
    extra: dict[str, Any] | None,
    switches: Switches,
) -> Iterator[str]:
    """As `include`, piece by piece."""
    template = node.find_template(wanted, context)
    root = getattr(template, "root", None)
    if root is None:
        parts: list[str] = []
        include(context, names, node, wanted, extra, switches, parts.append)
        yield "".join(parts)
        return
    inner = context
    visible = context.flatten() if names is None else names
    if node.isolated_context:
        inner = context.new(dict(extra or {}))
        visible = BUILTINS
    visible = {**visible, **(extra or {})}
    with _within(template, inner, visible):
        yield from root.pieces(inner, visible, None, switches, template.engine.string_if_invalid)


@contextmanager
def _within(template: Any, context: Context, names: dict[str, Any]) -> Iterator[None]:
    """Make a template the one being rendered, with a memory of its own."""
    state = context.render_context
    outer = state.template
    state.template = template
    state.dicts.append({})
    try:
        if instrumentation.announce is not None:
            instrumentation.notify(template, context, dict(names))
        yield
    finally:
        state.dicts.pop()
        state.template = outer


def run_template(
    template: Any, context: Context, names: dict[str, Any], write: Writer, switches: Switches
) -> None:
    """Run a template's unit within another rendering, with a memory of its own."""
    state = context.render_context
    outer = state.template
    state.template = template
    state.dicts.append({})
    try:
        if instrumentation.announce is not None:
            instrumentation.notify(template, context, dict(names))
        template.root.call(context, names, None, write, switches, template.engine.string_if_invalid)
    finally:
        state.dicts.pop()
        state.template = outer


@helper
def include_tag(context: Context, node: Any, values: Any, csrf_token: Any, switches: Switches) -> str:
    """The output of an inclusion tag: its template with the function's variables only."""
    template = node.find_template(context)
    inner = context.new(values)
    inner.autoescape, inner.use_l10n, inner.use_tz = switches
    # Forms in included templates need it, though they get nothing else.
    if csrf_token is not None:
        inner["csrf_token"] = csrf_token
    return template.render(inner)  # type: ignore[no-any-return]


# partials


@contextmanager
def _as_partial(
    context: Context,
    names: dict[str, Any] | None,
    blocks: BlockContext | None,
    unit: Unit,
    switches: Switches,
) -> Iterator[dict[str, Any]]:
    """Give a partial a memory of its own, and the variables to work on; what it sets in them stays set.

    `names` is None in a live function, else the caller's own if the partial sets any.
    """
    memories = context.render_context.dicts
    memories.append({BLOCKS_KEY: blocks})
    try:
        if names is None and unit.live:
            yield {}
        elif names is None:
            flat = context.flatten()
            yield flat
            for name in unit.sets:
                if name in flat:
                    context[name] = flat[name]
        elif unit.live:
            with lively(context, names, blocks, switches):
                yield names
                names.update(context.dicts[-1])
        else:
            yield names
    finally:
        memories.pop()


@helper
def call_partial(
    context: Context,
    names: dict[str, Any] | None,
    blocks: BlockContext | None,
    partial: Any,
    switches: Switches,
    invalid: str,
    write: Writer,
) -> None:
    """Put out a partial of the same template."""
    unit: Unit = partial.root
    function = unit.function(switches, invalid)
    with _as_partial(context, names, blocks, unit, switches) as visible:
        function(context, visible, blocks, write)


@helper
def call_partial_pieces(
    context: Context,
    names: dict[str, Any] | None,
    blocks: BlockContext | None,
    partial: Any,
    switches: Switches,
    invalid: str,
) -> Iterator[str]:
    """As `call_partial`, piece by piece."""
    unit: Unit = partial.root
    generator = unit.generator(switches, invalid)
    with _as_partial(context, names, blocks, unit, switches) as visible:
        yield from generator(context, visible, blocks, None)
