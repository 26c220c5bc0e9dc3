"""A template shows the same in a script, in a pooled thread and in a worker on either loop, whole or streamed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
import uvloop

from nuages.db import connection
from nuages.http import StreamingHttpResponse
from nuages.spine import ThreadLane, in_worker, spawn, task_factory, wait
from nuages.template import Context, Template
from nuages.test.utils import override_settings
from nuages.utils.functional import SimpleLazyObject
from tests.template.conftest import engine_of

Colour = Callable[[Callable[[], Any]], Any]


def on_loop(make: Callable[[], asyncio.AbstractEventLoop], coroutine: Any) -> Any:
    with asyncio.Runner(loop_factory=make) as runner:
        runner.get_loop().set_task_factory(task_factory)
        return runner.run(coroutine)


def in_script(function: Callable[[], Any]) -> Any:
    return function()


def in_thread(function: Callable[[], Any]) -> Any:
    async def main() -> Any:
        lane = ThreadLane()
        try:
            return await lane.run(function)
        finally:
            lane.close()

    return on_loop(asyncio.new_event_loop, main())


async def in_worker_of(function: Callable[[], Any]) -> Any:
    # Without a scope of its own, as the database of these tests is in the memory of one connection.
    return await spawn(function)


def in_worker_on(make: Callable[[], asyncio.AbstractEventLoop]) -> Colour:
    return lambda function: on_loop(make, in_worker_of(function))


def in_coroutine_on(make: Callable[[], asyncio.AbstractEventLoop]) -> Colour:
    """As a plain call in an `async def` view, with a wait before it."""

    def run(function: Callable[[], Any]) -> Any:
        async def view() -> Any:
            await asyncio.sleep(0)
            return function()

        return on_loop(make, in_worker_of(lambda: wait(view())))

    return run


COLOURS = {
    "script": in_script,
    "thread": in_thread,
    "worker-asyncio": in_worker_on(asyncio.new_event_loop),
    "worker-uvloop": in_worker_on(uvloop.new_event_loop),
    "coroutine-asyncio": in_coroutine_on(asyncio.new_event_loop),
    "coroutine-uvloop": in_coroutine_on(uvloop.new_event_loop),
}


@pytest.fixture(params=COLOURS)
def colour(request: pytest.FixtureRequest) -> Colour:
    return COLOURS[request.param]


@pytest.fixture(params=["whole", "streamed"])
def render(request: pytest.FixtureRequest) -> Callable[[Template, Context], str]:
    if request.param == "whole":
        return lambda template, context: template.render(context)

    def streamed(template: Template, context: Context) -> str:
        return StreamingHttpResponse(template.stream(context)).getvalue().decode()

    return streamed


class Countdown:
    """An async iterable that can be gone through again and again."""

    def __init__(self, start: int) -> None:
        self.start = start

    async def __aiter__(self) -> AsyncIterator[int]:
        for number in range(self.start, 0, -1):
            await asyncio.sleep(0)
            yield number


class Person:
    async def name(self) -> str:
        await asyncio.sleep(0)
        return "<Ana>"

    @property
    def friends(self) -> Any:
        async def generate() -> AsyncIterator[dict[str, str]]:
            for name in ("Ben", "Cy"):
                await asyncio.sleep(0)
                yield {"name": name}

        return generate()

    @property
    async def shoe(self) -> int:
        return 42


async def slowly(text: str) -> str:
    await asyncio.sleep(0)
    return text


SOURCE = (
    "{% load own %}{{ person.name }}|{{ person.shoe|add:1 }}|{% if person.name == '<Ana>' %}same{% endif %}|"
    "{% for friend in person.friends %}{{ forloop.counter }}{{ friend.name }}{% if not forloop.last %},{% endif %}{% endfor %}|"
    "{% for n in countdown %}{{ n }}{% endfor %}{% for n in countdown reversed %}{{ n }}{% endfor %}|"
    "{% for n in nothing %}{% empty %}none{% endfor %}|{% later 'x' %}|{% with p=person.name %}{{ p|lower }}{% endwith %}|"
    "{{ lazy.name }}|{% include 'part' %}|{% shout %}{{ person.name }}{% endshout %}"
)
EXPECTED = (
    "&lt;Ana&gt;|43|same|1Ben,2Cy|321123|none|later x|&lt;ana&gt;|&lt;Ana&gt;|21&lt;Ana&gt;|&LT;ANA&GT;"
)
ENGINE = engine_of({"page": SOURCE, "part": "{% for n in two %}{{ n }}{% endfor %}{{ person.name }}"})


def context() -> Context:
    return Context(
        {
            "person": Person(),
            "countdown": Countdown(3),
            "two": Countdown(2),
            "nothing": Countdown(0),
            "lazy": SimpleLazyObject(lambda: {"name": wait(Person().name())}),
        }
    )


def test_what_has_to_be_awaited_is_awaited_in_every_colour(
    colour: Colour, render: Callable[[Template, Context], str]
) -> None:
    assert colour(lambda: render(ENGINE.get_template("page"), context())) == EXPECTED


@pytest.mark.parametrize("name", ["worker-asyncio", "worker-uvloop"])
def test_a_template_that_waits_lets_others_render(
    name: str, render: Callable[[Template, Context], str]
) -> None:
    template = ENGINE.from_string("<head></head>{{ meet }}{% for n in numbers %}{{ n }}{% endfor %}")

    def both() -> list[str]:
        async def main() -> list[str]:
            barrier = asyncio.Barrier(2)

            async def one(number: int) -> str:
                values = Context({"meet": barrier.wait, "numbers": Countdown(number)})
                return render(template, values)

            async with asyncio.timeout(20):
                return await asyncio.gather(one(2), one(3))

        return wait(main())

    first, second = COLOURS[name](both)
    assert sorted([first[13:14], second[13:14]]) == ["0", "1"]
    assert (first[14:], second[14:]) == ("21", "321")


def test_an_error_in_what_is_awaited_is_marked_like_any_other(
    colour: Colour, render: Callable[[Template, Context], str]
) -> None:
    async def broken() -> None:
        await asyncio.sleep(0)
        raise LookupError("deep inside")

    template = engine_of({"page": "\n {{ broken }}"}).get_template("page")
    with pytest.raises(LookupError, match="deep inside") as caught:
        colour(lambda: render(template, Context({"broken": broken})))
    assert "In template page, line 2, column 2: {{ broken }}" in caught.value.__notes__


def test_the_head_is_there_before_the_body_in_every_colour(colour: Colour) -> None:
    asked: list[str] = []

    async def slow() -> str:
        asked.append("body")
        return "body"

    def first_piece() -> tuple[str, bool, str]:
        pieces = ENGINE.from_string("<head></head>{{ slow }}").stream(Context({"slow": slow}))
        head = next(pieces)
        early = bool(asked)
        return head, early, "".join(pieces)

    assert colour(first_piece) == ("<head></head>", False, "body")


@pytest.fixture(scope="module")
def press() -> Iterator[None]:
    with override_settings(INSTALLED_APPS=["tests.template.press"]):
        from tests.template.press.models import Paper, Town

        with connection.schema_editor() as editor:
            for model in (Town, Paper):
                editor.create_model(model)
        rome = Town.objects.create(name="Rome")
        for name in ("Corriere", "Messaggero"):
            Paper.objects.create(name=name, town=rome)
        yield
        with connection.schema_editor() as editor:
            for model in (Paper, Town):
                editor.delete_model(model)


@pytest.mark.parametrize("name", [name for name in COLOURS if name != "thread"])
def test_lazy_relations_are_followed_in_every_colour(
    name: str, press: None, render: Callable[[Template, Context], str]
) -> None:
    from tests.template.press.models import Paper, Town

    template = ENGINE.from_string(
        "{% for paper in papers %}{{ paper.name }}:{{ paper.town.name }};{% endfor %}"
        "{{ town.paper_set.count }}{% for paper in town.paper_set.all %} {{ paper.town.name|upper }}{% endfor %}"
    )

    def page() -> tuple[str, bool]:
        values = {
            "papers": Paper.objects.order_by("name"),
            "town": SimpleLazyObject(lambda: Town.objects.get(name="Rome")),
        }
        return render(template, Context(values)), in_worker()

    shown, worker = COLOURS[name](page)
    assert shown == "Corriere:Rome;Messaggero:Rome;2 ROME ROME"
    assert worker is (name != "script")
