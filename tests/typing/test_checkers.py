"""mypy and pyright both see the types that `cases/` and the manual assert, and nothing wrong with the example."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, blocks

# Seconds on an idle machine, but they are whole programs of their own.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CONFIG = HERE / "mypy.ini"
CACHE = ROOT / ".mypy_cache" / "cases"
EXAMPLE = ROOT / "examples" / "airfields"
#: Where this is set, a checker that is not installed is a failure.
REQUIRED = bool(os.environ.get("NUAGES_REQUIRE_CHECKERS"))


def checker(name: str) -> str:
    """Return the command of a type checker, beside the interpreter or on the path."""
    found = shutil.which(name, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if found is None and not REQUIRED:
        pytest.skip(f"{name} is not installed")
    assert found is not None, f"{name} is not installed: install the extra `check`"
    return found


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the cases and, as one more, the code of the manual's page."""
    folder = tmp_path_factory.mktemp("typing") / "cases"
    shutil.copytree(HERE / "cases", folder, ignore=shutil.ignore_patterns("__pycache__"))
    code = [block.text for block in blocks(DOCS / "typing.md") if block.language == "python"]
    (folder / "manual.py").write_text("\n\n".join(code))
    return folder


def run(command: list[str], **environment: str) -> str:
    """Return what a command prints; it fails the test when the command fails."""
    paths = {"PYTHONPATH": str(ROOT), **environment}
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=280, env={**os.environ, **paths}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def mypy(program: Path, *files: Path) -> str:
    """Return what mypy says about files that may import the cases."""
    command = [checker("mypy"), "--config-file", str(CONFIG), "--cache-dir", str(CACHE), *map(str, files)]
    return run(command, MYPYPATH=os.pathsep.join(map(str, (program, EXAMPLE))))


def test_mypy_sees_the_types(program: Path) -> None:
    assert "Success" in mypy(program, program, EXAMPLE)


def test_pyright_sees_the_types(program: Path) -> None:
    command = checker("basedpyright")
    project = program.parent / "pyrightconfig.json"
    project.write_text((HERE / "pyrightconfig.json").read_text().replace("NUAGES", str(ROOT)))
    assert "0 errors, 0 warnings" in run([command, "-p", str(project), "--pythonpath", sys.executable])


def test_checkers_still_find_errors(program: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text("from blog import Post\n\nnumber: int = Post.objects.get().title\n")
    with pytest.raises(AssertionError, match="Incompatible types in assignment"):
        mypy(program, wrong)


def test_the_cases_are_programs(program: Path) -> None:
    names = sorted(path.stem for path in program.glob("*.py"))
    source = (
        "import nuages, importlib\n"
        "from nuages.conf import settings\n"
        "settings.configure(DEFAULT_AUTO_FIELD='nuages.db.models.BigAutoField')\n"
        "nuages.setup()\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
    )
    run([sys.executable, "-c", source], PYTHONPATH=f"{ROOT}{os.pathsep}{program}")
