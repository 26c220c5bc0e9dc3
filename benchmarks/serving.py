"""Whole pages over HTTP: servers on one core, `wrk` on the other."""

from __future__ import annotations

import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.table import Row, Section

SITE = Path(__file__).resolve().parent / "site"
CONNECTIONS = 32


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(who: str, database: Path) -> dict[str, str]:
    """Return the environment in which the site is one or the other."""
    return os.environ | {"IMPLEMENTATION": who, "BENCH_DB": str(database), "PYTHONPATH": str(SITE)}


def seed(python: str, who: str, database: Path) -> str:
    """Fill a database and return the key of a session."""
    done = subprocess.run(
        [python, "seed.py"],
        cwd=SITE,
        env=environment(who, database),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip().splitlines()[-1]


def processor_time(python: str, who: str, database: Path) -> float:
    """Return the processor time of `manage.py check`."""
    before = os.times()
    subprocess.run(
        [python, "manage.py", "check"],
        cwd=SITE,
        env=environment(who, database),
        capture_output=True,
        check=True,
    )
    after = os.times()
    return (after.children_user - before.children_user) + (after.children_system - before.children_system)


def pinned(core: int, command: list[str]) -> list[str]:
    """Return a command that runs on one core, where that can be asked for."""
    return (
        ["taskset", "-c", str(core), *command]
        if shutil.which("taskset") and (os.cpu_count() or 1) > 1
        else command
    )


def commands(ours: str, theirs: str, port: int) -> dict[str, tuple[str, list[str]]]:
    """Return each server: name → (implementation, command)."""
    peers = str(Path(theirs).parent)
    at = ["--host", "127.0.0.1", "--port", str(port)]
    quiet = ["--log-level", "warning"]
    return {
        "nuages": ("nuages", [ours, "manage.py", "serve", str(port)]),
        "django, gunicorn sync": ("django", [f"{peers}/gunicorn", "site_wsgi:application", "-b", f"127.0.0.1:{port}", *quiet]),
        "django, gunicorn gthread": (
            "django",
            [f"{peers}/gunicorn", "site_wsgi:application", "-b", f"127.0.0.1:{port}", "-k", "gthread", "--threads", "8", *quiet],
        ),
        "django, granian wsgi": ("django", [f"{peers}/granian", "--interface", "wsgi", *at, *quiet, "site_wsgi:application"]),
        "django, uvicorn": ("django", [f"{peers}/uvicorn", *at, *quiet, "--no-access-log", "--lifespan", "off", "site_asgi:application"]),
        "django, granian asgi": (
            "django", [f"{peers}/granian", "--interface", "asginl", *at, *quiet, "--loop", "uvloop", "site_asgi:application"]
        ),
        "limit": ("limit", [f"{peers}/granian", "--interface", "rsgi", *at, *quiet, "--loop", "uvloop", "bare:application"]),
    }  # fmt: skip


@contextmanager
def served(command: list[str], who: str, database: Path, port: int) -> Iterator[int]:
    """Run a server on the first core; yield its process id."""
    process = subprocess.Popen(
        pinned(0, command), cwd=SITE, env=environment(who, database),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        until = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if time.monotonic() > until or process.poll() is not None:
                    raise RuntimeError(f"{command} does not serve") from None
                time.sleep(0.1)
        yield process.pid
    finally:
        os.killpg(process.pid, 15)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()


def load(port: int, path: str, key: str, seconds: float) -> float:
    """Return the requests per second that `wrk` gets answered; raise when answers are not 200."""
    done = subprocess.run(
        pinned(1, ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "-H", f"Cookie: sessionid={key}",
                   f"http://127.0.0.1:{port}{path}"]),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    if "Non-2xx" in done.stdout:
        raise RuntimeError(f"{path} does not answer 200:\n{done.stdout}")
    match = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    assert match is not None, done.stdout
    return float(match[1])


def memory(pid: int) -> int:
    """Return the memory (proportional set size, bytes) of the process group's largest process."""
    largest = 0
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rsplit(")", 1)[1].split()
            if int(fields[2]) != pid:
                continue
            rollup = (status.parent / "smaps_rollup").read_text()
        except OSError:
            continue
        match = re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)
        largest = max(largest, int(match[1]) * 1024 if match else 0)
    return largest


def sections(ours: str, theirs: str, seconds: float, rounds: int) -> list[Section]:
    """Measure pages, JSON and memory."""
    if shutil.which("wrk") is None:
        sys.exit("the HTTP part needs wrk (Debian's package of that name)")
    pages = {"def": "/page/", "async def": "/apage/", "JSON": "/data/", "trivial view": "/trivial/"}
    rates: dict[tuple[str, str], list[float]] = {}
    sizes: dict[str, list[int]] = {}
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "bench.sqlite3"
        key = seed(theirs, "django", database)
        for _ in range(rounds):
            port = free_port()
            for name, (who, command) in commands(ours, theirs, port).items():
                with served(command, who, database, port) as pid:
                    for title, path in pages.items():
                        if name == "limit" and title != "def":
                            continue
                        load(port, path, key, 0.5)
                        rates.setdefault((name, title), []).append(load(port, path, key, seconds))
                    sizes.setdefault(name, []).append(memory(pid))
    medians = {pair: statistics.median(values) for pair, values in rates.items()}
    rows = []
    for title in pages:
        best = max(
            rate for (name, page), rate in medians.items() if name.startswith("django") and page == title
        )
        chosen = next(n for (n, page), rate in medians.items() if rate == best and page == title)
        mine = medians["nuages", title]
        others = {"limit": mine / medians["limit", "def"]} if title in ("def", "async def") else {}
        target = 10 if title in ("def", "async def") else None
        rows.append(
            Row(f"{title} (Django's best: {chosen.removeprefix('django, ')})", mine / best, target, others)
        )
    smallest = min(statistics.median(all_) for name, all_ in sizes.items() if name.startswith("django"))
    share = statistics.median(sizes["nuages"]) / smallest
    memory_row = Row("one worker, as a share of Django's smallest", share, 0.67, {}, smaller_is_better=True)
    command = "python -m benchmarks --only http"
    return [
        Section(
            "Whole page over HTTP: default middleware, session user, list, template", command, ["limit"], rows
        ),
        Section("Memory", command, [], [memory_row]),
    ]
