"""The model rows on SQLite in memory and on PostgreSQL, through `django`, whichever that is.

`python -m benchmarks.work.queries nuages|django|limit`, and `BENCHMARK_DATABASE=postgresql` before it for the server
that the usual PG... variables name. Peers do the same rows in `query_peers.py`.
"""

from __future__ import annotations

import datetime
import os
import sqlite3
import sys
import time
from functools import partial
from typing import Any

from benchmarks.work import common
from benchmarks.work.common import choose, report

ROWS = 1000
BULK = 10_000
NOW = datetime.datetime(2026, 11, 22, 10, tzinfo=datetime.UTC)
POSTGRES = os.environ.get("BENCHMARK_DATABASE") == "postgresql"

#: The server's answer is waited for, which takes no processor time here.
timed = partial(common.timed, clock=time.perf_counter) if POSTGRES else common.timed


def database() -> dict[str, Any]:
    """The settings of the database that is measured."""
    if not POSTGRES:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ.get("PGDATABASE", "postgres"),
        "USER": os.environ.get("PGUSER", "postgres"),
        "HOST": os.environ.get("PGHOST", "127.0.0.1"),
    }


def measure() -> dict[str, float]:
    """Measure each row, inside one transaction that is undone."""
    import django
    from django.conf import settings

    settings.configure(
        SECRET_KEY="benchmark",
        INSTALLED_APPS=[],
        USE_TZ=True,
        DATABASES={"default": database()},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    django.setup()
    from django.db import connection, models, transaction

    class Author(models.Model):
        name = models.CharField(max_length=80)
        born = models.DateField(null=True)

        class Meta:
            app_label = "bench"

    class Post(models.Model):
        title = models.CharField(max_length=80, db_index=True)
        body = models.TextField()
        score = models.FloatField(default=0)
        active = models.BooleanField(default=True)
        created = models.DateTimeField()
        author = models.ForeignKey(Author, on_delete=models.CASCADE)

        class Meta:
            app_label = "bench"

    if POSTGRES:
        with connection.cursor() as cursor:
            # In a schema of its own, gone with the session.
            cursor.execute("SET search_path TO pg_temp")
    with connection.schema_editor() as editor:
        editor.create_model(Author)
        editor.create_model(Post)
    authors = [Author.objects.create(name=f"a{n}", born=NOW.date()) for n in range(10)]

    def post(number: int) -> Post:
        return Post(
            title=f"t{number}", body="x" * 200, score=number / 2, active=number % 2 == 0, created=NOW,
            author=authors[number % 10],
        )  # fmt: skip

    Post.objects.bulk_create([post(n) for n in range(ROWS)])
    key = Post.objects.order_by("pk")[5].pk
    found = {
        "get(pk)": timed(lambda: Post.objects.get(pk=key)),
        "filter().order_by().first()": timed(
            lambda: Post.objects.filter(active=True).order_by("-id").first()
        ),
        "list of 1,000": timed(lambda: list(Post.objects.all())),
        "list of 1,000, select_related": timed(lambda: list(Post.objects.select_related("author"))),
    }
    with transaction.atomic():
        found["create()"] = timed(
            lambda: Post.objects.create(title="new", body="x" * 200, created=NOW, author=authors[0])
        )
        kept = Post.objects.get(pk=key)
        found["save()"] = timed(kept.save)
        transaction.set_rollback(True)

    def bulk() -> None:
        with transaction.atomic():
            Post.objects.bulk_create([post(n) for n in range(BULK)])
            transaction.set_rollback(True)

    found["bulk_create of 10,000"] = timed(bulk, seconds=0.1)
    if not POSTGRES:
        found["a query of a new shape"] = timed(cold_query(Post))
    return found


def cold_query(model: Any) -> Any:
    """A query that nobody has asked before: it is compiled, not only run."""
    number = 0

    def ask() -> None:
        nonlocal number
        number += 1
        # A new annotation makes a new shape, so that nothing of an earlier one can be used.
        from django.db.models import F

        rows = model.objects.annotate(**{f"cold{number}": F("score")})
        rows = rows.select_related("author").filter(title="x", score__gt=1, author__name__startswith="a")
        list(rows.exclude(active=False).order_by("-created", "author__name")[:1])

    return ask


def limit() -> dict[str, float]:
    """Measure the same with nothing but sqlite3, rows as tuples."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    run = connection.execute
    run("CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT, born TEXT)")
    run(
        "CREATE TABLE post (id INTEGER PRIMARY KEY, title TEXT, body TEXT, score REAL, active INTEGER, created TEXT, "
        "author_id INTEGER)"
    )
    run("CREATE INDEX post_title ON post (title)")
    connection.executemany(
        "INSERT INTO author VALUES (NULL, ?, ?)", [(f"a{n}", "2026-11-22") for n in range(10)]
    )
    insert = "INSERT INTO post VALUES (NULL, ?, ?, ?, ?, ?, ?)"
    row = ("t", "x" * 200, 1.0, 1, "2026-11-22 10:00:00", 1)
    connection.executemany(insert, [row] * ROWS)
    found = {
        "get(pk)": timed(lambda: run("SELECT * FROM post WHERE id = ?", (5,)).fetchone()),
        "filter().order_by().first()": timed(
            lambda: run("SELECT * FROM post WHERE active = ? ORDER BY id DESC LIMIT 1", (1,)).fetchone()
        ),
        "list of 1,000": timed(lambda: run("SELECT * FROM post").fetchall()),
        "list of 1,000, select_related": timed(
            lambda: run("SELECT * FROM post JOIN author ON author.id = post.author_id").fetchall()
        ),
    }
    run("BEGIN")
    found["create()"] = timed(lambda: run(insert, row))
    found["save()"] = timed(
        lambda: run(
            "UPDATE post SET title = ?, body = ?, score = ?, active = ?, created = ?, author_id = ? WHERE id = ?",
            (*row, 7),
        )
    )
    run("ROLLBACK")

    def bulk() -> None:
        run("BEGIN")
        connection.executemany(insert, [row] * BULK)
        run("ROLLBACK")

    found["bulk_create of 10,000"] = timed(bulk, seconds=0.1)
    return found


if __name__ == "__main__":
    if sys.argv[1] == "limit":
        report(limit())
    else:
        choose(sys.argv[1])
        report(measure())
