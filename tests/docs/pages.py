"""Reading the manual: its pages in order, and the code on them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
TUTORIAL = [DOCS / "tutorial" / f"{name}.md" for name in ("index", "models", "pages", "readers", "tests")]

_BLOCK = re.compile(
    r'^```(?P<language>\w+)(?: title="(?P<title>[^"]+)")?\n(?P<text>.*?)^```$', re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Block:
    """A fenced block: a file by its title, commands (`Terminal`), or something that is only shown."""

    page: str
    language: str
    title: str
    text: str

    @property
    def commands(self) -> list[str]:
        """The lines that are typed."""
        return [line.removeprefix("$ ") for line in self.text.splitlines() if line.startswith("$ ")]


def blocks(page: Path) -> Iterator[Block]:
    """Yield the fenced blocks of a page in order."""
    for match in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        yield Block(page.name, match["language"], match["title"] or "", match["text"])


def merged(source: str, part: str) -> str:
    """Return `source` with the assignments of `part` in place of those of the same names, or after everything."""
    lines = source.splitlines()
    places = {name: node for node in ast.parse(source).body for name in _assigned(node)}
    replaced: dict[int, tuple[int, str]] = {}
    added = []
    for node in ast.parse(part).body:
        text = ast.get_source_segment(part, node) or ""
        (name,) = _assigned(node)
        if name in places:
            old = places[name]
            replaced[old.lineno - 1] = (old.end_lineno or old.lineno, text)
        else:
            added.append(text)
    out: list[str] = []
    number = 0
    while number < len(lines):
        if number in replaced:
            number, text = replaced[number]
            out.append(text)
        else:
            out.append(lines[number])
            number += 1
    return "\n".join([*out, *added, ""])


def _assigned(node: ast.stmt) -> list[str]:
    if not isinstance(node, ast.Assign):
        return []
    return [target.id for target in node.targets if isinstance(target, ast.Name)]
