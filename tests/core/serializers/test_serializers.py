"""What needs no tables: encoders, and refusing documents that are not what they seem."""

from __future__ import annotations

import datetime
import decimal
import json
import uuid

import pytest

from nuages.core import serializers
from nuages.core.serializers.json import DjangoJSONEncoder
from nuages.core.serializers.xml_serializer import DTDForbidden
from nuages.test.utils import override_settings

MOMENT = datetime.datetime(2026, 5, 4, 3, 2, 1, 123456, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (MOMENT, "2026-05-04T03:02:01.123Z"),
        (MOMENT.date(), "2026-05-04"),
        (datetime.time(1, 2), "01:02:00"),
        (datetime.timedelta(days=1, hours=2), "P1DT02H00M00S"),
        (decimal.Decimal("1.50"), "1.50"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_types_that_json_lacks_become_text(value: object, text: str) -> None:
    assert json.loads(json.dumps(value, cls=DjangoJSONEncoder)) == text


def test_unknown_formats_say_what_is_known() -> None:
    with pytest.raises(serializers.SerializerDoesNotExist) as caught:
        serializers.get_serializer("csv")
    assert "json" in caught.value.__notes__[0]


def test_no_objects_are_still_a_list() -> None:
    assert serializers.serialize("json", []) == "[]\n"
    assert serializers.serialize("python", []) == []


@pytest.mark.parametrize("format", ["json", "yaml", "jsonl"])
def test_rubbish_is_refused(format: str) -> None:
    with pytest.raises(serializers.base.DeserializationError):
        list(serializers.deserialize(format, "{"))


def test_documents_with_a_document_type_are_refused() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><django-objects version="1.0">&a;</django-objects>'
    with pytest.raises(DTDForbidden):
        list(serializers.deserialize("xml", bomb))


def test_formats_follow_the_setting() -> None:
    with override_settings(SERIALIZATION_MODULES={"mine": "nuages.core.serializers.json"}):
        assert "mine" in serializers.get_serializer_formats()
    assert "mine" not in serializers.get_serializer_formats()


def test_a_model_that_is_not_there_is_named_as_it_stands_in_the_data() -> None:
    with pytest.raises(
        serializers.base.DeserializationError, match=r"^Invalid model identifier: shop\.nope$"
    ):
        list(serializers.deserialize("python", [{"model": "shop.nope", "fields": {}}]))
