"""The pytest plugin: databases, clients and settings as fixtures.

It stays out of the way until a settings module is named, by `NUAGES_SETTINGS_MODULE` (or `DJANGO_SETTINGS_MODULE`) in
the environment or the ini file, or settings are configured in a `conftest.py`. Nothing heavy is imported before.
Test functions may be `async def`. Fixtures and marks have the names of pytest-django, so its suites run as they are.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from inspect import iscoroutinefunction
from typing import Any

import pytest

_SETTINGS_VARIABLES = ("NUAGES_SETTINGS_MODULE", "DJANGO_SETTINGS_MODULE")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--reuse-db` and the ini keys that name the settings module."""
    group = parser.getgroup("nuages")
    group.addoption("--reuse-db", action="store_true", help="Keep the test databases and use them again.")
    for name in _SETTINGS_VARIABLES:
        parser.addini(name, f"the settings module; as the environment's {name}")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Take the settings module from the ini file where the environment names none."""
    for name in _SETTINGS_VARIABLES:
        if found := early_config.getini(name):
            os.environ.setdefault(name, found)


def pytest_configure(config: pytest.Config) -> None:
    """Describe the mark, and load the apps of the settings module."""
    config.addinivalue_line(
        "markers",
        "django_db(transaction=False, databases=None, reset_sequences=False): the test uses the database, in a "
        "transaction that is rolled back unless it asks for real ones.",
    )
    # Test modules import models while they are collected. A conftest.py may also configure settings later on.
    if any(os.environ.get(name) for name in _SETTINGS_VARIABLES):
        import nuages

        nuages.setup()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give tests with the mark the fixture that opens the database."""
    for item in items:
        if item.get_closest_marker("django_db") and isinstance(item, pytest.Function):
            item.fixturenames.insert(0, "_database_mark")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> None:
    """Run `async def` tests on the spine, with the database connection of their fixtures."""
    if not iscoroutinefunction(pyfuncitem.obj) or not _configured():
        return
    from nuages.spine import wait

    plain = pyfuncitem.obj

    @functools.wraps(plain)
    def on_the_spine(*args: Any, **kwargs: Any) -> Any:
        return wait(plain(*args, **kwargs))

    pyfuncitem.obj = on_the_spine


def _configured() -> bool:
    from nuages.conf import settings

    return settings.configured or any(os.environ.get(name) for name in _SETTINGS_VARIABLES)


@pytest.fixture(scope="session")
def _environment() -> Iterator[None]:
    if not _configured():
        pytest.skip(
            "no settings module: set NUAGES_SETTINGS_MODULE, in the environment or in pytest's ini file"
        )
    import nuages
    from nuages.apps import apps

    if not apps.ready:
        nuages.setup()
    from nuages.test.utils import setup_test_environment, teardown_test_environment

    setup_test_environment(debug=False)
    yield
    teardown_test_environment()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(_environment: None) -> None:
    """Name test databases after the process of pytest-xdist that uses them. Override it to name them otherwise."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        return
    from nuages.db import connections

    for connection in connections.all():
        test = connection.settings_dict["TEST"]
        name = str(connection.creation._get_test_db_name())
        # One in memory is the process's own anyway; a mirror uses the database that it mirrors.
        if not test["MIRROR"] and "mode=memory" not in name:
            test["NAME"] = f"{name}_{worker}"


@pytest.fixture(scope="session")
def django_db_setup(
    _environment: None, django_db_modify_db_settings: None, request: pytest.FixtureRequest
) -> Iterator[None]:
    """Create the test databases, once for the session. Override it to do something else."""
    from nuages.test.utils import setup_databases, teardown_databases

    keep = request.config.getoption("--reuse-db")
    made = setup_databases(verbosity=0, interactive=False, keepdb=keep)
    yield
    teardown_databases(made, verbosity=0, keepdb=keep)


@pytest.fixture(scope="session", autouse=True)
def _test_cases(request: pytest.FixtureRequest) -> None:
    """Test cases find what the test runner would have made for them; without it they would write into real data."""
    classes = {item.cls for item in request.session.items if isinstance(item, pytest.Function) and item.cls}
    # Who has test cases of ours has imported them.
    if not classes or "nuages.test" not in sys.modules:
        return
    from nuages.test import SimpleTestCase, TransactionTestCase

    if any(issubclass(each, TransactionTestCase) for each in classes):
        request.getfixturevalue("django_db_setup")
    elif any(issubclass(each, SimpleTestCase) for each in classes):
        request.getfixturevalue("_environment")


@contextmanager
def _as_test_case(transaction: bool, databases: Any, reset_sequences: bool) -> Iterator[None]:
    """Do for a test function what the test cases do for their methods."""
    from nuages.test import TestCase, TransactionTestCase

    base = TransactionTestCase if transaction else TestCase
    case_class: Any = type(
        "PytestCase", (base,), {"databases": databases, "reset_sequences": reset_sequences, "runTest": None}
    )
    case_class.setUpClass()
    try:
        case = case_class("runTest")
        case._pre_setup()
        try:
            yield
        finally:
            case._post_teardown()
    finally:
        case_class.tearDownClass()
        case_class.doClassCleanups()


@pytest.fixture
def _database_mark(request: pytest.FixtureRequest, django_db_setup: None) -> Iterator[None]:
    mark = request.node.get_closest_marker("django_db")
    options = mark.kwargs if mark else {}
    with _as_test_case(
        bool(options.get("transaction", False)),
        options.get("databases") or {"default"},
        bool(options.get("reset_sequences", False)),
    ):
        yield


@pytest.fixture
def db(request: pytest.FixtureRequest, django_db_setup: None) -> Iterator[None]:
    """Give the test the database, inside a transaction that is rolled back."""
    if request.node.get_closest_marker("django_db") or "transactional_db" in request.fixturenames:
        yield
        return
    with _as_test_case(False, {"default"}, False):
        yield


@pytest.fixture
def transactional_db(django_db_setup: None) -> Iterator[None]:
    """Give the test the database with real transactions; it is emptied afterwards."""
    with _as_test_case(True, {"default"}, False):
        yield


@pytest.fixture
def client(_environment: None) -> Any:
    """A test client."""
    from nuages.test import Client

    return Client()


@pytest.fixture
def async_client(_environment: None) -> Any:
    """A test client for `async def` tests."""
    from nuages.test import AsyncClient

    return AsyncClient()


@pytest.fixture
def rf(_environment: None) -> Any:
    """A request factory."""
    from nuages.test import RequestFactory

    return RequestFactory()


@pytest.fixture
def async_rf(_environment: None) -> Any:
    """A request factory for ASGI requests."""
    from nuages.test import AsyncRequestFactory

    return AsyncRequestFactory()


@pytest.fixture
def django_user_model(db: None) -> Any:
    """The user model."""
    from nuages.contrib.auth import get_user_model

    return get_user_model()


@pytest.fixture
def admin_user(django_user_model: Any) -> Any:
    """A superuser: admin, password "password"."""
    name = django_user_model.USERNAME_FIELD
    found = django_user_model._default_manager.filter(**{name: "admin"}).first()
    if found is not None:
        return found
    fields = {name: "admin", "password": "password"}
    if "email" in {field.name for field in django_user_model._meta.get_fields()}:
        fields.setdefault("email", "admin@example.com")
    return django_user_model._default_manager.create_superuser(**fields)


@pytest.fixture
def admin_client(admin_user: Any) -> Any:
    """A client logged in as `admin_user`."""
    from nuages.test import Client

    client = Client()
    client.force_login(admin_user)
    return client


class SettingsFixture:
    """Sets settings until the test ends: `settings.DEBUG = True`."""

    def __init__(self) -> None:
        object.__setattr__(self, "_undo", [])

    def __getattr__(self, name: str) -> Any:
        from nuages.conf import settings

        return getattr(settings, name)

    def __setattr__(self, name: str, value: Any) -> None:
        from nuages.test.utils import override_settings

        override = override_settings(**{name: value})
        override.enable()
        self._undo.append(override)

    def restore(self) -> None:
        """Undo the changes, the last one first."""
        while self._undo:
            self._undo.pop().disable()


@pytest.fixture
def settings(_environment: None) -> Iterator[SettingsFixture]:
    """The settings, to be changed for this test."""
    fixture = SettingsFixture()
    yield fixture
    fixture.restore()


@pytest.fixture
def mailoutbox(_environment: None) -> list[Any]:
    """The mails that the test sends."""
    from nuages.core import mail

    mail.outbox = []
    return mail.outbox


@pytest.fixture
def django_assert_num_queries() -> Any:
    """Return a context manager that checks the number of queries: `with django_assert_num_queries(2): …`."""
    from nuages.db import connections
    from nuages.test.utils import CaptureQueriesContext

    @contextmanager
    def check(num: int, using: str = "default") -> Iterator[CaptureQueriesContext]:
        with CaptureQueriesContext(connections[using]) as queries:
            yield queries
        if len(queries) != num:
            told = "\n".join(query["sql"] for query in queries)
            pytest.fail(f"{len(queries)} queries executed, {num} expected\n{told}")

    return check


@pytest.fixture
def live_server(transactional_db: None) -> Iterator[Any]:
    """The site on a real socket: `live_server.url`."""
    from nuages.test.cases.live import LiveServerTestCase

    override = LiveServerTestCase._make_connections_override()
    for connection in override.values():
        connection.inc_thread_sharing()
    thread = LiveServerTestCase._create_server_thread(override)
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    thread.url = f"http://{thread.host}:{thread.port}"  # type: ignore[attr-defined]
    yield thread
    thread.terminate()
    for connection in override.values():
        connection.dec_thread_sharing()
