"""The rooms and the directions of imports between them, read from the code."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "nuages"

#: From the bottom up. A room imports, when it is itself imported, only rooms of its own layer or below.
LAYERS: list[set[str]] = [
    {"compat", "spine"},
    {"utils", "dispatch"},
    {"conf", "apps"},
    {"core", "http", "urls", "db", "template", "templatetags"},
    {"middleware", "tasks", "forms", "views", "shortcuts", "server"},
    {"contrib", "test", "pytest_plugin"},
]

#: Imports that go up, each with its reason. Nothing may be added here without one.
KNOWN: dict[tuple[str, str], str] = {
    ("core", "test"): "the test command",
    ("utils", "core"): "exceptions and signals stand in core, as documented",
    ("conf", "core"): "settings raise documented exceptions of core",
    ("conf", "urls"): "conf.urls is a documented face of urls",
    ("conf", "views"): "conf.urls names the default views",
    ("apps", "core"): "the registry raises documented exceptions of core",
}


def room(path: Path) -> str:
    """Return the room of a file."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Return the rooms that a file imports when it is imported, and not only for type checkers."""
    found: set[str] = set()

    def visit(nodes: list[ast.stmt]) -> None:
        for node in nodes:
            if isinstance(node, ast.Import):
                found.update(name.name for name in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module)
                if node.module == "nuages":
                    found.update(f"nuages.{name.name}" for name in node.names)
            elif isinstance(node, ast.If):
                if "TYPE_CHECKING" not in ast.dump(node.test):
                    visit(node.body)
                visit(node.orelse)
            elif isinstance(node, (ast.Try, ast.ClassDef)):
                visit(node.body)

    visit(ast.parse(path.read_text()).body)
    return {name.split(".")[1] for name in found if name.startswith("nuages.")}


def graph() -> dict[str, dict[str, str]]:
    """Return room → room it imports → a file that does."""
    edges: dict[str, dict[str, str]] = defaultdict(dict)
    for path in sorted(PACKAGE.rglob("*.py")):
        if "_template" in str(path) or (path.parent == PACKAGE and path.stem.startswith("__")):
            continue
        here = room(path)
        for there in imports(path) - {here}:
            edges[here].setdefault(there, str(path.relative_to(PACKAGE)))
    return edges


def layer(name: str) -> int:
    """Return the layer of a room."""
    return next((number for number, rooms in enumerate(LAYERS) if name in rooms), -1)


def test_every_room_has_a_layer() -> None:
    rooms = {room(path) for path in PACKAGE.rglob("*.py")} - {"__init__", "__main__"}
    assert {name for name in rooms if layer(name) < 0} == set()


def test_imports_point_down_but_for_those_with_a_reason() -> None:
    upward = {
        f"{here} -> {there} ({path})"
        for here, edges in graph().items()
        for there, path in edges.items()
        if layer(there) > layer(here) and (here, there) not in KNOWN
    }
    assert upward == set()


def test_the_spine_knows_nothing_of_the_framework() -> None:
    assert set(graph().get("spine", {})) == set()


@pytest.mark.parametrize("name", ["print(", "breakpoint(", "import pdb"])
def test_nothing_was_left_in_the_spine_by_accident(name: str) -> None:
    assert [path.name for path in (PACKAGE / "spine").glob("*.py") if name in path.read_text()] == []


def test_no_vendor_is_asked_for_by_name_outside_the_backends() -> None:
    offenders = []
    for path in sorted(PACKAGE.rglob("*.py")):
        relative = path.relative_to(PACKAGE).as_posix()
        if relative.startswith(("db/backends/", "contrib/postgres/", "test/")):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Compare)
                and isinstance(node.left, ast.Attribute)
                and node.left.attr == "vendor"
            ):
                offenders.append(f"{relative}:{node.lineno}")
    assert offenders == []


def test_no_reason_outlives_its_import() -> None:
    edges = graph()
    assert {pair for pair in KNOWN if pair[1] not in edges.get(pair[0], {})} == set()
