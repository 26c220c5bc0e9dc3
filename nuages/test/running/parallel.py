"""Tests in several processes, each with databases of its own.

Test classes are handed out one at a time; what happens in a process is recorded there as events, which the
parent plays into the real result.
"""

from __future__ import annotations

import argparse
import ctypes
import multiprocessing
import os
import pickle
import textwrap
import unittest
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

_worker_id = 0


def get_max_test_processes() -> int:
    """Say how many processes `--parallel auto` means: DJANGO_TEST_PROCESSES, or one per processor; 1 without fork."""
    if multiprocessing.get_start_method() not in {"fork", "spawn", "forkserver"}:
        return 1
    asked = os.environ.get("DJANGO_TEST_PROCESSES")
    return int(asked) if asked else multiprocessing.cpu_count()


def parallel_type(value: str) -> int | str:
    """Read the value of `--parallel`: a number or "auto"."""
    if value == "auto":
        return value
    try:
        return int(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{value!r} is not an integer or the string 'auto'") from None


def is_pickable(obj: Any) -> bool:
    """Say whether `obj` can travel between processes."""
    try:
        pickle.loads(pickle.dumps(obj))
    except Exception:
        return False
    return True


class DummyList:
    """A list that keeps nothing, where unittest insists on one."""

    __slots__ = ()

    def append(self, item: Any) -> None:
        """Forget `item`."""


#: Events after which a run is no success.
_FAILURES = frozenset({"addError", "addFailure", "addSubTest", "addUnexpectedSuccess"})


class RemoteTestResult(unittest.TestResult):
    """Records what happens, as (name, test index, …) tuples that can be pickled."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The events carry them; kept here as well they would only be held in memory.
        self.failures = self.errors = self.skipped = DummyList()  # type: ignore[assignment]
        self.expectedFailures = self.unexpectedSuccesses = DummyList()  # type: ignore[assignment]
        if find_spec("tblib"):
            import tblib.pickling_support

            tblib.pickling_support.install()
        self.events: list[tuple[Any, ...]] = []

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        for name in ("_stdout_buffer", "_stderr_buffer", "_original_stdout", "_original_stderr"):
            state.pop(name, None)
        return state

    def wasSuccessful(self) -> bool:
        """Say whether nothing failed, by the events."""
        return not any(name in _FAILURES for name, *_ in self.events)

    @property
    def test_index(self) -> int:
        """The index of the test at hand."""
        return self.testsRun - 1

    def _confirm_picklable(self, obj: Any) -> None:
        # Raises what the pool would only fail on without a word.
        pickle.loads(pickle.dumps(obj))

    def _print_unpicklable_subtest(self, test: Any, subtest: Any, error: Exception) -> None:
        print(
            f"\nSubtest failed:\n\n    test: {test}\n subtest: {subtest}\n\n"
            "Unfortunately, the subtest that failed cannot be pickled, so the parallel\n"
            "test runner cannot handle it cleanly. Here is the pickling error:\n\n"
            f"> {error}\n\n"
            "You should re-run this test with --parallel=1 to reproduce the failure\n"
            "with a cleaner failure message."
        )

    def check_picklable(self, test: Any, err: Any) -> None:
        """Raise the pickling error, with an explanation printed, when `err` cannot travel."""
        try:
            self._confirm_picklable(err)
        except Exception as error:
            text = textwrap.indent(str(err[1]), "    ")
            needs = "" if find_spec("tblib") else (
                "\nIn order to see the traceback, you should install tblib:\n\n    python -m pip install tblib\n"
            )  # fmt: skip
            print(
                f"\n{test} failed:\n\n{text}\n{needs}\n"
                f"The exception cannot be passed between processes. Here is the pickling error:\n\n    {error}\n\n"
                "You should re-run this test with the --parallel=1 option to reproduce the\n"
                "failure and get a correct traceback."
            )
            raise

    def check_subtest_picklable(self, test: Any, subtest: Any) -> None:
        """Raise the pickling error, with an explanation printed, when `subtest` cannot travel."""
        try:
            self._confirm_picklable(subtest)
        except Exception as error:
            self._print_unpicklable_subtest(test, subtest, error)
            raise

    def startTestRun(self) -> None:
        """Record it."""
        super().startTestRun()
        self.events.append(("startTestRun",))

    def stopTestRun(self) -> None:
        """Record it."""
        super().stopTestRun()
        self.events.append(("stopTestRun",))

    def startTest(self, test: Any) -> None:
        """Record it."""
        super().startTest(test)
        self.events.append(("startTest", self.test_index))

    def stopTest(self, test: Any) -> None:
        """Record it."""
        super().stopTest(test)
        self.events.append(("stopTest", self.test_index))

    def addDuration(self, test: Any, elapsed: float) -> None:
        """Record it."""
        super().addDuration(test, elapsed)
        self.events.append(("addDuration", self.test_index, elapsed))

    def addError(self, test: Any, err: Any) -> None:
        """Record it; an error outside any test (setUpClass) travels with its description."""
        self.check_picklable(test, err)
        if isinstance(test, unittest.suite._ErrorHolder):  # type: ignore[attr-defined]
            self.events.append(("addError", self.test_index, test.description, err))
        else:
            self.events.append(("addError", self.test_index, err))
        super().addError(test, err)

    def addFailure(self, test: Any, err: Any) -> None:
        """Record it."""
        self.check_picklable(test, err)
        self.events.append(("addFailure", self.test_index, err))
        super().addFailure(test, err)

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:
        """Record a failed part; what passed is not worth sending."""
        if err is not None:
            self.check_picklable(test, err)
            self.check_subtest_picklable(test, subtest)
            self.events.append(("addSubTest", self.test_index, subtest, err))
        super().addSubTest(test, subtest, err)

    def addSuccess(self, test: Any) -> None:
        """Record it."""
        self.events.append(("addSuccess", self.test_index))
        super().addSuccess(test)

    def addSkip(self, test: Any, reason: str) -> None:
        """Record it."""
        self.events.append(("addSkip", self.test_index, reason))
        super().addSkip(test, reason)

    def addExpectedFailure(self, test: Any, err: Any) -> None:
        """Record it; without tblib its traceback cannot travel, and nobody misses it."""
        if not find_spec("tblib"):
            err = err[0], err[1], None
        self.check_picklable(test, err)
        self.events.append(("addExpectedFailure", self.test_index, err))
        super().addExpectedFailure(test, err)

    def addUnexpectedSuccess(self, test: Any) -> None:
        """Record it."""
        self.events.append(("addUnexpectedSuccess", self.test_index))
        super().addUnexpectedSuccess(test)

    def _exc_info_to_string(self, err: Any, test: Any) -> str:
        # The text is made in the parent; making it here would only cost time.
        return ""


class RemoteTestRunner:
    """Runs a suite and records it."""

    resultclass: Callable[..., Any] = RemoteTestResult

    def __init__(self, failfast: bool = False, resultclass: Any = None, buffer: bool = False) -> None:
        self.failfast = failfast
        self.buffer = buffer
        if resultclass is not None:
            self.resultclass = resultclass

    def run(self, test: Any) -> Any:
        """Run `test` and return the recorded result."""
        recorded = self.resultclass()
        recorded.failfast, recorded.buffer = self.failfast, self.buffer
        unittest.registerResult(recorded)
        test(recorded)
        return recorded


def _init_worker(
    counter: Any,
    initial_settings: Any = None,
    serialized_contents: Any = None,
    process_setup: Any = None,
    process_setup_args: Any = None,
    debug_mode: Any = None,
    used_aliases: Any = None,
) -> None:
    """Give a new process its number and its own databases."""
    global _worker_id
    from nuages.db import connections

    with counter.get_lock():
        counter.value += 1
        _worker_id = counter.value
    spawned = multiprocessing.get_start_method() != "fork"
    if spawned:
        if process_setup and callable(process_setup):
            process_setup(*(process_setup_args or ()))
        import nuages
        from nuages.test.utils import setup_test_environment

        nuages.setup()
        setup_test_environment(debug=debug_mode)
    for alias in used_aliases if used_aliases is not None else connections:
        connection: Any = connections[alias]
        if spawned:
            if initial_settings and alias in initial_settings:
                connection.settings_dict.update(initial_settings[alias])
            if serialized_contents and (value := serialized_contents.get(alias)):
                connection._test_serialized_contents = value
        connection.creation.setup_worker_connection(_worker_id)


def _run_subsuite(args: tuple[Any, ...]) -> tuple[int, list[Any]]:
    runner_class, number, subsuite, failfast, buffer = args
    result = runner_class(failfast=failfast, buffer=buffer).run(subsuite)
    return number, result.events


class ParallelTestSuite(unittest.TestSuite):
    """A suite whose subsuites run in `processes` processes."""

    init_worker: Callable[..., None] = _init_worker
    process_setup: Any = None
    process_setup_args: Any = ()
    run_subsuite: Callable[..., Any] = _run_subsuite
    runner_class: Any = RemoteTestRunner

    def __init__(
        self, subsuites: list[Any], processes: int, failfast: bool = False, debug_mode: bool = False, buffer: bool = False
    ) -> None:  # fmt: skip
        self.subsuites = subsuites
        self.processes = processes
        self.failfast = failfast
        self.debug_mode = debug_mode
        self.buffer = buffer
        self.initial_settings: Any = None
        self.serialized_contents: Any = None
        self.used_aliases: Any = None
        super().__init__()

    def __iter__(self) -> Any:
        return iter(self.subsuites)

    def initialize_suite(self) -> None:
        """Collect what spawned processes need to know of the databases."""
        if multiprocessing.get_start_method() == "fork":
            return
        from nuages.db import connections

        self.initial_settings = {alias: connections[alias].settings_dict for alias in connections}
        self.serialized_contents = {
            alias: getattr(connections[alias], "_test_serialized_contents", None)
            for alias in connections
            if alias in self.serialized_aliases
        }

    serialized_aliases: Any = frozenset()

    def run(self, result: Any, debug: bool = False) -> Any:
        """Hand the subsuites out and play what happened into `result`."""
        self.initialize_suite()
        # An object under a lock, so that each process takes a number of its own.
        counter = multiprocessing.Value(ctypes.c_int, 0)
        arguments = [
            (self.runner_class, number, subsuite, self.failfast, self.buffer)
            for number, subsuite in enumerate(self.subsuites)
        ]
        with multiprocessing.Pool(
            processes=self.processes,
            initializer=type(self).__dict__.get("init_worker", _init_worker),
            initargs=[
                counter, self.initial_settings, self.serialized_contents, self.process_setup,
                self.process_setup_args, self.debug_mode, self.used_aliases,
            ],
        ) as pool:  # fmt: skip
            answers = pool.imap_unordered(_run_subsuite, arguments)
            while not result.shouldStop:
                try:
                    number, events = answers.next(timeout=0.1)
                except multiprocessing.TimeoutError:
                    continue
                except unittest.SkipTest:
                    continue
                except StopIteration:
                    pool.close()
                    break
                tests = list(self.subsuites[number])
                for event in events:
                    self.handle_event(result, tests, event)
            else:
                pool.terminate()
            pool.join()
        return result

    def handle_event(self, result: Any, tests: list[Any], event: tuple[Any, ...]) -> None:
        """Play one event into `result`."""
        name, *rest = event
        handler = getattr(result, name, None)
        if handler is None:
            return
        if not rest:
            handler()
            return
        where, *arguments = rest
        if name == "addError" and len(arguments) == 2:
            description, error = arguments
            self._add_error_outside(result, description, error)
        else:
            handler(tests[where], *arguments)

    def _add_error_outside(self, result: Any, description: str, error: Any) -> None:
        """Add an error of no test: of setUpClass, for instance. No test has begun that would have set buffers up."""
        call_if_exists: Any = unittest.suite._call_if_exists  # type: ignore[attr-defined]
        call_if_exists(result, "_setupStdout")
        try:
            result.addError(unittest.suite._ErrorHolder(description), error)  # type: ignore[attr-defined]
        finally:
            call_if_exists(result, "_restoreStdout")
