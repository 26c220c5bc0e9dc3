"""The demo site, from outside: its own tests, its checks and migrations, and a real server in front of it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SITE = Path(__file__).parents[2] / "examples" / "airfields"

# Two airports are a world for a server; the packages with all of them are the demo's own.
FILL = """
import nuages
nuages.setup()
from tests import world
print(world.load())
"""


def environment(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a child: a database of its own, nothing of ours."""
    dropped = ("NUAGES_", "DJANGO_", "DEBUG", "SECRET_KEY", "ALLOWED_HOSTS", "WEB_CONCURRENCY")
    plain = {key: value for key, value in os.environ.items() if not key.startswith(dropped)}
    return {**plain, "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}", **more}


def manage(folder: Path, *words: str, **more: str) -> str:
    """Run a command of the site; it must succeed."""
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=SITE,
        env=environment(folder, **more),
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_its_own_tests_pass(tmp_path: Path) -> None:
    said = manage(tmp_path, "test", "--noinput")
    ran = re.search(r"Ran (\d+) tests", said)
    assert ran is not None and int(ran[1]) >= 40, said
    assert re.search(r"^OK$", said, re.MULTILINE), said


def test_its_migrations_are_complete_and_its_checks_silent(tmp_path: Path) -> None:
    assert "No changes" in manage(
        tmp_path, "makemigrations", "--check", "--dry-run", "atlas", "logbook", "pilots"
    )
    assert "no issues" in manage(tmp_path, "check")


def test_loading_says_which_package_is_missing(tmp_path: Path) -> None:
    # A module of that name that cannot be imported stands before the real one.
    (tmp_path / "airportsdata.py").write_text("raise ImportError('not here', name='airportsdata')")
    done = subprocess.run(
        [sys.executable, "manage.py", "load_airfields"],
        cwd=SITE,
        env=environment(tmp_path, PYTHONPATH=str(tmp_path)),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "airportsdata is not installed: pip install -r requirements.txt" in done.stderr
    assert "Traceback" not in done.stderr


AIRPORTS = """
def load(key):
    from tests.world import RECORDS
    assert key == "ICAO"
    return {record["icao"]: record for record in RECORDS}
"""
COUNTRIES = """
from types import SimpleNamespace
countries = [SimpleNamespace(alpha_2="GB", name="United Kingdom of Great Britain", common_name="United Kingdom")]
"""


def test_loading_shows_its_progress_and_may_be_repeated(tmp_path: Path) -> None:
    # Small stand-ins for the two packages, which the test environment does not have.
    (tmp_path / "airportsdata.py").write_text(AIRPORTS)
    (tmp_path / "pycountry.py").write_text(COUNTRIES)
    manage(tmp_path, "migrate", "--verbosity", "0")
    for _ in range(2):
        said = manage(tmp_path, "load_airfields", PYTHONPATH=str(tmp_path))
        assert "Airports" in said and "6/6" in said, said
        assert "6 airports are in the atlas." in said
    code = "print(*Country.objects.filter(code__in=['GB', 'PE']).values_list('name', flat=True))"
    assert "PE United Kingdom" in manage(tmp_path, "shell", "-c", code)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The site on its development server, with a few airports."""
    manage(tmp_path, "migrate", "--verbosity", "0")
    filled = subprocess.run(
        [sys.executable, "-c", FILL],
        cwd=SITE,
        env=environment(tmp_path, NUAGES_SETTINGS_MODULE="airfields.settings"),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert filled.stdout.strip() == "6", filled.stderr
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # Debug stays on: this test has no TLS in front of the site, and its files come from where they lie.
    server = subprocess.Popen(
        [sys.executable, "manage.py", "runserver", str(port), "--noreload"],
        cwd=SITE,
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address, server)
        yield address
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            raise
        finally:
            assert server.stdout is not None
            server.stdout.close()


def wait_for(address: str, server: subprocess.Popen[str]) -> None:
    """Return when the server answers."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if server.poll() is not None:
            assert server.stdout is not None
            pytest.fail(server.stdout.read())
        try:
            urllib.request.urlopen(address, timeout=20).close()
            return
        except OSError:
            time.sleep(0.2)
    pytest.fail("the server did not come up")


def test_a_browser_gets_pages_styles_and_a_policy(served: str) -> None:
    with urllib.request.urlopen(f"{served}/airports/EGLL/", timeout=20) as response:
        page = response.read().decode()
        assert "script-src 'none'" in response.headers["Content-Security-Policy"]
    assert "London Heathrow Airport" in page
    style = re.search(r'<link rel="stylesheet" href="([^"]+)"', page)
    assert style is not None
    with urllib.request.urlopen(served + style[1], timeout=20) as response:
        assert response.headers["Content-Type"].startswith("text/css")
    with pytest.raises(urllib.error.HTTPError) as missing:
        urllib.request.urlopen(f"{served}/airports/ZZZZ/", timeout=20)
    assert missing.value.code == 404
    missing.value.close()
