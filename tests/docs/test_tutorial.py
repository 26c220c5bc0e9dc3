"""The tutorial, done as it says: every file written, every command run, and the pages asked for."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import TUTORIAL, blocks, merged

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

ASK = """
import nuages
nuages.setup()
from nuages.test import Client
client = Client()
for address in {addresses!r}:
    response = client.get(address)
    print(address, response.status_code)
    print(response.content.decode())
"""


class Reader:
    """Somebody who follows the tutorial in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        dropped = ("NUAGES_", "DJANGO_", "DATABASE_URL", "DEBUG", "SECRET_KEY")
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith(dropped)}
        self.said: dict[str, str] = {}

    def follow(self) -> None:
        """Do what all pages say, in order."""
        for page in TUTORIAL:
            for block in blocks(page):
                if block.title == "Terminal":
                    for command in block.commands:
                        self.type(command)
                elif block.title.endswith(" (part)"):
                    path = self.folder / block.title.removesuffix(" (part)")
                    path.write_text(merged(path.read_text(), block.text))
                elif block.title:
                    path = self.folder / block.title
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(block.text)

    def type(self, command: str, **more: str) -> str:
        """Run one command line; it must succeed."""
        words = shlex.split(command)
        if words[0] == "cd":
            self.folder /= words[1]
            return ""
        start = {"python": [sys.executable], "nuages": [sys.executable, "-m", "nuages"]}[words[0]]
        done = subprocess.run(
            [*start, *words[1:]],
            cwd=self.folder,
            env={**self.environment, **more},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, f"$ {command}\n{done.stdout}\n{done.stderr}"
        self.said[command] = done.stdout + done.stderr
        return self.said[command]

    def run(self, code: str) -> str:
        """Run Python with the site's settings."""
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=self.folder,
            env={
                **self.environment,
                "NUAGES_SETTINGS_MODULE": "mysite.settings",
                "ALLOWED_HOSTS": "testserver",
            },
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    found = Reader(tmp_path_factory.mktemp("tutorial"))
    found.follow()
    return found


def test_commands_say_what_the_pages_say(reader: Reader) -> None:
    assert "+ Create model Loan" in reader.said["python manage.py makemigrations"]
    assert "one_reader_at_a_time" in reader.said["python manage.py sqlmigrate library 0001"]
    printed = [said for command, said in reader.said.items() if "print(Book" in command]
    assert [said.strip().splitlines()[-1] for said in printed] == ["1974"]


def test_the_tests_of_the_tutorial_ran_and_passed(reader: Reader) -> None:
    said = reader.said["python manage.py test"]
    assert "Ran 6 tests" in said
    assert said.rstrip().splitlines()[-2:][0].startswith("OK") or "\nOK" in said


def test_models_and_migrations_agree(reader: Reader) -> None:
    assert "No changes" in reader.type("python manage.py makemigrations --check --dry-run")


def test_pages_answer(reader: Reader) -> None:
    said = reader.run(ASK.format(addresses=["/", "/books/1/", "/books/2/", "/accounts/login/"]))
    assert "/ 200" in said
    assert '<a href="/books/1/">The Dispossessed</a> by Ursula K. Le Guin, 1974' in said
    assert "/books/1/ 200" in said
    assert "/books/2/ 404" in said
    assert "/accounts/login/ 200" in said
    assert 'name="csrfmiddlewaretoken"' in said


def test_the_account_can_be_made(reader: Reader) -> None:
    command = "python manage.py createsuperuser --no-input --username ada --email ada@example.com"
    reader.type(command, DJANGO_SUPERUSER_PASSWORD="analytical engine")
    assert reader.run(
        "import nuages; nuages.setup()\n"
        "from nuages.contrib.auth import authenticate\n"
        "print(authenticate(username='ada', password='analytical engine').is_superuser)"
    ).split() == ["True"]


def test_static_files_were_gathered_under_hashed_names(reader: Reader) -> None:
    assert (reader.folder / "staticfiles" / "library" / "library.css").is_file()


def test_pytest_runs_the_tests_too(reader: Reader) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "library/tests.py"],
        cwd=reader.folder,
        env={
            **reader.environment,
            "NUAGES_SETTINGS_MODULE": "mysite.settings",
            "PYTHONPATH": str(reader.folder),
        },
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 passed" in done.stdout
