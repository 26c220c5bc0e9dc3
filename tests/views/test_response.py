"""Template responses, rendered late."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from nuages.template import engines
from nuages.template.response import ContentNotRenderedError, SimpleTemplateResponse


def make(**context: Any) -> SimpleTemplateResponse:
    return SimpleTemplateResponse(engines["django"].from_string("{{ word }}"), context, status=202)


def test_nothing_is_rendered_before_it_is_asked_for() -> None:
    response = make(word="a")
    with pytest.raises(ContentNotRenderedError):
        response.content  # noqa: B018
    with pytest.raises(ContentNotRenderedError):
        pickle.dumps(response)
    response.context_data = {"word": "b"}
    assert response.render().content == b"b"
    response.context_data = {"word": "c"}
    assert response.render().content == b"b" and response.rendered_content == "c"


def test_callbacks_run_after_rendering_and_may_replace_the_response() -> None:
    response, other, seen = make(word="a"), make(word="b"), []
    response.add_post_render_callback(lambda rendered: seen.append(rendered.content))
    response.add_post_render_callback(lambda rendered: other)
    assert response.render() is other and seen == [b"a"]
    response.add_post_render_callback(lambda rendered: seen.append(b"late"))
    assert seen == [b"a", b"late"]


def test_setting_the_content_counts_as_rendering_and_it_can_be_pickled() -> None:
    response = make(word="a")
    response.content = "mine"
    again = pickle.loads(pickle.dumps(response.render()))
    assert (again.content, again.status_code, again.is_rendered) == (b"mine", 202, True)
    assert not hasattr(again, "context_data")
