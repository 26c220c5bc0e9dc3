"""`python -m conformance`: run Django's own test-suite on nuages, label by label, and write RESULTS.md.

The suite comes from the Django source distribution on PyPI. Each label runs in a process of its own, through the
suite's own `runtests.py`, with `import django` meaning nuages. `--only` runs some labels and keeps the other rows.
`--database postgresql` runs the labels about databases there, and writes RESULTS-postgresql.md.

`--count-with PYTHON` counts instead what Django itself, installed for that interpreter, runs of each label.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from conformance.databases import DATABASES, HERE, Database
from conformance.reasons import read_reasons
from conformance.suite import VERSION, source_tree


@dataclass
class Row:
    """How one label went. `total` is what Django itself runs of it and does not skip."""

    label: str
    total: int
    passed: int = 0
    failed: int = 0
    errors: int = 0
    skipped: int = 0


@dataclass(frozen=True)
class Runner:
    """Runs labels with one interpreter on one database; `prelude` is executed first by every process."""

    python: str
    settings: str
    prelude: str
    timeout: float
    logs: Path | None

    def run(self, label: str, total: int) -> Row:
        """Run one label."""
        output = self._output(label)
        if self.logs is not None:
            self.logs.mkdir(parents=True, exist_ok=True)
            (self.logs / f"{label}.log").write_text(output)
        return read(label, total, output)

    def _output(self, label: str) -> str:
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "sitecustomize.py").write_text(self.prelude)
            ours = HERE / f"{self.settings}.py"
            if ours.exists():
                shutil.copy(ours, folder)
            environment = os.environ | {
                "PYTHONDONTWRITEBYTECODE": "1",
                "RUNNING_DJANGOS_TEST_SUITE": "true",
            }
            # What is importable here stays so for nuages; Django is run by itself.
            importable = [folder, os.environ.get("PYTHONPATH") if self.prelude else None]
            environment["PYTHONPATH"] = os.pathsep.join(filter(None, importable))
            try:
                done = subprocess.run(
                    [
                        self.python,
                        "runtests.py",
                        label,
                        f"--settings={self.settings}",
                        "--parallel=1",
                        "--noinput",
                    ],
                    cwd=source_tree() / "tests",
                    env=environment,
                    capture_output=True,
                    timeout=self.timeout,
                    stdin=subprocess.DEVNULL,
                )
            except subprocess.TimeoutExpired as late:
                said = (late.stdout or b"").decode(errors="replace")
                return f"{said}\nended after {self.timeout:.0f} seconds"
            return (done.stdout + done.stderr).decode(errors="replace")


def read(label: str, total: int, output: str) -> Row:
    """Read what unittest said at the end."""
    row = Row(label, total)
    ran = re.findall(r"^Ran (\d+) tests? in", output, re.MULTILINE)
    if not ran:
        return row
    counts: dict[str, int] = {}
    for closing in re.findall(r"^(?:OK|FAILED) \((.*)\)$", output, re.MULTILINE)[-1:]:
        counts = {name.strip(): int(count) for name, count in re.findall(r"([a-z ]+)=(\d+)", closing)}
    row.failed = counts.get("failures", 0) + counts.get("unexpected successes", 0)
    row.errors, row.skipped = counts.get("errors", 0), counts.get("skipped", 0)
    row.passed = max(0, int(ran[-1]) - row.failed - row.errors - row.skipped)
    return row


def report(database: Database, rows: dict[str, Row]) -> str:
    """Return the table, and the reasons for what is not meant to pass."""
    passed = sum(min(row.passed, row.total) for row in rows.values())
    known = database.read_totals()
    total = sum(known.values())
    unrun = sorted(set(known) - set(rows))
    share = f"{100 * passed / max(1, total):.1f}"
    if database.name == "sqlite":
        name, made = "Conformance", "`make conformance` (`python -m conformance`"
    else:
        name = f"Conformance on {database.title}"
        made = f"`python -m conformance --database {database.name}` (the labels about databases"
    lines = [
        f"# {name}",
        "",
        f"Django {VERSION}'s own test-suite, run on nuages through the `django` alias on {database.title}.",
        f"**{passed} of {total} tests pass ({share} %).** Made by {made}; `--only LABEL` for some).",
        "",
        "`total` is what Django itself runs of a label; a test that is skipped here but runs there does not count as",
        "passed. What is not meant to pass is listed with its reason in [reasons.md](reasons.md).",
        "",
        *([f"Not run yet, and counted as not passed: {', '.join(unrun)}.", ""] if unrun else []),
        "| label | total | passed | failed | errors | skipped |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {row.label} | {row.total} | {row.passed} | {row.failed} | {row.errors} | {row.skipped} |"
        for _, row in sorted(rows.items())
    ]
    return "\n".join(lines) + "\n"


def keep(database: Database, rows: dict[str, Row]) -> None:
    """Write the counts, and the table made of them."""
    kept = {label: asdict(row) for label, row in sorted(rows.items())}
    database.results.write_text(json.dumps(kept, indent=0) + "\n")
    database.report.write_text(report(database, rows))


def in_turn(
    runner: Runner, labels: Iterable[str], totals: dict[str, int], jobs: int, done: Callable[[Row], None]
) -> None:
    """Run labels, some at once, and hand on each row as it comes."""
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        running = [pool.submit(runner.run, label, totals[label]) for label in labels]
        for job in concurrent.futures.as_completed(running):
            row = job.result()
            print(f"{row.label:34} {row.passed:5} of {row.total:5}", flush=True)
            done(row)


def main() -> int:
    """Run the labels and write the report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", choices=sorted(DATABASES), default="sqlite")
    parser.add_argument("--only", nargs="*", help="labels to run; the rows of others are kept")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--timeout", type=float, default=420, help="seconds for one label")
    parser.add_argument("--logs", type=Path, help="folder for each label's whole output")
    parser.add_argument(
        "--count-with", metavar="PYTHON", help="write the totals instead, as Django itself gives them"
    )
    args = parser.parse_args()
    database = DATABASES[args.database]
    known = database.read_totals()
    unknown = set(args.only or ()) - set(known)
    if unknown:
        parser.error(f"no such label: {', '.join(sorted(unknown))}")
    labels = args.only or sorted(known)
    source_tree()
    if args.count_with:

        def count(row: Row) -> None:
            known[row.label] = row.passed
            database.write_totals(known)

        runner = Runner(args.count_with, database.settings, "", args.timeout, args.logs)
        in_turn(runner, labels, known, args.jobs, count)
        return 0
    read_reasons()
    rows: dict[str, Row] = {}
    if database.results.exists():
        rows = {label: Row(**row) for label, row in json.loads(database.results.read_text()).items()}
    started = time.monotonic()

    def note(row: Row) -> None:
        rows[row.label] = row
        # After each label: a run that is ended early keeps what it counted.
        keep(database, rows)

    prelude = (HERE / "prelude.py").read_text()
    runner = Runner(sys.executable, database.settings, prelude, args.timeout, args.logs)
    in_turn(runner, labels, known, args.jobs, note)
    passed = sum(min(row.passed, row.total) for row in rows.values())
    total = sum(row.total for row in rows.values())
    print(f"{passed} of {total} passed in {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
