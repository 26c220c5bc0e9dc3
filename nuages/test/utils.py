"""Helpers of the testing tools, under their documented path."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from nuages.conf import settings
from nuages.core import mail
from nuages.core.exceptions import ImproperlyConfigured
from nuages.db import connections
from nuages.test.comparing import compare_xml, strip_quotes
from nuages.test.contexts import ContextList
from nuages.test.decorating import TestContextDecorator
from nuages.test.instrumentation import instrument_templates, instrumented_test_render
from nuages.test.isolation import (
    TZ_SUPPORT,
    Approximate,
    LoggingCaptureMixin,
    NullTimeKeeper,
    TimeKeeper,
    captured_output,
    captured_stderr,
    captured_stdin,
    captured_stdout,
    extend_sys_path,
    freeze_time,
    garbage_collect,
    ignore_warnings,
    isolate_apps,
    isolate_lru_cache,
    patch_logger,
    register_lookup,
    require_jinja2,
    requires_tz_support,
    tag,
)
from nuages.test.overriding import (
    modify_settings,
    override_script_prefix,
    override_settings,
    override_system_checks,
)
from nuages.test.queries import CaptureQueriesContext
from nuages.test.running.ordering import iter_test_cases
from nuages.utils.deprecation import RemovedInDjango2028Warning
from nuages.utils.translation import deactivate

__all__ = [
    "TZ_SUPPORT",
    "Approximate",
    "CaptureQueriesContext",
    "ContextList",
    "LoggingCaptureMixin",
    "NullTimeKeeper",
    "TestContextDecorator",
    "TimeKeeper",
    "captured_output",
    "captured_stderr",
    "captured_stdin",
    "captured_stdout",
    "compare_xml",
    "dependency_ordered",
    "extend_sys_path",
    "freeze_time",
    "garbage_collect",
    "get_runner",
    "get_unique_databases_and_mirrors",
    "ignore_warnings",
    "instrumented_test_render",
    "isolate_apps",
    "isolate_lru_cache",
    "iter_test_cases",
    "modify_settings",
    "override_script_prefix",
    "override_settings",
    "override_system_checks",
    "patch_logger",
    "register_lookup",
    "require_jinja2",
    "requires_tz_support",
    "setup_databases",
    "setup_test_environment",
    "strip_quotes",
    "tag",
    "teardown_databases",
    "teardown_test_environment",
]

LOCMEM_MAIL = "django.core.mail.backends.locmem.EmailBackend"


class _TestState:
    """Holds, while the test environment is set up, what it replaced: `saved_data`."""


def setup_test_environment(debug: bool | None = None) -> None:
    """Prepare the process for tests: any host "testserver", mail kept in memory, templates instrumented.

    Raises `RuntimeError` when it is set up already.
    """
    if hasattr(_TestState, "saved_data"):
        raise RuntimeError(
            "setup_test_environment() was already called and can't be called again without first calling "
            "teardown_test_environment()."
        )
    saved: dict[str, Any] = {"allowed_hosts": settings.ALLOWED_HOSTS, "debug": settings.DEBUG}
    _TestState.saved_data = saved  # type: ignore[attr-defined]
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    settings.DEBUG = settings.DEBUG if debug is None else debug
    if settings.is_overridden("MAILERS"):
        saved["mailers"] = settings.MAILERS
        settings.MAILERS = {alias: {"BACKEND": LOCMEM_MAIL} for alias in settings.MAILERS}
    else:
        with _without_deprecations():
            saved["email_backend"] = settings.EMAIL_BACKEND
            settings.EMAIL_BACKEND = LOCMEM_MAIL
    instrument_templates(True)
    mail.outbox = []
    deactivate()


@contextmanager
def _without_deprecations() -> Iterator[None]:
    """A site that still has the old mail settings is told so by its own use of them, not by the test runner's."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RemovedInDjango2028Warning)
        yield


def teardown_test_environment() -> None:
    """Undo `setup_test_environment`."""
    saved = _TestState.saved_data  # type: ignore[attr-defined]
    settings.ALLOWED_HOSTS = saved["allowed_hosts"]
    settings.DEBUG = saved["debug"]
    if "mailers" in saved:
        settings.MAILERS = saved["mailers"]
    else:
        with _without_deprecations():
            settings.EMAIL_BACKEND = saved["email_backend"]
    instrument_templates(False)
    del mail.outbox
    del _TestState.saved_data  # type: ignore[attr-defined]


def setup_databases(
    verbosity: int,
    interactive: bool,
    *,
    time_keeper: Any = None,
    keepdb: bool = False,
    debug_sql: bool = False,
    parallel: int = 0,
    aliases: Iterable[str] | None = None,
    serialized_aliases: Iterable[str] | None = None,
    **kwargs: Any,
) -> list[tuple[Any, str, bool]]:
    """Create the test databases; return what `teardown_databases` needs: (connection, old name, destroy)."""
    keeper = time_keeper or NullTimeKeeper()
    databases, mirrors = get_unique_databases_and_mirrors(aliases)
    serialized = None if serialized_aliases is None else set(serialized_aliases)
    old_names = []
    for db_name, group in databases.values():
        creator: str | None = None
        for alias in group:
            connection = connections[alias]
            old_names.append((connection, db_name, creator is None))
            if creator is not None:
                connection.creation.set_as_test_mirror(connections[creator].settings_dict)
                continue
            creator = alias
            with keeper.timed(f"  Creating '{alias}'"):
                # SERIALIZE is deprecated in favour of serialized_aliases, which TransactionTestCases decide.
                wanted = connection.settings_dict["TEST"].get("SERIALIZE", True)
                connection.creation.create_test_db(
                    verbosity=verbosity, autoclobber=not interactive, keepdb=keepdb
                )
                if wanted if serialized is None else alias in serialized:
                    connection.creation.serialize_test_db()
            for number in range(1, parallel + 1) if parallel > 1 else ():
                with keeper.timed(f"  Cloning '{alias}'"):
                    connection.creation.clone_test_db(suffix=str(number), verbosity=verbosity, keepdb=keepdb)
    for alias, mirrored in mirrors.items():
        connections[alias].creation.set_as_test_mirror(connections[mirrored].settings_dict)
    if debug_sql:
        for alias in connections:
            connections[alias].force_debug_cursor = True
    return old_names


def teardown_databases(
    old_config: Iterable[tuple[Any, str, bool]], verbosity: int = 1, parallel: int = 0, keepdb: bool = False
) -> None:
    """Destroy the databases that `setup_databases` made."""
    for connection, old_name, destroy in old_config:
        if destroy:
            for number in range(1, parallel + 1) if parallel > 1 else ():
                connection.creation.destroy_test_db(suffix=str(number), verbosity=verbosity, keepdb=keepdb)
            connection.creation.destroy_test_db(old_name, verbosity, keepdb)


def get_unique_databases_and_mirrors(
    aliases: Iterable[str] | None = None,
) -> tuple[dict[Any, tuple[str, list[str]]], dict[str, str]]:
    """Say which aliases share one database and which are mirrors, in an order that respects dependencies.

    Returns (signature → (name, aliases), mirror → mirrored alias).
    """
    wanted = set(connections if aliases is None else aliases)
    mirrors: dict[str, str] = {}
    by_signature: dict[Any, tuple[str, list[str]]] = {}
    dependencies: dict[str, Iterable[str]] = {}
    default_signature = connections["default"].creation.test_db_signature()
    for alias in connections:
        connection = connections[alias]
        test_settings = connection.settings_dict["TEST"]
        if test_settings["MIRROR"]:
            mirrors[alias] = test_settings["MIRROR"]
            continue
        if alias not in wanted:
            continue
        signature = connection.creation.test_db_signature()
        _, group = by_signature.setdefault(signature, (connection.settings_dict["NAME"], []))
        # The default database stands first in its group: it is the one that is created.
        group.insert(0, alias) if alias == "default" else group.append(alias)
        if "DEPENDENCIES" in test_settings:
            dependencies[alias] = test_settings["DEPENDENCIES"]
        elif alias != "default" and signature != default_signature:
            dependencies[alias] = ["default"] if "default" in wanted else []
    ordered = dependency_ordered(list(by_signature.items()), dependencies)
    return dict(ordered), mirrors


def dependency_ordered(
    test_databases: list[tuple[Any, tuple[str, list[str]]]], dependencies: Mapping[str, Iterable[str]]
) -> list[tuple[Any, tuple[str, list[str]]]]:
    """Order databases so that each comes after those it depends on.

    Raises `ImproperlyConfigured` where one depends on itself through its aliases, or where they go in a circle.
    """
    needs: dict[Any, set[str]] = {}
    for signature, (_, aliases) in test_databases:
        needs[signature] = {need for alias in aliases for need in dependencies.get(alias, ())}
        if needs[signature] & set(aliases):
            raise ImproperlyConfigured(
                f"Circular dependency: databases {aliases!r} depend on each other, but are aliases."
            )
    ordered: list[tuple[Any, tuple[str, list[str]]]] = []
    done: set[str] = set()
    left = list(test_databases)
    while left:
        ready = [item for item in left if needs[item[0]] <= done]
        if not ready:
            raise ImproperlyConfigured("Circular dependency in TEST[DEPENDENCIES]")
        # One at a time, so that what has no dependencies keeps its place in the settings.
        ordered.append(ready[0])
        done.update(ready[0][1][1])
        left.remove(ready[0])
    return ordered


def get_runner(settings: Any, test_runner_class: str | None = None) -> type:
    """Import the class named by TEST_RUNNER, or the one given."""
    from nuages.utils.module_loading import import_string

    return import_string(test_runner_class or settings.TEST_RUNNER)
