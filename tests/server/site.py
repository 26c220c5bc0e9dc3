"""A small site for the server's tests, written into a temporary folder and served by a process of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MANAGE = """\
import os, sys
os.environ.setdefault("NUAGES_SETTINGS_MODULE", "sitesettings")
from nuages.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
"""

SETTINGS = """\
from pathlib import Path
HERE = Path(__file__).parent
SECRET_KEY = "a key for the tests of the server, long enough for everybody"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "siteurls"
INSTALLED_APPS = []
MIDDLEWARE = [
    "nuages.middleware.security.SecurityMiddleware",
    "nuages.middleware.common.CommonMiddleware",
    "nuages.middleware.clickjacking.XFrameOptionsMiddleware",
]
DATABASES = {"default": {"ENGINE": "nuages.db.backends.sqlite3", "NAME": HERE / "db.sqlite3"}}
TEMPLATES = [{"BACKEND": "nuages.template.backends.django.DjangoTemplates"}]
STATIC_URL, STATIC_ROOT = "/static/", HERE / "static"
MEDIA_URL, MEDIA_ROOT = "/media/", HERE / "media"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
"""

URLS = """\
import asyncio, time
from pathlib import Path
from nuages.db import connection
from nuages.http import FileResponse, HttpResponse, StreamingHttpResponse
from nuages.spine import in_worker
from nuages.urls import path, register_converter

LOG = Path(__file__).parent / "seen.log"

def note(text):
    with LOG.open("a") as log:
        log.write(text + "\\n")

def plain(request):
    return HttpResponse("plain")

async def coloured(request):
    return HttpResponse("coloured")

def one(cursor):
    cursor.execute("SELECT 1")
    return HttpResponse(str(cursor.fetchone()[0]))

def query(request):
    with connection.cursor() as cursor:
        return one(cursor)

async def aquery(request):
    with connection.cursor() as cursor:
        return one(cursor)

def pieces(request):
    return StreamingHttpResponse(f"{n};" for n in range(50))

async def make():
    for n in range(50):
        await asyncio.sleep(0)
        yield f"{n};"

async def apieces(request):
    return StreamingHttpResponse(make())

def file(request):
    return FileResponse(open(__file__, "rb"))

def body(request):
    return HttpResponse(f"{len(request.body)}")

def field(request):
    return HttpResponse(request.POST.get("name", "none"))

def upload(request):
    return HttpResponse(str(request.FILES["file"].size))

async def slow(request):
    note("started")
    try:
        await asyncio.sleep(float(request.GET.get("seconds", 3)))
    except asyncio.CancelledError:
        note("cancelled")
        raise
    note("finished")
    return HttpResponse("slow")

async def task(request):
    return HttpResponse(f"{type(asyncio.current_task().get_coro()).__name__} {in_worker()}")

def cookies(request):
    return HttpResponse(",".join(sorted(request.COOKIES)))

class Asking:
    regex = "[0-9]+"
    def to_python(self, value):
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s + 1", [int(value)])
            return f"{cursor.fetchone()[0]} {in_worker()}"
    def to_url(self, value):
        return value

register_converter(Asking, "asking")

def asked(request, given):
    return HttpResponse(given)

async def aasked(request, given):
    return HttpResponse(given)

def sleepy(request):
    time.sleep(0.2)
    return HttpResponse("sleepy")

def boom(request):
    raise RuntimeError("as planned")

urlpatterns = [
    path("", plain), path("coloured/", coloured), path("query/", query), path("aquery/", aquery),
    path("pieces/", pieces), path("apieces/", apieces), path("file/", file), path("body/", body),
    path("field/", field), path("upload/", upload), path("slow/", slow), path("sleepy/", sleepy), path("boom/", boom),
    path("cookies/", cookies), path("task/", task), path("asked/<asking:given>/", asked), path("aasked/<asking:given>/", aasked),
]
"""


def write_site(folder: Path) -> None:
    """Write the site's files into `folder`."""
    for name, text in (("manage.py", MANAGE), ("sitesettings.py", SETTINGS), ("siteurls.py", URLS)):
        (folder / name).write_text(text)
    (folder / "static" / "css").mkdir(parents=True)
    (folder / "static" / "css" / "site.0123456789ab.css").write_text("body { color: navy }\n")
    (folder / "static" / "plain.txt").write_text("0123456789")
    (folder / "media").mkdir()
    (folder / "media" / "photo.png").write_bytes(b"\x89PNG not really")
    (folder / "media" / "page.html").write_text("<script>alert(1)</script>")
    (folder / "secret.txt").write_text("not for everybody")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Served:
    """A running server: its process, port and output."""

    def __init__(self, process: subprocess.Popen[str], port: int, folder: Path) -> None:
        self.process, self.port, self.folder = process, port, folder
        self.output: list[str] = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output.append(line)

    def wait_until_it_listens(self, seconds: float = 30) -> None:
        """Wait for the port to be open."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended: {''.join(self.output)}")
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError(f"the server does not listen: {''.join(self.output)}")

    def talk(self, request: bytes, seconds: float = 10) -> bytes:
        """Send bytes as they are and return what comes back until the server closes or pauses."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as connection:
            connection.sendall(request)
            answer = b""
            while True:
                try:
                    piece = connection.recv(65536)
                except TimeoutError:
                    return answer
                answer += piece
                if not piece or _complete(answer):
                    return answer

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Return (status, headers, body) of a GET request."""
        import http.client

        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(
                "GET", path, headers={name.replace("_", "-"): text for name, text in headers.items()}
            )
            response = connection.getresponse()
            return response.status, {k.lower(): v for k, v in response.getheaders()}, response.read()
        finally:
            connection.close()

    def workers(self) -> list[int]:
        """Return the ids of the processes that it has forked."""
        pid = self.process.pid
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [int(each) for each in children if Path(f"/proc/{each}/cmdline").read_bytes() == command]

    def seen(self) -> list[str]:
        """Return what the views noted."""
        log = self.folder / "seen.log"
        return log.read_text().split() if log.exists() else []

    def stop(self) -> None:
        """Ask the server to end, and make sure of it."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def _complete(answer: bytes) -> bool:
    head, separator, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head.lower())
    return bool(separator and length and len(body) >= int(length[1]))


@contextmanager
def running(folder: Path, *command: str, **environment: str) -> Iterator[Served]:
    """Run `manage.py COMMAND` on a free port, given as {port} in the command."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "manage.py", *(part.format(port=port) for part in command)],
        cwd=folder,
        env=os.environ | {"PYTHONUNBUFFERED": "1", "PYTHON_COLORS": "0"} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # Signals can be sent to the whole group, as a terminal does.
        start_new_session=True,
    )
    served = Served(process, port, folder)
    try:
        yield served
    finally:
        served.stop()
