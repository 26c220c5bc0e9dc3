"""What the survey of templates has found, as text for the console."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from os.path import relpath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nuages.template.survey import Finding, Problem
    from nuages.template.usage import Usage


def place(path: str, problem: Problem) -> str:
    """Where a problem is, as editors and consoles understand it: `file:line:column`."""
    return path if problem.line is None else f"{path}:{problem.line}:{problem.column}"


def problem_lines(findings: Iterable[Finding]) -> Iterator[str]:
    """All problems of all templates."""
    for finding in findings:
        for problem in finding.problems:
            yield f"{place(finding.path, problem)}: {problem.message}"
            if problem.hint:
                yield f"  {problem.hint}"


def listing(findings: Iterable[Finding], used: Mapping[str, Usage]) -> Iterator[str]:
    """Each template with what it uses, what uses it and what it reads."""
    for finding in findings:
        usage = used[finding.name]
        yield finding.name + (f"  (hidden by another of this name: {finding.path})" if finding.hidden else "")
        for label, names in (
            ("extends", finding.extends),
            ("includes", finding.includes),
            ("extended by", usage.extended_by),
            ("included by", usage.included_by),
            ("named in", {relpath(file) for file in usage.named_in}),
            ("reads", finding.reads),
        ):
            if names:
                yield f"  {label:<12} {', '.join(sorted(names))}"
        if finding.problems:
            yield f"  {'problems':<12} {len(finding.problems)}"


def unused(findings: Iterable[Finding], used: Mapping[str, Usage]) -> list[str]:
    """Names of templates that nothing is known to use."""
    return [finding.name for finding in findings if not used[finding.name].needed and not finding.hidden]


def summary(findings: Sequence[Finding], used: Mapping[str, Usage]) -> str:
    """How many templates there are, and how many are not used or have problems."""
    wrong = sum(bool(finding.problems) for finding in findings)
    count = f"{len(findings)} template{'' if len(findings) == 1 else 's'}"
    return f"{count}, {len(unused(findings, used))} that nothing is known to use, {wrong} with problems"
