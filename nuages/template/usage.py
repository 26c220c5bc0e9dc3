"""Who needs a template: other templates, Python code that names it, generic views, the handlers of errors."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nuages.template.survey import Finding

# A string that may be the name of a template, perhaps with that of a partial.
_NAME = re.compile(r"""["']([^"'\s#]+\.\w+)(?:#\w+)?["']""")

# Rendered for errors where a project has them.
_ERROR_PAGES = frozenset({"400.html", "403.html", "403_csrf.html", "404.html", "500.html"})


@dataclass(slots=True)
class Usage:
    """Where one template is named."""

    extended_by: set[str] = field(default_factory=set)
    included_by: set[str] = field(default_factory=set)
    named_in: set[str] = field(default_factory=set)
    by_default: bool = False

    @property
    def needed(self) -> bool:
        """Whether anything is known to use it."""
        return bool(self.extended_by or self.included_by or self.named_in or self.by_default)


def usages(
    findings: Sequence[Finding], folders: Iterable[Path] = (), model_names: Iterable[str] = ()
) -> dict[str, Usage]:
    """Who uses each template. Python code is read below `folders`, some of which may be single files.

    `model_names` are like `library/book`: generic views render `library/book_list.html` and the like by themselves.
    """
    used: dict[str, Usage] = {finding.name: Usage() for finding in findings}
    for finding in findings:
        for names, kind in ((finding.extends, "extended_by"), (finding.includes, "included_by")):
            for name in names:
                usage = used.get(name.partition("#")[0])
                if usage is not None and name != finding.name:
                    getattr(usage, kind).add(finding.name)
    for name, files in named_in_python(used, folders).items():
        used[name].named_in |= files
    beginnings = tuple(f"{name}_" for name in model_names)
    for name, usage in used.items():
        usage.by_default = name in _ERROR_PAGES or name.startswith(beginnings)
    return used


def named_in_python(names: Iterable[str], folders: Iterable[Path]) -> dict[str, set[str]]:
    """The Python files that hold a template's name as a string."""
    wanted = frozenset(names)
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path in _python_files(folders):
        text = path.read_text(encoding="utf-8", errors="replace")
        for name in wanted.intersection(_NAME.findall(text)):
            found[name].add(str(path))
    return found


def _python_files(folders: Iterable[Path]) -> Iterator[Path]:
    seen: set[Path] = set()
    for folder in folders:
        for path in [folder] if folder.is_file() else folder.rglob("*.py"):
            if path not in seen:
                seen.add(path)
                yield path
