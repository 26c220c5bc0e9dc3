"""`DiscoverRunner`: what `manage.py test` runs."""

from __future__ import annotations

import argparse
import faulthandler
import logging
import os
import sys
import unittest
from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from nuages.core.management import call_command
from nuages.db import connections
from nuages.test.running.ordering import (
    Shuffler,
    filter_tests_by_tags,
    iter_test_cases,
    partition_suite_by_case,
    reorder_tests,
)
from nuages.test.running.parallel import ParallelTestSuite, get_max_test_processes, parallel_type
from nuages.test.running.results import DebugSQLTextTestResult, PDBDebugResult
from nuages.test.testcases import SimpleTestCase, TestCase
from nuages.test.utils import (
    NullTimeKeeper,
    TimeKeeper,
    setup_databases,
    setup_test_environment,
    teardown_databases,
    teardown_test_environment,
)

_FAILED_TEST: Any = unittest.loader._FailedTest  # type: ignore[attr-defined]


class DiscoverRunner:
    """Finds tests by label or pattern, prepares databases, and runs them. Documented in topics/testing/advanced."""

    test_suite = unittest.TestSuite
    parallel_test_suite = ParallelTestSuite
    test_runner: Any = unittest.TextTestRunner
    test_loader = unittest.defaultTestLoader
    reorder_by: Any = (TestCase, SimpleTestCase)

    def __init__(
        self,
        pattern: str | None = None,
        top_level: str | None = None,
        verbosity: int = 1,
        interactive: bool = True,
        failfast: bool = False,
        keepdb: bool = False,
        reverse: bool = False,
        debug_mode: bool = False,
        debug_sql: bool = False,
        parallel: int | str = 0,
        tags: Iterable[str] | None = None,
        exclude_tags: Iterable[str] | None = None,
        test_name_patterns: Iterable[str] | None = None,
        pdb: bool = False,
        buffer: bool = False,
        enable_faulthandler: bool = True,
        timing: bool = False,
        shuffle: int | bool | None = False,
        logger: logging.Logger | None = None,
        durations: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.pattern, self.top_level = pattern, top_level
        self.verbosity, self.interactive = verbosity, interactive
        self.failfast, self.keepdb, self.reverse = failfast, keepdb, reverse
        self.debug_mode, self.debug_sql = debug_mode, debug_sql
        self.parallel: Any = parallel
        self.tags = set(tags or ())
        self.exclude_tags = set(exclude_tags or ())
        self.pdb = pdb
        self.buffer = buffer
        self.shuffle = shuffle
        self._shuffler: Shuffler | None = None
        self.logger = logger
        self.durations = durations
        if self.pdb and self.parallel_count() > 1:
            raise ValueError("You cannot use --pdb with parallel tests; pass --parallel=1 to use it.")
        if enable_faulthandler and not faulthandler.is_enabled():
            # The original stderr: output may be captured while tests run.
            try:
                faulthandler.enable(file=sys.stderr.fileno())
            except (AttributeError, OSError):
                faulthandler.enable(file=sys.__stderr__.fileno())  # type: ignore[union-attr]
        self.time_keeper: Any = TimeKeeper() if timing else NullTimeKeeper()
        self.test_name_patterns: set[str] | None = None
        if test_name_patterns:
            # Plain words match anywhere in a name, as unittest's own -k does.
            self.test_name_patterns = {each if "*" in each else f"*{each}*" for each in test_name_patterns}

    def parallel_count(self) -> int:
        """Say how many processes are asked for; "auto" is decided when the suite is known."""
        return 2 if self.parallel == "auto" else int(self.parallel)

    @classmethod
    def add_arguments(cls, parser: argparse.ArgumentParser) -> None:
        """Add the runner's options to the `test` command."""
        add = parser.add_argument
        add(
            "-t",
            "--top-level-directory",
            dest="top_level",
            help="Top level of project for unittest discovery.",
        )
        add("-p", "--pattern", default="test*.py", help="Which files to search, test*.py by default.")
        add("--keepdb", action="store_true", help="Preserves the test DB between runs.")
        add(
            "--shuffle", nargs="?", default=False, type=int, metavar="SEED",
            help="Shuffles test case order.",
        )  # fmt: skip
        add("-r", "--reverse", action="store_true", help="Reverses test case order.")
        add("--debug-mode", action="store_true", help="Sets settings.DEBUG to True.")
        add("-d", "--debug-sql", action="store_true", help="Prints logged SQL queries on failure.")
        add(
            "--parallel", nargs="?", const="auto", default=0, type=parallel_type, metavar="N",
            help="Run tests in N processes; 'auto', or no number, means one per processor core.",
        )  # fmt: skip
        add("--tag", action="append", dest="tags", help="Run only tests with this tag. May be repeated.")
        add(
            "--exclude-tag",
            action="append",
            dest="exclude_tags",
            help="Leave out tests with this tag. May be repeated.",
        )
        add("--pdb", action="store_true", help="Opens a debugger on error or failure.")
        add("-b", "--buffer", action="store_true", help="Discard output from passing tests.")
        add(
            "--no-faulthandler",
            action="store_false",
            dest="enable_faulthandler",
            help="Leave faulthandler off.",
        )
        add(
            "--timing",
            action="store_true",
            help="Output timings, including database set up and total run time.",
        )
        add(
            "-k", action="append", dest="test_name_patterns",
            help="Run only tests that match the pattern or substring. May be repeated, as with unittest -k.",
        )  # fmt: skip
        add(
            "--durations", dest="durations", type=int, default=None, metavar="N",
            help="Show the N slowest test cases (N=0 for all).",
        )  # fmt: skip

    @property
    def shuffle_seed(self) -> int | None:
        """The seed in use, if tests are shuffled."""
        return None if self._shuffler is None else self._shuffler.seed

    def log(self, msg: str, level: int | None = None) -> None:
        """Tell the user: through the logger, or by printing what the verbosity lets through."""
        if level is None:
            level = logging.INFO
        if self.logger is not None:
            self.logger.log(level, msg)
        elif self.verbosity > 0 and (self.verbosity > 1 or level > logging.DEBUG):
            print(msg)

    def setup_test_environment(self, **kwargs: Any) -> None:
        """Prepare the process; signals such as Ctrl-C end the run after the test at hand."""
        setup_test_environment(debug=self.debug_mode)
        unittest.installHandler()

    def teardown_test_environment(self, **kwargs: Any) -> None:
        """Undo `setup_test_environment`."""
        unittest.removeHandler()
        teardown_test_environment()

    def setup_shuffler(self) -> None:
        """Make the shuffler, and say its seed."""
        if self.shuffle is False:
            return
        self._shuffler = Shuffler(seed=self.shuffle)  # type: ignore[arg-type]
        self.log(f"Using shuffle seed: {self._shuffler.seed_display}")

    @contextmanager
    def load_with_patterns(self) -> Any:
        """Have the loader look at test names while in the block."""
        before = self.test_loader.testNamePatterns
        self.test_loader.testNamePatterns = (
            None if self.test_name_patterns is None else list(self.test_name_patterns)
        )
        try:
            yield
        finally:
            self.test_loader.testNamePatterns = before

    def load_tests_for_label(self, label: str, discover_kwargs: dict[str, Any]) -> Any:
        """Load a dotted path (package, module, class, test) or a folder. Raises `RuntimeError` for a file's path."""
        as_path = os.path.abspath(label)
        if not os.path.exists(as_path):
            with self.load_with_patterns():
                tests = self.test_loader.loadTestsFromName(label)
            if tests.countTestCases():
                return tests
        kind, told = _kind_of_label(label)
        if kind == "module":
            # It has no tests. Discovery would look at the whole folder that it lies in.
            return tests
        if kind == "file":
            raise RuntimeError(
                f"One of the test labels is a path to a file: {label!r}, which is not supported. Use a dotted module "
                "name or path to a directory instead."
            )
        if kind != "package" and not os.path.isdir(as_path) and told is not None:
            return self.test_loader.loadTestsFromName(label)
        options = dict(discover_kwargs)
        if os.path.isdir(as_path) and not self.top_level:
            options["top_level_dir"] = _top_level_of(as_path)
        with self.load_with_patterns():
            tests = self.test_loader.discover(start_dir=label, **options)
        # The loader would take the top level of this folder for the next one as well.
        setattr(self.test_loader, "_top_level_dir", None)  # noqa: B010 - not in the type stubs
        return tests

    def build_suite(self, test_labels: Sequence[str] | None = None, **kwargs: Any) -> Any:
        """Load, filter and order the tests."""
        discover_kwargs: dict[str, Any] = {}
        if self.pattern is not None:
            discover_kwargs["pattern"] = self.pattern
        if self.top_level is not None:
            discover_kwargs["top_level_dir"] = self.top_level
        self.setup_shuffler()
        found: list[Any] = []
        for label in test_labels or ["."]:
            found.extend(iter_test_cases(self.load_tests_for_label(label, discover_kwargs)))
        if self.tags or self.exclude_tags:
            if self.tags:
                self.log(f"Including test tag(s): {', '.join(sorted(self.tags))}.", level=logging.DEBUG)
            if self.exclude_tags:
                self.log(
                    f"Excluding test tag(s): {', '.join(sorted(self.exclude_tags))}.", level=logging.DEBUG
                )
            found = list(filter_tests_by_tags(found, self.tags, self.exclude_tags))
        # What cannot be loaded is told first, rather than after everything else.
        tests = list(reorder_tests(found, (_FAILED_TEST, *self.reorder_by), self.reverse, self._shuffler))
        self.log(f"Found {len(tests)} test(s).")
        suite = self.test_suite(tests)
        if self.parallel != 0 and self.parallel != 1:
            return self._in_parallel(suite)
        return suite

    def _in_parallel(self, suite: Any) -> Any:
        subsuites = partition_suite_by_case(suite)
        asked = get_max_test_processes() if self.parallel == "auto" else self.parallel
        # More processes than classes would have nothing to do.
        self.parallel = min(asked, len(subsuites))
        if self.parallel <= 1:
            return suite
        return self.parallel_test_suite(subsuites, self.parallel, self.failfast, self.debug_mode, self.buffer)

    def setup_databases(self, **kwargs: Any) -> Any:
        """Create the test databases."""
        return setup_databases(
            self.verbosity,
            self.interactive,
            time_keeper=self.time_keeper,
            keepdb=self.keepdb,
            debug_sql=self.debug_sql,
            parallel=0 if self.parallel == "auto" else self.parallel,
            **kwargs,
        )

    def teardown_databases(self, old_config: Any, **kwargs: Any) -> None:
        """Destroy the test databases."""
        teardown_databases(old_config, verbosity=self.verbosity, parallel=self.parallel, keepdb=self.keepdb)

    def get_resultclass(self) -> Any:
        """Return the result class the options ask for, or None for unittest's own."""
        if self.debug_sql:
            return DebugSQLTextTestResult
        return PDBDebugResult if self.pdb else None

    def get_test_runner_kwargs(self) -> dict[str, Any]:
        """Return the keywords for the class in `test_runner`."""
        kwargs: dict[str, Any] = {
            "failfast": self.failfast,
            "resultclass": self.get_resultclass(),
            "verbosity": self.verbosity,
            "buffer": self.buffer,
        }
        if sys.version_info >= (3, 12):
            kwargs["durations"] = self.durations
        return kwargs

    def run_checks(self, databases: Iterable[str]) -> None:
        """Run the system checks, those of the databases in use among them."""
        call_command("check", verbosity=self.verbosity, databases=databases, quick=True)

    def run_suite(self, suite: Any, **kwargs: Any) -> Any:
        """Run `suite` and return its result."""
        runner = self.test_runner(**self.get_test_runner_kwargs())
        try:
            return runner.run(suite)
        finally:
            if self._shuffler is not None:
                self.log(f"Used shuffle seed: {self._shuffler.seed_display}")

    def suite_result(self, suite: Any, result: Any, **kwargs: Any) -> int:
        """Return the number of tests that did not do what they should."""
        return len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)

    def _get_databases(self, suite: Any) -> dict[str, bool]:
        databases: dict[str, bool] = {}
        for test in iter_test_cases(suite):
            wanted = getattr(test, "databases", None)
            if not wanted:
                continue
            serialized = getattr(test, "serialized_rollback", False)
            for alias in connections if wanted == "__all__" else wanted:
                databases[alias] = serialized or databases.get(alias, False)
        return databases

    def get_databases(self, suite: Any) -> dict[str, bool]:
        """Return the aliases the tests use, and whether each has to be serialized."""
        databases = self._get_databases(suite)
        unused = [alias for alias in connections if alias not in databases]
        if unused:
            self.log(
                f"Skipping setup of unused database(s): {', '.join(sorted(unused))}.", level=logging.DEBUG
            )
        return databases

    def run_tests(self, test_labels: Sequence[str], **kwargs: Any) -> int:
        """Run everything; return the number of failed tests."""
        self.setup_test_environment()
        suite = self.build_suite(test_labels)
        databases = self.get_databases(suite)
        serialized = {alias for alias, serialize in databases.items() if serialize}
        with self.time_keeper.timed("Total database setup"):
            if isinstance(suite, ParallelTestSuite):
                suite.used_aliases = set(databases)
                suite.serialized_aliases = serialized
            old_config = self.setup_databases(aliases=databases, serialized_aliases=serialized)
        result = None
        try:
            self.run_checks(databases)
            with self.time_keeper.timed("Total run"):
                result = self.run_suite(suite)
        finally:
            self._clean_up(old_config)
        self.time_keeper.print_results()
        return self.suite_result(suite, result)

    def _clean_up(self, old_config: Any) -> None:
        failing = sys.exc_info()[1]
        try:
            with self.time_keeper.timed("Total database teardown"):
                self.teardown_databases(old_config)
            self.teardown_test_environment()
        except Exception as error:
            # What went wrong first is what matters.
            if failing is None:
                raise
            failing.add_note(f"Tearing down failed, too: {error!r}")


def _kind_of_label(label: str) -> tuple[str, Exception | None]:
    path = Path(label)
    if path.is_file():
        return "file", None
    try:
        module = import_module(label)
    except (ImportError, TypeError, ValueError) as error:
        return "unknown", error
    return ("package" if hasattr(module, "__path__") else "module"), None


def _top_level_of(folder: str) -> str:
    """Return the innermost folder around `folder` that is no package."""
    path = Path(folder)
    while (path / "__init__.py").exists():
        path = path.parent
    return str(path)
