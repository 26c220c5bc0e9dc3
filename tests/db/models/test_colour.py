"""Models in coroutines, on either loop: plain calls, lazy relations, gathered twins."""

from __future__ import annotations

import asyncio
from typing import Any

from nuages.template import Context, Template
from tests.db.models.library.models import Volume, Writer
from tests.spine.conftest import Run, run

__all__ = ["run"]


def test_plain_calls_work_in_a_coroutine(run: Run) -> None:
    async def view() -> list[Any]:
        writer = Writer.objects.create(name="Ursula")
        Volume.objects.create(title="Rocannon", writer=writer)
        await asyncio.sleep(0)
        return [book.writer.name for book in Volume.objects.order_by("pk")]

    assert run(view()) == ["Ursula"]


def test_a_template_follows_relations_in_a_coroutine(run: Run) -> None:
    async def view() -> str:
        writer = await Writer.objects.acreate(name="Ursula")
        await Volume.objects.acreate(title="Rocannon", writer=writer)
        shelf = Template("{% for book in books %}{{ book.title }} by {{ book.writer.name }}{% endfor %}")
        return shelf.render(Context({"books": Volume.objects.all()}))

    assert run(view()) == "Rocannon by Ursula"


def test_gathered_twins_take_part_in_the_transaction_around_them(run: Run) -> None:
    async def view() -> tuple[int, int]:
        made = await asyncio.gather(*(Writer.objects.acreate(name=f"{n}") for n in range(20)))
        return len({writer.pk for writer in made}), Writer.objects.count()

    assert run(view()) == (20, 20)
