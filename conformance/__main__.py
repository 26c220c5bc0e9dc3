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
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from conformance.databases import DATABASES, HERE, Database
from conformance.reasons import read_reasons
from conformance.suite import VERSION, source_tree

#: What stands at the end of the output of a process that took too long.
LATE = "ended before it was done"


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
    """Runs labels with one interpreter on one database; every process executes `prelude` first."""

    python: str
    settings: str
    prelude: str
    timeout: float
    logs: Path | None

    def run(self, labels: Sequence[str], totals: dict[str, int]) -> list[Row]:
        """Run one label, or several in one process; of a process that had to be ended nothing is known."""
        with tempfile.TemporaryDirectory() as folder:
            record = Path(folder, "record.tsv")
            output = self._output(labels, folder, record if len(labels) > 1 else None)
            if self.logs is not None:
                self.logs.mkdir(parents=True, exist_ok=True)
                (self.logs / f"{labels[0]}.log").write_text(output)
            if len(labels) == 1:
                return [read(labels[0], totals[labels[0]], output)]
            if output.endswith(LATE):
                print(f"{', '.join(labels)}: {LATE}", flush=True)
                return []
            return read_record(labels, totals, record.read_text() if record.exists() else "")

    def _output(self, labels: Sequence[str], folder: str, record: Path | None) -> str:
        """What the process said."""
        environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "RUNNING_DJANGOS_TEST_SUITE": "true"}
        start = self.prelude
        if self.prelude:
            environment["CONFORMANCE_ROOT"] = str(HERE.parent)
        if record is not None:
            environment["CONFORMANCE_RECORD"] = str(record)
            start += (HERE / "recording.py").read_text()
        Path(folder, "sitecustomize.py").write_text(start)
        ours = HERE / f"{self.settings}.py"
        if ours.exists():
            shutil.copy(ours, folder)
        # What is importable here stays so for nuages; Django is run by itself.
        importable = [folder, os.environ.get("PYTHONPATH") if self.prelude else None]
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, importable))
        command = [self.python, "runtests.py", *labels, f"--settings={self.settings}"]
        try:
            done = subprocess.run(
                [*command, "--parallel=1", "--noinput"],
                cwd=source_tree() / "tests",
                env=environment,
                capture_output=True,
                timeout=self.timeout,
                stdin=subprocess.DEVNULL,
            )
        except subprocess.TimeoutExpired as late:
            return f"{(late.stdout or b'').decode(errors='replace')}\n{LATE}"
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


def test_of(name: str) -> str:
    """Return the test that unittest calls `name`, itself or a part of it.

    `label.tests.Case.test_it`, that followed by ` (value=1)`, `setUpClass (label.tests.Case)`, or a module that
    cannot be imported.
    """
    first, _, rest = name.partition(" ")
    if "." not in first:
        return rest.strip("()")
    return first.removeprefix("unittest.loader._FailedTest.")


def read_record(labels: Sequence[str], totals: dict[str, int], record: str) -> list[Row]:
    """Read how each test of several labels ended; a test counts by its worst part."""
    ends: dict[str, str] = {}
    for line in record.splitlines():
        outcome, test = line.split("\t")
        test = test_of(test)
        if ends.get(test) not in ("failed", "errors"):
            ends[test] = outcome
    rows = {label: Row(label, totals[label]) for label in labels}
    for test, outcome in ends.items():
        row = rows[test.partition(".")[0]]
        setattr(row, outcome, getattr(row, outcome) + 1)
    return list(rows.values())


def report(database: Database, rows: dict[str, Row]) -> str:
    """Return the table, and the reasons for what is not meant to pass."""
    passed = sum(min(row.passed, row.total) for row in rows.values())
    known = database.read_totals()
    total = sum(known.values())
    unrun = sorted(label for label in set(known) - set(rows) if known[label])
    uncounted = sorted(label for label in set(known) - set(rows) if not known[label])
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
        *(
            [f"Neither run nor counted yet, and not part of the sum: {', '.join(uncounted)}.", ""]
            if uncounted
            else []
        ),
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
    totals = database.read_totals()
    for row in rows.values():
        # Counted anew since, perhaps.
        row.total = totals[row.label]
    kept = {label: asdict(row) for label, row in sorted(rows.items())}
    database.results.write_text(json.dumps(kept, indent=0) + "\n")
    database.report.write_text(report(database, rows))


def in_turn(
    runner: Runner,
    groups: Iterable[Sequence[str]],
    totals: dict[str, int],
    jobs: int,
    done: Callable[[Row], None],
) -> None:
    """Run groups of labels, some at once, and hand on each row as it comes."""
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        running = [pool.submit(runner.run, group, totals) for group in groups]
        for job in concurrent.futures.as_completed(running):
            for row in job.result():
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
    parser.add_argument(
        "--together",
        type=int,
        default=1,
        metavar="N",
        help="labels in one process, which shares its databases",
    )
    args = parser.parse_args()
    database = DATABASES[args.database]
    known = database.read_totals()
    unknown = set(args.only or ()) - set(known)
    if unknown:
        parser.error(f"no such label: {', '.join(sorted(unknown))}")
    labels = args.only or sorted(known)
    groups = [labels[start : start + args.together] for start in range(0, len(labels), args.together)]
    source_tree()
    if args.count_with:

        def count(row: Row) -> None:
            known[row.label] = row.passed
            database.write_totals(known)

        runner = Runner(args.count_with, database.settings, "", args.timeout, args.logs)
        in_turn(runner, groups, known, args.jobs, count)
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
    shutil.copy(HERE / "inherited.py", source_tree() / "sitecustomize.py")
    runner = Runner(sys.executable, database.settings, prelude, args.timeout, args.logs)
    in_turn(runner, groups, known, args.jobs, note)
    passed = sum(min(row.passed, row.total) for row in rows.values())
    total = sum(row.total for row in rows.values())
    print(f"{passed} of {total} passed in {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
