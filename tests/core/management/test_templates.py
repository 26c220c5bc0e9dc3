from __future__ import annotations

import ast
import stat

import pytest

from nuages.core.management import call_command
from nuages.core.management.base import CommandError


def test_a_new_project_is_small_and_every_file_is_python(tmp_path):
    call_command("startproject", "weather", str(tmp_path))
    files = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert {
        "manage.py",
        ".env",
        ".gitignore",
        "weather/settings.py",
        "weather/urls.py",
        "weather/wsgi.py",
    } <= files
    assert {"weather/asgi.py", "weather/rsgi.py", "weather/__init__.py"} <= files
    for path in tmp_path.rglob("*.py"):
        ast.parse(path.read_text())
        assert "{{" not in path.read_text()
    assert (tmp_path / "manage.py").stat().st_mode & stat.S_IXUSR
    assert len((tmp_path / "weather" / "settings.py").read_text().splitlines()) < 150


def test_each_new_project_has_a_secret_of_its_own_outside_its_settings(tmp_path):
    secrets = set()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        call_command("startproject", name, str(tmp_path / name))
        lines = (tmp_path / name / ".env").read_text().splitlines()
        secrets.add(next(line for line in lines if line.startswith("SECRET_KEY=")))
        assert ".env" in (tmp_path / name / ".gitignore").read_text()
    assert len(secrets) == 2


def test_the_settings_of_a_new_project_follow_its_environment(tmp_path, monkeypatch):
    call_command("startproject", "hill", str(tmp_path))
    source = (tmp_path / "hill" / "settings.py").read_text()

    def load() -> dict:
        names: dict = {"__file__": str(tmp_path / "hill" / "settings.py"), "__name__": "hill.settings"}
        exec(compile(source, "settings.py", "exec"), names)
        return names

    for name in ("DEBUG", "SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    developing = load()
    assert developing["DEBUG"] is True
    assert developing["ALLOWED_HOSTS"] == [".localhost", "127.0.0.1", "[::1]"]
    assert developing["FETCH_PEERS"] and developing["VALIDATE_ON_SAVE"]
    assert developing["PASSWORD_HASHERS"][0].endswith("Argon2PasswordHasher")
    assert any("csp" in entry for entry in developing["MIDDLEWARE"])
    monkeypatch.setenv("DEBUG", "0")
    monkeypatch.setenv("ALLOWED_HOSTS", "hill.example.com")
    monkeypatch.setenv("DATABASE_URL", "postgres://me:x@db/hill")
    deployed = load()
    assert deployed["DEBUG"] is False
    assert (
        deployed["SESSION_COOKIE_SECURE"]
        and deployed["CSRF_COOKIE_SECURE"]
        and deployed["SECURE_SSL_REDIRECT"]
    )
    assert deployed["ALLOWED_HOSTS"] == ["hill.example.com"]
    assert deployed["DATABASES"]["default"]["NAME"] == "hill"
    assert "Manifest" in deployed["STORAGES"]["staticfiles"]["BACKEND"]


def test_a_new_app_is_written(tmp_path):
    call_command("startapp", "cloud_watch", str(tmp_path))
    config = (tmp_path / "apps.py").read_text()
    assert "class CloudWatchConfig(AppConfig)" in config
    assert (tmp_path / "migrations" / "__init__.py").is_file()
    for path in tmp_path.rglob("*.py"):
        ast.parse(path.read_text())


def test_a_template_of_ones_own_is_rendered_by_extension_and_name(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "app_name.py-tpl").write_text("NAME = '{{ app_name }}'\n")
    (source / "notes.txt").write_text("{{ camel_case_app_name }}")
    (source / "Makefile").write_text("{{ app_name }}")
    (source / "raw.html").write_text("{{ kept }}")
    target = tmp_path / "target"
    target.mkdir()
    call_command(
        "startapp", "rain", str(target), template=str(source), extensions=["py", "txt"], files=["Makefile"]
    )
    read = {path.name: path.read_text() for path in target.iterdir()}
    assert read["notes.txt"] == "Rain"
    assert read["Makefile"] == "rain"
    assert read["raw.html"] == "{{ kept }}"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("7clouds", "'7clouds' is not a valid project name"),
        ("not-a-name", "is not a valid project name"),
        ("json", "conflicts with the name of an existing Python module"),
    ],
)
def test_a_name_that_cannot_be_imported_is_refused(name, message, tmp_path):
    with pytest.raises(CommandError, match=message):
        call_command("startproject", name, str(tmp_path))


def test_nothing_is_written_over(tmp_path):
    call_command("startproject", "weather", str(tmp_path))
    with pytest.raises(CommandError, match="already exists"):
        call_command("startproject", "weather", str(tmp_path))


def test_the_folder_for_a_new_project_is_made(tmp_path):
    call_command("startproject", "weather", str(tmp_path / "not" / "there"))
    assert (tmp_path / "not" / "there" / "manage.py").is_file()
