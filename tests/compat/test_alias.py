"""The alias: code written for Django runs on nuages."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from nuages.compat import resolved, spelled


def run(*command: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own, as the alias stays once it is installed."""
    return subprocess.run([sys.executable, *command], cwd=cwd, capture_output=True, text=True, timeout=60)


def test_both_names_give_the_same_module_and_classes(tmp_path: Path) -> None:
    script = tmp_path / "site.py"
    script.write_text(
        "import django.http, nuages.http\n"
        "from django.utils.functional import cached_property\n"
        "from nuages.utils import functional\n"
        "assert django.http is nuages.http\n"
        "assert cached_property is functional.cached_property\n"
        "assert nuages.http.__spec__.name == 'nuages.http'\n"
        "print(django.VERSION[:2])\n"
    )
    done = run("-m", "nuages.compat", str(script))
    assert (done.returncode, done.stdout.strip()) == (0, "(6, 1)"), done.stderr


def test_child_processes_inherit_the_alias(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "import subprocess, sys\n"
        "print(subprocess.run([sys.executable, '-c', 'import django; print(django.__name__)'], "
        "capture_output=True, text=True).stdout)\n"
    )
    done = run("-m", "nuages.compat", str(script))
    assert done.stdout.strip() == "nuages", done.stderr


def test_without_the_alias_django_is_not_ours() -> None:
    done = run(
        "-c",
        "import nuages\ntry:\n    import django\nexcept ImportError:\n    print('absent')\nelse:\n    print(django is nuages)",
    )
    assert done.stdout.strip() in {"absent", "False"}


def test_a_name_that_is_not_there_is_an_import_error(tmp_path: Path) -> None:
    script = tmp_path / "site.py"
    script.write_text("import django.no_such_module\n")
    done = run("-m", "nuages.compat", str(script))
    assert done.returncode == 1
    assert "django.no_such_module" in done.stderr


def test_a_missing_script_is_said_in_one_line() -> None:
    done = run("-m", "nuages.compat", "nowhere.py")
    assert done.returncode == 2
    assert "there is no file 'nowhere.py'" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("django.db.models.CharField", "nuages.db.models.CharField"),
        ("django", "nuages"),
        ("djangofy.x", "djangofy.x"),
    ],
)
def test_paths_under_either_name_mean_ours(path: str, expected: str) -> None:
    assert resolved(path) == expected


def test_paths_are_spelled_as_they_are_without_the_alias() -> None:
    assert spelled("nuages.db.models.CharField") == "nuages.db.models.CharField"
