"""The development server: welcome, reload, and errors in the browser."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import time
from pathlib import Path

import pytest

from nuages.server import development
from tests.server.site import Served, running, write_site

pytestmark = pytest.mark.slow


def answered(served: Served, path: str, expected: bytes, seconds: float = 30) -> bool:
    """Ask until the answer has `expected` in it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if expected in served.get(path)[2]:
                return True
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.1)
    return False


def test_a_project_without_urls_is_welcomed(tmp_path: Path) -> None:
    write_site(tmp_path)
    settings = tmp_path / "sitesettings.py"
    settings.write_text(settings.read_text().replace("DEBUG = False", "DEBUG = True"))
    (tmp_path / "siteurls.py").write_text("urlpatterns = []\n")
    with running(tmp_path, "runserver", "{port}", "--noreload") as served:
        served.wait_until_it_listens()
        status, _, body = served.get("/")
    assert status == 200
    assert b"nuages" in body


def test_a_saved_file_is_served_and_an_error_is_shown_until_it_is_mended(tmp_path: Path) -> None:
    write_site(tmp_path)
    settings = tmp_path / "sitesettings.py"
    settings.write_text(settings.read_text().replace("DEBUG = False", "DEBUG = True"))
    urls = tmp_path / "siteurls.py"
    good = urls.read_text()
    with running(tmp_path, "runserver", "{port}") as served:
        assert answered(served, "/", b"plain")
        urls.write_text(good.replace('HttpResponse("plain")', 'HttpResponse("changed")'))
        assert answered(served, "/", b"changed"), "".join(served.output)
        urls.write_text(good + "\ndef broken(:\n")
        assert answered(served, "/", b"SyntaxError"), "".join(served.output)
        urls.write_text(good)
        assert answered(served, "/", b"plain"), "".join(served.output)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_no_server_outlives_the_process_that_watches(tmp_path: Path, number: signal.Signals) -> None:
    write_site(tmp_path)
    with running(tmp_path, "runserver", "{port}") as served:
        assert answered(served, "/", b"plain")
        served.process.send_signal(number)
        served.process.wait(10)
        until = time.monotonic() + 10
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", served.port), timeout=1).close()
            except ConnectionRefusedError:
                return
            time.sleep(0.1)
        pytest.fail("the port is still served")


def test_what_is_saved_before_the_watch_stands_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", [])
    begun = time.time()
    for name, moment in (("old.py", begun - 60), ("new.py", begun + 1), ("notes.bin", begun + 1)):
        (tmp_path / name).write_text("")
        os.utime(tmp_path / name, (moment, moment))
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "new.py").write_text("")
    os.utime(tmp_path / "node_modules" / "new.py", (begun + 1, begun + 1))
    assert development._saved_since(begun, ["node_modules"]) == {str(tmp_path / "new.py")}


def test_a_wrong_setting_is_shown_in_the_browser(tmp_path: Path) -> None:
    write_site(tmp_path)
    settings = tmp_path / "sitesettings.py"
    settings.write_text(settings.read_text() + 'INSTALLED_APPS = ["no.such.app"]\n')
    with running(tmp_path, "runserver", "{port}", "--noreload") as served:
        assert answered(served, "/", b"no.such.app") or answered(served, "/", b"No module named", 5)


def test_a_wsgi_application_that_is_not_there_is_told(tmp_path: Path) -> None:
    write_site(tmp_path)
    settings = tmp_path / "sitesettings.py"
    settings.write_text(settings.read_text() + 'WSGI_APPLICATION = "mysite.wsgi.application"\n')
    with running(tmp_path, "runserver", "{port}", "--noreload") as served:
        served.wait_until_it_listens()
        assert served.get("/")[0] == 200
    told = [line for line in served.output if "WSGI_APPLICATION" in line]
    assert len(told) == 1
    assert "names 'mysite.wsgi.application', but there is no module 'mysite.wsgi'" in told[0]


def test_what_the_database_lacks_is_told_with_what_to_do(tmp_path: Path) -> None:
    write_site(tmp_path)
    settings = tmp_path / "sitesettings.py"
    settings.write_text(
        settings.read_text() + 'DATABASES["default"]["NAME"] = HERE / "no" / "such.sqlite3"\n'
    )
    with running(tmp_path, "runserver", "{port}", "--noreload") as served:
        served.wait_until_it_listens()
    assert f"The folder '{tmp_path}/no' does not exist." in "".join(served.output)
