"""Run some of Django's test modules on nuages, quickly: `python -m conformance.light LABEL ...`.

A label is a dotted path below the suite's folder (`template_tests.filter_tests`, `forms_tests.tests.test_forms`) or
down to one test. Without `--db` the modules run under plain unittest with next to no settings; with it, they run
as the suite itself runs them (databases, contrib apps that exist here).
"""

from __future__ import annotations

import argparse
import collections
import importlib
import importlib.util
import os
import sys
import time
import unittest
import warnings
from pathlib import Path

from conformance.suite import source_tree

CONTRIB = {
    "contenttypes": "django.contrib.contenttypes",
    "auth": "django.contrib.auth",
    "sites": "django.contrib.sites",
    "sessions": "django.contrib.sessions",
    "messages": "django.contrib.messages",
    "admin": "django.contrib.admin.apps.SimpleAdminConfig",
    "staticfiles": "django.contrib.staticfiles",
}
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("labels", nargs="+")
    parser.add_argument("--db", action="store_true", help="databases and apps, as the suite does it")
    parser.add_argument("--settings", default="test_sqlite", help="settings module for --db")
    parser.add_argument("-k", dest="pattern", action="append", help="only tests matching this")
    parser.add_argument("-v", action="count", default=0, help="print every failure's traceback")
    parser.add_argument("-f", "--failfast", action="store_true")
    parser.add_argument("--timeout", type=int, default=300, help="seconds until the process is ended")
    args = parser.parse_args()

    from nuages.compat import install

    install()
    tests = source_tree() / "tests"
    sys.path.insert(0, str(tests))
    os.chdir(tests)
    os.environ["RUNNING_DJANGOS_TEST_SUITE"] = "true"
    import faulthandler

    faulthandler.dump_traceback_later(args.timeout, exit=True)
    started = time.monotonic()
    result = run_with_database(args, tests) if args.db else run_plainly(args)
    faulthandler.cancel_dump_traceback_later()
    report(result, args.v)
    print(f"light: ran {result.testsRun} in {time.monotonic() - started:.1f} s: {summary(result)}")
    return 0 if result.wasSuccessful() else 1


def summary(result: unittest.TestResult) -> str:
    bad = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    return (
        f"{result.testsRun - bad - len(result.skipped)} passed, {len(result.failures)} failed, "
        f"{len(result.errors)} errors, {len(result.skipped)} skipped"
    )


def report(result: unittest.TestResult, verbosity: int) -> None:
    groups: dict[str, list[str]] = collections.defaultdict(list)
    for test, trace in [*result.failures, *result.errors]:
        lines = [line for line in trace.strip().splitlines() if line and not line[0].isspace()]
        groups[lines[-1][:180] if lines else "?"].append(str(test))
        if verbosity:
            print("=" * 70, test, trace, sep="\n")
    for reason, names in sorted(groups.items(), key=lambda item: -len(item[1])):
        print(f"{len(names):5} x {reason}")
        for name in names[: 50 if verbosity else 3]:
            print("        ", name)


def load(labels: list[str], patterns: list[str] | None) -> unittest.TestSuite:
    loader = unittest.TestLoader()
    if patterns:
        loader.testNamePatterns = [f"*{pattern}*" for pattern in patterns]
    suite = unittest.TestSuite()
    for label in labels:
        suite.addTests(load_label(loader, label))
    return suite


def load_label(loader: unittest.TestLoader, label: str) -> unittest.TestSuite:
    try:
        found = importlib.util.find_spec(label)
    except ModuleNotFoundError:
        found = None
    if found is None:
        return loader.loadTestsFromName(label)
    if not found.submodule_search_locations:
        return loader.loadTestsFromModule(importlib.import_module(label))
    folder = Path(found.submodule_search_locations[0])
    suite = unittest.TestSuite()
    for path in sorted(folder.rglob("test*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        if all((folder.joinpath(*parts[:i]) / "__init__.py").exists() for i in range(len(parts))):
            suite.addTests(loader.loadTestsFromName(".".join([label, *parts])))
    return suite


def run_plainly(args: argparse.Namespace) -> unittest.TestResult:
    from nuages.conf import settings

    settings.configure(
        SECRET_KEY="light",
        USE_TZ=False,
        INSTALLED_APPS=sorted({label.split(".")[0] for label in args.labels}),
        ROOT_URLCONF="urls",
        LANGUAGE_CODE="en",
        STATIC_URL="static/",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": ["templates"],
                "APP_DIRS": True,
            }
        ],
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    )
    import nuages

    nuages.setup()
    from nuages.test.utils import setup_test_environment

    setup_test_environment()
    warnings.simplefilter("error", RuntimeWarning)
    return unittest.TextTestRunner(stream=open(os.devnull, "w"), failfast=args.failfast).run(
        load(args.labels, args.pattern)
    )


def run_with_database(args: argparse.Namespace, tests: Path) -> unittest.TestResult:
    import copy
    import tempfile

    os.environ["DJANGO_SETTINGS_MODULE"] = args.settings
    here = Path(__file__).resolve().parent
    sys.path.append(str(here))
    import nuages
    from nuages.conf import settings
    from nuages.utils.log import DEFAULT_LOGGING

    folder = Path(nuages.__file__).parent / "contrib"
    ready = {name for name in CONTRIB if (folder / name / "apps.py").exists()}
    if not {"contenttypes", "sites"} <= ready:
        ready.discard("auth")
    apps = [path for name, path in CONTRIB.items() if name in ready]
    settings.INSTALLED_APPS = apps
    settings.ROOT_URLCONF = "urls"
    settings.STATIC_URL = "static/"
    settings.STATIC_ROOT = str(Path(tempfile.mkdtemp()) / "static")
    settings.TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [str(tests / "templates")],
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    *(["django.contrib.auth.context_processors.auth"] if "auth" in ready else []),
                    *(["django.contrib.messages.context_processors.messages"] if "messages" in ready else []),
                ],
            },
        }
    ]
    settings.LANGUAGE_CODE = "en"
    settings.SITE_ID = 1
    settings.MIDDLEWARE = [
        path for path in MIDDLEWARE if path.split(".")[1] != "contrib" or path.split(".")[2] in ready
    ]
    settings.MIGRATION_MODULES = {"auth": None, "contenttypes": None, "sessions": None}
    logging = copy.deepcopy(DEFAULT_LOGGING)
    logging["loggers"]["django"]["level"] = "ERROR"
    settings.LOGGING = logging
    settings.SILENCED_SYSTEM_CHECKS = ["fields.W342", "postgres.E005"]
    nuages.setup()
    for app in dict.fromkeys(label.split(".")[0] for label in args.labels):
        if app not in settings.INSTALLED_APPS:
            settings.INSTALLED_APPS.append(app)
    from nuages.apps import apps as registry

    registry.set_installed_apps(settings.INSTALLED_APPS)
    from nuages.core.management import get_commands
    from nuages.test.runner import DiscoverRunner

    if "migrate" not in get_commands():
        create_tables_directly()
    runner = DiscoverRunner(verbosity=0, interactive=False, parallel=1)
    runner.setup_test_environment()
    suite = load(args.labels, args.pattern)
    databases = runner.get_databases(suite)
    from nuages.test import SimpleTestCase, TestCase
    from nuages.test.runner import iter_test_cases, reorder_tests

    ordered = unittest.TestSuite(reorder_tests(iter_test_cases(suite), (TestCase, SimpleTestCase)))
    old = runner.setup_databases(
        aliases=databases, serialized_aliases=runner.suite_serialized_aliases(ordered) if False else set()
    )
    try:
        return unittest.TextTestRunner(stream=open(os.devnull, "w"), failfast=args.failfast).run(ordered)
    finally:
        runner.teardown_databases(old)
        runner.teardown_test_environment()


def create_tables_directly() -> None:
    """Make tables without migrations, as long as there is no migrate command."""
    from nuages.apps import apps
    from nuages.db.backends.base.creation import BaseDatabaseCreation

    def sync(self, verbosity: int) -> None:
        with self.connection.schema_editor() as editor:
            for model in apps.get_models(include_auto_created=False):
                if model._meta.managed and not model._meta.proxy and not model._meta.swapped:
                    editor.create_model(model)

    import nuages.core.management as management

    call = management.call_command
    BaseDatabaseCreation._migrate = sync
    management.call_command = lambda name, *args, **kw: (
        call(name, *args, **kw) if not isinstance(name, str) or name in management.get_commands() else None
    )


if __name__ == "__main__":
    sys.exit(main())
