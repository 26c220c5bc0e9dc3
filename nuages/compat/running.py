"""Running a script under the alias, as `nuages run` and `python -m nuages.compat` do."""

from __future__ import annotations

import os
import runpy
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from nuages.compat.alias import install

_USAGE = "usage: nuages run [-m module | script.py] [arguments]"
_SITE = '''\
"""Installs the django alias in a child process of a script that runs on nuages."""
import os, sys
if os.environ.get("NUAGES_COMPAT"):
    from nuages.compat import install
    install()
'''


def run_script(argv: Sequence[str]) -> int:
    """Run `script.py arguments` (or `-m module arguments`) with `import django` meaning nuages.

    Returns the exit status 2 with a message where there is no such script; otherwise what the script does.
    """
    if not argv or (argv[0] == "-m" and len(argv) < 2):
        print(_USAGE, file=sys.stderr)
        return 2
    install()
    with tempfile.TemporaryDirectory(prefix="nuages-compat-") as folder:
        _let_children_inherit(Path(folder))
        if argv[0] == "-m":
            sys.argv = list(argv[1:])
            sys.path.insert(0, os.getcwd())
            runpy.run_module(argv[1], run_name="__main__", alter_sys=True)
            return 0
        script = Path(argv[0])
        if not script.is_file():
            print(f"nuages run: there is no file {argv[0]!r} here ({Path.cwd()})", file=sys.stderr)
            return 2
        sys.argv = list(argv)
        sys.path.insert(0, str(script.resolve().parent))
        runpy.run_path(str(script), run_name="__main__")
    return 0


def _let_children_inherit(folder: Path) -> None:
    # Python runs `sitecustomize` of the first path that has one, at the start of each process.
    (folder / "sitecustomize.py").write_text(_SITE)
    before = os.environ.get("PYTHONPATH")
    root = str(Path(__file__).parents[2])
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(folder), root, before]))
