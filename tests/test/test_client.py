"""The test client."""

from __future__ import annotations

from typing import Any

from nuages.http import HttpResponse, HttpResponseRedirect
from nuages.test import AsyncClient, Client, override_settings
from nuages.urls import path


class Routes:
    urlpatterns = [
        path("old/", lambda request: HttpResponseRedirect("/new/", preserve_request=True)),
        path("new/", lambda request: HttpResponse(request.content_type + request.body.decode())),
    ]


class WritingClient(Client):
    """Writes bodies in a way of its own, as those of API frameworks do."""

    def post(
        self, path: str, data: Any = None, content_type: Any = None, follow: bool = False, **extra: Any
    ) -> Any:
        written = data if isinstance(data, bytes) else repr(data).encode()
        response = self.generic("POST", path, written, content_type or "text/x-own", **extra)
        return (
            self._handle_redirects(response, data=data, content_type=content_type, **extra)
            if follow
            else response
        )


@override_settings(ROOT_URLCONF=Routes)
def test_a_redirect_that_keeps_the_request_is_followed_as_the_client_itself_would_send_it() -> None:
    assert WritingClient().post("/old/", {"a": 1}, follow=True).text == "text/x-own{'a': 1}"
    response = Client().post("/old/", '{"a": 1}', content_type="application/json", follow=True)
    assert response.text == 'application/json{"a": 1}'


@override_settings(ROOT_URLCONF=Routes)
async def test_the_client_for_async_tests_follows_too() -> None:
    response = await AsyncClient().post("/old/", '{"a": 1}', content_type="application/json", follow=True)
    assert response.text == 'application/json{"a": 1}'
    assert response.redirect_chain == [("/new/", 307)]


class NotingClient(AsyncClient):
    """Sees to every response, as those of packages do."""

    async def request(self, **request: Any) -> Any:
        response = await super().request(**request)
        response.noted = response.status_code
        return response


@override_settings(ROOT_URLCONF=Routes)
async def test_every_method_of_the_async_client_goes_by_its_request() -> None:
    client = NotingClient()
    answers = [await client.get("/old/"), await client.get("/old/", follow=True), await client.post("/new/")]
    assert [answer.noted for answer in answers] == [307, 200, 200]
