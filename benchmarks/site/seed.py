"""Fill the database and print the key of a reader's session."""

import datetime
import os
import random

import implementation  # noqa: F401

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_settings")

import django

django.setup()

from django.contrib.auth import login  # noqa: E402
from django.contrib.auth.hashers import make_password  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from django.http import HttpRequest  # noqa: E402
from library.models import Author, Book, Publisher  # noqa: E402

WORDS = [
    "river",
    "glass",
    "winter",
    "&",
    "salt",
    "<red>",
    "garden",
    "night",
    "paper",
    "bird",
    "stone",
    "harbour",
    "echo",
    "atlas",
    "thread",
    "amber",
    "signal",
]
PLACES = ["Iceland", "Peru", "Côte d'Ivoire", "Japan", "Norway", "Kenya", "Portugal"]


def fill() -> None:
    """Write readers, authors, publishers and a thousand books; the same each time."""
    draw = random.Random(20)

    def name(words: int) -> str:
        return " ".join(draw.choice(WORDS).title() for _ in range(words))

    def day(first: int, last: int) -> datetime.date:
        return datetime.date(draw.randint(first, last), draw.randint(1, 12), draw.randint(1, 28))

    User.objects.bulk_create(
        User(
            username=f"reader{n}",
            first_name="Ada",
            last_name=f"O'Neill {n}",
            password=make_password(None),
        )
        for n in range(50)
    )
    authors = Author.objects.bulk_create(
        Author(name=name(2), country=draw.choice(PLACES), born=day(1900, 1990)) for _ in range(150)
    )
    houses = Publisher.objects.bulk_create(Publisher(name=name(2), city=name(1)) for _ in range(40))
    Book.objects.bulk_create(
        Book(
            title=name(4),
            slug=f"book-{n}",
            summary=name(60),
            author=draw.choice(authors),
            publisher=draw.choice(houses),
            published=day(1950, 2025),
            pages=draw.randint(60, 1200),
            available=draw.random() < 0.8,
        )
        for n in range(1000)
    )


def session_of(user: User) -> str:
    """Log a reader in and return the key of the session."""
    request = HttpRequest()
    request.session = SessionStore()
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    request.session.save()
    return str(request.session.session_key)


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    with transaction.atomic():
        fill()
    print(session_of(User.objects.get(username="reader7")))
