"""What feeds, XML and Cache-Control say."""

from __future__ import annotations

import io

import pytest

from nuages.http import HttpResponse
from nuages.utils.cache import patch_cache_control
from nuages.utils.decorators import method_decorator
from nuages.utils.feedgenerator import DefaultFeed, Stylesheet
from nuages.utils.xmlutils import SimplerXMLGenerator, UnserializableContentError


@pytest.mark.parametrize("name", ["/a.xsl", "/a.xslt", "/a.xsl?version=2"])
def test_a_style_sheet_in_xslt_has_the_type_that_browsers_apply(name: str) -> None:
    assert Stylesheet(name).mimetype == "text/xsl"


def test_the_time_to_live_of_a_feed_may_be_a_number() -> None:
    feed = DefaultFeed("title", "/", "description", ttl=600)
    feed.add_item("title", "/1/", "description", ttl=60)
    written = feed.writeString("utf-8")
    assert "<ttl>600</ttl>" in written and "<ttl>60</ttl>" in written


def test_an_attribute_takes_no_control_characters() -> None:
    with pytest.raises(UnserializableContentError, match="Control characters"):
        SimplerXMLGenerator(io.StringIO(), "utf-8").startElement("item", {"title": "a\x07b"})


def test_one_call_may_ask_for_opposite_directives() -> None:
    response = HttpResponse()
    patch_cache_control(response, private=True, public=True)
    assert response.headers["Cache-Control"] == "private, public"
    patch_cache_control(response, private=True)
    assert response.headers["Cache-Control"] == "private"


def test_decorators_without_an_order_are_refused() -> None:
    with pytest.raises(TypeError, match="'set' object is not subscriptable"):
        method_decorator({staticmethod, classmethod}, "method")  # type: ignore[arg-type]
