"""The page about templates: its files make a project, its commands print what it says, its views answer."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, blocks
from tests.server.site import Served, running

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

PAGE = DOCS / "templates.md"
NAMES = {"python": sys.executable}
ENVIRONMENT = os.environ | {"DEBUG": "1", "NO_COLOR": "1", "COLUMNS": "300"}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("page")
    make = [sys.executable, "-m", "nuages", "startproject", "mysite", str(folder)]
    subprocess.run(make, check=True, capture_output=True)
    settings = folder / "mysite" / "settings.py"
    settings.write_text(
        re.sub(r"INSTALLED_APPS = \[", 'INSTALLED_APPS = [\n    "library",', settings.read_text())
    )
    for block in blocks(PAGE):
        if block.title and block.title != "Terminal":
            path = folder / block.title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text)
    (folder / "library" / "__init__.py").write_text("")
    return folder


@pytest.mark.parametrize(
    "block",
    [block for block in blocks(PAGE) if block.title == "Terminal"],
    ids=lambda block: block.commands[0],
)
def test_commands_print_what_the_page_shows(project: Path, block: object) -> None:
    (command,) = block.commands  # type: ignore[attr-defined]
    words = [NAMES.get(word, word) for word in command.split()]
    done = subprocess.run(
        words,
        cwd=project,
        capture_output=True,
        text=True,
        env=ENVIRONMENT | {"NUAGES_SETTINGS_MODULE": "mysite.settings"},
    )
    printed = (done.stdout + done.stderr).replace(f"{project}/", "")
    for line in block.text.splitlines():  # type: ignore[attr-defined]
        if not line.startswith("$ "):
            assert line in printed.splitlines(), printed
    assert "Traceback" not in printed


@pytest.fixture(scope="module")
def served(project: Path) -> Iterator[Served]:
    with running(project, "serve", "{port}", DEBUG="1") as server:
        server.wait_until_it_listens()
        yield server


def test_its_views_answer(served: Served) -> None:
    status, _, body = served.get("/shelf/")
    assert status == 200
    assert b"<title>Novels</title>" in body
    assert b"<li>Dune by Herbert</li>\n<li>&lt;untitled&gt; by nobody</li>" in b"\n".join(
        line for line in body.splitlines() if line
    )
    status, headers, body = served.get("/long/")
    assert (status, headers["transfer-encoding"]) == (200, "chunked")
    assert body.count(b"<li>Volume") == 100_000
