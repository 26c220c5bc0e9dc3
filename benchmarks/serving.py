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
ROOT = SITE.parents[1]
CONNECTIONS = 32
PAGES = {"def": "/page/", "async def": "/apage/", "JSON": "/data/", "trivial view": "/trivial/"}
#: The page in whose place those with only one colour have another.
ONE_COLOUR = {"async def": "def"}
#: Whose figures stand beside Django's.
OTHERS = ["limit", "fastapi", "litestar"]
#: The share of its own capacity at which a server's latency is measured.
BUSY = 0.8


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(who: str, database: Path) -> dict[str, str]:
    """Return the environment in which the site is one or the other."""
    return os.environ | {
        "IMPLEMENTATION": who,
        "BENCH_DB": str(database),
        "PYTHONPATH": f"{SITE}{os.pathsep}{ROOT}",
    }


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
        **{
            f"{name}, {server}": (name, command)
            for name, site in (("fastapi", "fastapi_site:application"), ("litestar", "litestar_site:application"))
            for server, command in (
                ("uvicorn", [f"{peers}/uvicorn", *at, *quiet, "--no-access-log", "--lifespan", "off", site]),
                ("granian", [f"{peers}/granian", "--interface", "asginl", *at, *quiet, "--loop", "uvloop", site]),
            )
        },
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


def answered(port: int, path: str, key: str, seconds: float) -> float:
    """Return the requests per second that `wrk` gets answered; raise when answers are not 200."""
    done = subprocess.run(
        pinned(1, ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "-H", f"Cookie: {cookies(key)}",
                   f"http://127.0.0.1:{port}{path}"]),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    if "Non-2xx" in done.stdout:
        raise RuntimeError(f"{path} does not answer 200:\n{done.stdout}")
    match = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    assert match is not None, done.stdout
    rate = float(match[1])
    if not rate:
        raise RuntimeError(f"{path} was not answered once in {seconds:g} seconds: give it longer (--seconds)")
    return rate


def cookies(key: str) -> str:
    """Return what a reader's browser sends."""
    return f"sessionid={key}; csrftoken={'a1B2c3D4' * 4}"


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


def percentile(python: str, port: int, path: str, key: str, rate: float, seconds: float) -> float:
    """Return the 99th percentile of the time to an answer at a rate."""
    done = subprocess.run(
        pinned(1, [python, "-m", "benchmarks.work.latency", str(port), path, cookies(key), str(rate), str(seconds)]),
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{path} at {rate:.0f} requests a second: {done.stderr.strip()}")
    return float(done.stdout)


class Measured:
    """What the servers did: requests a second by server and page, memory by server."""

    def __init__(self, ours: str, theirs: str, database: Path, key: str) -> None:
        self.ours, self.theirs, self.database, self.key = ours, theirs, database, key
        self.rates: dict[tuple[str, str], list[float]] = {}
        self.sizes: dict[str, list[int]] = {}

    def round(self, seconds: float) -> None:
        """Load each server with each page, once."""
        port = free_port()
        for name, (who, command) in commands(self.ours, self.theirs, port).items():
            with served(command, who, self.database, port) as pid:
                for title, path in PAGES.items():
                    if who in OTHERS and title in ONE_COLOUR:
                        continue
                    answered(port, path, self.key, 0.5)
                    self.rates.setdefault((name, title), []).append(answered(port, path, self.key, seconds))
                self.sizes.setdefault(name, []).append(memory(pid))

    def rate(self, name: str, title: str) -> float:
        """Return the median of the requests a second."""
        return statistics.median(self.rates[name, title])

    def best(self, who: str, title: str) -> tuple[str, float]:
        """Return the name and the rate of an implementation's best server."""
        if who in OTHERS:
            title = ONE_COLOUR.get(title, title)
        found = {
            name: self.rate(name, page) for name, page in self.rates if name.startswith(who) and page == title
        }
        name = max(found, key=lambda each: found[each])
        return name, found[name]

    def size(self, who: str) -> float:
        """Return the memory of an implementation's smallest server."""
        return min(statistics.median(all_) for name, all_ in self.sizes.items() if name.startswith(who))

    def latency(self, name: str, title: str, seconds: float) -> float:
        """Return a server's 99th percentile at a share of its own capacity."""
        port = free_port()
        who, command = commands(self.ours, self.theirs, port)[name]
        with served(command, who, self.database, port):
            answered(port, PAGES[title], self.key, 0.5)
            rate = BUSY * self.rate(name, title)
            return percentile(self.ours, port, PAGES[title], self.key, rate, seconds)


def sections(ours: str, theirs: str, seconds: float, rounds: int) -> Iterator[Section]:
    """Measure pages, JSON, memory and latency; each section as soon as it is there."""
    if shutil.which("wrk") is None:
        sys.exit("the HTTP part needs wrk (Debian's package of that name)")
    command = "python -m benchmarks --only http"
    rows, late = [], []
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "bench.sqlite3"
        measured = Measured(ours, theirs, database, seed(theirs, "django", database))
        for _ in range(rounds):
            measured.round(seconds)
        for title in PAGES:
            chosen, best = measured.best("django", title)
            mine = measured.rate("nuages", title)
            others = {who: mine / measured.best(who, title)[1] for who in OTHERS}
            target = 10 if title in ("def", "async def") else None
            rows.append(
                Row(
                    f"{title} (Django's best: {chosen.removeprefix('django, ')})", mine / best, target, others
                )
            )
        yield Section(
            "Whole page over HTTP: default middleware, session user, list, template", command, OTHERS, rows
        )
        share = measured.size("nuages") / measured.size("django")
        others = {who: measured.size("nuages") / measured.size(who) for who in OTHERS}
        memory_row = Row(
            "one worker, as a share of Django's smallest", share, 0.67, others, smaller_is_better=True
        )
        yield Section("Memory", command, OTHERS, [memory_row])
        for title in ("def", "async def"):
            chosen = measured.best("django", title)[0]
            mine, best = (
                statistics.median(measured.latency(name, title, 2 * seconds) for _ in range(rounds))
                for name in ("nuages", chosen)
            )
            late.append(
                Row(f"{title}, as a share of Django's", mine / best, 0.25, {}, smaller_is_better=True)
            )
    yield Section(
        "99th percentile of the time to an answer, each server at 80 % of its capacity", command, [], late
    )
