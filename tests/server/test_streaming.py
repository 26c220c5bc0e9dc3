"""Templates streamed through the real server: the head first, and a page larger than the memory it takes."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.site import MANAGE, SETTINGS, Served, running

pytestmark = pytest.mark.slow

URLS = """\
import asyncio, os, time
from nuages.http import HttpResponse, StreamingHttpResponse
from nuages.template import engines
from nuages.urls import path

engine = engines["django"]
PAGE = engine.from_string("<head><title>{{ title }}</title></head><body>{{ body }}</body>")
TABLE = engine.from_string("<table>{% for row in rows %}<tr><td>{{ row.name }}</td><td>{{ row.note }}</td></tr>{% endfor %}</table>")

def rows():
    for number in range(125_000):
        yield {"name": f"row {number}", "note": "<" + "x" * 400}

async def arows():
    for row in rows():
        yield row

def sleep():
    time.sleep(1)
    return "late"

async def asleep():
    await asyncio.sleep(1)
    return "late"

def slow(request):
    return StreamingHttpResponse(PAGE.stream({"title": "T", "body": sleep}, request))

async def aslow(request):
    return StreamingHttpResponse(PAGE.stream({"title": "T", "body": asleep}, request))

def table(request):
    return StreamingHttpResponse(TABLE.stream({"rows": rows()}, request))

async def atable(request):
    return StreamingHttpResponse(TABLE.stream({"rows": arows()}, request))

def peak(request):
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))
    return HttpResponse(status["VmHWM"].split()[0])

urlpatterns = [path("slow/", slow), path("aslow/", aslow), path("table/", table), path("atable/", atable), path("peak/", peak)]
"""


ASGI = """\
import os, sys
os.environ.setdefault("NUAGES_SETTINGS_MODULE", "sitesettings")
from granian import Granian
Granian("siteasgi:application", interface="asginl", port=int(sys.argv[2])).serve()
"""
APPLICATION = """\
from nuages.core.asgi import get_asgi_application
application = get_asgi_application()
"""


def write(folder: Path, manage: str) -> None:
    files = {
        "manage.py": manage,
        "sitesettings.py": SETTINGS,
        "siteurls.py": URLS,
        "siteasgi.py": APPLICATION,
    }
    for name, text in files.items():
        (folder / name).write_text(text)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("streams")
    write(folder, MANAGE)
    with running(folder, "serve", "{port}", "--workers", "1") as served:
        served.wait_until_it_listens()
        yield served


@pytest.fixture
def asgi_site(tmp_path: Path) -> Iterator[Served]:
    write(tmp_path, ASGI)
    with running(tmp_path, "asgi", "{port}") as served:
        served.wait_until_it_listens()
        yield served


@pytest.mark.parametrize("path", ["/slow/", "/aslow/"])
def test_the_head_arrives_before_the_body_is_ready(site: Served, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    started = time.monotonic()
    connection.request("GET", path)
    response = connection.getresponse()
    head = b""
    while b"</head>" not in head:
        head += response.read1()
    waited = time.monotonic() - started
    assert head == b"<head><title>T</title></head>"
    assert response.read() == b"<body>late</body>"
    assert waited < time.monotonic() - started - 0.5
    connection.close()


def slowly_read(site: Served, path: str) -> int:
    """Read a page after a while only; the size of its content."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=120)
    connection.request("GET", path)
    response = connection.getresponse()
    # Long enough to make the whole page.
    time.sleep(3)
    size = 0
    while piece := response.read1():
        size += len(piece)
    connection.close()
    return size


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks Linux for the peak of memory")
@pytest.mark.parametrize("path", ["/table/", "/atable/"])
@pytest.mark.parametrize("server", ["site", "asgi_site"])
def test_a_page_of_fifty_megabytes_takes_less_than_twenty(
    server: str, path: str, request: pytest.FixtureRequest
) -> None:
    site: Served = request.getfixturevalue(server)
    idle = int(site.get("/peak/")[2])
    assert slowly_read(site, path) >= 50_000_000
    assert int(site.get("/peak/")[2]) - idle < 20_000
