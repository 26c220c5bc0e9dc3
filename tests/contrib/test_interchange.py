"""A live site can move from Django and back: each side reads what the other one wrote."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).parent / "exchange" / "site_script.py"
SERIES = "6.1.*"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def django_python() -> str:
    """The interpreter of an environment of its own that has Django and nothing of ours."""
    python = ROOT / ".venv-django" / "bin" / "python"
    if not python.exists():
        made = subprocess.run([_interpreter(), "-m", "venv", str(python.parents[1])], capture_output=True)
        if made.returncode:
            pytest.skip(f"no environment could be made: {made.stderr.decode()[-200:]}")
    known = subprocess.run([python, "-c", "import django; print(django.VERSION[:2])"], capture_output=True)
    if known.stdout.strip() != b"(6, 1)":
        got = subprocess.run(
            [python, "-m", "pip", "install", "-q", f"django=={SERIES}"], capture_output=True, timeout=200
        )
        if got.returncode:
            pytest.skip(f"Django could not be installed: {got.stderr.decode()[-200:]}")
    return str(python)


def _interpreter() -> str:
    spec = importlib.util.spec_from_file_location("interpreters", ROOT / "tools" / "interpreters.py")
    assert spec is not None and spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    for path in tool.candidates():
        if tool.version_of(path) >= (3, 12):
            return str(path)
    pytest.skip("Django 6.1 needs Python 3.12 or later, and none is here")


def run(command: list[str], task: str, folder: Path) -> str:
    """Run the script on one side."""
    quiet = {name: value for name, value in os.environ.items() if not name.startswith(("NUAGES_", "DJANGO_"))}
    done = subprocess.run(
        [*command, str(SCRIPT), task, str(folder)],
        capture_output=True,
        text=True,
        cwd=folder,
        env=quiet | {"PYTHONPATH": str(ROOT) if "-m" in command else ""},
        timeout=200,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.parametrize("writer", ["django", "nuages"])
def test_what_one_side_writes_the_other_reads(writer: str, django_python: str, tmp_path: Path) -> None:
    sides: dict[str, Any] = {"django": [django_python], "nuages": [sys.executable, "-m", "nuages.compat"]}
    run(sides.pop(writer), "write", tmp_path)
    (reader,) = sides.values()
    checked = json.loads(run(reader, "read", tmp_path).splitlines()[-1])
    wrong = [name for name, right in checked.items() if not right]
    assert checked
    assert not wrong
