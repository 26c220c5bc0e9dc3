"""The model rows: one query, lists, saving; SQLite in memory. `python -m benchmarks.work.queries nuages|django|limit`."""

from __future__ import annotations

import datetime
import sqlite3
import sys

from benchmarks.work.common import choose, report, timed

ROWS = 1000


def measure() -> dict[str, float]:
    """Measure through `django`, whichever that is."""
    import django
    from django.conf import settings

    settings.configure(
        SECRET_KEY="benchmark",
        INSTALLED_APPS=[],
        USE_TZ=False,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
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

    with connection.schema_editor() as editor:
        editor.create_model(Author)
        editor.create_model(Post)
    now = datetime.datetime(2026, 11, 22, 10)
    authors = Author.objects.bulk_create([Author(name=f"a{n}", born=now.date()) for n in range(10)])
    authors = list(Author.objects.all()) if authors[0].pk is None else authors

    def post(number: int) -> Post:
        return Post(
            title=f"t{number}", body="x" * 200, score=number / 2, active=number % 2 == 0, created=now,
            author=authors[number % 10],
        )  # fmt: skip

    Post.objects.bulk_create([post(n) for n in range(ROWS)])
    found = {
        "get(pk)": timed(lambda: Post.objects.get(pk=5)),
        "filter().order_by().first()": timed(
            lambda: Post.objects.filter(active=True).order_by("-id").first()
        ),
        "list of 1,000": timed(lambda: list(Post.objects.all())),
        "list of 1,000, select_related": timed(lambda: list(Post.objects.select_related("author"))),
    }
    with transaction.atomic():
        found["create()"] = timed(
            lambda: Post.objects.create(title="new", body="x" * 200, created=now, author=authors[0])
        )
        kept = Post.objects.get(pk=7)
        found["save()"] = timed(kept.save)
        transaction.set_rollback(True)

    def bulk() -> None:
        with transaction.atomic():
            Post.objects.bulk_create([post(n) for n in range(10_000)])
            transaction.set_rollback(True)

    found["bulk_create of 10,000"] = timed(bulk, seconds=0.1)
    return found


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
        connection.executemany(insert, [row] * 10_000)
        run("ROLLBACK")

    found["bulk_create of 10,000"] = timed(bulk, seconds=0.1)
    return found


if __name__ == "__main__":
    if sys.argv[1] == "limit":
        report(limit())
    else:
        choose(sys.argv[1])
        report(measure())
