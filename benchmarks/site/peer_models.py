"""The tables of the site for SQLAlchemy, and the two queries of its page."""

from __future__ import annotations

import os
from datetime import date
from typing import Any

import visitor
from sqlalchemy import ForeignKey, create_engine, event, select, text
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    joinedload,
    mapped_column,
    relationship,
    sessionmaker,
)

engine = create_engine(f"sqlite:///{os.environ['BENCH_DB']}")


@event.listens_for(engine, "connect")
def as_in_the_other_sites(connection: Any, record: Any) -> None:
    """Set what the other sites set."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")


class Base(DeclarativeBase):
    """The base of the models."""


class User(Base):
    """A reader."""

    __tablename__ = "auth_user"
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str]
    first_name: Mapped[str]
    last_name: Mapped[str]
    password: Mapped[str]
    is_active: Mapped[bool]


class Author(Base):
    """A person who writes."""

    __tablename__ = "library_author"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    country: Mapped[str]
    born: Mapped[date]


class Publisher(Base):
    """A house that prints."""

    __tablename__ = "library_publisher"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    city: Mapped[str]


class Book(Base):
    """A book in the library."""

    __tablename__ = "library_book"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    slug: Mapped[str]
    summary: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("library_author.id"))
    publisher_id: Mapped[int] = mapped_column(ForeignKey("library_publisher.id"))
    published: Mapped[date]
    pages: Mapped[int]
    available: Mapped[bool]
    author: Mapped[Author] = relationship()
    publisher: Mapped[Publisher] = relationship()


sessions = sessionmaker(engine, expire_on_commit=False)
NEWEST = (
    select(Book)
    .options(joinedload(Book.author, innerjoin=True), joinedload(Book.publisher, innerjoin=True))
    .order_by(Book.published.desc(), Book.id.desc())
    .limit(20)
)
STORED = text("SELECT session_data FROM django_session WHERE session_key = :key AND expire_date > :now")


def newest(session: Session) -> list[Book]:
    """Return the 20 newest books, with those who made them."""
    return list(session.scalars(NEWEST))


def reader(session: Session, sent: dict[str, str]) -> User | None:
    """Return the user who is logged in, if one is."""
    key = sent.get("sessionid")
    stored = key and session.scalar(STORED, {"key": key, "now": visitor.now()})
    data = visitor.session(stored) if stored else {}
    if "_auth_user_id" not in data:
        return None
    user = session.get(User, int(data["_auth_user_id"]))
    return user if user and user.is_active and visitor.is_genuine(data, user.password) else None
