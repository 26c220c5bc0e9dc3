"""What the assertions of the test cases accept, and what they say."""

from __future__ import annotations

import pytest

from nuages import forms
from nuages.http import StreamingHttpResponse
from nuages.test import SimpleTestCase

case = SimpleTestCase()


class Name(forms.Form):
    name = forms.CharField()


def test_a_streamed_response_can_be_asserted_about_twice() -> None:
    response = StreamingHttpResponse(["hello ", "world"])
    case.assertContains(response, "world")
    case.assertContains(response, "hello world")


def test_a_prefix_stands_before_the_complaint_about_a_url() -> None:
    with pytest.raises(AssertionError, match=r"^Here: Expected '/a' to equal '/b'"):
        case.assertURLEqual("/a", "/b", msg_prefix="Here")


def test_a_formset_that_is_not_bound_is_named_itself() -> None:
    with pytest.raises(AssertionError, match=r"^The formset .* is not bound"):
        case.assertFormSetError(forms.formset_factory(Name)(), 0, "name", "wrong")
