"""`manage.py test`: run the project's tests."""

from __future__ import annotations

import sys
from typing import Any

from nuages.conf import settings
from nuages.core.management.base import BaseCommand
from nuages.core.management.utils import get_command_line_option
from nuages.test.running.parallel import get_max_test_processes
from nuages.test.utils import NullTimeKeeper, TimeKeeper, get_runner


class Command(BaseCommand):
    """Runs the tests named by labels, or all below the current folder."""

    help = "Discover and run tests in the specified modules or the current directory."

    # The runner checks, once the databases are there.
    requires_system_checks: Any = []
    test_runner = None

    def run_from_argv(self, argv: list[str]) -> None:
        """Read which runner is meant before the options, as it adds some."""
        self.test_runner = get_command_line_option(argv, "--testrunner")
        super().run_from_argv(argv)

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "args", metavar="test_label", nargs="*", help="Dotted modules, classes, test methods, or folders."
        )
        parser.add_argument(
            "--noinput", "--no-input", action="store_false", dest="interactive",
            help="Do not prompt the user for input of any kind.",
        )  # fmt: skip
        parser.add_argument("--failfast", action="store_true", help="Stop after the first failure.")
        parser.add_argument("--testrunner", help="Use this test runner class instead of TEST_RUNNER.")
        runner = get_runner(settings, self.test_runner)
        if hasattr(runner, "add_arguments"):
            runner.add_arguments(parser)  # type: ignore[attr-defined]

    def handle(self, *test_labels: str, **options: Any) -> None:
        runner_class = get_runner(settings, options["testrunner"])
        if options.get("parallel") == "auto":
            options["parallel"] = get_max_test_processes()
        keeper: Any = TimeKeeper() if options.get("timing") else NullTimeKeeper()
        with keeper.timed("Total run"):
            failures = runner_class(**options).run_tests(test_labels)  # type: ignore[attr-defined]
        keeper.print_results()
        if failures:
            sys.exit(1)
