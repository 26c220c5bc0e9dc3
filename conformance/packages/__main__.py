"""`python -m conformance.packages`: run the suites of packages written for Django on both, and write PACKAGES.md.

Each suite comes with the package's source distribution and runs in two environments of its own, with Django and with
nuages under its name. `--only` runs some and keeps the other rows.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from conformance.packages.catalogue import CATALOGUE
from conformance.packages.running import Environment, Outcome
from conformance.suite import VERSION

HERE = Path(__file__).resolve().parents[1]
KEPT = HERE / "packages.json"
TABLE = HERE / "PACKAGES.md"


def written(seen: dict[str, dict[str, list[int]]]) -> str:
    """The table, as Markdown."""
    lines = [
        "# Packages",
        "",
        f"The test-suites of packages written for Django, run on Django {VERSION} and on nuages under its name. Made by",
        "`python -m conformance.packages` (`--only NAME` for some).",
        "",
        "| package | passed on Django | passed on nuages | left out |",
        "|---|--:|--:|---|",
    ]
    for package in CATALOGUE:
        if package.name in seen:
            theirs, ours = (Outcome(*seen[package.name][who]) for who in ("django", "nuages"))
            lines.append(
                f"| {package.name} {package.version} | {theirs.passed} of {theirs.passed + theirs.failed} "
                f"| {ours.passed} of {ours.passed + ours.failed} | {package.without} |"
            )
    return "\n".join(lines) + "\n"


def main() -> int:
    """Run what is asked for; fail where a suite did not run at all."""
    parser = argparse.ArgumentParser(prog="python -m conformance.packages", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=[package.name for package in CATALOGUE])
    chosen = parser.parse_args().only
    seen: dict[str, dict[str, list[int]]] = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    environments = [Environment(who) for who in ("django", "nuages")]
    for environment in environments:
        environment.prepare()
    silent = []
    for package in CATALOGUE:
        if chosen and package.name not in chosen:
            continue
        for environment in environments:
            outcome = environment.run(package)
            print(
                f"{package.name} on {environment.who}: {outcome.passed} passed, {outcome.failed} failed",
                flush=True,
            )
            seen.setdefault(package.name, {})[environment.who] = [outcome.passed, outcome.failed]
            if not outcome.passed:
                silent.append(f"{package.name} on {environment.who}")
    KEPT.write_text(json.dumps(seen, indent=0, sort_keys=True) + "\n")
    TABLE.write_text(written(seen))
    if silent:
        print(f"Nothing passed: {', '.join(silent)}", file=sys.stderr)
    return 1 if silent else 0


if __name__ == "__main__":
    raise SystemExit(main())
