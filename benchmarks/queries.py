"""How fast the model layer is: the model rows of the design's targets, on nuages and on Django with the same code.

Run it by itself: `python benchmarks/queries.py`. Each side runs in a process of its own, on SQLite in memory,
inside one transaction, so that the disk is no part of it. `--django-python` names an interpreter that has
Django; without one, only nuages is measured. Beside them stands what sqlite3 alone needs for the same rows.
"""

from __future__ import annotations

import argparse
import importlib
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ROWS = 1000
#: What design section 9 asks for, as ratios to Django.
TARGETS = {
    "get(pk=…)": 10.0,
    "filter().order_by().first()": 10.0,
    "list of 1,000": 4.0,
    "list of 1,000 with select_related": 4.0,
    "create()": 5.0,
    "save()": 5.0,
    "bulk_create of 10,000": 3.0,
}


def main() -> int:
    """Measure each side in its own process and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--side", choices=["nuages", "django"], help="measure one side and print JSON")
    parser.add_argument(
        "--django-python", default=sys.executable, help="an interpreter that can import Django"
    )
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    if arguments.side:
        print(json.dumps(measure(arguments.side, arguments.rounds)))
        return 0
    ours = ask(sys.executable, "nuages", arguments.rounds)
    theirs = ask(arguments.django_python, "django", arguments.rounds)
    if ours is None:
        return 1
    show(ours, theirs)
    return 0


def ask(python: str, side: str, rounds: int) -> dict[str, float] | None:
    """Seconds by name from a process that measures one side; None where it cannot be imported."""
    command = [python, __file__, "--side", side, "--rounds", str(rounds)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1:] or ["?"]
        print(f"{side} was not measured: {reason[0]}", file=sys.stderr)
        return None
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def show(ours: dict[str, float], theirs: dict[str, float] | None) -> None:
    """Print microseconds and ratios."""
    print(f"{'':36}{'nuages µs':>12}{'sqlite3 µs':>12}{'Django µs':>12}{'ratio':>8}{'target':>8}")
    for name, seconds in ours.items():
        if name.startswith("sqlite3 "):
            continue
        alone = ours.get(f"sqlite3 {name}")
        django = theirs.get(name) if theirs else None
        print(
            f"{name:36}{seconds * 1e6:12.1f}"
            + (f"{alone * 1e6:12.1f}" if alone else " " * 12)
            + (f"{django * 1e6:12.1f}{django / seconds:7.1f}×" if django else " " * 20)
            + (f"{TARGETS[name]:7.0f}×" if name in TARGETS else "")
        )


def median(work: Callable[[], Any], number: int, rounds: int) -> float:
    """Seconds of one call: the median over rounds of `number` calls."""
    work()
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        for _ in range(number):
            work()
        taken.append((time.perf_counter() - started) / number)
    return statistics.median(taken)


def measure(side: str, rounds: int) -> dict[str, float]:
    """Seconds by name on one side. The code is the same for both."""
    if side == "nuages":
        sys.path.insert(0, str(ROOT))
    root = importlib.import_module(side)
    settings = importlib.import_module(f"{side}.conf").settings
    settings.configure(
        SECRET_KEY="benchmark",
        USE_TZ=False,
        DATABASES={"default": {"ENGINE": f"{side}.db.backends.sqlite3", "NAME": ":memory:"}},
        INSTALLED_APPS=[],
        DEFAULT_AUTO_FIELD=f"{side}.db.models.BigAutoField",
    )
    root.setup()
    models = importlib.import_module(f"{side}.db.models")
    db = importlib.import_module(f"{side}.db")
    Author, Post = define(models)
    with db.connection.schema_editor() as editor:
        editor.create_model(Author)
        editor.create_model(Post)
    with db.transaction.atomic():
        return timings(db, Author, Post, rounds)


def define(models: Any) -> tuple[Any, Any]:
    """Two models of seven columns between them and a relation."""

    class Meta:
        app_label = "bench"

    def member(**attributes: Any) -> dict[str, Any]:
        return {"__module__": __name__, "Meta": Meta, **attributes}

    author = type("Author", (models.Model,), member(name=models.CharField(max_length=50)))
    post = type(
        "Post",
        (models.Model,),
        member(
            title=models.CharField(max_length=100),
            body=models.TextField(),
            score=models.FloatField(),
            active=models.BooleanField(default=True),
            created=models.DateTimeField(),
            author=models.ForeignKey(author, models.CASCADE),
        ),
    )
    return author, post


def timings(db: Any, Author: Any, Post: Any, rounds: int) -> dict[str, float]:
    """The rows of the table."""
    from datetime import datetime

    author = Author.objects.create(name="Django Reinhardt")
    moment = datetime(2026, 11, 22, 10)

    def post(number: int) -> Any:
        return Post(
            title=f"t{number}", body="x" * 200, score=number / 2, active=True, created=moment, author=author
        )

    Post.objects.bulk_create([post(number) for number in range(ROWS)])
    key = Post.objects.order_by("pk")[ROWS // 2].pk
    one = Post.objects.get(pk=key)
    found = {
        "get(pk=…)": median(lambda: Post.objects.get(pk=key), 300, rounds),
        "filter().order_by().first()": median(
            lambda: Post.objects.filter(author=author.pk).order_by("-id").first(), 300, rounds
        ),
        "list of 1,000": median(lambda: list(Post.objects.all()), 5, rounds),
        "list of 1,000 with select_related": median(
            lambda: list(Post.objects.select_related("author")), 3, rounds
        ),
        "values_list of 1,000": median(lambda: list(Post.objects.values_list("id", "title")), 5, rounds),
        "count() of a filter": median(lambda: Post.objects.filter(active=True).count(), 200, rounds),
        "save()": median(one.save, 100, rounds),
    }
    cursor = db.connection.connection
    table = '"bench_post"'
    columns = "id, title, body, score, active, created, author_id"
    found["sqlite3 get(pk=…)"] = median(
        lambda: cursor.execute(f"SELECT {columns} FROM {table} WHERE id = ? LIMIT 21", (key,)).fetchall(),
        300,
        rounds,
    )
    found["sqlite3 list of 1,000"] = median(
        lambda: cursor.execute(f"SELECT {columns} FROM {table}").fetchall(), 5, rounds
    )
    found["create()"] = median(
        lambda: Post.objects.create(
            title="t", body="x" * 200, score=0.5, active=True, created=moment, author=author
        ),
        100,
        rounds,
    )
    many = 10_000

    def insert() -> None:
        Post.objects.bulk_create([post(number) for number in range(many)])

    found["bulk_create of 10,000"] = median(insert, 1, 3)
    cold = iter(range(10_000_000))

    def plan() -> None:
        str(Post.objects.filter(title="x", score__gt=next(cold)).order_by("-created").query)

    found["SQL of a query (str)"] = median(plan, 50, rounds)
    return found


if __name__ == "__main__":
    sys.exit(main())
