"""Keeping what a test defines or changes from leaking into others."""

from __future__ import annotations

import gc
import io
import logging
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock, skipIf, skipUnless

from nuages.apps.registry import Apps
from nuages.test.decorating import TestContextDecorator


class isolate_apps(TestContextDecorator):
    """Register models defined meanwhile in an `Apps` registry of their own, holding `installed_apps`."""

    def __init__(self, *installed_apps: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.installed_apps = installed_apps

    def enable(self) -> Apps:
        from nuages.db.models.options import Options

        self.before = Options.default_apps
        isolated = Apps(self.installed_apps)
        Options.default_apps = isolated
        self.apps = isolated
        return isolated

    def disable(self) -> None:
        from nuages.db.models.options import Options

        Options.default_apps = self.before


@contextmanager
def register_lookup(field: Any, *lookups: Any, lookup_name: str | None = None) -> Iterator[None]:
    """Have `lookups` registered on `field` (a class or an instance) inside the `with` block only."""
    try:
        for lookup in lookups:
            field.register_lookup(lookup, lookup_name)
        yield
    finally:
        for lookup in lookups:
            field._unregister_lookup(lookup, lookup_name)


@contextmanager
def isolate_lru_cache(lru_cache_object: Any) -> Iterator[None]:
    """Start with the function's cache empty, and leave it empty."""
    lru_cache_object.cache_clear()
    try:
        yield
    finally:
        lru_cache_object.cache_clear()


@contextmanager
def extend_sys_path(*paths: str) -> Iterator[None]:
    """Have `paths` at the end of `sys.path`."""
    before = sys.path[:]
    sys.path.extend(paths)
    try:
        yield
    finally:
        sys.path = before


class ignore_warnings(TestContextDecorator):
    """Ignore warnings: takes the keywords of `warnings.filterwarnings` (or `simplefilter`)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__()
        self.options = kwargs

    def enable(self) -> None:
        self.catcher = warnings.catch_warnings()
        self.catcher.__enter__()
        install = (
            warnings.filterwarnings if self.options.keys() & {"message", "module"} else warnings.simplefilter
        )
        install("ignore", **self.options)

    def disable(self) -> None:
        self.catcher.__exit__(None, None, None)


@contextmanager
def freeze_time(t: float) -> Iterator[None]:
    """Let `time.time()` return `t`."""
    with mock.patch.object(time, "time", return_value=t):
        yield


@contextmanager
def captured_output(stream_name: str) -> Iterator[io.StringIO]:
    """Replace `sys.stdout`, `sys.stderr` or `sys.stdin` by a `StringIO`."""
    before = getattr(sys, stream_name)
    setattr(sys, stream_name, io.StringIO())
    try:
        yield getattr(sys, stream_name)
    finally:
        setattr(sys, stream_name, before)


def captured_stdout() -> Any:
    """Capture what is printed: `with captured_stdout() as out`."""
    return captured_output("stdout")


def captured_stderr() -> Any:
    """Capture what is written to `sys.stderr`."""
    return captured_output("stderr")


def captured_stdin() -> Any:
    """Feed `sys.stdin` from a `StringIO`."""
    return captured_output("stdin")


@contextmanager
def patch_logger(logger_name: str, log_level: str, log_kwargs: bool = False) -> Iterator[list[Any]]:
    """Collect what is logged at `log_level` through the named logger."""
    calls: list[Any] = []

    def collect(message: str, *args: Any, **kwargs: Any) -> None:
        text = message % args
        calls.append((text, kwargs) if log_kwargs else text)

    with mock.patch.object(logging.getLogger(logger_name), log_level, collect):
        yield calls


class LoggingCaptureMixin:
    """Captures what the `django` logger's first handler writes, as `self.logger_output`."""

    def setUp(self) -> None:
        self.logger = logging.getLogger("django")
        self.old_stream = self.logger.handlers[0].stream  # type: ignore[attr-defined]
        self.logger_output = io.StringIO()
        self.logger.handlers[0].stream = self.logger_output  # type: ignore[attr-defined]

    def tearDown(self) -> None:
        self.logger.handlers[0].stream = self.old_stream  # type: ignore[attr-defined]


def garbage_collect() -> None:
    """Collect garbage at once, also where that takes more than one round."""
    gc.collect()
    if sys.implementation.name == "pypy":
        gc.collect()


#: Whether the time zone of the process can be changed.
TZ_SUPPORT = hasattr(time, "tzset")


def requires_tz_support(func: Callable[..., Any]) -> Callable[..., Any]:
    """Skip where the process's time zone cannot be changed."""
    return skipUnless(
        TZ_SUPPORT,
        "This test relies on the ability to run a program in an arbitrary time zone, but your operating "
        "system isn't able to do that.",
    )(func)


def require_jinja2(test_func: Callable[..., Any]) -> Callable[..., Any]:
    """Skip without Jinja2; with it, run the test with both template backends configured."""
    from importlib.util import find_spec

    from nuages.test.overriding import override_settings

    test_func = skipIf(find_spec("jinja2") is None, "this test requires jinja2")(test_func)
    return override_settings(
        TEMPLATES=[
            {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True},
            {
                "BACKEND": "django.template.backends.jinja2.Jinja2",
                "APP_DIRS": True,
                "OPTIONS": {"keep_trailing_newline": True},
            },
        ]
    )(test_func)


def tag(*tags: str) -> Callable[[Any], Any]:
    """Label a test class or method for `test --tag` and `--exclude-tag`."""

    def mark(obj: Any) -> Any:
        obj.tags = getattr(obj, "tags", set()).union(tags)
        return obj

    return mark


class Approximate:
    """Equal to numbers that are the same to `places` decimals."""

    def __init__(self, val: float, places: int = 7) -> None:
        self.val = val
        self.places = places

    def __repr__(self) -> str:
        return repr(self.val)

    def __eq__(self, other: object) -> bool:
        return self.val == other or round(abs(self.val - other), self.places) == 0  # type: ignore[operator]


class NullTimeKeeper:
    """Keeps no time."""

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        yield

    def print_results(self) -> None:
        """Say nothing."""


class TimeKeeper:
    """Keeps the time of named parts of a test run, for `test --timing`."""

    def __init__(self) -> None:
        self.records: dict[str, list[float]] = {}

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Time the `with` block under `name`."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.records.setdefault(name, []).append(time.perf_counter() - started)

    def print_results(self) -> None:
        """Write what each part took to standard error."""
        for name, times in self.records.items():
            for seconds in times:
                sys.stderr.write(f"{name} took {seconds:.3f}s\n")
