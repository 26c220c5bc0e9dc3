"""COPY for big `bulk_create()` on PostgreSQL: the same rows, keys and errors as with INSERT."""

from __future__ import annotations

import asyncio
import datetime
import decimal
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from nuages.db import DataError, IntegrityError, connections, models, transaction
from nuages.db.backends.postgresql import copying
from nuages.db.models.writing.copying import LEAST_ROWS
from nuages.spine import WorkerLane, wait
from nuages.test.utils import CaptureQueriesContext, isolate_apps
from tests.spine.conftest import Run

MANY = LEAST_ROWS + 10
WHEN = datetime.datetime(2026, 11, 25, 10, 0, 0, 123456, tzinfo=datetime.UTC)


@pytest.fixture
def copies(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tables that rows were copied to."""
    seen: list[str] = []
    real = copying.copy

    def noted(connection: Any, table: str, *args: Any) -> None:
        seen.append(table)
        real(connection, table, *args)

    monkeypatch.setattr(copying, "copy", noted)
    return seen


@pytest.fixture
def shelf(postgres: Any) -> Iterator[Any]:
    """Two models with tables in the schema of the test."""
    with isolate_apps("tests"):

        class Author(models.Model):
            name = models.CharField(max_length=20, unique=True)

            class Meta:
                app_label = "tests"

        class Book(models.Model):
            number = models.UUIDField(primary_key=True, default=uuid.uuid4)
            author = models.ForeignKey(Author, models.CASCADE, null=True)
            title = models.CharField(max_length=20)
            pages = models.PositiveIntegerField(null=True)
            price = models.DecimalField(max_digits=6, decimal_places=2, null=True)
            weight = models.FloatField(null=True)
            sold = models.BooleanField(default=False)
            day = models.DateField(null=True)
            moment = models.DateTimeField(null=True)
            clock = models.TimeField(null=True)
            lasts = models.DurationField(null=True)
            cover = models.BinaryField(null=True)

            class Meta:
                app_label = "tests"

        class Tag(models.Model):
            name = models.CharField(max_length=20)
            data = models.JSONField(null=True)
            rank = models.IntegerField(db_default=7)

            class Meta:
                app_label = "tests"

        made = (Author, Book, Tag)
        with postgres.schema_editor() as editor:
            for model in made:
                editor.create_model(model)
        yield made


def create(model: Any, rows: list[Any]) -> Any:
    return model.objects.using("postgres").bulk_create(rows)


def rows_of(model: Any) -> list[Any]:
    return list(model.objects.using("postgres").order_by("pk").values_list())


def books(book: Any, author: Any, count: int) -> list[Any]:
    words = ["plain", "tab\tnew\nline", "back\\slash \\N", "", "quote'\"", "ünï 🎷", "null"]
    return [
        book(
            number=uuid.UUID(int=number),
            author=author,
            title=words[number % len(words)],
            pages=None if number % 3 else number,
            price=decimal.Decimal("9.99") if number % 2 else decimal.Decimal("0.105"),
            weight=number / 7,
            sold=bool(number % 2),
            day=WHEN.date(),
            moment=WHEN + datetime.timedelta(minutes=number),
            clock=WHEN.time(),
            lasts=datetime.timedelta(days=-1, microseconds=number),
            cover=bytes(range(256)) if number % 2 else b"",
        )
        for number in range(count)
    ]


def test_rows_are_the_same_as_by_insert(shelf: Any, copies: list[str]) -> None:
    author_model, book, _ = shelf
    author = author_model(name="Ana")
    author.save(using="postgres")
    create(book, books(book, author, MANY))
    assert copies == ["tests_book"]
    copied = rows_of(book)
    book.objects.using("postgres").all().delete()
    for start in range(0, MANY, 100):
        create(book, books(book, author, MANY)[start : start + 100])
    assert copies == ["tests_book"]
    assert copied == rows_of(book)


def test_keys_are_numbered_by_the_database_in_order(shelf: Any, copies: list[str]) -> None:
    author = shelf[0]
    made = create(author, [author(name=f"a{number}") for number in range(MANY)])
    assert copies == ["tests_author"]
    assert [each.pk for each in made] == list(range(1, MANY + 1))
    assert rows_of(author) == [(each.pk, each.name) for each in made]
    assert not made[0]._state.adding
    assert made[0]._state.db == "postgres"
    later = author(name="later")
    later.save(using="postgres")
    assert later.pk == MANY + 1


def test_a_row_that_may_not_be_there_fails_as_ever_and_leaves_nothing(shelf: Any, copies: list[str]) -> None:
    author, book, _ = shelf
    twice = [author(name=f"a{number % (MANY - 1)}") for number in range(MANY)]
    with pytest.raises(IntegrityError, match="duplicate key value violates unique constraint"):
        create(author, twice)
    with (
        pytest.raises(IntegrityError, match="violates foreign key constraint"),
        transaction.atomic("postgres"),
    ):
        create(book, [book(title="x", author_id=5) for _ in range(MANY)])
    with pytest.raises(DataError, match="value too long"):
        create(book, [book(title="x" * 21) for _ in range(MANY)])
    with pytest.raises((DataError, ValueError), match="NUL"):
        create(book, [book(title="a\0b") for _ in range(MANY)])
    assert rows_of(author) == rows_of(book) == []
    assert len(copies) == 4
    author(name="works").save(using="postgres")


@pytest.mark.parametrize(
    "what", ["expression", "default", "json", "subclass", "conflict", "batches", "watched"]
)
def test_what_is_more_than_plain_values_is_inserted(shelf: Any, copies: list[str], what: str) -> None:
    class Word(str):
        pass

    author, _, tag = shelf
    names: list[Any] = [f"a{number}" for number in range(MANY)]
    manager = author.objects.using("postgres")
    match what:
        case "expression":
            names[-1] = models.functions.Upper(models.Value("last"))
            create(author, [author(name=name) for name in names])
        case "subclass":
            create(author, [author(name=Word(name)) for name in names])
        case "conflict":
            manager.bulk_create([author(name=name) for name in names], ignore_conflicts=True)
        case "batches":
            manager.bulk_create([author(name=name) for name in names], batch_size=100)
        case "watched":
            with CaptureQueriesContext(connections["postgres"]) as captured:
                create(author, [author(name=name) for name in names])
            assert len(captured) == 1
        case "default":
            assert {each.rank for each in create(tag, [tag(name=name) for name in names])} == {7}
        case "json":
            create(tag, [tag(name=name, data={"a": 1}, rank=1) for name in names])
    assert copies == []
    assert manager.count() + tag.objects.using("postgres").count() == MANY


@pytest.mark.parametrize(
    "change",
    [
        "CREATE RULE none AS ON INSERT TO tests_author DO ALSO NOTHING",
        "CREATE FUNCTION renumber() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN NEW.id := NEW.id + 1000; RETURN NEW; END $$; "
        "CREATE TRIGGER renumber BEFORE INSERT ON tests_author FOR EACH ROW EXECUTE FUNCTION renumber()",
        "ALTER TABLE tests_author ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE tests_author ALTER id DROP IDENTITY; CREATE SEQUENCE own; "
        "ALTER TABLE tests_author ALTER id SET DEFAULT nextval('own') + 500",
    ],
    ids=["rule", "trigger", "row security", "other default"],
)
def test_tables_that_do_something_with_new_rows_get_inserts(
    shelf: Any, copies: list[str], postgres: Any, change: str
) -> None:
    author = shelf[0]
    with postgres.cursor() as cursor:
        cursor.execute(change)
    made = create(author, [author(name=f"a{number}") for number in range(MANY)])
    assert copies == []
    assert rows_of(author) in ([], [(each.pk, each.name) for each in made])


def test_a_worker_copies_too_in_and_outside_of_a_transaction(shelf: Any, copies: list[str], run: Run) -> None:
    author = shelf[0]

    def work() -> int:
        create(author, [author(name=f"a{number}") for number in range(MANY)])
        with transaction.atomic("postgres"):
            for letter in "bc":
                with transaction.atomic("postgres"):
                    create(author, [author(name=f"{letter}{number}") for number in range(MANY)])
        return int(author.objects.using("postgres").count())

    async def main() -> int:
        return int(await WorkerLane().run(work))

    assert run(main()) == 3 * MANY
    assert copies == ["tests_author"] * 3


def test_tasks_of_the_same_transaction_wait_until_all_rows_are_there(
    shelf: Any, copies: list[str], run: Run
) -> None:
    author = shelf[0]
    counted: list[int] = []

    async def count() -> None:
        while not copies:
            await asyncio.sleep(0)
        counted.append(author.objects.using("postgres").count())

    def work() -> None:
        async def begin() -> list[Any]:
            return [asyncio.create_task(count()) for _ in range(3)]

        with transaction.atomic("postgres"):
            author.objects.using("postgres").create(name="first")
            tasks = wait(begin())
            create(author, [author(name=f"a{number}") for number in range(50 * MANY)])
            wait(asyncio.wait_for(asyncio.gather(*tasks), 10))

    async def main() -> None:
        await asyncio.wait_for(WorkerLane().run(work), 30)

    run(main())
    assert copies == ["tests_author"]
    assert counted == [50 * MANY + 1] * 3


def test_rows_of_a_caller_that_goes_meanwhile_are_not_there(shelf: Any, copies: list[str], run: Run) -> None:
    author = shelf[0]

    def work() -> None:
        with transaction.atomic("postgres"):
            create(author, [author(name=f"a{number}") for number in range(100 * MANY)])
            begun.append("done")

    async def main() -> int:
        task = asyncio.ensure_future(WorkerLane().run(work))
        while not copies:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return int(await WorkerLane().run(author.objects.using("postgres").count))

    begun: list[str] = []
    assert run(main()) == 0
    assert begun == []
