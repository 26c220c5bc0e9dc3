"""Where `RedirectView` sends."""

from __future__ import annotations

from nuages.test import RequestFactory
from nuages.views.generic import RedirectView


def test_the_query_of_the_request_follows_that_of_the_address() -> None:
    show = RedirectView.as_view(url="/bar/?pork=spam", query_string=True)
    response = show(RequestFactory().get("/foo/?pork=ham"))
    assert response.headers["Location"] == "/bar/?pork=spam&pork=ham"
