"""What the page about moving says, tried on a project that knows only `django`: the tutorial's library, respelled."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import TUTORIAL, blocks

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SETTINGS = """
SECRET_KEY = "of an old project"
DEBUG = True
ROOT_URLCONF = "mysite.urls"
INSTALLED_APPS = ["library", *(f"django.contrib.{name}" for name in ("auth", "contenttypes", "sessions", "messages"))]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": ["templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "old.sqlite3"}}
STATIC_URL = "static/"
LOGIN_REDIRECT_URL = "shelf"
FETCH_PEERS = True
VALIDATE_ON_SAVE = True
"""
MANAGE = """
import os, sys
from django.core import management
os.environ["DJANGO_SETTINGS_MODULE"] = "mysite.settings"
management.execute_from_command_line(sys.argv)
"""


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("moving")
    for page in TUTORIAL:
        for block in blocks(page):
            if block.title and block.title != "Terminal" and not block.title.endswith(" (part)"):
                path = folder / block.title
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(block.text.replace("nuages", "django"))
    (folder / "mysite" / "settings.py").write_text(SETTINGS)
    (folder / "manage.py").write_text(MANAGE)
    for package in ("mysite", "library"):
        (folder / package / "__init__.py").touch()
    return folder


def run(folder: Path, *words: str) -> str:
    """`nuages run …`, which must succeed."""
    plain = {key: value for key, value in os.environ.items() if not key.startswith(("NUAGES_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-m", "nuages", "run", *words],
        cwd=folder,
        env=plain,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_an_old_project_runs_and_what_is_generated_for_it_says_django(old: Path) -> None:
    assert "no issues" in run(old, "manage.py", "check")
    run(old, "manage.py", "makemigrations", "library")
    (written,) = (old / "library" / "migrations").glob("0001_*.py")
    text = written.read_text()
    assert "from django.db import migrations, models" in text
    assert "import nuages" not in text and "nuages.db" not in text
    run(old, "manage.py", "migrate", "--verbosity", "0")
    run(old, "manage.py", "startapp", "members")
    assert "from django.apps import AppConfig" in (old / "members" / "apps.py").read_text()
    said = run(old, "manage.py", "test", "library")
    assert "Ran 6 tests" in said and "\nOK" in said
