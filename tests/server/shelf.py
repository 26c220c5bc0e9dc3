"""A site with models, for tests of databases under load: views of both colours over authors and books."""

from __future__ import annotations

from pathlib import Path

from tests.server.site import MANAGE, SETTINGS

MODELS = """\
from nuages.db import models

class Author(models.Model):
    name = models.CharField(max_length=40)

class Book(models.Model):
    title = models.CharField(max_length=40)
    author = models.ForeignKey(Author, models.CASCADE)

class Entry(models.Model):
    text = models.CharField(max_length=40, unique=True)
"""

URLS = """\
import asyncio, os, threading, time
from nuages.db import connection, transaction
from nuages.http import HttpResponse
from nuages.template import engines
from nuages.urls import path
from shelf.models import Author, Book, Entry

PAGE = engines["django"].from_string(
    "{% for book in books %}{{ book.title }} by {{ book.author.name }};{% endfor %}{{ first.book_set.count }}"
)
local = threading.local()
lock = threading.Lock()

async def plain_calls(request):
    await asyncio.sleep(0)
    return HttpResponse(f"{Book.objects.count()} {Book.objects.get(title='Dune').author.name}")

async def lazy_template(request):
    return HttpResponse(PAGE.render({"books": Book.objects.order_by("id"), "first": Author.objects.order_by("id").first()}))

async def gathered(request):
    counts = await asyncio.gather(*(Book.objects.filter(pk__gt=n).acount() for n in range(5)))
    return HttpResponse(repr(counts))

async def gathered_inside(request):
    async with transaction.atomic():
        entry = await Entry.objects.acreate(text="inside")
        seen = await asyncio.gather(*(Entry.objects.filter(pk=entry.pk).aexists() for _ in range(5)))
        transaction.set_rollback(True)
    return HttpResponse(repr(seen))

def write(request):
    Entry.objects.create(text=request.GET["text"])
    return HttpResponse("written")

async def awrite(request):
    Entry.objects.create(text=request.GET["text"])
    return HttpResponse("written")

def write_atomically(request):
    with transaction.atomic():
        Entry.objects.create(text=request.GET["text"])
        Entry.objects.filter(text=request.GET["text"]).update(text=request.GET["text"] + "!")
    return HttpResponse("written")

def local_user(request):
    local.user = request.GET["user"]
    Book.objects.count()
    time.sleep(0.002)
    return HttpResponse(str(local.user == request.GET["user"]))

def locked(request):
    with lock:
        Book.objects.count()
    return HttpResponse("locked")

def die(request):
    with transaction.atomic():
        Entry.objects.create(text="lost")
        os.kill(os.getpid(), 9)

async def sleepy(request):
    with transaction.atomic():
        Entry.objects.create(text=request.GET["text"])
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(60), 'a visitor who leaves'")
    return HttpResponse("slept")

def count(request):
    return HttpResponse(f"{Entry.objects.count()}")

def has(request):
    return HttpResponse(str(Entry.objects.filter(text=request.GET["text"]).exists()))

urlpatterns = [
    path("plain-calls/", plain_calls), path("lazy-template/", lazy_template), path("gathered/", gathered),
    path("gathered-inside/", gathered_inside), path("write/", write), path("awrite/", awrite),
    path("write-atomically/", write_atomically), path("local-user/", local_user), path("locked/", locked),
    path("die/", die), path("sleepy/", sleepy), path("count/", count), path("has/", has),
]
"""

SEED = """\
from shelf.models import Author, Book
herbert = Author.objects.create(name="Herbert")
lem = Author.objects.create(name="Lem")
Book.objects.create(title="Dune", author=herbert)
Book.objects.create(title="Solaris", author=lem)
"""


def write_shelf(folder: Path, database: str | None = None) -> None:
    """Write the site into `folder`; `database` is a settings expression instead of the SQLite file."""
    settings = SETTINGS.replace(
        "INSTALLED_APPS = []",
        'INSTALLED_APPS = ["shelf"]\nDEFAULT_AUTO_FIELD = "nuages.db.models.BigAutoField"',
    )
    if database is not None:
        settings += f"\nDATABASES = {{'default': {database}}}\n"
    (folder / "manage.py").write_text(MANAGE)
    (folder / "sitesettings.py").write_text(settings)
    (folder / "siteurls.py").write_text(URLS)
    (folder / "shelf").mkdir()
    (folder / "shelf" / "__init__.py").write_text("")
    (folder / "shelf" / "models.py").write_text(MODELS)
    (folder / "seed.py").write_text(
        "import os\nos.environ['NUAGES_SETTINGS_MODULE'] = 'sitesettings'\nimport nuages\nnuages.setup()\n"
        + SEED
    )
