"""`python -m conformance`: run Django's own test-suite on nuages, label by label, and write RESULTS.md.

The suite comes from the Django source distribution on PyPI. Each label runs in a process of its own, through the
suite's own `runtests.py`, with `import django` meaning nuages. `--only` runs some labels and keeps the other rows.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from conformance.reasons import read_reasons
from conformance.suite import VERSION, source_tree

HERE = Path(__file__).resolve().parent
TOTALS = HERE / "totals.tsv"
STORE = HERE / "results.json"
REPORT = HERE / "RESULTS.md"


@dataclass
class Row:
    """How one label went. `total` is what Django itself runs of it and does not skip."""

    label: str
    total: int
    passed: int = 0
    failed: int = 0
    errors: int = 0
    skipped: int = 0


def totals() -> dict[str, int]:
    """Return how many tests of each label Django itself runs on SQLite."""
    rows = (line.split("\t") for line in TOTALS.read_text().splitlines()[1:])
    return {label: int(total) for label, total in rows}


def run(label: str, total: int, tests: Path, timeout: float, logs: Path | None) -> Row:
    """Run one label."""
    with tempfile.TemporaryDirectory() as folder:
        prelude = (HERE / "prelude.py").read_text()
        Path(folder, "sitecustomize.py").write_text(prelude)
        environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "RUNNING_DJANGOS_TEST_SUITE": "true"}
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [folder, os.environ.get("PYTHONPATH")]))
        command = [
            sys.executable,
            "runtests.py",
            label,
            "--settings=test_sqlite",
            "--parallel=1",
            "--noinput",
        ]
        try:
            done = subprocess.run(
                command,
                cwd=tests,
                env=environment,
                capture_output=True,
                timeout=timeout,
                stdin=subprocess.DEVNULL,
            )
            output = (done.stdout + done.stderr).decode(errors="replace")
        except subprocess.TimeoutExpired as late:
            output = f"{(late.stdout or b'').decode(errors='replace')}\nended after {timeout:.0f} seconds"
    if logs is not None:
        logs.mkdir(parents=True, exist_ok=True)
        (logs / f"{label}.log").write_text(output)
    return read(label, total, output)


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


def report(rows: dict[str, Row]) -> str:
    """Return the table, and the reasons for what is not meant to pass."""
    passed = sum(min(row.passed, row.total) for row in rows.values())
    known = totals()
    total = sum(known.values())
    unrun = sorted(set(known) - set(rows))
    share = f"{100 * passed / max(1, total):.1f}"
    lines = [
        "# Conformance",
        "",
        f"Django {VERSION}'s own test-suite, run on nuages through the `django` alias on SQLite.",
        f"**{passed} of {total} tests pass ({share} %).** Made by `make conformance` "
        "(`python -m conformance`; `--only LABEL` for some).",
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


def keep(rows: dict[str, Row]) -> None:
    """Write the counts, and the table made of them."""
    STORE.write_text(json.dumps({label: asdict(row) for label, row in sorted(rows.items())}, indent=0) + "\n")
    REPORT.write_text(report(rows))


def main() -> int:
    """Run the labels and write the report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="*", help="labels to run; the rows of others are kept")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--timeout", type=float, default=420, help="seconds for one label")
    parser.add_argument("--logs", type=Path, help="folder for each label's whole output")
    args = parser.parse_args()
    known = totals()
    unknown = set(args.only or ()) - set(known)
    if unknown:
        parser.error(f"no such label: {', '.join(sorted(unknown))}")
    labels = args.only or sorted(known)
    tests = source_tree() / "tests"
    read_reasons()
    rows = (
        {label: Row(**row) for label, row in json.loads(STORE.read_text()).items()} if STORE.exists() else {}
    )
    started = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        jobs = [pool.submit(run, label, known[label], tests, args.timeout, args.logs) for label in labels]
        for job in concurrent.futures.as_completed(jobs):
            row = job.result()
            rows[row.label] = row
            print(f"{row.label:34} {row.passed:5} of {row.total:5}", flush=True)
            # After each label: a run that is ended early keeps what it counted.
            keep(rows)
    passed = sum(min(row.passed, row.total) for row in rows.values())
    print(
        f"{passed} of {sum(row.total for row in rows.values())} passed in {time.monotonic() - started:.0f} s"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
