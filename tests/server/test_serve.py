"""The production server, through real sockets."""

from __future__ import annotations

import concurrent.futures
import http.client
import os
import re
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.site import Served, running, write_site

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("site")
    write_site(folder)
    with running(folder, "serve", "{port}", "--access-log") as served:
        served.wait_until_it_listens()
        yield served


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def logged(site: Served, text: str) -> bool:
    """Wait a moment for a line of the log."""
    until = time.monotonic() + 5
    while not any(text in line for line in site.output):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/", b"plain"), ("/coloured/", b"coloured"), ("/query/", b"1"), ("/aquery/", b"1")],
)
def test_views_of_both_colours_answer(site: Served, path: str, expected: bytes) -> None:
    assert site.get(path)[::2] == (200, expected)


def test_the_servers_own_coroutine_stays_on_the_loop_and_the_view_runs_in_a_worker(site: Served) -> None:
    # At the first request it becomes known which one that is.
    site.get("/")
    assert site.get("/task/")[2] == b"coroutine True"


@pytest.mark.parametrize("path", ["/asked/", "/aasked/"])
def test_a_converter_that_waits_does_so_in_a_worker_whatever_the_view(site: Served, path: str) -> None:
    assert [site.get(f"{path}{number}/")[2] for number in (1, 2, 3)] == [b"2 True", b"3 True", b"4 True"]


@pytest.mark.parametrize("path", ["/pieces/", "/apieces/"])
def test_streams_of_both_colours_arrive_whole(site: Served, path: str) -> None:
    status, headers, body = site.get(path)
    assert (status, body) == (200, b"".join(b"%d;" % n for n in range(50)))
    assert headers["transfer-encoding"] == "chunked"


def test_a_file_arrives_whole_with_its_length(site: Served) -> None:
    expected = (site.folder / "siteurls.py").read_bytes()
    status, headers, body = site.get("/file/")
    assert (status, body, headers["content-length"]) == (200, expected, str(len(expected)))


def test_head_has_headers_and_no_body(site: Served) -> None:
    answer = site.talk(b"HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"\r\n\r\n")


def test_hashed_static_files_are_immutable_and_others_are_not(site: Served) -> None:
    _, headers, body = site.get("/static/css/site.0123456789ab.css")
    assert body.startswith(b"body")
    assert "immutable" in headers["cache-control"]
    assert "immutable" not in site.get("/static/plain.txt")[1]["cache-control"]


def test_an_unchanged_static_file_is_not_sent_again(site: Served) -> None:
    etag = site.get("/static/plain.txt")[1]["etag"]
    status, _, body = site.get("/static/plain.txt", If_None_Match=etag)
    assert (status, body) == (304, b"")


@pytest.mark.parametrize(
    ("asked", "status", "body"),
    [("bytes=2-4", 206, b"234"), ("bytes=-3", 206, b"789"), ("bytes=7-", 206, b"789"), ("bytes=99-", 416, b""),
     ("bytes=a-b", 200, b"0123456789"), ("bytes=1-2,4-5", 200, b"0123456789")],
)  # fmt: skip
def test_parts_of_a_static_file_are_sent_as_asked(site: Served, asked: str, status: int, body: bytes) -> None:
    assert site.get("/static/plain.txt", Range=asked)[::2] == (status, body)


@pytest.mark.parametrize(
    "path",
    ["/static/../secret.txt", "/media/../secret.txt", "/media/%2e%2e/secret.txt", "/media/..%2fsecret.txt",
     "/media//etc/passwd", "/static/%00", "/media/photo.png%00.html"],
)  # fmt: skip
def test_no_path_leads_out_of_the_static_and_media_folders(site: Served, path: str) -> None:
    answer = site.talk(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert answer.split(b" ")[1] in (b"404", b"400")
    assert b"not for everybody" not in answer
    assert b"root:" not in answer


def test_uploaded_pages_cannot_run_scripts(site: Served) -> None:
    _, headers, _ = site.get("/media/page.html")
    assert "sandbox" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert site.get("/media/photo.png")[1]["content-type"] == "image/png"


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"BROKEN\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: many\r\n\r\n",
        b"GET /%ff%fe/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"POST /field/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data\r\nContent-Length: 4\r\n\r\nabcd",
        b"POST /body/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000001\r\n\r\n" + b"x" * 1_000_001,
    ],
    ids=["line", "bytes in path", "forged host", "broken host", "length", "utf-8", "multipart", "too large"],
)
def test_malformed_requests_get_a_4xx_and_the_server_lives_on(site: Served, request_bytes: bytes) -> None:
    answer = site.talk(request_bytes)
    assert answer.split(b" ")[1][:1] == b"4", answer[:200]
    assert site.get("/")[0] == 200


def test_cookies_that_cannot_be_read_are_told(site: Served) -> None:
    before = len(site.output)
    head = b"GET /cookies/ HTTP/1.1\r\nHost: localhost\r\nCookie: a=1; b="
    assert site.talk(head + b"%C3%A9\r\n\r\n").endswith(b"a,b")
    assert not any("cannot be read" in line for line in site.output[before:])
    assert site.talk(head + "é\r\n\r\n".encode()).startswith(b"HTTP/1.1 200")
    until = time.monotonic() + 10
    while not any("cannot be read" in line for line in site.output[before:]) and time.monotonic() < until:
        time.sleep(0.02)
    assert "/cookies/: cookies with bytes beyond ASCII cannot be read" in "".join(site.output[before:])


def test_a_large_upload_is_read_piece_by_piece(site: Served) -> None:
    size = 20_000_000
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="f.bin"\r\n\r\n'
    tail = b"\r\n--b--\r\n"
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    connection.putrequest("POST", "/upload/")
    connection.putheader("Content-Type", "multipart/form-data; boundary=b")
    connection.putheader("Content-Length", str(len(head) + size + len(tail)))
    connection.endheaders()
    connection.send(head)
    for _ in range(20):
        connection.send(b"x" * (size // 20))
    connection.send(tail)
    response = connection.getresponse()
    assert (response.status, response.read()) == (200, str(size).encode())
    connection.close()


@pytest.mark.parametrize(
    ("head", "sent"),
    [
        pytest.param(b"Content-Length: 1000", b"half", id="small"),
        pytest.param(b"Content-Length: 200000", b"half", id="large"),
        pytest.param(b"Transfer-Encoding: chunked", b"4\r\nhalf\r\n", id="chunked"),
        pytest.param(b"Transfer-Encoding: chunked", b"4\r\nhalf\r\nzz\r\nmore", id="malformed"),
    ],
)
def test_a_body_that_breaks_off_is_not_taken_for_a_whole_one(site: Served, head: bytes, sent: bytes) -> None:
    before = len(site.output)
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as connection:
        connection.sendall(
            b"POST /body/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + head + b"\r\n\r\n" + sent
        )
        connection.shutdown(socket.SHUT_WR)
        connection.recv(65536)
    until = time.monotonic() + 10
    while not any("/body/ 400" in line for line in site.output[before:]) and time.monotonic() < until:
        time.sleep(0.02)
    said = "".join(site.output[before:])
    assert "POST /body/ 400" in said, said
    assert "Application callable raised" not in said


def test_a_chunked_body_may_end_with_trailers(site: Served) -> None:
    answer = site.talk(
        b"POST /body/ HTTP/1.1\r\nHost: localhost\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"5\r\nwhole\r\n0\r\nX-Sum: 1\r\n\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 200") and answer.endswith(b"5")


def test_an_error_in_a_view_is_a_500_that_tells_nothing(site: Served) -> None:
    status, _, body = site.get("/boom/")
    assert status == 500
    assert b"as planned" not in body
    assert logged(site, "as planned")


def test_a_client_that_goes_away_cancels_its_request(site: Served) -> None:
    with socket.create_connection(("127.0.0.1", site.port)) as connection:
        connection.sendall(b"GET /slow/?seconds=20 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        time.sleep(0.6)
    until = time.monotonic() + 5
    while "cancelled" not in site.seen() and time.monotonic() < until:
        time.sleep(0.05)
    assert "cancelled" in site.seen()


def test_sleeping_views_leave_the_others_fast(site: Served) -> None:
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        sleepers = [pool.submit(site.get, "/sleepy/") for _ in range(20)]
        time.sleep(0.05)
        delays = []
        for _ in range(20):
            asked = time.perf_counter()
            assert site.get("/")[0] == 200
            delays.append(time.perf_counter() - asked)
        assert all(sleeper.result()[0] == 200 for sleeper in sleepers)
    assert sorted(delays)[10] < 0.1


def test_requests_are_logged_without_forged_lines(site: Served) -> None:
    site.get("/?x=%0d%0aforged")
    assert logged(site, '"GET /?x=%0d%0aforged 200')


def test_stopping_lets_running_requests_finish(tmp_path: Path) -> None:
    write_site(tmp_path)
    with running(tmp_path, "serve", "{port}", "--workers", "2") as served:
        served.wait_until_it_listens()
        assert served.get("/")[0] == 200
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            slow = pool.submit(served.get, "/slow/?seconds=1.5")
            until = time.monotonic() + 10
            while "started" not in served.seen() and time.monotonic() < until:
                time.sleep(0.02)
            served.process.send_signal(signal.SIGTERM)
            assert slow.result()[::2] == (200, b"slow")
        assert served.process.wait(60) == 0


def test_ctrl_c_which_reaches_every_process_lets_running_requests_finish(tmp_path: Path) -> None:
    write_site(tmp_path)
    with running(tmp_path, "serve", "{port}", "--workers", "2") as served:
        served.wait_until_it_listens()
        assert served.get("/")[0] == 200
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            slow = [pool.submit(served.get, "/slow/?seconds=1.5") for _ in range(3)]
            until = time.monotonic() + 10
            while served.seen().count("started") < 3 and time.monotonic() < until:
                time.sleep(0.02)
            os.killpg(served.process.pid, signal.SIGINT)
            assert [answer.result()[::2] for answer in slow] == [(200, b"slow")] * 3
        assert served.process.wait(10) == 0


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "ALLOWED_HOSTS = []",
            "You must set settings.ALLOWED_HOSTS if DEBUG is False.\nA new project reads it from",
        ),
        ('SECRET_KEY = ""', "The SECRET_KEY setting must not be empty.\nMake one: python -c"),
        ("del ROOT_URLCONF", "The ROOT_URLCONF setting is missing: it names the module"),
        ('ROOT_URLCONF = "no.such.urls"', "ROOT_URLCONF names 'no.such.urls'."),
        ('MIDDLEWARE = ["no.such.Middleware"]', "MIDDLEWARE names 'no.such.Middleware'."),
        ('TIME_ZONE = "Europe/Pari"', "Incorrect timezone setting: Europe/Pari\nTIME_ZONE takes a name of"),
        ('DATABASES["default"]["ENGINE"] = "no.such.engine"', "DATABASES['default'] is at fault."),
    ],
)
def test_a_setting_without_which_nothing_can_be_served_is_asked_for_at_the_start(
    tmp_path: Path, line: str, said: str
) -> None:
    write_site(tmp_path)
    settings = tmp_path / "sitesettings.py"
    settings.write_text(settings.read_text() + line + "\n")
    with running(tmp_path, "serve", "{port}", "--skip-checks") as served:
        assert served.process.wait(30) == 1
        served.reader.join(10)
    output = "".join(served.output)
    assert output.count(said) == 1
    assert "Traceback" not in output


def test_what_a_worker_finds_wrong_with_a_setting_is_said_without_a_traceback(tmp_path: Path) -> None:
    write_site(tmp_path)
    settings = tmp_path / "sitesettings.py"
    middleware = "nuages.contrib.sessions.middleware.SessionMiddleware"
    settings.write_text(
        settings.read_text() + f'MIDDLEWARE = ["{middleware}"]\nSESSION_ENGINE = "no.such.engine"\n'
    )
    with running(tmp_path, "serve", "{port}") as served:
        assert served.process.wait(30) == 1
        served.reader.join(10)
    output = "".join(served.output)
    assert "SESSION_ENGINE names 'no.such.engine'." in output
    assert "Traceback" not in output


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            'DATABASES["default"]["NAME"] = HERE / "no" / "such.sqlite3"',
            r"The database 'default' does not answer: unable to open database file\. The folder '.*/no' does not exist\.",
        ),
        (
            'INSTALLED_APPS = ["nuages.contrib.contenttypes"]',
            r"Migrations that are not applied: 2, of contenttypes\. `python manage.py migrate` applies them",
        ),
    ],
)
def test_a_database_that_is_not_ready_is_told_at_the_start_and_the_site_is_served(
    tmp_path: Path, line: str, said: str
) -> None:
    write_site(tmp_path)
    settings = tmp_path / "sitesettings.py"
    settings.write_text(settings.read_text() + line + "\n")
    with running(tmp_path, "serve", "{port}") as served:
        served.wait_until_it_listens()
        assert served.get("/")[0] == 200
        until = time.monotonic() + 10
        while not any(re.match(said, line) for line in served.output) and time.monotonic() < until:
            time.sleep(0.05)
    assert [line for line in served.output if re.match(said, line)], served.output


def test_a_request_that_the_database_fails_is_told_with_what_to_do_in_a_line(tmp_path: Path) -> None:
    write_site(tmp_path)
    settings = tmp_path / "sitesettings.py"
    settings.write_text(
        settings.read_text() + 'DATABASES["default"]["NAME"] = HERE / "no" / "such.sqlite3"\n'
    )
    with running(tmp_path, "serve", "{port}") as served:
        served.wait_until_it_listens()
        assert served.get("/query/")[0] == 500
        assert logged(
            served, f"/query/: unable to open database file. The folder '{tmp_path}/no' does not exist."
        )


def test_a_redirect_that_would_never_end_is_warned_of(tmp_path: Path) -> None:
    write_site(tmp_path)
    settings = tmp_path / "sitesettings.py"
    settings.write_text(settings.read_text() + "SECURE_SSL_REDIRECT = True\n")
    with running(tmp_path, "serve", "{port}") as served:
        served.wait_until_it_listens()
        assert served.get("/")[0] == 301
        assert "redirected for ever" in "".join(served.output)
        settings.write_text(
            settings.read_text() + 'SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")\n'
        )
    with running(tmp_path, "serve", "{port}") as served:
        served.wait_until_it_listens()
        assert served.get("/", X_Forwarded_Proto="https")[0] == 200
        assert "redirected for ever" not in "".join(served.output)


def test_a_worker_that_is_still_starting_does_not_hold_up_the_stop(tmp_path: Path) -> None:
    write_site(tmp_path)
    (tmp_path / "slowly.py").write_text(
        "import pathlib, time\n"
        "def middleware(get_response):\n"
        "    pathlib.Path(__file__).with_name('seen.log').write_text('loading')\n"
        "    time.sleep(25)\n"
        "    return get_response\n"
    )
    settings = tmp_path / "sitesettings.py"
    settings.write_text(settings.read_text() + 'MIDDLEWARE.append("slowly.middleware")\n')
    with running(tmp_path, "serve", "{port}") as served:
        until = time.monotonic() + 30
        while "loading" not in served.seen() and time.monotonic() < until:
            time.sleep(0.05)
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(15) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="a policy that Linux has")
def test_threads_of_a_worker_let_one_another_finish(site: Served) -> None:
    assert site.get("/")[0] == 200
    policies = [
        os.sched_getscheduler(int(thread.name))
        for worker in site.workers()
        for thread in Path(f"/proc/{worker}/task").iterdir()
    ]
    assert set(policies) == {os.SCHED_BATCH}
    assert os.sched_getscheduler(site.process.pid) == os.SCHED_OTHER


def test_a_killed_worker_is_replaced(tmp_path: Path) -> None:
    write_site(tmp_path)
    with running(tmp_path, "serve", "{port}") as served:
        served.wait_until_it_listens()
        assert served.get("/")[0] == 200
        for worker in served.workers():
            os.kill(worker, signal.SIGKILL)
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                if served.get("/")[0] == 200:
                    break
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)
        else:
            pytest.fail(f"no worker took its place: {''.join(served.output)}")


def test_workers_stop_when_the_process_that_looks_after_them_is_gone(tmp_path: Path) -> None:
    write_site(tmp_path)
    with running(tmp_path, "serve", "{port}", "--workers", "2") as served:
        served.wait_until_it_listens()
        assert served.get("/")[0] == 200
        served.process.kill()
        until = time.monotonic() + 30
        while listens(served.port) and time.monotonic() < until:
            time.sleep(0.1)
        assert not listens(served.port)


def test_a_port_in_use_is_said_in_one_line(site: Served, tmp_path: Path) -> None:
    import subprocess
    import sys

    write_site(tmp_path)
    done = subprocess.run(
        [sys.executable, "manage.py", "serve", str(site.port)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "That port is already in use." in done.stderr
    assert "Traceback" not in done.stderr
