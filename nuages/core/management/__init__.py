"""Running commands: from the command line, and from code; specified in ref/django-admin."""

from __future__ import annotations

import atexit
import functools
import gc
import os
import pkgutil
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from importlib import import_module
from importlib.util import find_spec

import nuages
from nuages.compat import spelled
from nuages.core.exceptions import ImproperlyConfigured
from nuages.core.management.base import BaseCommand, CommandError, CommandParser, handle_default_options
from nuages.core.management.calling import call_command
from nuages.core.management.color import color_style
from nuages.utils import memo
from nuages.utils.module_loading import home_path, is_wrong_setting

__all__ = [
    "BaseCommand",
    "CommandError",
    "CommandParser",
    "ManagementUtility",
    "call_command",
    "execute_from_command_line",
    "find_commands",
    "get_commands",
    "load_command_class",
]


def find_commands(management_dir: str) -> list[str]:
    """Return the names of the commands in a management directory."""
    directory = os.path.join(management_dir, "commands")
    modules = pkgutil.iter_modules([directory])
    return [name for _, name, is_package in modules if not is_package and not name.startswith("_")]


def load_command_class(app_name: str, name: str) -> BaseCommand:
    """Return a new instance of the command of an application."""
    return import_module(f"{home_path(app_name)}.management.commands.{name}").Command()


@functools.cache
def get_commands() -> dict[str, str]:
    """Return the application of each command; those that come first in INSTALLED_APPS win.

    Without settings there are only our own commands.
    """
    commands = dict.fromkeys(find_commands(__path__[0]), spelled("nuages.core"))
    from nuages.conf import settings

    if settings.configured:
        from nuages.apps import apps

        for config in reversed(list(apps.get_app_configs())):
            commands.update(
                dict.fromkeys(find_commands(os.path.join(config.path, "management")), config.name)
            )
    return commands


memo.on_change(get_commands.cache_clear, "INSTALLED_APPS")


class ManagementUtility:
    """A command line: which command it names, or what help it asks for."""

    def __init__(self, argv: Sequence[str] | None = None) -> None:
        self.argv = list(argv or sys.argv)
        self.prog_name = os.path.basename(self.argv[0] or "")
        if self.prog_name == "__main__.py":
            package = spelled("nuages")
            self.prog_name = f"python -m {package}"
        self.settings_exception: Exception | None = None

    def main_help_text(self, commands_only: bool = False) -> str:
        """Return the help: how to ask for more, and the commands by application."""
        if commands_only:
            return "\n".join(sorted(get_commands()))
        by_app: dict[str, list[str]] = defaultdict(list)
        for name, app in get_commands().items():
            by_app[spelled("nuages") if home_path(app) == "nuages.core" else app.rpartition(".")[2]].append(
                name
            )
        style = color_style()
        usage = [
            "",
            f"Type '{self.prog_name} help <subcommand>' for help on a specific subcommand.",
            "",
            "Available subcommands:",
        ]
        for app in sorted(by_app):
            usage += ["", style.NOTICE(f"[{app}]"), *(f"    {name}" for name in sorted(by_app[app]))]
        if self.settings_exception is not None:
            usage.append(
                style.NOTICE(
                    "Note that only Django core commands are listed as settings are not properly configured "
                    f"(error: {self.settings_exception})."
                )
            )
        return "\n".join(usage)

    def fetch_command(self, subcommand: str) -> BaseCommand:
        """Return the command of this name; complain, with the nearest name, and exit when there is none."""
        commands = get_commands()
        if subcommand in commands:
            app = commands[subcommand]
            return app if isinstance(app, BaseCommand) else load_command_class(app, subcommand)
        from nuages.conf import ENVIRONMENT_VARIABLE, OWN_ENVIRONMENT_VARIABLE, settings

        if os.environ.get(OWN_ENVIRONMENT_VARIABLE) or os.environ.get(ENVIRONMENT_VARIABLE):
            # The command may be missing because the settings, or an application, could not be loaded.
            settings.INSTALLED_APPS  # noqa: B018
        elif not settings.configured:
            sys.stderr.write("No Django settings specified.\n")
        from difflib import get_close_matches

        near = get_close_matches(subcommand, commands)
        sys.stderr.write(f"Unknown command: {subcommand!r}")
        if near:
            sys.stderr.write(f". Did you mean {near[0]}?")
        sys.stderr.write(f"\nType '{self.prog_name} help' for usage.\n")
        sys.exit(1)

    def autocomplete(self) -> None:
        """Print completions for bash, when bash asks for them, and exit."""
        if "DJANGO_AUTO_COMPLETE" in os.environ:
            from nuages.core.management.completion import complete

            complete(self)
            sys.exit(0)

    def execute(self) -> None:
        """Do what the command line says."""
        subcommand = self.argv[1] if len(self.argv) > 1 else "help"
        if subcommand == "--version" or self.argv[1:] == ["version"]:
            sys.stdout.write(f"{nuages.get_version()}\n")
            return
        own = self._needing_no_setup(subcommand)
        if own is not None and own.takes_whole_line:
            own.run_from_argv(self.argv)
            return
        self._read_default_options()
        try:
            self._load_settings()
        except (ImproperlyConfigured, ImportError) as error:
            self.settings_exception = error
        except Exception as error:
            if own is None:
                raise
            self.settings_exception = error
        if own is not None and not self._is_replaced(subcommand):
            own.run_from_argv(self.argv)
            return
        from nuages.conf import settings

        if settings.configured:
            nuages.setup()
        self.autocomplete()
        if subcommand == "help":
            self._help(self.argv[2:])
        elif self.argv[1:] in (["--help"], ["-h"]):
            sys.stdout.write(f"{self.main_help_text()}\n")
        else:
            self.fetch_command(subcommand).run_from_argv(self.argv)

    def _read_default_options(self) -> None:
        """Read --settings and --pythonpath, which decide what commands there are; leave the rest alone."""
        parser = CommandParser(
            add_help=False,
            allow_abbrev=False,
            prog=self.prog_name,
            usage="%(prog)s subcommand [options] [args]",
        )
        parser.add_argument("args", nargs="*")
        for option in ("--pythonpath", "--settings"):
            parser.add_argument(option)
        try:
            options, _ = parser.parse_known_args(self.argv[2:])
        except CommandError:
            # The command's own parser will complain about the same thing, and better.
            return
        handle_default_options(options)

    def _needing_no_setup(self, subcommand: str) -> BaseCommand | None:
        """Return our command of this name if it runs without the project being loaded."""
        if subcommand not in find_commands(__path__[0]):
            return None
        command = load_command_class("nuages.core", subcommand)
        return None if command.requires_setup else command

    def _is_replaced(self, subcommand: str) -> bool:
        """Return whether an installed application has a command of this name; without loading the applications."""
        from nuages.conf import settings

        if not settings.configured:
            return False
        for entry in settings.INSTALLED_APPS:
            path = home_path(entry)
            if path.startswith("nuages."):
                continue
            try:
                if find_spec(f"{path}.management.commands.{subcommand}") is not None:
                    return True
            except (ImportError, AttributeError, ValueError):
                # No such package, or the entry names a class.
                continue
        return False

    def _load_settings(self) -> None:
        from nuages.conf import settings

        settings.INSTALLED_APPS  # noqa: B018

    def _help(self, asked: list[str]) -> None:
        names = [word for word in asked if not word.startswith("-")]
        if "--commands" in asked:
            sys.stdout.write(f"{self.main_help_text(commands_only=True)}\n")
        elif names:
            self.fetch_command(names[0]).print_help(self.prog_name, names[0])
        else:
            sys.stdout.write(f"{self.main_help_text()}\n")


def execute_from_command_line(argv: Iterable[str] | None = None) -> None:
    """Do what a command line says: `manage.py`, `nuages` and `python -m nuages` call this.

    A project that is not configured as it should be ends the process with the message, with `--traceback` an error.
    """
    # The interpreter looks for garbage before it ends. What there is then goes with the process, and need not be sorted.
    atexit.register(gc.freeze)
    utility = ManagementUtility(None if argv is None else list(argv))
    try:
        utility.execute()
    except Exception as error:
        told_by_its_message = isinstance(error, ImproperlyConfigured) or is_wrong_setting(error)
        if "--traceback" in utility.argv or not told_by_its_message:
            raise
        lines = [f"{type(error).__name__}: {error}", *getattr(error, "__notes__", ())]
        sys.stderr.write("\n".join(lines) + "\n")
        sys.exit(1)
