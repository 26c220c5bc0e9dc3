"""What the cache of the whole site does not keep."""

from __future__ import annotations

from nuages.core.cache import cache
from nuages.http import HttpRequest, HttpResponse
from nuages.middleware.cache import CacheMiddleware
from nuages.test import RequestFactory
from nuages.test.utils import override_settings
from nuages.utils.cache import patch_vary_headers


@override_settings(CACHES={"default": {"BACKEND": "nuages.core.cache.backends.locmem.LocMemCache"}})
def test_a_new_value_for_a_cookie_that_the_visitor_has_is_nobody_elses() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        response = HttpResponse("content")
        response.set_cookie("session", "new")
        patch_vary_headers(response, ("Cookie",))
        return response

    cache.clear()
    request = RequestFactory().get("/", headers={"cookie": "session=old"})
    middleware = CacheMiddleware(view)
    assert middleware.process_request(request) is None
    middleware(request)
    assert middleware.process_request(request) is None
