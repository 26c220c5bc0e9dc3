"""One environment with Django and one with nuages, and a suite run in either."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

from conformance.packages.catalogue import CATALOGUE, Package
from conformance.suite import CACHE, VERSION

ROOT = Path(__file__).resolve().parents[2]
_LONGEST = 1800


@dataclass(frozen=True)
class Outcome:
    """How many tests of a suite passed and how many did not."""

    passed: int = 0
    failed: int = 0


class Environment:
    """A virtual environment that has Django, or nuages under its name."""

    def __init__(self, who: str) -> None:
        self.who = who
        self.folder = CACHE / f"packages-{who}"
        self.python = self.folder / "bin" / "python"

    def prepare(self) -> None:
        """Make it, if it is not there, with every package: some have tests of working beside others."""
        if not self.python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(self.folder)], check=True)
        if self.who == "django":
            self._install(f"django=={VERSION}", "pytest", "pytest-django")
        else:
            self._install("-e", str(ROOT), "pytest")
            # In every process of this environment, as suites start some.
            (site,) = self.folder.glob("lib/python*/site-packages")
            (site / "as_django.pth").write_text("import nuages.compat; nuages.compat.install()\n")
        # Without what they require: that would be Django.
        needs = {need for package in CATALOGUE for need in (package.requirement, *package.needs)}
        pinned = {need.partition("==")[0] for need in needs if "==" in need}
        self._install("--no-deps", *sorted(need for need in needs if "==" in need or need not in pinned))

    def _install(self, *what: str) -> None:
        subprocess.run([str(self.python), "-m", "pip", "install", "-q", *what], check=True)

    def run(self, package: Package) -> Outcome:
        """Run the suite of a package here."""
        told = os.environ | {"PYTHONPATH": "."}
        if package.settings:
            told["DJANGO_SETTINGS_MODULE"] = package.settings
        done = subprocess.run(
            [str(self.python), *package.command],
            cwd=source_of(package),
            env=told,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_LONGEST,
            stdin=subprocess.DEVNULL,
        )
        return read(done.stdout + done.stderr)


def source_of(package: Package) -> Path:
    """The folder with the package's source distribution."""
    folder = CACHE / f"package-{package.name}-{package.version}"
    if not folder.exists():
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:"]
        subprocess.run([*command, "-d", f"{folder}.archive", package.requirement], check=True)
        (archive,) = Path(f"{folder}.archive").glob("*.tar.gz")
        with tarfile.open(archive) as packed:
            packed.extractall(f"{folder}.archive", filter="data")
        (inner,) = (each for each in Path(f"{folder}.archive").iterdir() if each.is_dir())
        inner.rename(folder)
    return folder


def read(output: str) -> Outcome:
    """Read what pytest, or unittest, said at the end; nothing passed where it said neither."""
    said = re.findall(r"^.*\b(?:passed|failed|errors?)\b.* in [\d.:]+.*$", output, re.MULTILINE)
    if said:
        counts = {
            what: int(number) for number, what in re.findall(r"(\d+) (passed|failed|error)s?\b", said[-1])
        }
        return Outcome(counts.get("passed", 0), counts.get("failed", 0) + counts.get("error", 0))
    ran = re.search(r"^Ran (\d+) tests? in", output, re.MULTILINE)
    if ran is None:
        return Outcome()
    closing = re.findall(r"^(?:OK|FAILED).*$", output, re.MULTILINE)[-1]
    counts = {what: int(number) for what, number in re.findall(r"(\w+)=(\d+)", closing)}
    failed = counts.get("failures", 0) + counts.get("errors", 0)
    return Outcome(int(ran[1]) - failed - counts.get("skipped", 0), failed)
