"""What a process does without: each module that it loads is paid for at every start and held by every worker."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SETTINGS = """
SECRET_KEY = "a key long enough for tests of what is loaded at start-up"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
ROOT_URLCONF = "starting_urls"
"""
URLS = """
from django.http import HttpResponse
from django.urls import path

urlpatterns = [path("", lambda request: HttpResponse(b"ok"), name="start")]
"""
CHECK = """
from nuages.core.management import execute_from_command_line

execute_from_command_line(["manage.py", "check", "--quick"])
"""
SERVE = """
from io import BytesIO
from nuages.core.wsgi import get_wsgi_application

application = get_wsgi_application()
environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "SERVER_NAME": "localhost", "SERVER_PORT": "80",
           "wsgi.input": BytesIO(), "wsgi.url_scheme": "http"}
assert b"".join(application(environ, lambda status, headers: None)) == b"ok"
"""

#: Needed by neither: they belong to certain commands, tests, errors, or libraries that only some projects use.
NEVER = {
    "difflib", "doctest", "email.message", "email.parser", "granian", "http.client", "importlib.resources", "pdb",
    "psycopg", "rich", "unittest", "urllib.request", "watchfiles",
    "nuages.contrib.admin", "nuages.contrib.contenttypes.fields", "nuages.contrib.postgres", "nuages.core.mail",
    "nuages.core.management.commands.makemigrations", "nuages.core.serializers", "nuages.db.backends.base.schema",
    "nuages.db.migrations", "nuages.forms", "nuages.template.usage", "nuages.test", "nuages.utils.truncation", "nuages.views.debug",
    "nuages.views.generic",
}  # fmt: skip


def _loaded(code: str, folder: Path) -> set[str]:
    """Return the names of the modules that a process has loaded in the end."""
    (folder / "starting_settings.py").write_text(SETTINGS + "ALLOWED_HOSTS = ['localhost']\n")
    (folder / "starting_urls.py").write_text(URLS)
    path = os.pathsep.join([str(folder), str(Path(__file__).parents[1])])
    environment = os.environ | {"PYTHONPATH": path, "NUAGES_SETTINGS_MODULE": "starting_settings"}
    program = f"from nuages.compat import install\ninstall()\n{code}\nimport sys\nprint(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


#: A worker is ready for forms with files, a command need not be.
FOR_REQUESTS = {"multipart", "nuages.core.handlers.base", "nuages.http.multipartparser"}


@pytest.mark.parametrize(
    ("code", "unused"), [(CHECK, NEVER | FOR_REQUESTS), (SERVE, NEVER)], ids=["check", "serve"]
)
def test_a_process_loads_nothing_that_it_does_not_use(code, unused, tmp_path):
    assert not _loaded(code, tmp_path) & unused


def test_nuages_by_itself_loads_next_to_nothing():
    program = "import sys\nbefore = set(sys.modules)\nimport nuages\nprint(*set(sys.modules) - before)"
    # `__future__` is where its annotations are from.
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {"__future__", "nuages"}


def test_what_is_loaded_at_the_start_is_not_looked_through_for_garbage(tmp_path):
    code = f"{SERVE}\nimport gc\nassert gc.isenabled()\nassert gc.get_freeze_count() > 10_000"
    _loaded(code, tmp_path)
