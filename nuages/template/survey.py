"""Looking at all templates of an engine without rendering them: errors, who uses whom, what they read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nuages.template.exceptions import TemplateDoesNotExist
from nuages.template.loader_tags import BlockNode, ExtendsNode, IncludeNode
from nuages.template.presentation import Switches
from nuages.template.variables import FilterExpression

# Kinds of files that are templates; others in the same directories are images, scripts and the like.
_SUFFIXES = frozenset({".html", ".htm", ".txt", ".xml", ".svg", ".js", ".css", ".json", ".md", ".eml"})


@dataclass(slots=True)
class Finding:
    """What was found out about one template."""

    name: str
    path: Path
    error: Exception | None = None
    extends: set[str] = field(default_factory=set)
    includes: set[str] = field(default_factory=set)
    reads: set[str] = field(default_factory=set)


def template_files(engine: Any) -> Iterator[tuple[str, Path]]:
    """Name and file of each template in the engine's directories; the first of a name is the one used."""
    seen: set[str] = set()
    for loader in engine.template_loaders:
        for directory in loader.get_dirs() if hasattr(loader, "get_dirs") else ():
            root = Path(directory)
            for path in sorted(root.rglob("*")):
                name = path.relative_to(root).as_posix()
                if path.suffix in _SUFFIXES and name not in seen and path.is_file():
                    seen.add(name)
                    yield name, path


def survey(engine: Any, names: Iterable[tuple[str, Path]] | None = None) -> list[Finding]:
    """Parse and compile every template; an error in one does not keep the others from being looked at."""
    return [
        _look_at(engine, name, path) for name, path in (template_files(engine) if names is None else names)
    ]


def _look_at(engine: Any, name: str, path: Path) -> Finding:
    finding = Finding(name, path)
    try:
        template = engine.get_template(name)
        units = [template.root, *(block.unit for block in template.nodelist.get_nodes_by_type(BlockNode))]
        for unit in units:
            finding.reads |= unit.tree(Switches(engine.autoescape), engine.string_if_invalid)[1].reads
    except Exception as error:
        finding.error = error
        return finding
    finding.reads -= {"block", "forloop"}
    finding.extends.update(
        _literals(node.parent_name for node in template.nodelist.get_nodes_by_type(ExtendsNode))
    )
    finding.includes.update(
        _literals(node.template for node in template.nodelist.get_nodes_by_type(IncludeNode))
    )
    for wanted in sorted(finding.extends | finding.includes):
        try:
            engine.get_template(wanted)
        except TemplateDoesNotExist as error:
            error.add_note(f"{name} refers to {wanted!r}.")
            finding.error = error
        except Exception:
            # Its own finding tells.
            continue
    return finding


def _literals(expressions: Iterable[FilterExpression]) -> Iterator[str]:
    return (
        str(expression.var) for expression in expressions if not expression.is_var and not expression.filters
    )


def unused(findings: Iterable[Finding]) -> list[str]:
    """Templates that no other extends or includes: those of views, and those nobody needs any more."""
    found = list(findings)
    used = {name.partition("#")[0] for finding in found for name in (*finding.extends, *finding.includes)}
    return [finding.name for finding in found if finding.name not in used]
