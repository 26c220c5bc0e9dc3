"""The pytest plugin, used by a small project in a process of its own."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.conftest import POSTGRESQL, require

pytestmark = pytest.mark.slow

SETTINGS = """
SECRET_KEY = "a key for the tests of the plugin"
INSTALLED_APPS = ["nuages.contrib.contenttypes", "nuages.contrib.auth", "nuages.contrib.sessions"]
ROOT_URLCONF = "site_urls"
MIDDLEWARE = ["nuages.contrib.sessions.middleware.SessionMiddleware",
              "nuages.contrib.auth.middleware.AuthenticationMiddleware"]
PASSWORD_HASHERS = ["nuages.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES = {"default": DATABASE}
"""
URLS = """
from nuages.http import HttpResponse
from nuages.urls import path
urlpatterns = [path("", lambda request: HttpResponse(str(request.user)))]
"""
OTHER_URLS = """
from nuages.http import HttpResponse
from nuages.urls import path
urlpatterns = [path("other/", lambda request: HttpResponse("other"))]
"""
TESTS = """
import os, time, urllib.request
import pytest
from nuages.contrib.auth.models import User
from nuages.core import mail
from nuages.db import connection, transaction

@pytest.mark.django_db
def test_rows_are_rolled_back_one():
    User.objects.create_user("ada")
    assert User.objects.count() == 1

@pytest.mark.django_db
def test_rows_are_rolled_back_two():
    User.objects.create_user("bob")
    assert User.objects.count() == 1

async def test_a_coroutine_uses_the_database(db):
    await User.objects.acreate(username="cleo")
    assert User.objects.count() == 1

@pytest.mark.django_db(transaction=True)
def test_real_transactions():
    assert not connection.in_atomic_block

def test_clients(client, admin_client):
    assert client.get("/").text == "AnonymousUser"
    assert admin_client.get("/").text == "admin"

def test_a_live_server(live_server):
    assert urllib.request.urlopen(live_server.url).read() == b"AnonymousUser"

def test_queries(db, django_assert_num_queries):
    with django_assert_num_queries(1):
        User.objects.count()

def test_no_more_queries_than(db, django_assert_max_num_queries):
    with django_assert_max_num_queries(3) as queries:
        User.objects.count()
    assert len(queries) == 1

def test_callbacks_after_a_commit(db, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        transaction.on_commit(lambda: User.objects.create_user("dora"))
    assert len(callbacks) == 1 and User.objects.count() == 1

def test_a_database_that_was_not_asked_for_is_refused(django_db_setup, django_db_blocker):
    with pytest.raises(AssertionError, match="use the .django_db. mark"):
        User.objects.count()
    with django_db_blocker.unblock():
        assert User.objects.count() == 0
    with pytest.raises(AssertionError, match="use the .django_db. mark"):
        User.objects.count()

def test_a_database_asked_for_late_is_there(request):
    request.getfixturevalue("db")
    assert User.objects.count() == 0

def test_keys_count_from_one_for_who_asks_twice(db, django_db_reset_sequences):
    assert not connection.in_atomic_block
    assert User.objects.create_user("frank").pk == 1

@pytest.mark.django_db(transaction=True, reset_sequences=True)
def test_keys_count_from_one():
    assert User.objects.create_user("ellen").pk == 1

class TestOfPytest:
    def test_a_method_uses_the_database(self, db):
        assert User.objects.count() == 0

def test_settings_can_be_taken_away(settings):
    del settings.ROOT_URLCONF
    with pytest.raises(AttributeError):
        settings.ROOT_URLCONF

class TestOfOtherAddresses:
    pytestmark = pytest.mark.urls("other_urls")

    def test_addresses_are_those_of_the_mark(self, client):
        assert client.get("/other/").text == "other"
        assert client.get("/").status_code == 404

def test_addresses_are_those_of_the_site_elsewhere(client):
    assert client.get("/other/").status_code == 404

def test_mail(mailoutbox, settings):
    settings.MAILERS = {"default": {"BACKEND": "nuages.core.mail.backends.locmem.EmailBackend"}}
    mail.EmailMessage("Hello", "you", to=["a@example.com"]).send()
    assert [message.subject for message in mailoutbox] == ["Hello"]

@pytest.mark.django_db
@pytest.mark.parametrize("number", range(4))
def test_each_process_has_a_database_of_its_own(number):
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    name = str(connection.settings_dict["NAME"])
    assert name.endswith(worker) or "memory" in name
    User.objects.create_user(f"user{number}")
    time.sleep(0.05)
    assert User.objects.count() == 1
"""


def outcome(folder: Path, database: str, *options: str) -> str:
    """Write the project, run its tests and return what pytest says."""
    (folder / "site_settings.py").write_text(SETTINGS.replace("DATABASE}", f"{database}}}"))
    (folder / "site_urls.py").write_text(URLS)
    (folder / "other_urls.py").write_text(OTHER_URLS)
    (folder / "test_site.py").write_text(textwrap.dedent(TESTS))
    (folder / "pytest.ini").write_text("[pytest]\nNUAGES_SETTINGS_MODULE = site_settings\npythonpath = .\n")
    kept = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options],
        cwd=folder,
        env=kept,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.stdout + done.stderr


def test_fixtures_and_marks_work_as_those_of_pytest_django(tmp_path: Path) -> None:
    said = outcome(tmp_path, '{"ENGINE": "nuages.db.backends.sqlite3", "NAME": "site.sqlite3"}')
    assert "22 passed" in said, said
    assert not (tmp_path / "site.sqlite3").exists()


def test_processes_of_xdist_have_files_of_their_own(tmp_path: Path) -> None:
    database = (
        '{"ENGINE": "nuages.db.backends.sqlite3", "NAME": "site.sqlite3", "TEST": {"NAME": "test.sqlite3"}}'
    )
    said = outcome(tmp_path, database, "-n", "2")
    assert "22 passed" in said, said
    assert list(tmp_path.glob("*.sqlite3*")) == []


def test_processes_of_xdist_have_databases_of_their_own_on_a_server(tmp_path: Path) -> None:
    import psycopg

    try:
        psycopg.connect(dbname="postgres", connect_timeout=3, **POSTGRESQL).close()
    except psycopg.OperationalError as error:
        require(False, f"PostgreSQL is not there: {error}")
    database = {
        "ENGINE": "nuages.db.backends.postgresql",
        "NAME": f"plugin_{os.getpid()}",
        **{name.upper(): text for name, text in POSTGRESQL.items()},
    }
    said = outcome(tmp_path, repr(database), "-n", "2")
    assert "22 passed" in said, said


def test_tables_come_from_the_models_where_migrations_are_left_out(tmp_path: Path) -> None:
    options = (
        '{"ENGINE": "nuages.db.backends.sqlite3", "NAME": "site.sqlite3", "TEST": {"NAME": "test.sqlite3"}}'
    )
    first = outcome(tmp_path, options, "--no-migrations", "--reuse-db")
    assert "22 passed" in first, first
    with sqlite3.connect(tmp_path / "test.sqlite3") as kept:
        assert not kept.execute("SELECT 1 FROM sqlite_master WHERE name = 'django_migrations'").fetchall()
    second = outcome(tmp_path, options, "--reuse-db", "--create-db")
    assert "22 passed" in second, second
    with sqlite3.connect(tmp_path / "test.sqlite3") as kept:
        assert ("0001_initial",) in kept.execute("SELECT name FROM django_migrations").fetchall()


def test_a_suite_that_says_django_runs_on_nuages(tmp_path: Path) -> None:
    (tmp_path / "test_other.py").write_text(
        "from django.contrib.auth.models import User\n"
        "from pytest_django.asserts import assertContains, assertMessages, assertQuerySetEqual\n"
        "def test_users(client):\n"
        "    assert User.__module__ == 'nuages.contrib.auth.models'\n"
        "    assertContains(client.get('/'), 'AnonymousUser')\n"
        "def test_rows(db):\n    assertQuerySetEqual(User.objects.all(), [])\n"
    )
    database = '{"ENGINE": "django.db.backends.sqlite3", "NAME": "site.sqlite3"}'
    said = outcome(tmp_path, database, "--ds=site_settings", "test_other.py")
    assert "2 passed" in said, said


def test_a_conftest_may_import_models_of_the_project_beside_manage_py(tmp_path: Path) -> None:
    site = tmp_path / "site_folder"
    site.mkdir()
    (site / "manage.py").touch()
    (site / "settings_beside.py").write_text(
        SETTINGS.replace("DATABASE}", "{'ENGINE': 'nuages.db.backends.sqlite3', 'NAME': ':memory:'}}")
    )
    tests = site / "tests"
    tests.mkdir()
    (tests / "conftest.py").write_text("from django.contrib.auth.models import User\n")
    (tests / "test_other.py").write_text("def test_nothing():\n    pass\n")
    said = outcome(tmp_path, "None}", "--ds=settings_beside", "site_folder/tests/test_other.py::test_nothing")
    assert "1 passed" in said, said


def test_tests_that_roll_back_run_before_those_that_empty_tables_and_these_before_the_rest(
    tmp_path: Path,
) -> None:
    (tmp_path / "test_order.py").write_text(
        "import pytest\n"
        "from nuages.test import SimpleTestCase, TestCase, TransactionTestCase\n"
        "def test_none(): pass\n"
        "def test_live(live_server): pass\n"
        "@pytest.mark.django_db(transaction=True)\ndef test_real(): pass\n"
        "class Real(TransactionTestCase):\n    def test_case(self): pass\n"
        "class Simple(SimpleTestCase):\n    def test_case(self): pass\n"
        "class Back(TestCase):\n    def test_case(self): pass\n"
        "@pytest.mark.django_db\ndef test_mark(): pass\n"
        "def test_db(db): pass\n"
    )
    database = '{"ENGINE": "nuages.db.backends.sqlite3", "NAME": "site.sqlite3"}'
    said = outcome(tmp_path, database, "--collect-only", "test_order.py")
    names = [line.split("::", 1)[1] for line in said.splitlines() if "::" in line]
    back, real, rest = names[:3], names[3:6], names[6:]
    assert back == ["Back::test_case", "test_mark", "test_db"]
    assert real == ["test_live", "test_real", "Real::test_case"]
    assert rest == ["test_none", "Simple::test_case"]


def test_the_settings_module_may_be_named_on_the_command_line(tmp_path: Path) -> None:
    said = outcome(
        tmp_path, '{"ENGINE": "nuages.db.backends.sqlite3", "NAME": "site.sqlite3"}', "--ds=elsewhere"
    )
    assert "No module named 'elsewhere'" in said, said


def test_a_run_without_settings_imports_nothing_of_the_framework(tmp_path: Path) -> None:
    (tmp_path / "test_plain.py").write_text(
        "import sys\ndef test_plain():\n"
        "    assert not [name for name in sys.modules if name.startswith('nuages.') and 'plugin' not in name]\n"
    )
    kept = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_plain.py"]
    done = subprocess.run(command, cwd=tmp_path, env=kept, capture_output=True, text=True, timeout=120)
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_pytest_django_beside_the_plugin_is_refused_with_the_ways_out(tmp_path: Path) -> None:
    (tmp_path / "pytest_django.py").touch()
    installed = tmp_path / "pytest_django-4.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: pytest-django\nVersion: 4.0\n")
    (installed / "entry_points.txt").write_text("[pytest11]\ndjango = pytest_django\n")
    database = '{"ENGINE": "nuages.db.backends.sqlite3", "NAME": "site.sqlite3"}'
    said = outcome(tmp_path, database)
    assert "uninstall pytest-django" in said, said
    assert "22 passed" in outcome(tmp_path, database, "-p", "no:django")
