"""The report: ratios in tables, each with the command that gives it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Row:
    """A measured ratio against Django, the target, and how near the others are (ours as a share of theirs)."""

    name: str
    ratio: float
    target: float | None
    others: dict[str, float] = field(default_factory=dict)
    smaller_is_better: bool = False

    @property
    def reached(self) -> str:
        """Whether the target is reached."""
        if self.target is None:
            return ""
        return (
            "yes"
            if (self.ratio <= self.target if self.smaller_is_better else self.ratio >= self.target)
            else "**no**"
        )


@dataclass
class Section:
    """A table and the command that makes it."""

    title: str
    command: str
    others: list[str]
    rows: list[Row]


INTRODUCTION = """# Benchmarks

Ratios of medians, measured in one run with works in turn: `make bench`. `10.0 ×` means that Django 6.1 takes
ten times as long, or answers a tenth of the requests. In the other columns 1.00 is as quick as that one:
`limit` is the same work without a framework (sqlite3 alone, f-strings, a page written by hand on bare RSGI).
Each part says by which command and on what it was measured last.
"""


def write(path: Path, sections: list[Section], machine: str) -> None:
    """Put sections into the report, in the place of those with their titles; the others stay as they are."""
    kept = path.read_text().split("\n## ")[1:] if path.exists() else []
    parts = {part.partition("\n")[0]: part.rstrip() for part in kept}
    for section in sections:
        parts[section.title] = written(section, machine)
    path.write_text(INTRODUCTION + "".join(f"\n## {part}\n" for part in parts.values()))


def written(section: Section, machine: str) -> str:
    """Return a section as Markdown, beginning with its title."""
    head = ["row", "× Django", "target", "reached", *section.others]
    lines = [section.title, "", f"`{section.command}`, on {machine}.", "", f"| {' | '.join(head)} |"]
    lines.append("|" + "---|" + "--:|" * (len(head) - 1))
    for row in section.rows:
        sign = "≤" if row.smaller_is_better else "≥"
        target = "" if row.target is None else f"{sign} {row.target:g}"
        cells = [row.name, f"{row.ratio:.2f}", target, row.reached]
        cells += [f"{row.others[who]:.2f}" if who in row.others else "" for who in section.others]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
