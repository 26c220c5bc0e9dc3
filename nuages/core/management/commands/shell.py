"""`shell`: an interactive interpreter that knows the project."""

from __future__ import annotations

import os
import select
import sys
import traceback
from collections import defaultdict
from typing import Any

from nuages.compat import spelled
from nuages.core.management.base import BaseCommand, CommandError, CommandParser
from nuages.utils.module_loading import import_string


class Command(BaseCommand):
    help = (
        "Runs a Python interactive interpreter. Tries to use IPython or bpython, if one of them is available. Any "
        "standard input is executed as code."
    )

    requires_system_checks = []
    shells = ("ipython", "bpython", "python")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--no-startup",
            action="store_true",
            help="When using plain Python, ignore the PYTHONSTARTUP environment variable and ~/.pythonrc.py script.",
        )
        parser.add_argument("--no-imports", action="store_true", help="Disable automatic imports of models.")
        parser.add_argument(
            "-i", "--interface", choices=self.shells, help="Specify an interactive interpreter interface."
        )
        parser.add_argument(
            "-c",
            "--command",
            help="Instead of opening an interactive shell, run a command as Django and exit.",
        )

    # --- the interpreters ---

    def ipython(self, options: dict[str, Any]) -> None:
        """Run IPython."""
        from IPython import start_ipython

        start_ipython(argv=[], user_ns=self.get_namespace(**options))

    def bpython(self, options: dict[str, Any]) -> None:
        """Run bpython."""
        import bpython

        bpython.embed(self.get_namespace(**options))

    def python(self, options: dict[str, Any]) -> None:
        """Run the plain interpreter, with completion and the user's startup file."""
        import code

        namespace = self.get_namespace(**options)
        if not options["no_startup"]:
            for path in (os.environ.get("PYTHONSTARTUP"), os.path.expanduser("~/.pythonrc.py")):
                if path and os.path.isfile(path):
                    self._run_startup(path, namespace)
        self._complete_from(namespace)
        code.interact(local=namespace)

    def _run_startup(self, path: str, namespace: dict[str, Any]) -> None:
        try:
            with open(path, "rb") as file:
                exec(compile(file.read(), path, "exec"), namespace)
        except Exception:
            traceback.print_exc()

    def _complete_from(self, namespace: dict[str, Any]) -> None:
        # The interpreter's own hook completes from __main__, which is not where our names are.
        try:
            import readline
            import rlcompleter
        except ImportError:
            return
        readline.set_completer(rlcompleter.Completer(namespace).complete)
        if hook := getattr(sys, "__interactivehook__", None):
            hook()
        readline.set_completer(rlcompleter.Completer(namespace).complete)

    # --- what is imported ---

    def get_auto_imports(self) -> Any:
        """Return the paths of what the shell imports; override it to change them, None imports nothing.

        The models come in the reverse order of their importance: what is imported last hides what came before.
        """
        from nuages.apps import apps

        paths = [
            f"nuages.{path}"
            for path in (
                "conf.settings",
                "db.connection",
                "db.models",
                "db.models.functions",
                "db.reset_queries",
                "utils.timezone",
            )
        ]
        for config in reversed(list(apps.get_app_configs())):
            paths += [
                f"{model.__module__}.{model.__name__}"
                for model in reversed(list(config.get_models()))
                if model.__module__
            ]
        return [spelled(path) for path in paths]

    def get_namespace(self, **options: Any) -> dict[str, Any]:
        """Return the names that the shell starts with."""
        if options.get("no_imports"):
            return {}
        verbosity = options.get("verbosity", 0)
        if not self._has_settings(verbosity):
            return {}
        paths = self.get_auto_imports()
        if paths is None:
            return {}
        namespace: dict[str, Any] = {}
        found: dict[str, None] = {}
        missing: list[str] = []
        for path in paths:
            name = path.rpartition(".")[2]
            try:
                namespace[name] = _import(path)
                found[path] = None
            except ImportError:
                missing.append(path)
        self._report(list(found), missing, len(namespace), verbosity)
        return namespace

    def _has_settings(self, verbosity: int) -> bool:
        from nuages.conf import ENVIRONMENT_VARIABLE, settings

        if settings.configured:
            return True
        if verbosity > 0:
            self.stdout.write(
                "Automatic imports are disabled since settings are not configured.\n"
                f"{ENVIRONMENT_VARIABLE} value is {os.environ.get(ENVIRONMENT_VARIABLE)}.\n"
                "HINT: Ensure that the settings module is configured and set.\n\n",
                self.style.ERROR,
            )
        return False

    def _report(self, found: list[str], missing: list[str], count: int, verbosity: int) -> None:
        if verbosity == 0:
            return
        if missing:
            listed = "\n".join(f"  {path}" for path in missing)
            self.stdout.write(
                f"{_objects(len(missing))} could not be automatically imported:\n\n{listed}\n\n",
                self.style.WARNING,
            )
        said = f"{_objects(count)} imported automatically"
        if not count:
            self.stdout.write(f"{said}.\n\n", self.style.SUCCESS)
        elif verbosity == 1:
            self.stdout.write(f"{said} (use -v 2 for details).\n\n", self.style.SUCCESS)
        else:
            self.stdout.write(f"{said}:\n\n{_as_source(found)}\n\n", self.style.SUCCESS)

    # --- running ---

    def handle(self, **options: Any) -> None:
        if options["command"]:
            exec(options["command"], self.get_namespace(**options) | {"__name__": "__console__"})
            return None
        # Code may come through a pipe. On Windows there is no telling without waiting for it.
        if sys.platform != "win32" and not sys.stdin.isatty() and select.select([sys.stdin], [], [], 0)[0]:
            exec(sys.stdin.read(), self.get_namespace(**options) | {"__name__": "__console__"})
            return None
        wanted = [options["interface"]] if options["interface"] else self.shells
        for shell in wanted:
            try:
                return getattr(self, shell)(options)
            except ImportError:
                continue
        raise CommandError(f"Couldn't import {wanted[-1]} interface.")


def _import(path: str) -> Any:
    """Return a module, or something in one."""
    if "." not in path:
        from importlib import import_module

        return import_module(path)
    try:
        return import_string(path)
    except ImportError:
        from importlib import import_module

        return import_module(path)


def _objects(count: int) -> str:
    return f"{count} object{'' if count == 1 else 's'}"


def _as_source(paths: list[str]) -> str:
    """Return the imports as one would write them, sorted by isort where it is installed."""
    whole = [f"import {path}" for path in paths if "." not in path]
    by_module: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        if "." in path:
            module, _, name = path.rpartition(".")
            by_module[module].append(name)
    lines = whole + [f"from {module} import {', '.join(names)}" for module, names in by_module.items()]
    source = "\n".join(f"  {line}" for line in lines)
    try:
        import isort
    except ImportError:
        return source
    return isort.code(source)
