"""The pytest plugin: databases, clients and settings as fixtures.

It stays out of the way until a settings module is named, by `NUAGES_SETTINGS_MODULE` (or `DJANGO_SETTINGS_MODULE`) in
the environment or the ini file or by `--ds`, or settings are configured in a `conftest.py`. Nothing heavy is imported
before. Test functions may be `async def`. Options, fixtures and marks have the names of pytest-django, so that suites
written for it run as they are; it must not be there itself.
"""

from __future__ import annotations

import functools
import operator
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import entry_points
from inspect import iscoroutinefunction
from typing import Any

import pytest

_SETTINGS_VARIABLES = ("NUAGES_SETTINGS_MODULE", "DJANGO_SETTINGS_MODULE")


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Add the options, and the ini keys that name the settings module."""
    if entry_points(group="pytest11", name="django") and not pluginmanager.is_blocked("django"):
        raise pytest.UsageError(
            "pytest-django and the plugin of nuages have the same options and fixtures: uninstall pytest-django "
            "(suites written for it run without), or leave one out with -p no:django or -p no:nuages."
        )
    group = parser.getgroup("nuages")
    group.addoption("--ds", metavar="MODULE", help="The settings module, before all others that name one.")
    group.addoption("--reuse-db", action="store_true", help="Keep the test databases and use them again.")
    group.addoption(
        "--create-db", action="store_true", help="Make the test databases anew in spite of --reuse-db."
    )
    group.addoption(
        "--no-migrations", "--nomigrations", action="store_true", help="Create tables from the models."
    )
    group.addoption(
        "--migrations", action="store_false", dest="no_migrations", help="Create tables by the migrations."
    )
    for name in _SETTINGS_VARIABLES:
        parser.addini(name, f"the settings module; as the environment's {name}")


def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Load the apps of the settings module before any conftest.py, which may import models.

    The command line names the module, or else the environment, or else the ini file. With
    `DJANGO_SETTINGS_MODULE`, `import django` means nuages, as code of such a project says that, and
    `pytest_django.asserts` is there.
    """
    if chosen := early_config.known_args_namespace.ds:
        os.environ.pop("NUAGES_SETTINGS_MODULE", None)
        os.environ["DJANGO_SETTINGS_MODULE"] = chosen
    else:
        for name in _SETTINGS_VARIABLES:
            if found := early_config.getini(name):
                os.environ.setdefault(name, found)
    if os.environ.get("DJANGO_SETTINGS_MODULE"):
        import nuages.compat
        from nuages.test import pytest_django

        nuages.compat.install()
        sys.modules["pytest_django"] = pytest_django
    if _named():
        _find_project(early_config)
        _load()


def _load() -> None:
    """Load the apps, if they are not loaded yet."""
    import nuages
    from nuages.apps import apps

    if not apps.ready:
        nuages.setup()


def _find_project(config: pytest.Config) -> None:
    """Make what lies beside manage.py importable: in or above the folders of the tests, or the current one."""
    here = config.invocation_params.dir
    for start in (*(here / path.split("::")[0] for path in config.known_args_namespace.file_or_dir), here):
        for folder in (start, *start.parents):
            if (folder / "manage.py").is_file():
                sys.path.insert(0, str(folder))
                return


def pytest_configure(config: pytest.Config) -> None:
    """Describe the marks, and load the apps of a settings module that a conftest.py named."""
    config.addinivalue_line(
        "markers",
        "django_db(transaction=False, databases=None, reset_sequences=False, serialized_rollback=False): the test "
        "uses the database, in a transaction that is rolled back unless it asks for real ones.",
    )
    config.addinivalue_line("markers", "urls(module): the test uses another ROOT_URLCONF.")
    if _named():
        _load()


def _named() -> bool:
    """Whether a settings module is named."""
    return any(os.environ.get(name) for name in _SETTINGS_VARIABLES)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give tests with the mark the fixture that opens the database, and run the tests in the order of test runners."""
    for item in items:
        if item.get_closest_marker("django_db") and isinstance(item, pytest.Function):
            item.fixturenames.insert(0, "_database_mark")
    if _configured():
        items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    """Return when a test has its turn: first those that roll back, then those that empty tables, then the rest."""
    from nuages.test import TestCase, TransactionTestCase

    names = set(getattr(item, "fixturenames", ()))
    mark = item.get_closest_marker("django_db")
    options = mark.kwargs if mark else {}
    case = getattr(item, "cls", None) or object
    if issubclass(case, TestCase):
        return 0
    if (
        issubclass(case, TransactionTestCase)
        or options.get("transaction")
        or options.get("reset_sequences")
        or not _EMPTYING.isdisjoint(names)
    ):
        return 1
    return 2 if _OPENING.isdisjoint(names) else 0


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
    # Who has configured settings has imported them; in a run without, nothing of this is wanted.
    conf = sys.modules.get("nuages.conf")
    return _named() or (conf is not None and conf.settings.configured)


@pytest.fixture(scope="session")
def django_test_environment() -> Iterator[None]:
    """Prepare the process for tests, once for the session. Override it to do more."""
    if not _configured():
        pytest.skip(
            "no settings module: set NUAGES_SETTINGS_MODULE, in the environment or in pytest's ini file"
        )
    _load()
    from nuages.test.utils import setup_test_environment, teardown_test_environment

    setup_test_environment(debug=False)
    yield
    teardown_test_environment()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_test_environment: None) -> None:
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
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_use_migrations: bool,
    django_db_keepdb: bool,
    django_db_createdb: bool,
) -> Iterator[None]:
    """Create the test databases, once for the session. Override it to do something else."""
    from nuages.db import connections
    from nuages.test.utils import setup_databases, teardown_databases

    if not django_db_use_migrations:
        for connection in connections.all():
            connection.settings_dict["TEST"]["MIGRATE"] = False
    made = setup_databases(verbosity=0, interactive=False, keepdb=django_db_keepdb and not django_db_createdb)
    yield
    teardown_databases(made, verbosity=0, keepdb=django_db_keepdb)


@pytest.fixture(scope="session")
def django_db_use_migrations(request: pytest.FixtureRequest) -> bool:
    """Whether tables are created by the migrations; override it to say so."""
    return not request.config.getoption("no_migrations")


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest) -> bool:
    """Whether the test databases are kept; override it to say so."""
    return bool(request.config.getoption("--reuse-db"))


@pytest.fixture(scope="session")
def django_db_createdb(request: pytest.FixtureRequest) -> bool:
    """Whether databases that were kept are made anew; override it to say so."""
    return bool(request.config.getoption("--create-db"))


class DatabaseBlocker:
    """Keeps tests that do not ask for a database from reaching one, which might be the real one."""

    def __init__(self) -> None:
        self._refusing: list[Any] | None = None

    @contextmanager
    def block(self) -> Iterator[None]:
        """Refuse the databases within."""
        yield from self._with(refusing=True)

    @contextmanager
    def unblock(self) -> Iterator[None]:
        """Allow the databases within: `with django_db_blocker.unblock(): …` in a fixture for many tests."""
        yield from self._with(refusing=False)

    def _with(self, *, refusing: bool) -> Iterator[None]:
        before = self._refusing is not None
        self._set(refusing)
        try:
            yield
        finally:
            self._set(before)

    def _set(self, refusing: bool) -> None:
        from nuages.test.cases.guarding import refuse, release

        if refusing and self._refusing is None:
            self._refusing = refuse(type(self), (), _NOT_ASKED_FOR)
        elif not refusing and self._refusing is not None:
            release(self._refusing)
            self._refusing = None


_NOT_ASKED_FOR = (
    'Database %(operation)s to %(alias)r are not allowed: use the "django_db" mark, or the "db" or '
    '"transactional_db" fixture, to enable them.'
)
_blocker = DatabaseBlocker()

# The fixtures that open a database with real transactions, and all that open one.
_EMPTYING = frozenset({"transactional_db", "django_db_reset_sequences", "django_db_serialized_rollback"})
_OPENING = _EMPTYING | {"_database_mark", "db"}


@pytest.fixture(scope="session")
def django_db_blocker() -> DatabaseBlocker:
    """What keeps tests from databases that they did not ask for."""
    return _blocker


@pytest.fixture(autouse=True)
def _guard(request: pytest.FixtureRequest) -> Iterator[None]:
    # Test cases guard their databases themselves.
    is_case = getattr(request.instance, "databases", None) is not None
    if not _named() or is_case or not _OPENING.isdisjoint(request.fixturenames):
        yield
        return
    with _blocker.block():
        yield


@pytest.fixture(autouse=True)
def _urls_mark(request: pytest.FixtureRequest) -> Iterator[None]:
    mark = request.node.get_closest_marker("urls")
    if mark is None:
        yield
        return
    from nuages.test.utils import override_settings

    with override_settings(ROOT_URLCONF=mark.args[0]):
        yield


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
        request.getfixturevalue("django_test_environment")


@contextmanager
def _as_test_case(
    transaction: bool, databases: Any, reset_sequences: bool = False, serialized_rollback: bool = False
) -> Iterator[None]:
    """Do for a test function what the test cases do for their methods."""
    from nuages.test import TestCase, TransactionTestCase

    base = TransactionTestCase if transaction else TestCase
    options = {
        "databases": databases,
        "reset_sequences": reset_sequences,
        "serialized_rollback": serialized_rollback,
    }
    case_class: Any = type("PytestCase", (base,), {**options, "runTest": None})
    with _blocker.unblock():
        yield from _run_as(case_class)


def _run_as(case_class: Any) -> Iterator[None]:
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
        bool(options.get("serialized_rollback", False)),
    ):
        yield


@pytest.fixture
def db(request: pytest.FixtureRequest, django_db_setup: None) -> Iterator[None]:
    """Give the test the database, inside a transaction that is rolled back."""
    if request.node.get_closest_marker("django_db") or not _EMPTYING.isdisjoint(request.fixturenames):
        yield
        return
    with _as_test_case(False, {"default"}):
        yield


@pytest.fixture
def transactional_db(django_db_setup: None) -> Iterator[None]:
    """Give the test the database with real transactions; it is emptied afterwards."""
    with _as_test_case(True, {"default"}):
        yield


@pytest.fixture
def django_db_reset_sequences(django_db_setup: None) -> Iterator[None]:
    """The same with keys that count from 1."""
    with _as_test_case(True, {"default"}, reset_sequences=True):
        yield


@pytest.fixture
def django_db_serialized_rollback(django_db_setup: None) -> Iterator[None]:
    """The same with the rows that migrations made put back afterwards."""
    with _as_test_case(True, {"default"}, serialized_rollback=True):
        yield


@pytest.fixture
def client(django_test_environment: None) -> Any:
    """A test client."""
    from nuages.test import Client

    return Client()


@pytest.fixture
def async_client(django_test_environment: None) -> Any:
    """A test client for `async def` tests."""
    from nuages.test import AsyncClient

    return AsyncClient()


@pytest.fixture
def rf(django_test_environment: None) -> Any:
    """A request factory."""
    from nuages.test import RequestFactory

    return RequestFactory()


@pytest.fixture
def async_rf(django_test_environment: None) -> Any:
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

    def __delattr__(self, name: str) -> None:
        from nuages.conf import settings
        from nuages.test.utils import override_settings

        override = override_settings()
        override.enable()
        self._undo.append(override)
        delattr(settings, name)

    def restore(self) -> None:
        """Undo the changes, the last one first."""
        while self._undo:
            self._undo.pop().disable()


@pytest.fixture
def settings(django_test_environment: None) -> Iterator[SettingsFixture]:
    """The settings, to be changed for this test."""
    fixture = SettingsFixture()
    yield fixture
    fixture.restore()


@pytest.fixture
def mailoutbox(django_test_environment: None) -> list[Any]:
    """The mails that the test sends."""
    from nuages.core import mail

    mail.outbox = []
    return mail.outbox


@pytest.fixture
def django_username_field(django_user_model: Any) -> str:
    """The name of the field that users log in with."""
    return str(django_user_model.USERNAME_FIELD)


@contextmanager
def _counted(
    is_right: Callable[[int, int], bool],
    expected: str,
    num: int,
    connection: Any,
    info: str | None,
    using: str | None,
) -> Iterator[Any]:
    from nuages.db import connections
    from nuages.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection or connections[using or "default"]) as queries:
        yield queries
    if not is_right(len(queries), num):
        told = "\n".join(filter(None, [info, *(query["sql"] for query in queries)]))
        pytest.fail(f"{len(queries)} queries executed, {expected.format(num)}\n{told}")


@pytest.fixture
def django_assert_num_queries() -> Any:
    """Return a context manager that checks the number of queries: `with django_assert_num_queries(2): …`."""

    def check(
        num: int,
        exact: bool = True,
        connection: Any = None,
        info: str | None = None,
        *,
        using: str | None = None,
    ) -> Any:
        if exact:
            return _counted(operator.eq, "{} expected", num, connection, info, using)
        return _counted(operator.le, "at most {} expected", num, connection, info, using)

    return check


@pytest.fixture
def django_assert_max_num_queries(django_assert_num_queries: Any) -> Any:
    """Return a context manager that checks that there are no more queries than so many."""
    return functools.partial(django_assert_num_queries, exact=False)


@pytest.fixture
def django_capture_on_commit_callbacks() -> Any:
    """Return `TestCase.captureOnCommitCallbacks`: `with django_capture_on_commit_callbacks(execute=True) as calls: …`."""
    from nuages.test import TestCase

    return TestCase.captureOnCommitCallbacks


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
