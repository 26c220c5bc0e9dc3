"""What templates show of related objects, in loops that are rendered again and again."""

from __future__ import annotations

from typing import Any

import pytest

from nuages.db import connection
from nuages.db.models.fields.relations.forward import ForwardManyToOneDescriptor
from nuages.template import Context, Engine, Template
from nuages.template.compiler.unit import OFTEN
from nuages.test.utils import CaptureQueriesContext
from tests.db.models.library.models import Volume, Writer

SOURCE = (
    "{% for volume in volumes %}{{ volume.title }}: {{ volume.writer.name }} ({{ volume.writer.id }}), "
    "{{ volume.writer.spouse.name }} {{ volume.shelf.name }} {{ volume.shelf.id }};{% endfor %}"
)


@pytest.fixture
def written_out() -> Template:
    """A template that has met rows with everything loaded."""
    ada = Writer.objects.create(name="Ada")
    for title in ("Dune", "Solaris"):
        Volume.objects.create(writer=ada, title=title)
    template = Engine().from_string(SOURCE)
    volumes = list(Volume.objects.select_related("writer", "shelf"))
    for _ in range(OFTEN):
        template.render(Context({"volumes": volumes}))
    return template


def told(template: Template, volumes: list[Any]) -> tuple[str, int]:
    """The text, and how many queries it took."""
    with CaptureQueriesContext(connection) as captured:
        text = template.render(Context({"volumes": volumes}))
    return text, len(captured)


def test_text_and_queries_are_those_of_the_first_rendering(written_out: Template) -> None:
    rows = [
        lambda: list(Volume.objects.select_related("writer", "shelf")),
        lambda: list(Volume.objects.select_related("writer")),
        lambda: list(Volume.objects.all()),
        lambda: list(Volume.objects.prefetch_related("writer")),
        lambda: list(Volume.objects.only("title").select_related(None)),
        lambda: list(Volume.objects.defer("writer__name").select_related("writer")),
        lambda: list(Volume.objects.values("title", "writer__name")),
        lambda: [Volume(title="no writer")],
        lambda: [Volume(title="a writer that is gone", writer_id=0)],
    ]
    for make in rows:
        assert told(written_out, make()) == told(Engine().from_string(SOURCE), make())


def test_a_descriptor_that_reads_in_its_own_way_is_asked_each_time(
    written_out: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Telling(ForwardManyToOneDescriptor):
        asked = 0

        def __get__(self, instance: Any, cls: type | None = None) -> Any:
            type(self).asked += 1
            return super().__get__(instance, cls)

    monkeypatch.setattr(Volume, "writer", Telling(Volume._meta.get_field("writer")))
    volume = Volume.objects.select_related("writer")[0]
    template = Engine().from_string(SOURCE)
    for _ in range(OFTEN + 1):
        Telling.asked = 0
        template.render(Context({"volumes": [volume]}))
        assert Telling.asked == 3


def test_an_attribute_that_a_model_gets_later_counts(
    written_out: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    volume = Volume.objects.select_related("writer")[0]
    monkeypatch.setattr(Volume, "writer", property(lambda self: Writer(name="Bo")))
    assert "Bo" in told(written_out, [volume])[0]
    monkeypatch.setattr(Writer, "name", property(lambda self: "<Cy>"))
    assert "&lt;Cy&gt;" in told(written_out, [volume])[0]
