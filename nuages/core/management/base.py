"""The base classes of commands; specified in howto/custom-management-commands.

`handle()` may be `def` or `async def`.
"""

from __future__ import annotations

import os
import sys
from argparse import SUPPRESS
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import nuages
from nuages.core import checks
from nuages.core.exceptions import ImproperlyConfigured
from nuages.core.management.color import color_style, no_style
from nuages.core.management.output import OutputWrapper
from nuages.core.management.parser import CommandError, CommandParser, DjangoHelpFormatter
from nuages.db import DEFAULT_DB_ALIAS, connections
from nuages.db.exceptions import CannotConnect, DatabaseError
from nuages.spine import call

__all__ = [
    "ALL_CHECKS",
    "AppCommand",
    "BaseCommand",
    "CommandError",
    "CommandParser",
    "DjangoHelpFormatter",
    "LabelCommand",
    "OutputWrapper",
    "SystemCheckError",
    "handle_default_options",
    "no_translations",
]

ALL_CHECKS = "__all__"


class SystemCheckError(CommandError):
    """The system checks found something that keeps the command from running."""


def handle_default_options(options: Any) -> None:
    """Do what --settings and --pythonpath ask for, before anything else looks at settings."""
    from nuages.conf import ENVIRONMENT_VARIABLE, OWN_ENVIRONMENT_VARIABLE

    if options.settings:
        os.environ[OWN_ENVIRONMENT_VARIABLE] = os.environ[ENVIRONMENT_VARIABLE] = options.settings
    if options.pythonpath:
        sys.path.insert(0, options.pythonpath)


def no_translations(handle_func: Callable[..., Any]) -> Callable[..., Any]:
    """Run `handle()` without an active language, so that nothing it stores is translated."""

    @wraps(handle_func)
    def untranslated(*args: Any, **kwargs: Any) -> Any:
        from nuages.utils import translation

        with translation.override(None):
            return call(handle_func, *args, **kwargs)

    return untranslated


class BaseCommand:
    """A command: declare arguments in `add_arguments()`, do the work in `handle()`."""

    help: Any = ""

    _called_from_command_line = False
    # Whether what handle() returns is SQL, to be put into a transaction.
    output_transaction = False
    # Whether to warn about migrations that have not been applied.
    requires_migrations_checks = False
    # Tags of the checks that must pass first; "__all__" for all checks.
    requires_system_checks: Any = ALL_CHECKS
    # Whether the project is loaded before the command runs; without, the command must run even if it cannot be.
    requires_setup = True
    # Whether everything after the command's name is for the command alone, --settings and all.
    takes_whole_line = False
    # Options that call_command() takes and the command line does not.
    base_stealth_options = ("stderr", "stdout")
    stealth_options: tuple[str, ...] = ()
    # Options of all commands that --help should not show for this one.
    suppressed_base_arguments: Any = frozenset()

    missing_args_message: str | None = None

    def __init__(
        self, stdout: Any = None, stderr: Any = None, no_color: bool = False, force_color: bool = False
    ) -> None:
        if no_color and force_color:
            raise CommandError("'no_color' and 'force_color' can't be used together.")
        if (
            not isinstance(self.requires_system_checks, (list, tuple))
            and self.requires_system_checks != ALL_CHECKS
        ):
            raise TypeError("requires_system_checks must be a list or tuple.")
        self.stdout = OutputWrapper(stdout or sys.stdout)
        self.stderr = OutputWrapper(stderr or sys.stderr)
        self.style = no_style() if no_color else color_style(force_color)
        if not no_color:
            self.stderr.style_func = self.style.ERROR

    def get_version(self) -> str:
        """Return the version that --version shows; commands of other packages give their own."""
        return nuages.get_version()

    # --- arguments ---

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Return the parser of this command's arguments; `kwargs` are those of ArgumentParser."""
        kwargs.setdefault("formatter_class", DjangoHelpFormatter)
        parser = CommandParser(
            prog=f"{os.path.basename(prog_name)} {subcommand}",
            description=self.help or None,
            missing_args_message=self.missing_args_message,
            called_from_command_line=self._called_from_command_line,
            **kwargs,
        )
        self._add_common_arguments(parser)
        self.add_arguments(parser)
        return parser

    def _add_common_arguments(self, parser: CommandParser) -> None:
        add = self.add_base_argument
        add(
            parser,
            "--version",
            action="version",
            version=self.get_version(),
            help="Show program's version number and exit.",
        )
        add(
            parser,
            "-v",
            "--verbosity",
            default=1,
            type=int,
            choices=[0, 1, 2, 3],
            help="Verbosity level; 0=minimal output, 1=normal output, 2=verbose output, 3=very verbose output",
        )
        add(
            parser,
            "--settings",
            help='The Python path to a settings module, e.g. "myproject.settings.main". Without it the environment '
            "variable NUAGES_SETTINGS_MODULE, else DJANGO_SETTINGS_MODULE, is used.",
        )
        add(
            parser,
            "--pythonpath",
            help='A directory to add to the Python path, e.g. "/home/projects/myproject".',
        )
        add(
            parser,
            "--traceback",
            action="store_true",
            help="Display a full stack trace on CommandError exceptions.",
        )
        add(parser, "--no-color", action="store_true", help="Don't colorize the command output.")
        add(
            parser,
            "--force-color",
            action="store_true",
            help="Force colorization of the command output.",
        )
        if self.requires_system_checks:
            add(parser, "--skip-checks", action="store_true", help="Skip system checks.")

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments of this command; override it."""

    def add_base_argument(self, parser: CommandParser, *args: str, **kwargs: Any) -> None:
        """Declare an argument, hidden from --help where the command suppresses it."""
        if any(arg in self.suppressed_base_arguments for arg in args):
            kwargs["help"] = SUPPRESS
        parser.add_argument(*args, **kwargs)

    def print_help(self, prog_name: str, subcommand: str) -> None:
        """Print what --help prints."""
        self.create_parser(prog_name, subcommand).print_help()

    # --- running ---

    def run_from_argv(self, argv: Sequence[str]) -> None:
        """Run as the command line asks; a CommandError is printed and ends the process."""
        self._called_from_command_line = True
        parser = self.create_parser(argv[0], argv[1])
        options = parser.parse_args(argv[2:])
        values = vars(options)
        # Arguments of which there may be any number are declared under this name.
        args = values.pop("args", ())
        handle_default_options(options)
        try:
            self.execute(*args, **values)
        except DatabaseError as error:
            if options.traceback or not (isinstance(error, CannotConnect) or hasattr(error, "__notes__")):
                raise
            self._tell_of_database(error)
            sys.exit(1)
        except EOFError:
            if options.traceback:
                raise
            self.stderr.write("The input ended before this command had its answer.")
            if "interactive" in options:
                self.stderr.write("--no-input runs it without questions.")
            sys.exit(1)
        except PermissionError as error:
            if options.traceback or error.filename is None:
                raise
            self.stderr.write(f"{error.filename}: {error.strerror}.")
            self.stderr.write("Let the user that runs this command write there, or name another place.")
            sys.exit(1)
        except CommandError as error:
            if options.traceback:
                raise
            if isinstance(error, SystemCheckError):
                self.stderr.write(str(error), lambda text: text)
            else:
                self.stderr.write(f"{type(error).__name__}: {error}")
                for note in getattr(error, "__notes__", ()):
                    self.stderr.write(note)
            sys.exit(error.returncode)
        finally:
            try:
                connections.close_all()
            except ImproperlyConfigured:
                # Without settings there are no connections to close.
                pass

    def _tell_of_database(self, error: DatabaseError) -> None:
        """Say what the database complains about, and what its notes advise."""
        if isinstance(error, CannotConnect):
            self.stderr.write(f"OperationalError: {str(error).strip()}")
            last = []
        else:
            self.stderr.write(f"{type(error).__name__}: {str(error).strip()}")
            last = ["--traceback shows where it was asked for what it does not have."]
        for note in [*getattr(error, "__notes__", ()), *last]:
            self.stderr.write(note)

    def execute(self, *args: Any, **options: Any) -> Any:
        """Run checks if they are asked for, then the command; print what it returns."""
        self._choose_output(options)
        if self.requires_system_checks and not options["skip_checks"]:
            self.check(**self.get_check_kwargs(options))
        if self.requires_migrations_checks:
            self.check_migrations()
        output = call(self.handle, *args, **options)
        if output:
            if self.output_transaction:
                output = self._in_transaction(output, options)
            self.stdout.write(output)
        return output

    def _choose_output(self, options: dict[str, Any]) -> None:
        forced, plain = options["force_color"], options["no_color"]
        if forced and plain:
            raise CommandError("The --no-color and --force-color options can't be used together.")
        if plain:
            self.stderr.style_func = None
        if forced or plain:
            self.style = no_style() if plain else color_style(force_color=True)
        for stream in ("stdout", "stderr"):
            if options.get(stream):
                setattr(self, stream, OutputWrapper(options[stream]))

    def _in_transaction(self, output: str, options: dict[str, Any]) -> str:
        ops = connections[options.get("database", DEFAULT_DB_ALIAS)].ops
        keyword = self.style.SQL_KEYWORD
        return f"{keyword(ops.start_transaction_sql())}\n{output}\n{keyword(ops.end_transaction_sql())}"

    def handle(self, *args: Any, **options: Any) -> Any:
        """Do the work; subclasses must override it. A string that is returned is printed."""
        raise NotImplementedError("subclasses of BaseCommand must provide a handle() method")

    # --- checks ---

    def get_check_kwargs(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the arguments for `check()` before this command runs."""
        if self.requires_system_checks == ALL_CHECKS:
            return {}
        return {"tags": self.requires_system_checks}

    def check(
        self,
        app_configs: Any = None,
        tags: Any = None,
        display_num_errors: bool = False,
        include_deployment_checks: bool = False,
        fail_level: int = checks.ERROR,
        databases: Any = None,
        exclude_tags: Any = (),
        thorough: bool = False,
    ) -> None:
        """Run system checks and print what they find; SystemCheckError for what is serious."""
        extra: dict[str, Any] = {"exclude_tags": exclude_tags} if exclude_tags else {}
        if thorough:
            extra["thorough"] = True
        found = checks.run_checks(
            app_configs=app_configs,
            tags=tags,
            include_deployment_checks=include_deployment_checks,
            databases=databases,
            **extra,
        )
        shown = [message for message in found if not message.is_silenced()]
        body = "".join(self._group(name, shown, low, high) for name, low, high in _LEVELS)
        header = "System check identified some issues:\n" if shown else ""
        footer = ""
        if display_num_errors:
            count = f"{len(shown)} issue{'' if len(shown) == 1 else 's'}" if shown else "no issues"
            silenced = len(found) - len(shown)
            footer = f"{chr(10) if shown else ''}System check identified {count} ({silenced} silenced)."
        if any(message.is_serious(fail_level) for message in shown):
            raise SystemCheckError(self.style.ERROR(f"SystemCheckError: {header}") + body + footer)
        if shown:
            self.stderr.write(header + body + footer, lambda text: text)
        elif footer:
            self.stdout.write(footer)

    def _group(self, name: str, messages: list[Any], low: int, high: int) -> str:
        """Return the messages of one level under its name."""
        lines = sorted(str(message) for message in messages if low <= message.level < high)
        if not lines:
            return ""
        style = self.style.ERROR if low >= checks.ERROR else self.style.WARNING
        return "\n".join(["", f"{name}:", *map(style, lines), ""])

    def check_migrations(self) -> None:
        """Warn about migrations that have not been applied to the default database."""
        from nuages.db.migrations.executor import MigrationExecutor

        try:
            executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        except ImproperlyConfigured:
            # Without a database there is nothing to migrate.
            return
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if not plan:
            return
        labels = sorted({migration.app_label for migration, backwards in plan})
        self.stdout.write(
            self.style.NOTICE(
                f"\nYou have {len(plan)} unapplied migration(s). Your project may not work properly until you apply the "
                f"migrations for app(s): {', '.join(labels)}."
            )
        )
        self.stdout.write(self.style.NOTICE("Run 'python manage.py migrate' to apply them."))


_LEVELS = (
    ("CRITICALS", checks.CRITICAL, sys.maxsize),
    ("ERRORS", checks.ERROR, checks.CRITICAL),
    ("WARNINGS", checks.WARNING, checks.ERROR),
    ("INFOS", checks.INFO, checks.WARNING),
    ("DEBUGS", 0, checks.INFO),
)


class AppCommand(BaseCommand):
    """A command for installed applications: `handle_app_config()` is called with each that is named."""

    missing_args_message = "Enter at least one application label."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("args", metavar="app_label", nargs="+", help="One or more application label.")

    def handle(self, *app_labels: str, **options: Any) -> Any:
        from nuages.apps import apps

        try:
            configs = [apps.get_app_config(label) for label in app_labels]
        except (LookupError, ImportError) as error:
            raise CommandError(f"{error}. Are you sure your INSTALLED_APPS setting is correct?") from error
        outputs = [self.handle_app_config(config, **options) for config in configs]
        return "\n".join(output for output in outputs if output)

    def handle_app_config(self, app_config: Any, **options: Any) -> Any:
        """Do the work for one application; subclasses must override it."""
        raise NotImplementedError("Subclasses of AppCommand must provide a handle_app_config() method.")


class LabelCommand(BaseCommand):
    """A command for things that are named on the command line: `handle_label()` is called with each."""

    label = "label"
    missing_args_message = "Enter at least one %s."

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.missing_args_message == LabelCommand.missing_args_message:
            self.missing_args_message = self.missing_args_message % self.label

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("args", metavar=self.label, nargs="+")

    def handle(self, *labels: str, **options: Any) -> Any:
        outputs = [self.handle_label(label, **options) for label in labels]
        return "\n".join(output for output in outputs if output)

    def handle_label(self, label: str, **options: Any) -> Any:
        """Do the work for one label; subclasses must override it."""
        raise NotImplementedError("subclasses of LabelCommand must provide a handle_label() method")
