"""Generic relations of rows that were loaded together are read together, both ways."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from nuages.core.exceptions import FieldFetchBlocked
from nuages.db import connection
from nuages.db.models import FETCH_PEERS, FETCH_RAISE
from nuages.test.utils import CaptureQueriesContext, override_settings
from tests.contrib.conftest import APPS, make_tables


@pytest.fixture(scope="module")
def installed() -> Iterator[None]:
    with override_settings(INSTALLED_APPS=[*APPS, "tests.contrib.labels"], SITE_ID=1):
        yield


@pytest.fixture(scope="module")
def tables(installed: None) -> Iterator[None]:
    from tests.contrib.labels.models import Box, Jar, Label

    make_tables()
    with connection.schema_editor() as editor:
        for model in (Label, Box, Jar):
            editor.create_model(model)
    yield
    with connection.schema_editor() as editor:
        for model in (Label, Box, Jar):
            editor.delete_model(model)


@pytest.fixture
def things(tables: None, site: None) -> None:
    """Five boxes and five jars, each with two labels."""
    from tests.contrib.labels.models import Box, Jar

    for number in range(5):
        for thing in (Box.objects.create(name=f"box{number}"), Jar.objects.create(name=f"jar{number}")):
            for text in "ab":
                thing.labels.create(text=f"{thing.name}{text}")


@pytest.mark.usefixtures("things")
def test_objects_pointed_at_take_one_query_for_each_model() -> None:
    from tests.contrib.labels.models import Label

    with CaptureQueriesContext(connection) as captured:
        for label in Label.objects.fetch_mode(FETCH_PEERS):
            assert label.text.startswith(label.target.name)
    assert len(captured) == 3


@pytest.mark.usefixtures("things")
def test_labels_of_all_boxes_take_one_query() -> None:
    from tests.contrib.labels.models import Box

    async def texts() -> list[str]:
        boxes = Box.objects.order_by("pk").fetch_mode(FETCH_PEERS)
        return [label.text async for box in boxes async for label in box.labels.all()]

    with CaptureQueriesContext(connection) as captured:
        found = [label.text for box in Box.objects.fetch_mode(FETCH_PEERS) for label in box.labels.all()]
    assert len(captured) == 2
    assert sorted(found) == sorted(f"box{number}{text}" for number in range(5) for text in "ab")
    with CaptureQueriesContext(connection) as captured:
        assert sorted(asyncio.run(texts())) == sorted(found)
    assert len(captured) == 2


@pytest.mark.usefixtures("things")
def test_reading_an_object_can_be_forbidden() -> None:
    from tests.contrib.labels.models import Label

    label = Label.objects.fetch_mode(FETCH_RAISE).first()
    with pytest.raises(FieldFetchBlocked, match=r"Label\.target"):
        _ = label.target
