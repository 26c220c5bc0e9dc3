"""The model rows with SQLAlchemy 2, Tortoise and Peewee, each as its manual says; SQLite in memory.

`python -m benchmarks.work.query_peers sqlalchemy|tortoise|peewee`.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Any

from benchmarks.work.common import report, timed
from benchmarks.work.queries import BULK, NOW, ROWS

BODY = "x" * 200


def values(number: int) -> dict[str, Any]:
    """The columns of one post, without its author."""
    return {
        "title": f"t{number}", "body": BODY, "score": number / 2, "active": number % 2 == 0, "created": NOW,
    }  # fmt: skip


def sqlalchemy() -> dict[str, float]:
    """SQLAlchemy 2: a new session for each piece of work, so that its identity map answers nothing."""
    from sqlalchemy import (
        Boolean,
        Date,
        DateTime,
        Float,
        ForeignKey,
        Integer,
        String,
        create_engine,
        event,
        select,
    )
    from sqlalchemy.orm import Session, declarative_base, joinedload, mapped_column, relationship
    from sqlalchemy.pool import StaticPool

    Base: Any = declarative_base()

    class Author(Base):
        __tablename__ = "author"
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String)
        born = mapped_column(Date, nullable=True)

    class Post(Base):
        __tablename__ = "post"
        id = mapped_column(Integer, primary_key=True)
        title = mapped_column(String, index=True)
        body = mapped_column(String)
        score = mapped_column(Float, default=0)
        active = mapped_column(Boolean, default=True)
        created = mapped_column(DateTime)
        author_id = mapped_column(ForeignKey("author.id"))
        author = relationship(Author)

    engine = create_engine("sqlite://", poolclass=StaticPool)
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys = ON"))
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Author(name=f"a{n}", born=NOW.date()) for n in range(10)])
        session.commit()
        session.add_all([Post(**values(n), author_id=n % 10 + 1) for n in range(ROWS)])
        session.commit()

    def asked(ask: Callable[[Any], object]) -> Callable[[], None]:
        def run() -> None:
            with Session(engine) as session:
                ask(session)

        return run

    last = select(Post).where(Post.active.is_(True)).order_by(Post.id.desc()).limit(1)
    found = {
        "get(pk)": timed(asked(lambda session: session.get(Post, 5))),
        "filter().order_by().first()": timed(asked(lambda session: session.scalars(last).first())),
        "list of 1,000": timed(asked(lambda session: session.scalars(select(Post)).all())),
        "list of 1,000, select_related": timed(
            asked(lambda session: session.scalars(select(Post).options(joinedload(Post.author))).all())
        ),
    }
    with Session(engine) as session:
        author = session.get(Author, 1)

        def create() -> None:
            session.add(Post(title="new", body=BODY, created=NOW, author=author))
            session.flush()

        found["create()"] = timed(create)
        kept = session.get(Post, 7)
        assert kept is not None

        def save() -> None:
            # Only what has changed is written, so all of it is.
            for name, value in values(1 + int(kept.score * 2)).items():
                setattr(kept, name, value)
            session.flush()

        found["save()"] = timed(save)
        session.rollback()

    def bulk() -> None:
        with Session(engine) as session:
            session.add_all([Post(**values(n), author_id=n % 10 + 1) for n in range(BULK)])
            session.flush()
            session.rollback()

    found["bulk_create of 10,000"] = timed(bulk, seconds=0.1)
    return found


def peewee() -> dict[str, float]:
    """Peewee."""
    from peewee import (
        BooleanField,
        CharField,
        DateField,
        DateTimeField,
        FloatField,
        ForeignKeyField,
        Model,
        SqliteDatabase,
        TextField,
    )

    db = SqliteDatabase(":memory:", pragmas={"foreign_keys": 1})

    class Author(Model):
        name = CharField()
        born = DateField(null=True)

        class Meta:
            database = db

    class Post(Model):
        title = CharField(index=True)
        body = TextField()
        score = FloatField(default=0)
        active = BooleanField(default=True)
        created = DateTimeField()
        author = ForeignKeyField(Author)

        class Meta:
            database = db

    db.create_tables([Author, Post])
    authors = [Author.create(name=f"a{n}", born=NOW.date()) for n in range(10)]
    with db.atomic():
        Post.bulk_create([Post(**values(n), author=authors[n % 10]) for n in range(ROWS)], batch_size=100)
    found = {
        "get(pk)": timed(lambda: Post.get_by_id(5)),
        "filter().order_by().first()": timed(
            lambda: Post.select().where(Post.active).order_by(Post.id.desc()).first()
        ),
        "list of 1,000": timed(lambda: list(Post.select())),
        "list of 1,000, select_related": timed(lambda: list(Post.select(Post, Author).join(Author))),
    }
    with db.atomic() as block:
        found["create()"] = timed(lambda: Post.create(title="new", body=BODY, created=NOW, author=authors[0]))
        kept = Post.get_by_id(7)
        found["save()"] = timed(kept.save)
        block.rollback()

    def bulk() -> None:
        with db.atomic() as block:
            Post.bulk_create(
                [Post(**values(n), author=authors[n % 10]) for n in range(BULK)], batch_size=1000
            )
            block.rollback()

    found["bulk_create of 10,000"] = timed(bulk, seconds=0.1)
    return found


def tortoise() -> dict[str, float]:
    """Tortoise: its driver runs SQLite in a thread, whose time counts too."""
    from tortoise import Tortoise, fields
    from tortoise.models import Model
    from tortoise.transactions import in_transaction

    class Author(Model):
        id = fields.IntField(primary_key=True)
        name = fields.CharField(max_length=80)
        born = fields.DateField(null=True)

    class Post(Model):
        id = fields.IntField(primary_key=True)
        title = fields.CharField(max_length=80, db_index=True)
        body = fields.TextField()
        score = fields.FloatField(default=0)
        active = fields.BooleanField(default=True)
        created = fields.DatetimeField()
        author: Any = fields.ForeignKeyField("models.Author")

    module = sys.modules[__name__]
    for model in (Author, Post):
        model.__module__ = __name__
        setattr(module, model.__name__, model)

    async def prepared() -> list[Any]:
        await Tortoise.init(db_url="sqlite://:memory:", modules={"models": [__name__]}, use_tz=False)
        await Tortoise.generate_schemas()
        authors = [await Author.create(name=f"a{n}", born=NOW.date()) for n in range(10)]
        await Post.bulk_create([Post(**values(n), author=authors[n % 10]) for n in range(ROWS)])
        return authors

    class Undone(Exception):
        pass

    with asyncio.Runner() as runner:
        authors = runner.run(prepared())

        def measured(ask: Callable[[], Any], seconds: float = 0.25) -> float:
            # Many in one run of the loop: starting it is no part of the work.
            times = 1 if seconds < 0.25 else 10

            async def some() -> None:
                for _ in range(times):
                    await ask()

            return timed(lambda: runner.run(some()), seconds) / times

        async def bulk() -> None:
            try:
                async with in_transaction():
                    await Post.bulk_create([Post(**values(n), author=authors[n % 10]) for n in range(BULK)])
                    raise Undone
            except Undone:
                pass

        async def seventh() -> Any:
            return await Post.get(id=7)

        kept = runner.run(seventh())
        found = {
            "get(pk)": measured(lambda: Post.get(id=5)),
            "filter().order_by().first()": measured(lambda: Post.filter(active=True).order_by("-id").first()),
            "list of 1,000": measured(lambda: Post.all()),
            "list of 1,000, select_related": measured(lambda: Post.all().select_related("author")),
            "bulk_create of 10,000": measured(bulk, seconds=0.1),
            "save()": measured(kept.save),
            "create()": measured(lambda: Post.create(title="new", body=BODY, created=NOW, author=authors[0])),
        }

        async def close() -> None:
            await Tortoise.close_connections()

        runner.run(close())
    return found


if __name__ == "__main__":
    report({"sqlalchemy": sqlalchemy, "peewee": peewee, "tortoise": tortoise}[sys.argv[1]]())
