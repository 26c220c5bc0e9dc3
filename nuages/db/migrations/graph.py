"""The graph of migrations: which come before which."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import total_ordering
from typing import Any

from nuages.db.migrations.exceptions import CircularDependencyError, NodeNotFoundError

Key = tuple[str, str]


@total_ordering
class Node:
    """One migration in the graph, with those before it (parents) and after it (children)."""

    __slots__ = ("children", "key", "parents")

    def __init__(self, key: Key) -> None:
        self.key = key
        self.children: set[Node] = set()
        self.parents: set[Node] = set()

    def __eq__(self, other: object) -> bool:
        return self.key == (other.key if isinstance(other, Node) else other)

    def __lt__(self, other: Any) -> bool:
        return self.key < (other.key if isinstance(other, Node) else other)

    def __hash__(self) -> int:
        return hash(self.key)

    def __getitem__(self, item: int) -> str:
        return self.key[item]

    def __str__(self) -> str:
        return str(self.key)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: ({self.key[0]!r}, {self.key[1]!r})>"

    def add_child(self, child: Node) -> None:
        self.children.add(child)

    def add_parent(self, parent: Node) -> None:
        self.parents.add(parent)


class DummyNode(Node):
    """Stands for a migration that others name and nobody has; a squashed one may still replace it."""

    __slots__ = ("error_message", "origin")

    def __init__(self, key: Key, origin: Any, error_message: str) -> None:
        super().__init__(key)
        self.origin = origin
        self.error_message = error_message

    def raise_error(self) -> None:
        """Say that the migration is missing."""
        raise NodeNotFoundError(self.error_message, self.key, origin=self.origin)


class MigrationGraph:
    """All migrations of a project and how they depend on each other.

    `forwards_plan` says what has to be applied for a migration to be there, `backwards_plan` what has to go first
    for it to go. Nodes are (app label, name); the migrations themselves are in `nodes`.
    """

    def __init__(self) -> None:
        self.node_map: dict[Key, Node] = {}
        self.nodes: dict[Key, Any] = {}

    # Building

    def add_node(self, key: Key, migration: Any) -> None:
        """Add a migration."""
        self.node_map[key] = Node(key)
        self.nodes[key] = migration

    def add_dummy_node(self, key: Key, origin: Any, error_message: str) -> None:
        """Add a stand-in for a migration that is not there (yet)."""
        self.node_map[key] = DummyNode(key, origin, error_message)
        self.nodes[key] = None

    def add_dependency(self, migration: Any, child: Key, parent: Key, skip_validation: bool = False) -> None:
        """Say that `child` needs `parent`; `migration` says so, for messages."""
        for kind, key in (("child", child), ("parent", parent)):
            if key not in self.nodes:
                message = f"Migration {migration} dependencies reference nonexistent {kind} node {key!r}"
                self.add_dummy_node(key, migration, message)
        self.node_map[child].add_parent(self.node_map[parent])
        self.node_map[parent].add_child(self.node_map[child])
        if not skip_validation:
            self.validate_consistency()

    def remove_replaced_nodes(self, replacement: Key, replaced: Iterable[Key]) -> None:
        """Let a squashed migration take the place of those that it replaces."""
        gone = set(replaced)
        new = self._need(
            replacement,
            f"Unable to find replacement node {replacement!r}. It was either never added to the "
            "migration graph, or has been removed.",
        )
        for key in gone:
            node = self.node_map.pop(key, None)
            self.nodes.pop(key, None)
            if node is None:
                continue
            for child in node.children:
                child.parents.discard(node)
                if child.key not in gone:
                    _link(new, child)
            for parent in node.parents:
                parent.children.discard(node)
                if parent.key not in gone:
                    _link(parent, new)

    def remove_replacement_node(self, replacement: Key, replaced: Iterable[Key]) -> None:
        """Take a squashed migration out again: those it would replace are there, and stay."""
        node = self._need(
            replacement,
            f"Unable to remove replacement node {replacement!r}. It was either never added to the "
            "migration graph, or has been removed already.",
        )
        del self.node_map[replacement], self.nodes[replacement]
        old = {self.node_map[key] for key in replaced if key in self.node_map}
        # Children go on after the last of the replaced ones: the others come before that anyway.
        last = old - {parent for each in old for parent in each.parents}
        for child in node.children:
            child.parents.discard(node)
            for each in last:
                _link(each, child)
        for parent in node.parents:
            parent.children.discard(node)
            # The replaced ones have parents of their own; those of the squashed one are among them.

    def _need(self, key: Key, message: str) -> Node:
        try:
            return self.node_map[key]
        except KeyError:
            raise NodeNotFoundError(message, key) from None

    def validate_consistency(self) -> None:
        """Raise where a migration that others need is missing."""
        for node in self.node_map.values():
            if isinstance(node, DummyNode):
                node.raise_error()

    def ensure_not_cyclic(self) -> None:
        """Raise where migrations wait for each other."""
        white = dict.fromkeys(sorted(self.node_map))
        while white:
            start = next(iter(white))
            path: list[Key] = [start]
            on_path = {start}
            todo = [iter(sorted(child.key for child in self.node_map[start].children))]
            while todo:
                step = next(todo[-1], None)
                if step is None:
                    todo.pop()
                    done = path.pop()
                    on_path.discard(done)
                    white.pop(done, None)
                elif step in on_path:
                    cycle = path[path.index(step) :]
                    raise CircularDependencyError(", ".join(f"{app}.{name}" for app, name in cycle))
                elif step in white:
                    path.append(step)
                    on_path.add(step)
                    todo.append(iter(sorted(child.key for child in self.node_map[step].children)))

    # Plans

    def forwards_plan(self, target: Key) -> list[Key]:
        """Return the migrations to apply, in order, so that `target` is applied."""
        return self._ordered(target, lambda node: node.parents)

    def backwards_plan(self, target: Key) -> list[Key]:
        """Return the migrations to undo, in order, so that `target` is undone."""
        return self._ordered(target, lambda node: node.children)

    def _ordered(self, target: Key, nearer: Callable[[Node], set[Node]]) -> list[Key]:
        """Return everything that `target` leads to, each after what it leads to itself."""
        if target not in self.nodes:
            raise NodeNotFoundError(f"Node {target!r} not a valid node", target)
        finished: dict[Key, None] = {}
        entered = {target}
        # Without recursion: chains of migrations grow longer than Python's stack.
        work: list[tuple[Node, list[Node]]] = []
        node = self.node_map[target]
        work.append((node, sorted(nearer(node))))
        while work:
            node, rest = work[-1]
            if not rest:
                finished[node.key] = None
                work.pop()
                continue
            following = rest.pop()
            if following.key not in entered:
                entered.add(following.key)
                work.append((following, sorted(nearer(following))))
        return list(finished)

    def iterative_dfs(self, start: Node, forwards: bool = True) -> list[Key]:
        """Return the plan from a node in either direction."""
        return self.forwards_plan(start.key) if forwards else self.backwards_plan(start.key)

    def root_nodes(self, app: str | None = None) -> list[Key]:
        """Return the migrations that need none of their own app."""
        return self._without(app, lambda node: node.parents)

    def leaf_nodes(self, app: str | None = None) -> list[Key]:
        """Return the migrations that none of their own app needs: one for each app, unless it has a conflict."""
        return self._without(app, lambda node: node.children)

    def _without(self, app: str | None, nearer: Callable[[Node], set[Node]]) -> list[Key]:
        return sorted(
            key
            for key, node in self.node_map.items()
            if app in (None, key[0]) and all(other.key[0] != key[0] for other in nearer(node))
        )

    def make_state(self, nodes: Any = None, at_end: bool = True, real_apps: Any = None) -> Any:
        """Return the project's state at (or just before) some migrations; by default at the very end."""
        from nuages.db.migrations.state import ProjectState

        wanted = self.leaf_nodes() if nodes is None else nodes
        if not wanted:
            return ProjectState()
        if not isinstance(wanted[0], tuple):
            wanted = [wanted]
        state = ProjectState(real_apps=real_apps)
        for key in self._generate_plan(wanted, at_end):
            state = self.nodes[key].mutate_state(state, preserve=False)
        return state

    def _generate_plan(self, nodes: Iterable[Key], at_end: bool) -> list[Key]:
        plan: dict[Key, None] = {}
        for node in nodes:
            for key in self.forwards_plan(node):
                if at_end or key not in nodes:
                    plan[key] = None
        return list(plan)

    # Looks

    def __contains__(self, node: object) -> bool:
        return node in self.nodes

    def _counts(self) -> tuple[int, int]:
        return len(self.nodes), sum(len(node.parents) for node in self.node_map.values())

    def __str__(self) -> str:
        return "Graph: {} nodes, {} edges".format(*self._counts())

    def __repr__(self) -> str:
        return "<{}: nodes={}, edges={}>".format(type(self).__name__, *self._counts())


def _link(parent: Node, child: Node) -> None:
    parent.add_child(child)
    child.add_parent(parent)
