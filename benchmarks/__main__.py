"""`python -m benchmarks`: run everything here and write RESULTS.md. `--quick` for a look; `--only` for some parts.

The peers are installed from PyPI into an environment of their own, on the interpreter that runs this (Django needs
3.12 or later). Works run in turn, ours and theirs, several rounds; the table shows ratios of medians. A server and
its load generator have a core each, where there are two.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import pressure, serving
from benchmarks.table import Row, Section, write

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PEERS = ROOT / ".venv-peers"
PACKAGES = [
    "django==6.1.*", "gunicorn", "uvicorn", "uvloop", "httptools", "granian", "jinja2", "minijinja", "fastapi", "sqlalchemy", "litestar",
    "tortoise-orm", "peewee", "psycopg[binary]",
]  # fmt: skip


def peers_python() -> str:
    """Return the interpreter of the peers' environment, made if need be."""
    python = PEERS / "bin" / "python"
    ready = PEERS / ".ready"
    wanted = "\n".join(PACKAGES)
    if not ready.exists() or ready.read_text() != wanted:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(PEERS)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", *PACKAGES], check=True)
        ready.write_text(wanted)
    return str(python)


def work(python: str, module: str, *arguments: str, database: str = "sqlite") -> dict[str, float]:
    """Run one work in a process of its own and return its results."""
    done = subprocess.run(
        [python, "-m", f"benchmarks.work.{module}", *arguments],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT), "BENCHMARK_DATABASE": database}, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{module} {' '.join(arguments)} failed:\n{done.stderr}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def in_turn(
    module: str, contestants: dict[str, str], rounds: int, database: str = "sqlite"
) -> dict[str, dict[str, float]]:
    """Run a work for each contestant in turn, `rounds` times; return the medians, contestant → row → seconds."""
    seen: dict[str, dict[str, list[float]]] = {who: {} for who in contestants}
    for _ in range(rounds):
        for who, python in contestants.items():
            for row, seconds in work(python, module, who, database=database).items():
                seen[who].setdefault(row, []).append(seconds)
    return {who: {row: statistics.median(all_) for row, all_ in rows.items()} for who, rows in seen.items()}


TARGETS = {
    "get(pk)": 10, "filter().order_by().first()": 10, "list of 1,000": 4, "list of 1,000, select_related": 4,
    "create()": 5, "save()": 5, "bulk_create of 10,000": 3, "100-row table": 20,
    "page: inheritance, includes, url, translation, form": 10, "1,000 routes": 50, "a query of a new shape": 1,
}  # fmt: skip


#: On PostgreSQL the server and the way there are most of a single row.
POSTGRES_TARGETS = {
    "get(pk)": 1.7, "filter().order_by().first()": 1.7, "create()": 1.7, "save()": 1.7,
    "list of 1,000": 3, "list of 1,000, select_related": 3,
}  # fmt: skip


def models(rounds: int) -> list[Section]:
    """Measure the model layer: on SQLite beside other object mappers, and on PostgreSQL where there is a server."""
    ours, theirs = sys.executable, peers_python()
    medians = in_turn("queries", {"nuages": ours, "django": theirs, "limit": ours}, rounds)
    # They only stand beside: what they take is far from ours, and a few rounds show it.
    peers = dict.fromkeys(("sqlalchemy", "tortoise", "peewee"), theirs)
    medians |= in_turn("query_peers", peers, min(rounds, 2))
    made = [table("Models (SQLite in memory)", "queries", ["limit", *peers], medians)]
    if os.environ.get("BENCHMARK_DATABASE") == "postgresql":
        medians = in_turn("queries", {"nuages": ours, "django": theirs}, rounds, "postgresql")
        rows = [
            Row(name, medians["django"][name] / seconds, POSTGRES_TARGETS.get(name))
            for name, seconds in medians["nuages"].items()
        ]
        made.append(
            Section(
                "Models (PostgreSQL)",
                "BENCHMARK_DATABASE=postgresql python -m benchmarks --only queries",
                [],
                rows,
            )
        )
    return made


def section(title: str, module: str, others: list[str], rounds: int) -> Section:
    """Measure one work and return its table."""
    ours, theirs = sys.executable, peers_python()
    contestants = {"nuages": ours, "django": theirs} | {
        who: (ours if who == "limit" else theirs) for who in others
    }
    return table(title, module, others, in_turn(module, contestants, rounds))


def table(title: str, module: str, others: list[str], medians: dict[str, dict[str, float]]) -> Section:
    """Return the table of what one work took."""
    rows = [
        Row(name, medians["django"][name] / seconds, TARGETS.get(name), {
            who: seconds / medians[who][name] for who in others if name in medians[who]
        })
        for name, seconds in medians["nuages"].items()
    ]  # fmt: skip
    return Section(title, f"python -m benchmarks --only {module}", others, rows)


def start_up(rounds: int) -> Section:
    """Measure `manage.py check` of the site: processor time of the whole process."""
    seen: dict[str, list[float]] = {"nuages": [], "django": []}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(max(3, rounds)):
            for who, python in (("nuages", sys.executable), ("django", peers_python())):
                seen[who].append(serving.processor_time(python, who, Path(folder) / f"{who}.sqlite3"))
    ratio = statistics.median(seen["nuages"]) / statistics.median(seen["django"])
    row = Row(
        "`manage.py check`: processor time, ours as a share of Django's",
        ratio,
        0.5,
        {},
        smaller_is_better=True,
    )
    return Section("Start-up", "python -m benchmarks --only startup", [], [row])


def loading(rounds: int) -> Section:
    """Measure loading two hundred templates, compiled anew and as they were compiled before, and their first pages."""
    seen: dict[str, list[dict[str, float]]] = {"nuages": [], "kept": [], "django": []}
    with tempfile.TemporaryDirectory() as folder:
        # Fills the folder of compiled templates.
        work(sys.executable, "loading", "kept", folder)
        for _ in range(max(3, rounds)):
            for who, all_ in seen.items():
                python = peers_python() if who == "django" else sys.executable
                all_.append(work(python, "loading", who, folder))

    def median(who: str, until: str) -> float:
        return statistics.median(each[until] for each in seen[who])

    rows = [
        Row(
            f"200 templates {how}: time, ours as a share of Django's",
            median(who, until) / median("django", until),
            target,
            {},
            smaller_is_better=True,
        )
        for who, until, how, target in (
            ("nuages", "loading", "parsed and compiled", 1.5),
            ("kept", "loading", "compiled before, from disk", 0.2),
            ("nuages", "first page", "parsed, compiled and rendered once", None),
            ("kept", "first page", "from disk and rendered once", None),
        )
    ]
    return Section("Loading templates", "python -m benchmarks --only loading", [], rows)


def main() -> int:
    """Run the parts and write the report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--only", nargs="*", choices=["queries", "pages", "loading", "routes", "startup", "pressure", "http"]
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5, help="of load per server and page")
    parser.add_argument("--quick", action="store_true", help="two rounds, short loads")
    args = parser.parse_args()
    # Sites keep their bytecode, whatever this machine's habit is: a part that is loaded late is not compiled each time.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    rounds, seconds = (2, 2.0) if args.quick else (args.rounds, args.seconds)
    parts = args.only or ["queries", "pages", "loading", "routes", "startup", "pressure", "http"]
    made: list[Section] = []
    failed = False
    for part in parts:
        print(f"{part} …", flush=True)
        match part:
            case "queries":
                made += models(rounds)
            case "pages":
                made.append(section("Templates", "pages", ["limit", "jinja2", "minijinja"], rounds))
            case "loading":
                made.append(loading(rounds))
            case "routes":
                made.append(section("URL resolving", "routes", [], rounds))
            case "startup":
                made.append(start_up(rounds))
            case "pressure":
                both = {"nuages": sys.executable, "django": peers_python()}
                made.append(pressure.section(both, work, min(rounds, 2)))
            case "http":
                try:
                    for each in serving.sections(
                        sys.executable, peers_python(), seconds, max(2, rounds // 2)
                    ):
                        made.append(each)
                except RuntimeError as error:
                    # What was measured until then took long, and is to be seen.
                    print(f"    the rest was not measured: {error}", file=sys.stderr, flush=True)
                    failed = True
    for each in made:
        for row in each.rows:
            near = "".join(f", {share:.2f} of {who}" for who, share in row.others.items())
            print(f"    {row.name}: {row.ratio:.2f} ×{near}", flush=True)
    length = ", a short run (`--quick`)" if args.quick else ""
    write(HERE / "RESULTS.md", made, f"Python {platform.python_version()}, {os.cpu_count()} cores{length}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
